/* SPDX-License-Identifier: MIT */
/*
 * git_reply.h - a token, as git takes it from a credential helper.
 */
#ifndef TW_CREDENTIAL_GIT_REPLY_H
#define TW_CREDENTIAL_GIT_REPLY_H

#include <stdbool.h>

#include "provider/base/record.h"

enum git_reply_flags {
    GIT_REPLY_AUTHTYPE = 1, /* a ready-made Authorization (git 2.46), and no
                               password */
    GIT_REPLY_CONTINUE = 2, /* ask again if the server refuses it, and say
                               which one it was */
};

/* git_reply_put: appends the answer to a get; @flags are what the client has
 * announced that it understands.  False, when a value could not stand in a
 * line or @out is full. */
bool git_reply_put(const struct record *record, const char *username,
                   unsigned flags, struct secret *out);

/* git_reply_put_quit: nobody else is to be asked, and no person. */
bool git_reply_put_quit(struct secret *out);

/* git_reply_put_capabilities: the answer to "capability". */
bool git_reply_put_capabilities(struct secret *out);

#endif
