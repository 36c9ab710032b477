/* SPDX-License-Identifier: MIT */
/*
 * store_place.h - what store.c and store_place.c have of each other.
 */
#ifndef TW_HELPER_STORE_PLACE_H
#define TW_HELPER_STORE_PLACE_H

#include "helper/base/replace.h"
#include "helper/store/store.h"

#define RECORD_FILE "record"
#define TOKEN_FILE "token"

/* store_is_here: is it still the directory of that name? */
bool store_is_here(const struct store_profile *profile);

/* store_begin: makes this process the only writer in @profile's directory,
 * until replace_end().  Fails as replace_begin() does. */
enum tw_status store_begin(const struct store_profile *profile,
                           struct replace_guard *guard, struct tw_error *err);

/* store_begin_commit: the same, without a lock of its own where the resident
 * helper needs none; there it is for one thread at a time. */
enum tw_status store_begin_commit(const struct store_profile *profile,
                                  struct replace_guard *guard,
                                  struct tw_error *err);

#endif
