/* SPDX-License-Identifier: MIT */
/*
 * discovery.h - from a profile's issuer to its endpoints (RFC 8414, OpenID
 * Connect Discovery), by at most two GET requests, kept for a day.
 */
#ifndef TW_HELPER_DISCOVERY_H
#define TW_HELPER_DISCOVERY_H

#include "helper/http/http.h"
#include "helper/profile/profile.h"

struct discovery;

/* @err: TW_OK, or why there is nothing; @retry_after as of
 * reply_retry_after(). */
typedef void discovery_done(void *arg, const struct tw_error *err,
                            int64_t retry_after);

/* discovery_start: @done is called once: from here when the profile names its
 * token endpoint, or has no issuer (then @out is NULL), or what was kept in
 * @dir (the profile's own runtime directory) is young and not in doubt; else
 * from http_run().
 * Nothing of it may be freed before the engine is done with it.
 * TW_E_SYSTEM, TW_E_RETRY: it did not begin. */
struct discovery_context {
    struct http *http;
    const struct profile *profile;
    int dir;
    int64_t deadline_ms; /* monotonic */
    bool doubts; /* the endpoint gave no answer: what is kept may be old */
};
enum tw_status discovery_start(const struct discovery_context *context,
                               discovery_done *done, void *arg,
                               struct discovery **out, struct tw_error *err);

/* discovery_profile: @profile, or where @discovery is not NULL a copy of it
 * with what was found filled in, which lives as long as @discovery.  Its
 * warning is set when one of the endpoints is not at the issuer's host. */
const struct profile *discovery_profile(const struct discovery *discovery,
                                        const struct profile *profile);

void discovery_free(struct discovery *discovery);

#endif
