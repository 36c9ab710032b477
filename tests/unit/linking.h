/* SPDX-License-Identifier: MIT */
/*
 * linking.h - profiles that need each other's tokens, loaded, and what was
 * said of them.
 */
#ifndef TW_TESTS_LINKING_H
#define TW_TESTS_LINKING_H

#include "tests/unit/loading.h"

#define LINKING_SAID_MAX 8
extern char linking_said[LINKING_SAID_MAX]
                        [sizeof((struct tw_error *)NULL)->message];
extern size_t linking_count; /* of what was said */

/* linking_tell: keeps a complaint. */
void linking_tell(void *arg, const struct tw_error *err);

/* linking_load_text: from a profiles.yaml of this text. */
void linking_load_text(const char *text, struct profile_set *set);

/* linking_load: of @names "a>b" is profile a, whose assertion is b's token,
 * "a" one that needs nobody's. */
void linking_load(const char *names, struct profile_set *set);

/* linking_depth: 0: there is no such profile. */
unsigned linking_depth(const struct profile_set *set, const char *name);

/* linking_expect: that was said as the @i-th; "%s" stands for the directory.
 */
void linking_expect(size_t i, const char *message);

#endif
