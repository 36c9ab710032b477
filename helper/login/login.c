/* SPDX-License-Identifier: MIT */
/*
 * login.c - the command login: a person at one end, a server at the other.
 *
 * The signals that would end it are blocked, by main, and looked for while
 * nothing is under way: an answer that may hold a refresh token is waited for
 * and kept, so that Ctrl-C never leaves a login half done.
 */
#include <stdio.h>
#include <string.h>

#include "helper/base/signals.h"
#include "helper/commands.h"
#include "helper/exchange/explain.h"
#include "helper/fence/fence.h"
#include "helper/fetch/job.h"
#include "helper/person/prompt.h"
#include "helper/person/redirect.h"
#include "helper/person/screen.h"
#include "provider/base/text.h"

#define TICK_MS 200

struct login {
    const struct session *session;
    struct screen screen;
    struct job job;
    struct http *http;
    struct redirect *redirect; /* for a browser, or NULL */
};

static bool
is_interrupted(void)
{
    const struct timespec now = {0};
    sigset_t signals;

    signals_ending(&signals);
    return sigtimedwait(&signals, NULL, &now) > 0;
}

/* A person who has done their part is not told that they have not. */
static void
explain_late(const struct login *login, struct tw_error *why)
{
    const struct profile *profile = login->job.profile;
    const struct tw_error *held_up = job_held_up(&login->job);

    if (held_up)
        *why = *held_up;
    else
        (void)tw_fail(why, TW_E_INTERACT, "nobody logged in for '%s' in time",
                      profile->name);
    explain_login(profile, login->session->options.system, why);
    if (held_up)
        why->status = held_up->status;
}

/* Nothing is under way: is there a reason to wait no longer? */
static bool
is_over(const struct login *login, int64_t now_ms, struct tw_error *why)
{
    if (is_interrupted())
        (void)tw_fail(why, TW_E_INTERACT, "the login for '%s' was ended",
                      login->job.profile->name);
    else if (!login->screen.end_ms || now_ms < login->screen.end_ms)
        return false;
    else
        explain_late(login, why);
    return true;
}

/* Until something is to be done, or a moment has passed. */
static bool
idle(struct login *login, int64_t wake_ms, int64_t now_ms, int64_t deadline_ms)
{
    if (login->redirect && redirect_is_expected(login->redirect)) {
        redirect_wait(login->redirect, TICK_MS);
        return true;
    }
    if (login->redirect)
        redirect_wait(login->redirect, 0);
    return !http_run(login->http,
                     wake_ms < now_ms + TICK_MS ? wake_ms : now_ms + TICK_MS,
                     deadline_ms, NULL);
}

static void
drive(struct login *login, int64_t deadline_ms)
{
    struct tw_error why;

    while (job_is_busy(&login->job)) {
        int64_t now_ms = clock_monotonic_ms();
        int64_t wake_ms = job_wake_ms(&login->job);

        screen_tick(&login->screen, now_ms);
        if (wake_ms != INT64_MAX && is_over(login, now_ms, &why))
            job_stop(&login->job, &why);
        else if (now_ms >= deadline_ms ||
                 !idle(login, wake_ms, now_ms, deadline_ms))
            job_expire(&login->job);
        else
            job_turn(&login->job, clock_monotonic_ms());
    }
}

static enum tw_status
report_end_of(struct login *login)
{
    const struct tw_error *result = job_result(&login->job);
    char text[256];

    if (result->status) {
        screen_end(&login->screen, NULL);
        return session_fail(login->session, result);
    }
    (void)snprintf(text, sizeof text, "Logged in for '%s'.%s",
                   login->job.profile->name,
                   login->job.has_refresh_token
                       ? ""
                       : "\nThe server sent no refresh token: a new login is "
                         "needed when this token has run\nout. Many servers "
                         "want offline_access among the scopes.");
    screen_end(&login->screen, text);
    return TW_OK;
}

/* A refresh token that the person has from elsewhere. */
static enum tw_status
ask_for_token(const struct profile *profile, struct secret *out,
              struct tw_error *err)
{
    char question[PROFILE_NAME_MAX + 32];
    enum tw_status status;

    (void)snprintf(question, sizeof question,
                   "Refresh token for '%s': ", profile->name);
    status = prompt_secret(question, out, err);
    if (status || text_is_token(secret_text(out), out->len))
        return status;
    return tw_fail(err, TW_E_USAGE,
                   "what was given is no refresh token: one is printable "
                   "ASCII without spaces\n"
                   "nothing of it is used; give it alone, as one line");
}

static enum tw_status
check_provider(const struct profile *profile, struct tw_error *err)
{
    const struct tw_provider_v1 *provider = &profile->module->provider;

    if (profile_login_source(profile))
        return TW_OK;
    return tw_fail(err, TW_E_USAGE,
                   "%s:%u: profile '%s' needs no login: provider %s asks "
                   "nobody",
                   profile->file, profile->line, profile->name,
                   provider->name);
}

static void
auto_login(struct login *login)
{
    http_free(login->http); /* before what its requests borrow */
    job_clear(&login->job);
    redirect_close(login->redirect);
}

/* Before the fence: nothing listens behind it. */
static enum tw_status
open_redirect(const struct profile *source, struct redirect **out,
              struct tw_error *err)
{
    const struct profile_option *option;
    struct tw_error why;

    if (!(source->module->provider.needs & TW_NEEDS_REDIRECT))
        return TW_OK;
    option = profile_option(source, "redirect_uri");
    if (redirect_open(option && option->values ? option->values[0] : NULL, out,
                      &why) == TW_OK)
        return TW_OK;
    return tw_fail(err, (enum tw_status)why.status, "%s:%u: profile '%s': %s",
                   source->file, option ? option->line : source->line,
                   source->name, why.message);
}

static enum tw_status
log_in(struct session *session, const struct profile_set *set,
       const struct store *store, const struct profile *profile)
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    AUTO(auto_login) struct login login = {.session = session};
    const struct profile *source = profile_login_source(profile);
    struct person person = {.show = screen_show, .arg = &login.screen};
    struct job_context context = {.options = &session->options,
                                  .store = store,
                                  .secrets = session_secrets(session, store)};
    struct tw_error err;

    if (source->module->provider.needs & TW_NEEDS_PERSON &&
        keeper_look_login(source, session->options.system, &err))
        return session_fail(session, &err);
    session->options.force = true;
    screen_open(&session->environment, profile->name, &login.screen);
    if (source->module->provider.needs & TW_NEEDS_PERSON)
        context.person = &person;
    else if (ask_for_token(profile, &token, &err))
        return session_fail(session, &err);
    else
        context.given = &token;
    if (open_redirect(source, &login.redirect, &err))
        return session_fail(session, &err);
    person.redirect = login.redirect;
    if (http_new(session->options.system, &login.http, &err))
        return session_fail(session, &err);
    if (fence_fetching(&profile, 1, &context.secrets, false, &err))
        return session_fail(session, &err);
    job_init(&login.job, &context, set, profile->name);
    job_begin(&login.job, login.http, session_lock_deadline(session));
    drive(&login, session->options.deadline_ms);
    return report_end_of(&login);
}

enum tw_status
command_login(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;
    enum tw_status status =
        session_profile(session, argc, argv, &store, &set, &profile);

    if (status)
        return status;
    if (check_provider(profile, &err))
        return session_fail(session, &err);
    return log_in(session, &set, &store, profile);
}
