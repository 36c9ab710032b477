/* SPDX-License-Identifier: MIT */
/*
 * fetch.h - profiles in, fresh records out: the pipeline of the drawing in
 * HACKING.md.
 */
#ifndef TW_HELPER_FETCH_H
#define TW_HELPER_FETCH_H

#include "helper/person/progress.h"
#include "helper/profile/profiles.h"
#include "helper/store/store.h"

#define FETCH_PROFILES_MAX 1024 /* in one run */

/* Profiles whose fetch brought a token, by name: an instance of a template is
 * no profile any more once it was fetched. */
struct published {
    struct {
        char *name;
        bool is_same; /* it was the one that was kept */
    } * tokens;
    size_t count, capacity;
    bool hooks_alone; /* none without an on_refresh that is to be run */
};
void published_clear(struct published *published);

struct fetch_options {
    int64_t min_valid;   /* TW_MIN_VALID_DEFAULT, or seconds */
    bool force;          /* fresh or not, backed off or not */
    bool background;     /* only if a refresh is due and nobody is at it */
    int64_t deadline_ms; /* monotonic */
    bool system;
    bool is_session; /* where its end has removed a directory, none is made
                        anew */
    struct progress *progress;   /* shown while it runs, or NULL */
    struct published *published; /* is added to, or NULL */
};

/* fetch_profiles: side by side, into the store of @secrets; what they do not
 * need is given up for good (fence.h), if @secrets has a broker: a process
 * that has none does other things, too.  @report is called once for each name,
 * with TW_OK or its failure.  Returns the first failure's status. */
enum tw_status fetch_profiles(
    const struct fetch_options *options, const struct profile_set *set,
    const struct secret_context *secrets, char *const *names, size_t count,
    void (*report)(void *arg, const char *name, const struct tw_error *err),
    void *arg);

#endif
