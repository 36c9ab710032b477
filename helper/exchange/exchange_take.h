/* SPDX-License-Identifier: MIT */
/*
 * exchange_take.h - a token that nobody is asked for: a command prints it, or
 * another program's file holds it.
 */
#ifndef TW_HELPER_EXCHANGE_TAKE_H
#define TW_HELPER_EXCHANGE_TAKE_H

#include "helper/exchange/exchange.h"

/* exchange_take: reads the secret option @name as an answer.  Its lifetime is
 * what the profile's rules read in it, which a file began to count when it
 * was last changed; else that of the token itself if it is a JWT (RFC
 * 7519 4.1.4), else unknown.  On success @out has the answer, the time and, of
 * a file, how it looked before it was read. TW_E_CONFIG: it holds no token;
 * TW_E_DENIED: it holds an error; TW_E_RETRY: the token has run out;
 * TW_E_MODULE: no such option; else as secret_source_read(). */
enum tw_status exchange_take(const struct exchange_context *context,
                             const char *name, struct outcome *out,
                             struct tw_error *err);

#endif
