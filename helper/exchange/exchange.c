/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - drives a provider: event in, action out, until a token or a
 * failure is there.
 *
 * What a module answers is checked before it is done: kinds, counts, names
 * and texts.  A module never gets a secret or a token: forms name them, and
 * members that are tokens are not shown.
 */
#include "helper/exchange/exchange.h"

#include <string.h>

#include "helper/base/asked.h"
#include "helper/exchange/authorization.h"
#include "helper/exchange/exchange_answer.h"
#include "helper/exchange/exchange_form.h"
#include "helper/exchange/exchange_host.h"
#include "helper/exchange/exchange_take.h"
#include "helper/exchange/exchange_tell.h"
#include "helper/exchange/explain.h"

#define WAIT_MAX_MS 600000
#define FLAGS_KNOWN (TW_POST_ANSWER | TW_POST_NO_CLIENT | TW_POST_UNTYPED)

struct exchange {
    struct exchange_context context;
    exchange_done *done;
    void *arg;
    void *state;
    struct exchange_host host;
    struct exchange_form form;
    const char *url; /* of the last POST, as the next */
    uint32_t flags;
    bool is_again;      /* the same was sent before, by another secret */
    struct json *asked; /* the last good answer to TW_POST_ANSWER, or NULL */
    bool told;          /* a person has been shown something */
    bool awaits;        /* their browser */
    struct authorization *authorization; /* the last one, or NULL */
    struct outcome outcome;
    int steps;
    int64_t wake_ms;
};

static void
finish(struct exchange *exchange)
{
    exchange->wake_ms = INT64_MAX;
    exchange->done(exchange->arg, &exchange->outcome);
    reply_clear(&exchange->outcome.reply);
}

static void
finish_broken(struct exchange *exchange, const char *what)
{
    (void)tw_fail(&exchange->outcome.err, TW_E_MODULE,
                  "provider '%s' is broken: %s",
                  exchange->context.profile->module->provider.name, what);
    finish(exchange);
}

static void step(struct exchange *exchange, enum tw_event_kind kind,
                 const char *error);

/* What the last good answer said stays known for TW_FIELD_MEMBER. */
static void
remember(struct exchange *exchange)
{
    struct reply *reply = &exchange->outcome.reply;

    if (reply->class != REPLY_ANSWER)
        return;
    json_free(exchange->asked);
    exchange->asked = TAKE_POINTER(reply->json);
}

static bool send_again(struct exchange *exchange, struct tw_error *err);

static void
on_reply(void *arg, struct http_reply *http)
{
    struct exchange *exchange = arg;
    const struct exchange_context *context = &exchange->context;
    struct tw_error no_next = {.status = TW_OK};
    const struct exchange_sent sent = {.form = &exchange->form,
                                       .url = exchange->url,
                                       .flags = exchange->flags,
                                       .is_again = exchange->is_again,
                                       .no_next = &no_next};
    struct reply *reply = &exchange->outcome.reply;

    exchange->outcome.sent = exchange->outcome.sent || !http->unsent;
    remember(exchange);
    reply_clear(reply);
    exchange_answer_read(context, &sent, http, &exchange->outcome);
    if (exchange_form_has_next(&exchange->form, context->profile, reply) &&
        send_again(exchange, &no_next))
        return;
    if (reply->class != REPLY_TOKEN && reply->class != REPLY_ANSWER)
        exchange_answer_explain(context, &sent, &exchange->outcome);
    exchange_form_clear(&exchange->form);
    if (reply->class == REPLY_TOKEN) {
        step(exchange, TW_EVENT_TOKEN, NULL);
        return;
    }
    if (reply->class == REPLY_ANSWER)
        step(exchange, TW_EVENT_ANSWER, NULL);
    else if (exchange->told && reply_status(reply) == TW_E_RETRY)
        /* A person is at it: an outage of a moment does not end that. */
        step(exchange, TW_EVENT_REFUSED, "temporarily_unavailable");
    else if (exchange_answer_refuses(reply))
        step(exchange, TW_EVENT_REFUSED, reply->error);
    else
        finish(exchange);
}

