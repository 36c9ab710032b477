/* SPDX-License-Identifier: MIT */
/*
 * serve_revoke.c - see serve_revoke.h.
 *
 * First come, first served, in each lane.  A server that hangs keeps those of
 * its own lane in line for a time limit or two, and no fetch: there are few
 * requests at once, so that most of the engine's places for one host are left
 * to those.
 */
#include "helper/serve/serve_revoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "helper/exchange/discovery.h"
#include "helper/exchange/revoke.h"
#include "helper/fetch/stack.h"
#include "helper/profile/fingerprint.h"
#include "helper/serve/serve.h"
#include "helper/serve/task.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define REVOKE_MS 30000 /* for what an issuer is asked first */

struct withdrawal {
    struct withdrawal *next;
    struct serve *serve;
    struct era *era;
    struct lane *lane;
    const struct profile *profile; /* an instance of its own */
    const struct profile *source;  /* of it, that brought the token */
    struct secret token;
    struct discovery *discovery;
    struct revocation *revocation;
    bool has_begun, has_ended;
};

static void
withdrawal_free(struct withdrawal *withdrawal)
{
    revoke_free(withdrawal->revocation);
    discovery_free(withdrawal->discovery);
    secret_clear(&withdrawal->token);
    profile_release(withdrawal->profile);
    era_release(withdrawal->era);
    free(withdrawal);
}

static void
end(struct withdrawal *withdrawal, const struct tw_error *result)
{
    withdrawal->has_ended = true;
    if (result->status)
        log_failure(&withdrawal->serve->log, "revoke",
                    withdrawal->profile->name, result);
}

static void
on_revoked(void *arg, const struct tw_error *result)
{
    end(arg, result);
}

static void
on_found(void *arg, const struct tw_error *err, int64_t retry_after)
{
    struct withdrawal *withdrawal = arg;
    const struct serve *serve = withdrawal->serve;
    const struct exchange_context context = {
        .http = serve->http,
        .profile =
            discovery_profile(withdrawal->discovery, withdrawal->source),
        .secrets = {.environment = serve->tasks.environment,
                    .store = &serve->store,
                    .system = serve->tasks.system}};
    struct tw_error failure = *err;

    (void)retry_after;
    if (!failure.status && !context.profile->revocation_endpoint)
        (void)tw_fail(&failure, TW_E_CONFIG,
                      "profile '%s': revoke_on_logout needs a "
                      "revocation_endpoint",
                      withdrawal->profile->name);
    if (failure.status ||
        revoke_start(&context, &withdrawal->token, REVOKE_ACCESS_TOKEN,
                     on_revoked, withdrawal, &withdrawal->revocation,
                     &failure))
        end(withdrawal, &failure);
}

/* What an issuer said is not kept any more, and is asked for anew. */
static void
begin(struct withdrawal *withdrawal)
{
    const struct discovery_context context = {
        .http = withdrawal->serve->http,
        .profile = withdrawal->source,
        .dir = -1,
        .deadline_ms = clock_monotonic_ms() + REVOKE_MS};
    struct tw_error err;

    withdrawal->has_begun = true;
    if (discovery_start(&context, on_found, withdrawal, &withdrawal->discovery,
                        &err))
        end(withdrawal, &err);
}

static void
line_up(struct withdrawals *line, struct withdrawal *withdrawal)
{
    if (line->last)
        line->last->next = withdrawal;
    else
        line->first = withdrawal;
    line->last = withdrawal;
    line->count++;
}

/* One for @ward; NULL: its profile has no revoke_on_logout, or what is in the
 * way was logged. */
