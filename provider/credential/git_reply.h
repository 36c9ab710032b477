/* SPDX-License-Identifier: MIT */
/*
 * git_reply.h - a token, as git takes it from a credential helper.
 */
#ifndef TW_CREDENTIAL_GIT_REPLY_H
#define TW_CREDENTIAL_GIT_REPLY_H

#include <stdbool.h>

#include "provider/base/record.h"

/* git_reply_put: appends the answer to a get.  @authtype: the client takes a
 * ready-made Authorization (git 2.46); else it is given a password.  False,
 * when a value could not stand in a line or @out is full. */
bool git_reply_put(const struct record *record, const char *username,
                   bool authtype, struct secret *out);

/* git_reply_put_capabilities: the answer to "capability". */
bool git_reply_put_capabilities(struct secret *out);

#endif
