/* SPDX-License-Identifier: MIT */
/*
 * revoke.c - see revoke.h.  Any 2xx is success, whatever its body: servers
 * send none, or a page.
 *
 * The trap is to show the server more than it needs: params are what a token
 * is bought with, a password among them, and stay out.
 */
#include "helper/revoke.h"

#include <string.h>

#include "helper/exchange_form.h"
#include "helper/form.h"

struct revocation {
    const struct exchange_context *context;
    const struct secret *token;
    struct exchange_form form;
    enum revoked_kind kind;
    struct tw_error result;
    bool done;
    bool wants_next; /* refused was the first of two secrets */
};

static void
explain(struct revocation *revocation, const struct reply *reply)
{
    const struct profile *profile = revocation->context->profile;
    const char *said = reply->description.text;
    enum tw_status status = reply_status(reply);

    if (reply->http_status == 0)
        (void)tw_fail(&revocation->result, status,
                      "%s:%u: profile '%s': revocation_endpoint: %s",
                      profile->file, profile->revocation_endpoint_line,
                      profile->name, reply->err.message);
    else
        (void)tw_fail(
            &revocation->result, status ? status : TW_E_PROTOCOL,
            "%s:%u: profile '%s': revocation_endpoint: the server "
            "answers %s%s%s%s (HTTP %d)",
            profile->file, profile->revocation_endpoint_line, profile->name,
            reply->error[0] ? reply->error : reply_class_name(reply->class),
            *said ? ": \"" : "", said, *said ? "\"" : "", reply->http_status);
}

static void
on_reply(void *arg, struct http_reply *http)
{
    struct revocation *revocation = arg;
    struct exchange_secrets secrets;
    struct reply reply;

    revocation->done = true;
    if (http->status >= 200 && http->status < 300)
        return;
    exchange_form_secrets(&revocation->form, &secrets);
    reply_read(http, secrets.list, &reply);
    revocation->wants_next =
        reply.class == REPLY_INVALID_CLIENT &&
        exchange_form_has_next(&revocation->form,
                               revocation->context->profile);
    if (revocation->kind != REVOKE_ACCESS_TOKEN ||
        strcmp(reply.error, "unsupported_token_type") != 0)
        explain(revocation, &reply);
    reply_clear(&reply);
}

/* The token goes in last: it is none of the module's fields. */
static enum tw_status
add_token(struct revocation *revocation, struct tw_error *err)
{
    const struct secret *token = revocation->token;

    return form_field(&revocation->form.text, "token", secret_text(token),
                      token->len)
               ? TW_OK
               : tw_no_memory(err);
}

static enum tw_status
make_form(struct revocation *revocation, struct tw_error *err)
{
    static const char *const HINTS[] = {
        [REVOKE_REFRESH_TOKEN] = "refresh_token",
        [REVOKE_ACCESS_TOKEN] = "access_token"};
    const struct tw_field hint = {.name = "token_type_hint",
                                  .value = HINTS[revocation->kind],
                                  .kind = TW_FIELD_TEXT};
    const struct tw_action action = {.fields = &hint, .field_count = 1};
    const struct reply nothing = {.json = NULL};
    struct exchange_form *form = &revocation->form;
    enum tw_status status = exchange_form_make(form, revocation->context,
                                               &nothing, NULL, &action, err);

    if (!status &&
        !secret_append(&form->sent[form->sent_count++],
                       revocation->token->bytes, revocation->token->len))
        status = tw_no_memory(err);
    return status ? status : add_token(revocation, err);
}

/* The same, with the other secret: as it is when tokens are bought. */
static enum tw_status
make_next(struct revocation *revocation, struct tw_error *err)
{
    enum tw_status status =
        exchange_form_next(&revocation->form, revocation->context, err);

    return status ? status : add_token(revocation, err);
}

/* Sends the form as it is, and waits. */
static enum tw_status
send_form(struct revocation *revocation, struct tw_error *err)
{
    const struct exchange_context *context = revocation->context;
    const struct profile *profile = context->profile;
    const struct http_request request = exchange_form_request(
        &revocation->form, profile, profile->revocation_endpoint);
    enum tw_status status;

    revocation->done = false;
    revocation->result = (struct tw_error){.status = TW_OK};
    status = http_post(context->http, &request, on_reply, revocation, err);
    if (!status)
        status = http_run(context->http, INT64_MAX, context->deadline_ms, err);
    if (revocation->done || status)
        return revocation->done ? TW_OK : status;
    return tw_fail(err, TW_E_RETRY, "'%s' was not revoked in time",
                   profile->name);
}

static void
auto_form(struct revocation *revocation)
{
    exchange_form_clear(&revocation->form);
}

enum tw_status
revoke_token(const struct exchange_context *context,
             const struct secret *token, enum revoked_kind kind,
             struct tw_error *err)
{
    AUTO(auto_form)
    struct revocation revocation = {.token = token, .kind = kind};
    struct exchange_context plain = *context;
    struct profile profile = *context->profile; /* it owns nothing */
    enum tw_status status;

    profile.request.param_count = 0;
    plain.profile = &profile;
    revocation.context = &plain;
    exchange_form_init(&revocation.form);
    status = make_form(&revocation, err);
    if (!status)
        status = send_form(&revocation, err);
    if (!status && revocation.wants_next) {
        status = make_next(&revocation, err);
        if (!status)
            status = send_form(&revocation, err);
    }
    if (status)
        return status;
    return revocation.result.status ? error_copy(err, &revocation.result)
                                    : TW_OK;
}
