/* SPDX-License-Identifier: MIT */
/*
 * quota.h - no more fetches in a time than the profile allows, for servers
 * that bill each token.
 *
 * Counted in the state directory and not in the runtime directory: a bill
 * does not begin anew at a boot or with a session.  <state>/.fetches.NAME
 * has the time of each fetch, so the count is of any day, not of calendar
 * days, and two days' worth is never spent around midnight.
 */
#ifndef TW_HELPER_QUOTA_H
#define TW_HELPER_QUOTA_H

#include "helper/profile/profile.h"

/* quota_take: counts one fetch more, which is made at @now (UTC seconds), or
 * says why there is none left, of a profile that has max_fetches.
 * TW_E_RETRY: used up, with the time when the next one is allowed; or another
 * process is counting.  TW_E_ACCESS, TW_E_SYSTEM: it cannot be counted, and
 * so is not allowed. */
enum tw_status quota_take(const struct profile *profile, bool system,
                          int64_t now, struct tw_error *err);

/* quota_look: whether there is one left, of which nothing is counted, made or
 * waited for.  TW_E_RETRY: used up until @next; TW_OK also where it cannot be
 * known. */
enum tw_status quota_look(const struct profile *profile, bool system,
                          int64_t now, int64_t *next, struct tw_error *err);

/* quota_forget: <@state>/.fetches.@name goes, if it is there. */
void quota_forget(int state, const char *name);

#endif
