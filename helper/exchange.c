/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - drives a provider: event in, action out, until a token or a
 * failure is there.
 *
 * What a module answers is checked before it is done: kinds, counts, names
 * and texts.  A module never gets a secret or a token: forms name them, and
 * members that are tokens are not shown.
 */
#include "helper/exchange.h"

#include <string.h>

#include "helper/client_auth.h"
#include "helper/explain.h"
#include "helper/form.h"

#define WAIT_MAX_MS 600000

struct exchange {
    struct exchange_context context;
    exchange_done *done;
    void *arg;
    void *state;
    struct tw_host host;
    struct secret form, authorization;
    struct outcome outcome;
    int steps;
    int64_t wake_ms;
};

static const struct exchange *
exchange_of(const struct tw_host *host)
{
    return host->context;
}

static const char *
host_option(const struct tw_host *host, const char *name, size_t index)
{
    const struct profile_option *option =
        profile_option(exchange_of(host)->context.profile, name);

    if (!option || !option->values)
        return NULL;
    for (size_t i = 0; i < index; i++) {
        if (!option->values[i])
            return NULL;
    }
    return option->values[index];
}

static bool
is_token_member(const char *name)
{
    return strcmp(name, "access_token") == 0 ||
           strcmp(name, "refresh_token") == 0 || strcmp(name, "id_token") == 0;
}

static const char *
host_member(const struct tw_host *host, const char *name)
{
    const struct json *json = exchange_of(host)->outcome.reply.json;
    const char *text;
    size_t n;

    if (!json || is_token_member(name))
        return NULL;
    text = json_string(json, name, &n);
    return text && text_is_line(text, n) ? text : NULL;
}

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

/* Appends a field's value, wherever it comes from. */
static enum tw_status
add_field(struct exchange *exchange, const struct tw_field *field,
          struct tw_error *err)
{
    const struct exchange_context *context = &exchange->context;
    const struct profile_option *option;
    const char *text = field->value;
    size_t n = text ? strlen(text) : 0;
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);

    if (field->kind == TW_FIELD_MEMBER) {
        text = exchange->outcome.reply.json && text
                   ? json_string(exchange->outcome.reply.json, text, &n)
                   : NULL;
    } else if (field->kind == TW_FIELD_SECRET) {
        enum tw_status status;

        option = text ? profile_option(context->profile, text) : NULL;
        if (!option || option->secret.kind == SECRET_NONE)
            return tw_fail(err, TW_E_MODULE,
                           "provider '%s' is broken: it names no secret of "
                           "the profile",
                           context->profile->module->provider.name);
        status = secret_source_read(&option->secret, context->environment,
                                    context->system, &secret, err);
        if (status)
            return status;
        text = secret_text(&secret);
        n = secret.len;
    }
    if (!field->name || !text ||
        !form_field(&exchange->form, field->name, text, n))
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s' is broken: its form has a bad field",
                       context->profile->module->provider.name);
    return TW_OK;
}

/* What a server gave out (a code, a refresh token) may be good for one use. */
static bool
is_once(const struct tw_action *action)
{
    for (size_t i = 0; i < action->field_count; i++) {
        if (action->fields[i].kind != TW_FIELD_TEXT &&
            action->fields[i].kind != TW_FIELD_SECRET)
            return true;
    }
    return false;
}

static enum tw_status
make_form(struct exchange *exchange, const struct tw_action *action,
          struct tw_error *err)
{
    const struct exchange_context *context = &exchange->context;
    enum tw_status status = TW_OK;

    secret_clear(&exchange->form);
    secret_clear(&exchange->authorization);
    if (action->field_count > TW_FIELDS_MAX ||
        (action->field_count && !action->fields))
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s' is broken: its form is too long",
                       context->profile->module->provider.name);
    for (size_t i = 0; i < action->field_count && !status; i++)
        status = add_field(exchange, &action->fields[i], err);
    if (!status && context->client_secret)
        status =
            client_auth_apply(context->profile, context->client_secret,
                              &exchange->form, &exchange->authorization, err);
    return status;
}

static void step(struct exchange *exchange, const struct tw_event *event);

static void
on_reply(void *arg, struct http_reply *http)
{
    struct exchange *exchange = arg;
    const struct secret *scrub[] = {exchange->context.client_secret, NULL};
    struct tw_event event = {.size = sizeof event};
    struct reply *reply = &exchange->outcome.reply;

    secret_clear(&exchange->form);
    secret_clear(&exchange->authorization);
    reply_clear(reply);
    reply_read(http, scrub, reply);
    if (reply->class == REPLY_TOKEN) {
        event.kind = TW_EVENT_TOKEN;
        step(exchange, &event);
        return;
    }
    explain_reply(exchange->context.profile, reply, &exchange->outcome.err);
    if (reply->class >= REPLY_INVALID_REQUEST &&
        reply->class <= REPLY_OTHER_ERROR) {
        event.kind = TW_EVENT_REFUSED;
        event.error = reply->error;
        step(exchange, &event);
        return;
    }
    finish(exchange);
}