static struct withdrawal *
prepare(struct serve *serve, const struct ward *ward)
{
    struct withdrawal *withdrawal = calloc(1, sizeof *withdrawal);
    struct tw_error err = {.status = TW_OK};

    if (!withdrawal) {
        (void)tw_no_memory(&err);
        log_failure(&serve->log, "revoke", ward->name, &err);
        return NULL;
    }
    withdrawal->serve = serve;
    withdrawal->era = serve->era;
    withdrawal->era->holds++;
    withdrawal->lane = ward->lane;
    withdrawal->token = SECRET_INIT(TOKEN_MAX);
    if (!ward_profile(&serve->wards, ward, &withdrawal->profile, &err) &&
        withdrawal->profile->revoke_on_logout &&
        serve->revokes.count == REVOKES_MAX)
        (void)tw_fail(&err, TW_E_RETRY,
                      "%d tokens are in line to be revoked; that of '%s' is "
                      "not, and runs out by itself",
                      REVOKES_MAX, ward->name);
    if (err.status)
        log_failure(&serve->log, "revoke", ward->name, &err);
    if (!err.status && withdrawal->profile->revoke_on_logout)
        return withdrawal;
    withdrawal_free(withdrawal);
    return NULL;
}

/* It is lined up if the token was bought of the server that the profile has
 * now: another is not shown it. */
static void
offer(struct withdrawal *withdrawal, const char *answered_by,
      const char *server, const char *token, size_t n)
{
    withdrawal->source = stack_answered(withdrawal->profile, answered_by);
    if (fingerprint_is_of_server(withdrawal->source, server) &&
        secret_append(&withdrawal->token, token, n))
        line_up(&withdrawal->serve->revokes, withdrawal);
    else
        withdrawal_free(withdrawal);
}

void
serve_revoke(struct serve *serve, const struct ward *ward)
{
    AUTO_RECORD record = RECORD_INIT;
    char path[NAME_MAX + 8];
    struct withdrawal *withdrawal;

    (void)snprintf(path, sizeof path, "%s/record", ward->name);
    if (record_read(serve->store.root, path, geteuid(), false, &record,
                    NULL) ||
        !record.token)
        return;
    withdrawal = prepare(serve, ward);
    if (withdrawal)
        offer(withdrawal, record.answered_by, record.server, record.token,
              record.token_len);
}

void
serve_revoke_unkept(struct serve *serve, const struct ward *ward,
                    const struct job *job)
{
    const struct secret *token = &job->change.token;
    char answered_by[STACK_LABEL_MAX] = "";
    struct withdrawal *withdrawal;

    if (!token->len)
        return;
    if (job->source->source_number)
        stack_label(job->source, answered_by, sizeof answered_by);
    withdrawal = prepare(serve, ward);
    if (withdrawal)
        offer(withdrawal, answered_by[0] ? answered_by : NULL, job->server,
              secret_text(token), token->len);
}

static void
drop_ended(struct withdrawals *line)
{
    struct withdrawal **link = &line->first, *last = NULL;

    while (*link) {
        struct withdrawal *withdrawal = *link;

        if (!withdrawal->has_ended) {
            last = withdrawal;
            link = &withdrawal->next;
            continue;
        }
        *link = withdrawal->next;
        line->count--;
        line->active--;
        withdrawal->lane->revoking--;
        withdrawal_free(withdrawal);
    }
    line->last = last;
}

/* True: one has ended at once. */
static bool
begin_some(struct withdrawals *line)
{
    bool result = false;

    for (struct withdrawal *withdrawal = line->first; withdrawal;
         withdrawal = withdrawal->next) {
        if (withdrawal->has_begun || line->active == REVOKES_ACTIVE_MAX ||
            withdrawal->lane->revoking == REVOKES_LANE_MAX)
            continue;
        line->active++;
        withdrawal->lane->revoking++;
        begin(withdrawal);
        result = result || withdrawal->has_ended;
    }
    return result;
}

void
serve_revoke_turn(struct serve *serve)
{
    do
        drop_ended(&serve->revokes);
    while (begin_some(&serve->revokes));
}

void
serve_revoke_clear(struct serve *serve)
{
    struct withdrawal *next;

    for (struct withdrawal *withdrawal = serve->revokes.first; withdrawal;
         withdrawal = next) {
        struct tw_error err;

        next = withdrawal->next;
        (void)tw_fail(&err, TW_E_RETRY,
                      "the helper ends before the token of '%s' is revoked",
                      withdrawal->profile->name);
        if (!withdrawal->has_ended)
            end(withdrawal, &err);
        withdrawal_free(withdrawal);
    }
    serve->revokes = (struct withdrawals){0};
}
