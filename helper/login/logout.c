/* SPDX-License-Identifier: MIT */
/*
 * logout.c - the command logout: what is kept of a profile is revoked, and
 * removed whether that went well or not.
 *
 * The refresh token goes first: a server ends the whole login with it, and
 * what follows is for those that do not.  Whoever is killed in between can be
 * run again.
 */
#include <stdio.h>
#include <string.h>

#include "helper/commands.h"
#include "helper/exchange/discovery.h"
#include "helper/exchange/keeper.h"
#include "helper/exchange/revoke.h"
#include "helper/fence/fence.h"
#include "helper/fetch/stack.h"
#include "helper/http/http.h"
#include "helper/login/logout.h"
#include "helper/profile/fingerprint.h"
#include "helper/store/quota.h"

struct logout {
    struct session *session;
    const char *name;
    const struct profile *profile; /* NULL: it is in no file any more;
                                      borrowed */
    const struct profile *source;  /* of it, whose endpoints were found */
    struct store_profile place;
    struct keeper keeper;
    struct http *http;
    struct discovery *discovery; /* NULL: no issuer is asked */
    bool found;                  /* something was kept */
    bool untold;                 /* some of it has nobody who revokes it */
    bool unshown;                /* some of it was bought of another */
    struct tw_error login;       /* who was waited for to log in, if any was */
    struct tw_error revoke;      /* why it was not revoked */
};

static void
auto_logout(struct logout *logout)
{
    http_free(logout->http); /* before what its requests borrow */
    discovery_free(logout->discovery);
    keeper_close(&logout->keeper);
    store_leave(&logout->place);
}

/* Of a profile that is gone, or keeps none any more by its provider, nothing
 * is read, but all is removed. */
static enum tw_status
open_keeper(struct logout *logout, struct tw_error *err)
{
    const struct profile *source = profile_login_source(logout->profile);
    bool system = logout->session->options.system;
    char path[PATH_MAX];
    enum tw_status status;

    if (source)
        return keeper_open(source, system, &logout->keeper, err);
    if (logout->profile && !state_has(system, logout->name, false))
        return TW_OK;
    status = state_path(system, path, err);
    return status
               ? status
               : state_enter(path, logout->name, &logout->keeper.state, err);
}

/* Beside the lock that is waited for, another runtime directory has its own.
 */
static enum tw_status
await_keeper(struct logout *logout, int64_t deadline_ms, struct tw_error *err)
{
    enum tw_status status;

    do
        status = open_keeper(logout, err);
    while (keeper_await(status, deadline_ms));
    return status;
}

static void
on_found(void *arg, const struct tw_error *err, int64_t retry_after)
{
    struct tw_error *result = arg;

    (void)retry_after;
    *result = *err;
}

/* @source with its endpoints, which the issuer may have to name; NULL: they
 * could not be had. */
static const struct profile *
find_endpoints(struct logout *logout, const struct profile *source,
               int64_t deadline_ms, struct tw_error *err)
{
    const struct discovery_context context = {.http = logout->http,
                                              .profile = source,
                                              .dir = logout->place.dir,
                                              .deadline_ms = deadline_ms};

    if (logout->source == source)
        return discovery_profile(logout->discovery, source);
    discovery_free(TAKE_POINTER(logout->discovery));
    logout->source = NULL;
    if (discovery_start(&context, on_found, err, &logout->discovery, err) ||
        http_run(logout->http, INT64_MAX, deadline_ms, err) || err->status)
        return NULL;
    logout->source = source;
    return discovery_profile(logout->discovery, source);
}

/* Of all that is tried, the first failure is the one that is told. */
static void
revoke_one(struct logout *logout, struct exchange_context *context,
           const struct profile *source, const struct secret *token,
           enum revoked_kind kind)
{
    struct tw_error err = {.status = TW_OK};

    context->profile =
        find_endpoints(logout, source, context->deadline_ms, &err);
    if (context->profile && !context->profile->revocation_endpoint)
        logout->untold = true;
    else if (context->profile)
        (void)revoke_token(context, token, kind, &err);
    if (err.status && !logout->revoke.status)
        logout->revoke = err;
}

/* Each of the source that brought it: of several, the one that keeps a login
 * need not be the one that answered last. */
static void
revoke_both(struct logout *logout, struct exchange_context *context,
            const struct record *record)
{
    AUTO_SECRET access_token = SECRET_INIT(TOKEN_MAX);
    const struct profile *answered =
        stack_answered(logout->profile, record->answered_by);
    /* A profile may have got another server since: that one is not shown what
     * the former gave out. */
    bool is_ours =
        record->token && fingerprint_is_of_server(answered, record->server);

    logout->unshown =
        (record->token && !is_ours) ||
        (!logout->keeper.token.len && state_exists(&logout->keeper.state));
    if (logout->keeper.token.len)
        revoke_one(logout, context, profile_login_source(logout->profile),
                   &logout->keeper.token, REVOKE_REFRESH_TOKEN);
    if (is_ours &&
        secret_append(&access_token, record->token, record->token_len))
        revoke_one(logout, context, answered, &access_token,
                   REVOKE_ACCESS_TOKEN);
}