static void
post(struct exchange *exchange, const struct tw_action *action)
{
    const struct profile *profile = exchange->context.profile;
    int64_t left_ms = exchange->context.deadline_ms - clock_monotonic_ms();
    struct http_request request = {
        .url = action->url ? action->url : profile->token_endpoint,
        .form = &exchange->form,
        .ca_file = profile->ca_file,
        .allow_loopback_http = profile->allow_loopback_http,
        .timeout_ms = profile->timeout_s * 1000,
    };
    enum tw_status status =
        make_form(exchange, action, &exchange->outcome.err);

    if (!request.url) {
        finish_broken(exchange, "it names no endpoint");
        return;
    }
    if (left_ms < request.timeout_ms)
        request.timeout_ms = left_ms > 1 ? (int)left_ms : 1;
    if (exchange->authorization.len)
        request.authorization = secret_text(&exchange->authorization);
    exchange->outcome.asked = clock_now();
    if (!status) {
        request.once = is_once(action);
        status = http_post(exchange->context.http, &request, on_reply,
                           exchange, &exchange->outcome.err);
    }
    if (status)
        finish(exchange);
}

static void
give_up(struct exchange *exchange, const struct tw_action *action)
{
    if (!exchange->outcome.err.status) {
        struct shown shown;
        const char *text = action->text ? action->text : "it gave up";

        (void)tw_fail(&exchange->outcome.err, TW_E_PROTOCOL, "%s: %s",
                      exchange->context.profile->name,
                      text_printable(&shown, text, strlen(text)));
    }
    finish(exchange);
}

static void
step(struct exchange *exchange, const struct tw_event *event)
{
    struct tw_action action = {.size = sizeof action};
    const struct tw_provider_v1 *provider =
        &exchange->context.profile->module->provider;

    if (++exchange->steps > EXCHANGE_STEPS_MAX) {
        finish_broken(exchange, "it never comes to an end");
        return;
    }
    if (provider->advance(&exchange->host, exchange->state, event, &action)) {
        finish_broken(exchange, "advance() failed");
        return;
    }
    switch ((enum tw_action_kind)action.kind) {
    case TW_ACTION_POST:
        exchange->outcome.err = (struct tw_error){.status = TW_OK};
        post(exchange, &action);
        return;
    case TW_ACTION_WAIT:
        if (action.wait_ms < 0 || action.wait_ms > WAIT_MAX_MS)
            finish_broken(exchange, "it waits too long");
        else
            exchange->wake_ms = clock_monotonic_ms() + action.wait_ms;
        return;
    case TW_ACTION_DONE:
        if (exchange->outcome.reply.class != REPLY_TOKEN ||
            !exchange->outcome.reply.token.len)
            finish_broken(exchange, "it says done without a token");
        else
            finish(exchange);
        return;
    case TW_ACTION_FAIL:
        give_up(exchange, &action);
        return;
    }
    finish_broken(exchange, "it answered with an unknown action");
}

enum tw_status
exchange_start(const struct exchange_context *context, exchange_done *done,
               void *arg, struct exchange **out, struct tw_error *err)
{
    size_t state_size = context->profile->module->provider.state_size;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    struct tw_event event = {.size = sizeof event, .kind = TW_EVENT_START};

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
    exchange->form = SECRET_INIT(HTTP_FORM_MAX);
    exchange->authorization = SECRET_INIT(AUTHORIZATION_MAX);
    exchange->outcome.reply.token = SECRET_INIT(TOKEN_MAX);
    exchange->wake_ms = INT64_MAX;
    exchange->host = (struct tw_host){.version = TW_PROVIDER_VERSION,
                                      .size = sizeof exchange->host,
                                      .context = exchange,
                                      .option = host_option,
                                      .member = host_member};
    *out = exchange;
    step(exchange, &event);
    return TW_OK;
}

int64_t
exchange_wake_ms(const struct exchange *exchange)
{
    return exchange->wake_ms;
}

void
exchange_turn(struct exchange *exchange, int64_t now_ms)
{
    struct tw_event event = {.size = sizeof event, .kind = TW_EVENT_WAITED};

    if (now_ms < exchange->wake_ms)
        return;
    exchange->wake_ms = INT64_MAX;
    step(exchange, &event);
}

void
exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    secret_clear(&exchange->form);
    secret_clear(&exchange->authorization);
    reply_clear(&exchange->outcome.reply);
    free(exchange->state);
    free(exchange);
}
