/* SPDX-License-Identifier: MIT */
/*
 * session.h - one run of tokenward-helper: what it was told, where it runs,
 * and what its commands share.
 */
#ifndef TW_HELPER_SESSION_H
#define TW_HELPER_SESSION_H

#include "helper/base/environment.h"
#include "helper/base/log.h"
#include "helper/broker/broker.h"
#include "helper/fetch/fetch.h"
#include "helper/report.h"
#include "provider/base/runtime.h"

/* What every command is given; made once, by main. */
struct session {
    struct report report;
    struct fetch_options options;
    struct environment environment;
    struct broker broker; /* of the commands that speak to an endpoint */
    struct runtime runtime;
    struct tw_error no_runtime; /* why runtime.user is empty */
    struct modules modules;
    const char *preset_dir;
    int64_t generation;         /* --generation, 0: any */
    bool login;                 /* --login: also the profiles marked so */
    const char *audit;          /* --audit, an absolute path, or NULL */
    const char *metrics;        /* --metrics, the same */
    enum log_level log_level;   /* --log-level, 0: none was given */
    bool no_hooks;              /* --no-hooks */
    bool no_revoke;             /* --no-revoke */
    struct published published; /* by a run of fetch */
    bool all;                   /* --all */
    bool progress;              /* --progress */
    bool fetch;                 /* --fetch */
    const char *place;          /* --for, or NULL */
};

/* session_fail: reports and returns the status. */
enum tw_status session_fail(const struct session *session,
                            const struct tw_error *err);

/* session_report_one: the same for what fetch_profiles() tells; @arg is the
 * session. */
void session_report_one(void *arg, const char *name,
                        const struct tw_error *err);

/* session_names: are these 1 to @max names of profiles?  Reports if not. */
enum tw_status session_names(const struct session *session, int argc,
                             char **argv, int max);

/* session_load: reads the profiles, and sees to it that the index says what
 * they say.  Reports its failure. */
enum tw_status session_load(struct session *session, const struct store *store,
                            struct profile_set *set);

/* session_profile: the one profile that @argv names, to be released before
 * @set is cleared; @store is opened.  Reports its failure. */
enum tw_status session_profile(struct session *session, int argc, char **argv,
                               struct store *store, struct profile_set *set,
                               const struct profile **profile);

/* session_find: the same of @name, with a store that is open. */
enum tw_status session_find(struct session *session, const char *name,
                            const struct store *store, struct profile_set *set,
                            const struct profile **profile);

/* session_hint: of a profile of @name that a user does not have, whose it is,
 * if it is the system's. */
void session_hint(const struct session *session, const char *name,
                  struct tw_error *err);

/* session_scope: where this session's profiles are. */
struct profile_scope session_scope(const struct session *session);

/* session_scope_of: the same for one file, which is judged as one of the
 * system's where root has it among those. */
struct profile_scope session_scope_of(const struct session *session,
                                      const char *file);

/* session_secrets: what secrets of this session's profiles are read with. */
struct secret_context session_secrets(struct session *session,
                                      const struct store *store);

/* session_store: this session's runtime directory, opened. */
enum tw_status session_store(const struct session *session, struct store *out,
                             struct tw_error *err);

/* session_lock_deadline: until when somebody else's fetch may take; no longer
 * than this run. */
int64_t session_lock_deadline(const struct session *session);

#endif