/* @fenced: it is the only one that this process will revoke. */
static void
revoke_all(struct logout *logout, const struct record *record, bool fenced)
{
    const struct session *session = logout->session;
    struct exchange_context context = {
        .secrets = session_secrets(logout->session, logout->place.store),
        .deadline_ms = session->options.deadline_ms};

    if (http_new(session->options.system, &logout->http, &logout->revoke) ||
        (fenced && fence_fetching(&logout->profile, 1, &context.secrets, true,
                                  &logout->revoke)))
        return;
    context.http = logout->http;
    revoke_both(logout, &context, record);
}

enum tw_status
logout_revoke(struct session *session, const struct store *store,
              const struct profile *profile, const struct record *record,
              struct tw_error *err)
{
    AUTO(auto_logout)
    struct logout logout = {.session = session,
                            .name = profile->name,
                            .profile = profile,
                            .place = {.store = store, .dir = -1, .lock = -1},
                            .keeper = KEEPER_INIT};

    revoke_all(&logout, record, false);
    *err = logout.revoke;
    return err->status || !logout.untold
               ? (enum tw_status)err->status
               : tw_fail(err, TW_E_CONFIG,
                         "profile '%s': revoke_on_logout needs a "
                         "revocation_endpoint",
                         profile->name);
}

static enum tw_status
forget(struct logout *logout, struct tw_error *err)
{
    enum tw_status status = TW_OK, other;

    if (logout->keeper.state.dir >= 0)
        status = state_drop(&logout->keeper.state, err);
    if (!logout->profile)
        quota_forget(logout->keeper.state.dir, logout->name);
    other = logout->profile
                ? store_forget(&logout->place, status ? NULL : err)
                : store_remove(&logout->place, status ? NULL : err);
    return status ? status : other;
}

static enum tw_status
fail_vain(const struct logout *logout)
{
    struct tw_error err;

    (void)tw_fail(&err, TW_E_NOT_FOUND, "nothing is kept for '%s'",
                  logout->name);
    session_hint(logout->session, logout->name, &err);
    return session_fail(logout->session, &err);
}

static void
note_login(const struct logout *logout)
{
    char text[sizeof logout->login.message + 16];

    if (!logout->login.status)
        return;
    (void)snprintf(text, sizeof text, "%s; it ends, too",
                   logout->login.message);
    report_note(&logout->session->report, text);
}

static enum tw_status
report(const struct logout *logout)
{
    if (!logout->found)
        return fail_vain(logout);
    note_login(logout);
    if (logout->revoke.status) {
        (void)session_fail(logout->session, &logout->revoke);
        report_note(&logout->session->report,
                    "what was kept here is removed; the server may take it "
                    "until it runs out");
        return (enum tw_status)logout->revoke.status;
    }
    if (logout->untold)
        report_note(&logout->session->report,
                    "removed here; without a revocation_endpoint in the "
                    "profile the server takes it until it runs out");
    if (logout->unshown)
        report_note(&logout->session->report,
                    "removed here; the profile was another when it was "
                    "bought, so it was not shown to this server, and whoever "
                    "issued it takes it until it runs out");
    return TW_OK;
}

/* One that is waited for would bring what is removed here. */
static enum tw_status
end_login(struct logout *logout, struct tw_error *err)
{
    const struct state *state = &logout->keeper.state;

    if (state->dir < 0)
        return TW_OK;
    (void)state_login_tell(state, &logout->login);
    return state_login_break(state, err);
}

static enum tw_status
log_out(struct logout *logout)
{
    AUTO_RECORD record = RECORD_INIT;
    struct session *session = logout->session;
    int64_t deadline_ms = session_lock_deadline(session);
    struct tw_error err;

    if (store_lock(&logout->place, deadline_ms, &err) ||
        await_keeper(logout, deadline_ms, &err) || end_login(logout, &err))
        return session_fail(session, &err);
    /* Of one that is gone, whatever is there: a failure's note, too. */
    logout->found =
        !logout->profile || !store_record(&logout->place, &record, NULL) ||
        logout->keeper.token.len || state_exists(&logout->keeper.state);
    if (!session->no_revoke && logout->profile && logout->found)
        revoke_all(logout, &record, true);
    logout->found = logout->found || logout->login.status;
    if (forget(logout, &err))
        return session_fail(session, &err);
    return report(logout);
}

enum tw_status
command_logout(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    AUTO(auto_release) const struct profile *profile = NULL;
    AUTO(auto_logout)
    struct logout logout = {.session = session,
                            .place = {.dir = -1, .lock = -1},
                            .keeper = KEEPER_INIT};
    struct tw_error err;
    enum tw_status status = session_names(session, argc, argv, 1);

    if (status)
        return status;
    logout.name = argv[0];
    if (session_store(session, &store, &err))
        return session_fail(session, &err);
    status = session_load(session, &store, &set);
    if (status)
        return status;
    status = profiles_find(&set, logout.name, &profile, &err);
    if (status && status != TW_E_NOT_FOUND)
        return session_fail(session, &err);
    logout.profile = profile;
    if (!store_has(&store, logout.name) &&
        !state_has(session->options.system, logout.name, !logout.profile))
        return fail_vain(&logout); /* and nothing is made to find that out */
    if (store_enter(&store, logout.name, &logout.place, &err))
        return session_fail(session, &err);
    return log_out(&logout);
}
