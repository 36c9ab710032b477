/* SPDX-License-Identifier: MIT */
/*
 * target.h - the profile that a client's request leads to, and its token.
 *
 * What all front ends share.  A request is led by the indexes alone, the
 * user's first; a route of the system's leads to the system's record and a
 * user's to the user's, so that one's host is never given the other's token.
 */
#ifndef TW_CREDENTIAL_TARGET_H
#define TW_CREDENTIAL_TARGET_H

#include "provider/base/ask.h"
#include "provider/base/route.h"

struct target {
    struct runtime runtime;
    struct route route;
    bool found; /* false: the request is none of ours */
    bool named; /* the profile was named by whoever asks, not its place */
    bool system;
};

/* target_find: @host as in route_find(), @path "" when unknown.  Starts no
 * process for a host that is not ours, unless the profiles changed. */
enum tw_status target_find(const char *host, const char *path,
                           struct target *out, struct tw_error *err);

/* target_name: a profile by its name.  TW_E_USAGE when it cannot be one. */
enum tw_status target_name(const char *profile, struct target *out,
                           struct tw_error *err);

/* target_each: calls @visit for each route of the user's, then for each of the
 * system's whose token the caller may have: as a reader of its profile, which
 * none of the user's own hides.  What the indexes say is enough for that. */
enum tw_status target_each(bool (*visit)(void *arg, const char *key,
                                         const char *value),
                           void *arg, struct tw_error *err);

/* target_ask: a living bearer token, good for @min_valid seconds (or
 * TW_MIN_VALID_DEFAULT) if it can; twice the margin, where one is told.
 * *@given is false, with TW_OK, where there is one of the wrong side or kind:
 * the request is then none of ours. */
enum tw_status target_ask(const struct target *target, int64_t min_valid,
                          bool *given, struct answer *out,
                          struct tw_error *err);

/* target_demand: the same of a client that asks nobody else: it is told, by
 * TW_E_CONFIG, that what there is is none for it. */
enum tw_status target_demand(const struct target *target, int64_t min_valid,
                             struct answer *out, struct tw_error *err);

/* target_expiry: the time to tell a client: the end of the token less its
 * margin, which is at most half of what is left. */
int64_t target_expiry(const struct answer *answer, int64_t margin_s);

/* target_reject: drops the kept token, unless another process has replaced it
 * meanwhile.  @is_it (may be NULL) is asked whether it is the one meant. */
enum tw_status target_reject(const struct target *target,
                             bool (*is_it)(const void *arg,
                                           const struct record *record),
                             const void *arg, struct tw_error *err);

#endif
