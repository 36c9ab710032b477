/* SPDX-License-Identifier: MIT */
/*
 * kept_state.h - a state directory of a test's own, and what is kept there of
 * the profile p.
 */
#ifndef TW_TESTS_KEPT_STATE_H
#define TW_TESTS_KEPT_STATE_H

#include "helper/store/state.h"
#include "tests/unit/scratch.h"

#define SERVER "server-and-client"

extern char state_dir[PATH_MAX];

void kept_state_set_up(void); /* scratch_remove() ends it */

/* keep: one more refresh token, as of SERVER.  keep_in: the same of who has
 * entered. */
enum tw_status keep(const char *token);
enum tw_status keep_in(struct state *state, const struct secret *token,
                       struct tw_error *err);

/* expect_kept: what @fingerprint finds; NULL: nothing. */
void expect_kept(const char *fingerprint, const char *expected);

/* expect_entry: what whoever enters is told, with @word in it. */
void expect_entry(enum tw_status expected, const char *word);

#endif
