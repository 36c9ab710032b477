/* SPDX-License-Identifier: MIT */
/*
 * published.h - a runtime directory of the test's own, and records in it that
 * the test publishes as the helper does.
 */
#ifndef TW_TESTS_PUBLISHED_H
#define TW_TESTS_PUBLISHED_H

#include <stdint.h>

/* The runtime directory's parent, and the profile's directory "p" in it. */
extern char published_top[64];
extern int published_place;

void published_set_up(void); /* sets XDG_RUNTIME_DIR and the like */
void published_tear_down(void);

/* publish: token-N of scope-N, so that a mix would show, for @lifetime
 * seconds; the refresh of it is due in @refresh seconds. */
void publish(int64_t generation, int64_t lifetime, int64_t refresh);

/* publish_token: the same with another token. */
void publish_token(const char *token, int64_t generation, int64_t lifetime,
                   int64_t refresh);

/* helper_is: what TOKENWARD_HELPER does from now on,
 * as a shell script. */
void helper_is(const char *script);

/* helper_starts: how often it was started. */
int helper_starts(void);

#endif
