/* SPDX-License-Identifier: MIT */
/*
 * revoke.c - see revoke.h.  Any 2xx is success, whatever its body: servers
 * send none, or a page.
 *
 * The trap is to show the server more than it needs: params are what a token
 * is bought with, a password among them, and stay out.
 */
#include "helper/exchange/revoke.h"

#include <stdlib.h>
#include <string.h>

#include "helper/exchange/exchange_form.h"
#include "helper/text/form.h"

struct revocation {
    struct exchange_context context; /* its profile is the one here */
    struct profile profile;          /* owns nothing */
    const struct secret *token;
    struct exchange_form form;
    enum revoked_kind kind;
    revoke_done *done;
    void *arg;
};

/* No answer, for the reason that is in @err. */
static void
explain_failure(const struct revocation *revocation, struct tw_error *err)
{
    const struct profile *profile = &revocation->profile;
    const struct tw_error said = *err;

    (void)tw_fail(err, (enum tw_status)said.status,
                  "%s:%u: profile '%s': revocation_endpoint: %s",
                  profile->file, profile->revocation_endpoint_line,
                  profile->name, said.message);
}

static void
explain(const struct revocation *revocation, const struct reply *reply,
        struct tw_error *err)
{
    const struct profile *profile = &revocation->profile;
    const char *said = reply->description.text;
    enum tw_status status = reply_status(reply);

    if (reply->http_status == 0) {
        *err = reply->err;
        err->status = (int32_t)status;
        explain_failure(revocation, err);
        return;
    }
    (void)tw_fail(
        err, status ? status : TW_E_PROTOCOL,
        "%s:%u: profile '%s': revocation_endpoint: the server "
        "answers %s%s%s%s (HTTP %d)",
        profile->file, profile->revocation_endpoint_line, profile->name,
        reply->error[0] ? reply->error : reply_class_name(reply->class),
        *said ? ": \"" : "", said, *said ? "\"" : "", reply->http_status);
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
    const struct exchange_known nothing = {.answer = NULL};
    struct exchange_form *form = &revocation->form;
    enum tw_status status =
        exchange_form_make(form, &revocation->context, &nothing, &action, err);

    if (!status &&
        !secret_append(&form->sent[form->sent_count++],
                       revocation->token->bytes, revocation->token->len))
        status = tw_no_memory(err);
    return status ? status : add_token(revocation, err);
}

static void on_reply(void *arg, struct http_reply *http);

/* Sends the form as it is. */
static enum tw_status
send_form(struct revocation *revocation, struct tw_error *err)
{
    const struct http_request request =
        exchange_form_request(&revocation->form, &revocation->profile,
                              revocation->profile.revocation_endpoint);
    const enum tw_status status = http_post(revocation->context.http, &request,
                                            on_reply, revocation, err);

    if (status)
        explain_failure(revocation, err);
    return status;
}

/* The same, with the other secret: as it is when tokens are bought. */
static enum tw_status
send_next(struct revocation *revocation, struct tw_error *err)
{
    enum tw_status status =
        exchange_form_next(&revocation->form, &revocation->context, err);

    if (!status)
        status = add_token(revocation, err);
    return status ? status : send_form(revocation, err);
}

static void
on_reply(void *arg, struct http_reply *http)
{
    struct revocation *revocation = arg;
    struct exchange_secrets secrets;
    struct tw_error result = {.status = TW_OK};
    struct tw_error no_next = {.status = TW_OK};
    struct reply reply;
    bool is_sent;

    if (http->status >= 200 && http->status < 300) {
        revocation->done(revocation->arg, &result);
        return;
    }
    exchange_form_secrets(&revocation->form, &secrets);
    reply_read(http, secrets.list, &reply);
    is_sent = exchange_form_has_next(&revocation->form, &revocation->profile,
                                     &reply) &&
              !send_next(revocation, &no_next);
    if (!is_sent && (revocation->kind != REVOKE_ACCESS_TOKEN ||
                     strcmp(reply.error, "unsupported_token_type") != 0))
        explain(revocation, &reply, &result);
    reply_clear(&reply);
    if (no_next.status)
        exchange_form_no_next(&no_next, &result);
    if (!is_sent)
        revocation->done(revocation->arg, &result);
}

void
revoke_free(struct revocation *revocation)
{
    if (!revocation)
        return;
    exchange_form_clear(&revocation->form);
    free(revocation);
}

enum tw_status
revoke_start(const struct exchange_context *context,
             const struct secret *token, enum revoked_kind kind,
             revoke_done *done, void *arg, struct revocation **out,
             struct tw_error *err)
{
    struct revocation *revocation = calloc(1, sizeof *revocation);
    enum tw_status status;

    *out = NULL;
    if (!revocation)
        return tw_no_memory(err);
    revocation->profile = *context->profile;
    revocation->profile.request.param_count = 0;
    revocation->context = *context;
    revocation->context.profile = &revocation->profile;
    revocation->token = token;
    revocation->kind = kind;
    revocation->done = done;
    revocation->arg = arg;
    exchange_form_init(&revocation->form);
    *out = revocation;
    status = make_form(revocation, err);
    if (!status)
        status = send_form(revocation, err);
    if (status)
        revoke_free(TAKE_POINTER(*out));
    return status;
}

static void
auto_revocation(struct revocation **revocation)
{
    revoke_free(*revocation);
}

struct answer {
    struct tw_error result;
    bool is_there;
};

static void
on_done(void *arg, const struct tw_error *result)
{
    struct answer *answer = arg;

    answer->result = *result;
    answer->is_there = true;
}

enum tw_status
revoke_token(const struct exchange_context *context,
             const struct secret *token, enum revoked_kind kind,
             struct tw_error *err)
{
    AUTO(auto_revocation) struct revocation *revocation = NULL;
    struct answer answer = {.is_there = false};
    enum tw_status status =
        revoke_start(context, token, kind, on_done, &answer, &revocation, err);

    if (!status)
        status = http_run(context->http, INT64_MAX, context->deadline_ms, err);
    if (answer.is_there)
        return answer.result.status ? error_copy(err, &answer.result) : TW_OK;
    return status ? status
                  : tw_fail(err, TW_E_RETRY, "'%s' was not revoked in time",
                            context->profile->name);
}