/* Sends the form as it is. */
static enum tw_status
send_form(struct exchange *exchange, struct tw_error *err)
{
    struct http_request request = exchange_form_request(
        &exchange->form, exchange->context.profile, exchange->url);
    enum tw_status status;

    exchange_form_limit(&exchange->form, exchange->context.deadline_ms,
                        &request);
    exchange->outcome.asked = clock_now();
    status =
        http_post(exchange->context.http, &request, on_reply, exchange, err);
    if (status)
        explain_unsent(exchange->context.profile, exchange->url, err);
    return status;
}

/* A server that changes its secrets may have been quicker than the profile, or
 * slower: once, with the other one.  False if that cannot be sent. */
static bool
send_again(struct exchange *exchange, struct tw_error *err)
{
    exchange->is_again = true;
    return !exchange_form_next(&exchange->form, &exchange->context, err) &&
           !send_form(exchange, err);
}

static enum tw_status
make_form(struct exchange *exchange, const struct tw_action *action)
{
    struct keeper *keeper = exchange->context.keeper;
    const struct tw_error before = exchange->outcome.err;
    const struct exchange_known known = {
        .answer = exchange->outcome.reply.json,
        .asked = exchange->asked,
        .authorization = exchange->authorization};
    enum tw_status status =
        exchange_form_make(&exchange->form, &exchange->context, &known, action,
                           &exchange->outcome.err);

    if (!status && keeper && !(action->flags & TW_POST_ANSWER))
        status = keeper_reserve(keeper, &exchange->outcome.err);
    if (status)
        return exchange_answer_outlast(&before, &exchange->outcome.err);
    exchange->outcome.err = (struct tw_error){.status = TW_OK};
    exchange->flags = action->flags;
    exchange->is_again = false;
    return TW_OK;
}

static void
post(struct exchange *exchange, const struct tw_action *action)
{
    exchange->url = action->url ? action->url
                                : profile_endpoint(exchange->context.profile);
    if (!exchange->url)
        finish_broken(exchange, "it names no endpoint");
    else if (action->flags & ~FLAGS_KNOWN)
        finish_broken(exchange, "its request has unknown flags");
    else if (make_form(exchange, action) ||
             send_form(exchange, &exchange->outcome.err))
        finish(exchange);
}

static void
take(struct exchange *exchange, const struct tw_action *action)
{
    struct outcome *outcome = &exchange->outcome;

    if (exchange_take(&exchange->context, action->text, outcome,
                      &outcome->err))
        finish(exchange);
    else
        step(exchange, TW_EVENT_TOKEN, NULL);
}

static void
tell(struct exchange *exchange, const struct tw_action *action)
{
    if (exchange_tell(&exchange->context, action, &exchange->outcome.err)) {
        finish(exchange);
        return;
    }
    exchange->told = true;
    step(exchange, TW_EVENT_TOLD, NULL);
}

static void
authorize(struct exchange *exchange, const struct tw_action *action)
{
    authorization_free(TAKE_POINTER(exchange->authorization));
    if (authorization_begin(&exchange->context, action,
                            &exchange->authorization,
                            &exchange->outcome.err)) {
        finish(exchange);
        return;
    }
    exchange->told = true;
    exchange->awaits = true;
    exchange->wake_ms = 0; /* whoever waits for the browser looks often */
}

/* Has the browser come back? */
static void
look_out(struct exchange *exchange)
{
    if (!authorization_turn(exchange->authorization, &exchange->outcome.err))
        return;
    exchange->awaits = false;
    exchange->wake_ms = INT64_MAX;
    if (exchange->outcome.err.status)
        finish(exchange);
    else
        step(exchange, TW_EVENT_AUTHORIZED, NULL);
}

/* Who gives up before anything was asked dislikes the profile. */
static void
give_up(struct exchange *exchange, const struct tw_action *action)
{
    const struct profile *profile = exchange->context.profile;

    if (!exchange->outcome.err.status) {
        struct shown shown;
        const char *text = action->text ? action->text : "it gave up";

        (void)tw_fail(&exchange->outcome.err,
                      exchange->steps == 1 ? TW_E_CONFIG : TW_E_PROTOCOL,
                      "%s:%u: profile '%s': %s", profile->file, profile->line,
                      profile->name,
                      text_printable(&shown, text, strlen(text)));
    }
    finish(exchange);
}

