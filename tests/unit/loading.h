/* SPDX-License-Identifier: MIT */
/*
 * loading.h - profiles loaded from a scratch directory, and what was said.
 */
#ifndef TW_TESTS_LOADING_H
#define TW_TESTS_LOADING_H

#include "helper/profile/profiles.h"
#include "tests/unit/scratch.h"

extern struct modules loading_modules;
extern struct tw_error loading_complaint; /* the last one */
extern size_t loading_count;              /* of complaints */

/* loading_begin: a scratch directory with profiles.d in it. */
void loading_begin(void);

void loading_put(const char *name, mode_t mode, const char *text);

/* loading_put_profile: `profiles:` with one of these. */
void loading_put_profile(const char *file, mode_t mode, const char *name,
                         const char *secret);

/* loading_tell: counts a complaint and keeps it. */
void loading_tell(void *arg, const struct tw_error *err);

enum tw_status loading_load(bool system, struct profile_set *set,
                            struct tw_error *err);

/* loading_expect: loads within a second, expects @count profiles and no
 * complaint, or the one @expected ("%s" in it stands for the directory). */
void loading_expect(bool system, size_t count, const char *expected);

#endif
