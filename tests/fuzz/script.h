/* SPDX-License-Identifier: MIT */
/*
 * script.h - bytes as decisions: what a provider wants, what a server says.
 *
 * Bytes alone would hardly ever make an action or an answer, so most decisions
 * pick something that could be, and some are bytes as they are.
 */
#ifndef TW_TESTS_FUZZ_SCRIPT_H
#define TW_TESTS_FUZZ_SCRIPT_H

#include "helper/http/http.h"
#include "provider/tokenward-provider.h"

#define SCRIPT_STATE_SIZE (64 * 1024)

void script_begin(const uint8_t *data, size_t n);
void script_end(void);

/* script_below: the next decision, of @count; 0 when the bytes are used up. */
size_t script_below(size_t count);

/* script_line: a text as a profile may have it: one line, not empty. */
const char *script_line(void);

/* script_action: fills in @action; what advance() returns. */
int script_action(const struct tw_host *host, void *state,
                  struct tw_action *action);

/* script_reply: fills in an answer. */
void script_reply(struct http_reply *reply);

#endif