/* As long as the server asks for, of which modules are not told. */
static void
wait_for(struct exchange *exchange, int64_t wait_ms)
{
    int64_t asked_ms = exchange->outcome.reply.retry_after * 1000;

    if (wait_ms < 0 || wait_ms > WAIT_MAX_MS)
        finish_broken(exchange, "it waits too long");
    else
        exchange->wake_ms =
            clock_monotonic_ms() + (asked_ms > wait_ms ? asked_ms : wait_ms);
}

static void
do_action(struct exchange *exchange, const struct tw_action *action)
{
    switch ((enum tw_action_kind)action->kind) {
    case TW_ACTION_POST:
        post(exchange, action);
        return;
    case TW_ACTION_WAIT:
        wait_for(exchange, action->wait_ms);
        return;
    case TW_ACTION_DONE:
        if (exchange->outcome.reply.class != REPLY_TOKEN ||
            !exchange->outcome.reply.token.len)
            finish_broken(exchange, "it says done without a token");
        else
            finish(exchange);
        return;
    case TW_ACTION_FAIL:
        give_up(exchange, action);
        return;
    case TW_ACTION_TELL:
        tell(exchange, action);
        return;
    case TW_ACTION_TAKE:
        exchange->outcome.err = (struct tw_error){.status = TW_OK};
        take(exchange, action);
        return;
    case TW_ACTION_AUTHORIZE:
        authorize(exchange, action);
        return;
    }
    finish_broken(exchange, "it answered with an unknown action");
}

static void
step(struct exchange *exchange, enum tw_event_kind kind, const char *error)
{
    const struct tw_event event = {
        .size = sizeof event, .kind = kind, .error = error};
    struct tw_action action = {.size = sizeof action};
    const struct tw_provider_v1 *provider =
        &exchange->context.profile->module->provider;
    int rc;

    if (++exchange->steps >
        (exchange->told ? EXCHANGE_STEPS_TOLD_MAX : EXCHANGE_STEPS_MAX)) {
        finish_broken(exchange, "it never comes to an end");
        return;
    }
    asked_begin(provider->name);
    rc = provider->advance(&exchange->host.table, exchange->state, &event,
                           &action);
    asked_end();
    exchange_host_return(&exchange->host);
    if (rc)
        finish_broken(exchange, "advance() failed");
    else
        do_action(exchange, &action);
}

enum tw_status
exchange_start(const struct exchange_context *context, exchange_done *done,
               void *arg, struct exchange **out, struct tw_error *err)
{
    size_t state_size = context->profile->module->provider.state_size;
    struct exchange *exchange = calloc(1, sizeof *exchange);

    if (!exchange)
        return tw_no_memory(err);
    exchange->state = calloc(1, state_size ? state_size : 1);
    if (!exchange->state) {
        free(exchange);
        return tw_no_memory(err);
    }
    exchange->context = *context;
    exchange->done = done;
    exchange->arg = arg;
    exchange->outcome.reply.token = SECRET_INIT(TOKEN_MAX);
    exchange->wake_ms = INT64_MAX;
    exchange_form_init(&exchange->form);
    exchange_host_init(&exchange->host, context->profile, context->keeper,
                       &exchange->outcome.reply);
    *out = exchange;
    step(exchange, TW_EVENT_START, NULL);
    return TW_OK;
}

int64_t
exchange_wake_ms(const struct exchange *exchange)
{
    return exchange->wake_ms;
}

bool
exchange_is_due(const struct exchange *exchange, int64_t now_ms)
{
    return exchange->awaits
               ? authorization_is_answered(exchange->authorization)
               : now_ms >= exchange->wake_ms;
}

const struct tw_error *
exchange_error(const struct exchange *exchange)
{
    return &exchange->outcome.err;
}

void
exchange_turn(struct exchange *exchange, int64_t now_ms)
{
    if (now_ms < exchange->wake_ms)
        return;
    if (exchange->awaits) {
        look_out(exchange);
        return;
    }
    exchange->wake_ms = INT64_MAX;
    step(exchange, TW_EVENT_WAITED, NULL);
}

void
exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    exchange_form_clear(&exchange->form);
    exchange_host_return(&exchange->host);
    json_free(exchange->asked);
    authorization_free(exchange->authorization);
    reply_clear(&exchange->outcome.reply);
    secret_clear(&exchange->outcome.mark);
    free(exchange->state);
    free(exchange);
}
