/* SPDX-License-Identifier: MIT */
/*
 * publish.h - what an exchange brought, as record and note.
 */
#ifndef TW_HELPER_PUBLISH_H
#define TW_HELPER_PUBLISH_H

#include "helper/exchange/exchange.h"
#include "helper/store/store.h"

/* A token, and what it was bought by. */
struct publication {
    const struct profile *profile; /* as it was used */
    const struct outcome *outcome;
    int64_t expected;                 /* as of store_publish() */
    const struct record *kept;        /* of that generation, or NULL */
    const char *fingerprint, *server; /* of the profile as it is written */
};

/* publish_lifetime: in seconds, as the server or else the profile says. */
int64_t publish_lifetime(const struct profile *profile,
                         const struct reply *reply);

/* publish_prepare: the outcome's token is to become the current one, by
 * store_commit() of @change.  @numbers becomes its record, without the texts.
 * One that is kept already stays the same token: of its generation, with no
 * on_refresh. */
enum tw_status publish_prepare(struct store_profile *place,
                               const struct publication *publication,
                               struct store_change *change,
                               struct record *numbers, struct tw_error *err);

/* publish_source: the kept token stays, its profile's file looks different. */
enum tw_status publish_source(const struct profile *profile,
                              struct store_profile *place,
                              struct record *kept);

/* publish_failure: keeps @failure in @note and on disk as that of @source
 * (store_backoff()), and a salted tag of
 * @mark: what the client proved itself with (NULL or empty: nothing). */
void publish_failure(const struct store_profile *place, unsigned source,
                     const struct secret *mark, const char *fingerprint,
                     const struct tw_error *failure, int64_t retry_after,
                     struct backoff *note);

/* publish_rejection: the token of @generation was refused by whom it was
 * meant for.  Nothing happens if it is not the current one.  @readers, of a
 * system's profile, may read what is kept of it then; NULL: nobody. */
enum tw_status publish_rejection(const struct store *store, const char *name,
                                 const struct readers *readers,
                                 int64_t generation, struct tw_error *err);

#endif
