/* SPDX-License-Identifier: MIT */
/*
 * storing.h - a runtime directory of a test's own, and profile 'p' in it.
 */
#ifndef TW_TESTS_STORING_H
#define TW_TESTS_STORING_H

#include "helper/store/store.h"

extern char storing_top[64];  /* what else a test has may lie there */
extern char storing_root[80]; /* is not made yet */

void storing_set_up(void);
void storing_tear_down(void);

/* in_profile: the path of a file of 'p'; good until the next is asked for. */
const char *in_profile(const char *file);

/* a_record: alive for 100 s; without a @token it is a rejected one's. */
struct record a_record(const char *token, int64_t generation);

/* open_both: the runtime directory and that of 'p'. */
void open_both(struct store *store, struct store_profile *place);

void check_published(const struct store_profile *place, const char *token,
                     int64_t generation);

#endif
