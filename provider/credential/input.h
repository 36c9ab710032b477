/* SPDX-License-Identifier: MIT */
/*
 * input.h - a client's request, from its pipe.
 */
#ifndef TW_CREDENTIAL_INPUT_H
#define TW_CREDENTIAL_INPUT_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define INPUT_MS 5000 /* for all of a request to arrive */
#define INPUT_FOREVER (-1)

/* input_read: appends to @text what @fd gives until @is_whole says so (asked
 * with the length at which the last piece began; NULL: never) or its end,
 * which is TW_OK, too.  TW_E_USAGE: longer than @text's maximum; TW_E_RETRY:
 * not there within @limit_ms; TW_E_SYSTEM. */
enum tw_status input_read(int fd, int limit_ms,
                          bool (*is_whole)(const struct secret *text,
                                           size_t from),
                          struct secret *text, struct tw_error *err);

#endif
