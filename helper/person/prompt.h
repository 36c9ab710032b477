/* SPDX-License-Identifier: MIT */
/*
 * prompt.h - a secret, typed or pasted by a person, or one line of standard
 * input.
 */
#ifndef TW_HELPER_PROMPT_H
#define TW_HELPER_PROMPT_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

/* prompt_secret: asks with @question if standard input is a terminal, whose
 * echo is off meanwhile; the line may be longer than a terminal's 4095 bytes.
 * TW_E_USAGE: nothing came, or more than @out's maximum; TW_E_INTERACT: a
 * signal that is blocked in this process arrived; TW_E_SYSTEM. */
enum tw_status prompt_secret(const char *question, struct secret *out,
                             struct tw_error *err);

/* prompt_secret_or_nothing: the same, and nothing may come. */
enum tw_status prompt_secret_or_nothing(const char *question,
                                        struct secret *out,
                                        struct tw_error *err);

/* prompt_text: the same of a line that is no secret, and may be empty. */
enum tw_status prompt_text(const char *question, struct secret *out,
                           struct tw_error *err);

/* prompt_is_ended: has a signal that is blocked in this process arrived? */
bool prompt_is_ended(void);

#endif
