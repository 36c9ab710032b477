/* SPDX-License-Identifier: MIT */
/*
 * git.h - the operations of git's credential helper protocol.
 *
 * Each reads its request from stdin and appends what goes to stdout to @out.
 * What is not ours is TW_OK and nothing appended: the next helper's turn.  A
 * failure may have something for stdout, too.
 */
#ifndef TW_CREDENTIAL_GIT_H
#define TW_CREDENTIAL_GIT_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define GIT_REPLY_MAX (128 * 1024) /* bytes; a token and its few lines */

enum tw_status git_capability(struct secret *out, struct tw_error *err);
enum tw_status git_erase(struct secret *out, struct tw_error *err);
enum tw_status git_get(struct secret *out, struct tw_error *err);
enum tw_status git_store(struct secret *out, struct tw_error *err);

#endif
