/* SPDX-License-Identifier: MIT */
/*
 * revoke.c - see revoke.h.  Any 2xx is success, whatever its body: servers
 * send none, or a page.
 */
#include "helper/revoke.h"

#include <string.h>

#include "helper/exchange_form.h"
#include "helper/form.h"

struct revocation {
    const struct exchange_context *context;
    struct exchange_form form;
    enum revoked_kind kind;
    struct tw_error result;
    bool done;
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
    if (revocation->kind != REVOKE_ACCESS_TOKEN ||
        strcmp(reply.error, "unsupported_token_type") != 0)
        explain(revocation, &reply);
    reply_clear(&reply);
}

/* The token goes in last: it is none of the module's fields. */
static enum tw_status
make_form(struct revocation *revocation, const struct secret *token,
          struct tw_error *err)
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

    if (status)
        return status;
    if (!form_field(&form->text, "token", secret_text(token), token->len) ||
        !secret_append(&form->sent[form->sent_count++], token->bytes,
                       token->len))
        return tw_no_memory(err);
    return TW_OK;
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
    struct revocation revocation = {.context = context, .kind = kind};
    const struct profile *profile = context->profile;
    struct http_request request = {
        .url = profile->revocation_endpoint,
        .form = &revocation.form.text,
        .ca_file = profile->ca_file,
        .allow_loopback_http = profile->allow_loopback_http,
        .timeout_ms = profile->timeout_s * 1000,
    };
    enum tw_status status;

    exchange_form_init(&revocation.form);
    status = make_form(&revocation, token, err);
    if (status)
        return status;
    if (revocation.form.proof.authorization.len)
        request.authorization =
            secret_text(&revocation.form.proof.authorization);
    if (revocation.form.proof.has_identity)
        request.identity = &revocation.form.proof.identity;
    request.headers = revocation.form.extras.headers;
    request.header_count = revocation.form.extras.header_count;
    status = http_post(context->http, &request, on_reply, &revocation, err);
    if (!status)
        status = http_run(context->http, INT64_MAX, context->deadline_ms, err);
    if (revocation.done)
        return revocation.result.status ? error_copy(err, &revocation.result)
                                        : TW_OK;
    return status ? status
                  : tw_fail(err, TW_E_RETRY, "'%s' was not revoked in time",
                            profile->name);
}
