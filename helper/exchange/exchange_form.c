/* SPDX-License-Identifier: MIT */
/*
 * exchange_form.c - a description by a module comes in, an encoded form goes
 * out.
 *
 * What a module gives is foreign: counts, kinds, names and texts are checked
 * before they are used.  Each secret that went into the form is kept until
 * its answer was read, because a server may echo it in an error.
 */
#include "helper/exchange/exchange_form.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "helper/exchange/assertion.h"
#include "helper/exchange/authorization.h"
#include "helper/store/secret_looks.h"
#include "helper/text/form.h"
#include "provider/base/clock.h"

#define ANSWER_MS 2000 /* for one that may hold a refresh token, at least */

/* One field on its way. */
struct making {
    const struct exchange_context *context;
    const struct exchange_known *known;
    struct tw_error *err;
};

static enum tw_status
broken(const struct making *making, const char *what)
{
    return tw_fail(making->err, TW_E_MODULE, "provider '%s' is broken: %s",
                   making->context->profile->module->provider.name, what);
}

static enum tw_status
read_text(const struct making *making, const struct tw_field *field,
          struct secret *out)
{
    if (extras_field(making->context->profile, field->name, field->value, out))
        return TW_OK;
    return errno == ENOMEM
               ? tw_no_memory(making->err)
               : broken(making, "its form has a field that is too long");
}

static enum tw_status
read_secret(const struct making *making, const struct tw_field *field,
            struct secret *out)
{
    const struct profile_option *option =
        profile_option(making->context->profile, field->value);

    if (!option || option->secret.kind == SECRET_NONE)
        return broken(making, "it names no secret of the profile");
    return secret_source_read(&option->secret, &making->context->secrets, out,
                              making->err);
}

static enum tw_status
read_member(const struct making *making, const struct tw_field *field,
            struct secret *out)
{
    const struct profile *profile = making->context->profile;
    const struct json *json = making->known->answer;
    const struct json *asked = making->known->asked;
    struct shown shown;
    size_t n;
    const char *text = json ? json_string(json, field->value, &n) : NULL;

    if (!text && asked)
        text = json_string(asked, field->value, &n);
    if (!json && !asked)
        return broken(making, "it names a text of an answer, and there is "
                              "none");
    if (!text)
        return tw_fail(
            making->err, TW_E_PROTOCOL,
            "%s:%u: profile '%s': the server's answer has no text "
            "'%s', which provider '%s' sends on\n"
            "is it a server of that kind?",
            profile->file, profile->line, profile->name,
            text_printable(&shown, field->value, strlen(field->value)),
            profile->module->provider.name);
    return secret_append(out, text, n) ? TW_OK : tw_no_memory(making->err);
}

static enum tw_status
read_kept(const struct making *making, const struct tw_field *field,
          struct secret *out)
{
    const struct keeper *keeper = making->context->keeper;

    if (!keeper || !keeper->token.len ||
        strcmp(field->value, "refresh_token") != 0)
        return broken(making, "it names a refresh token, and none is kept");
    return secret_append(out, keeper->token.bytes, keeper->token.len)
               ? TW_OK
               : tw_no_memory(making->err);
}

static enum tw_status
read_signed(const struct making *making, const struct tw_field *field,
            struct secret *out)
{
    return assertion_sign(making->context->profile, &making->context->secrets,
                          field->value, out, NULL, making->err);
}

static enum tw_status
read_authorized(const struct making *making, const struct tw_field *field,
                struct secret *out)
{
    const struct authorization *authorization = making->known->authorization;
    const struct secret *value =
        authorization ? authorization_field(authorization, field->value)
                      : NULL;

    if (!value)
        return broken(making, "it names what no login has brought");
    return secret_append(out, value->bytes, value->len)
               ? TW_OK
               : tw_no_memory(making->err);
}

typedef enum tw_status read_field(const struct making *making,
                                  const struct tw_field *field,
                                  struct secret *out);

static read_field *const READERS[] = {
    [TW_FIELD_TEXT] = read_text,     [TW_FIELD_SECRET] = read_secret,
    [TW_FIELD_MEMBER] = read_member, [TW_FIELD_KEPT] = read_kept,
    [TW_FIELD_SIGNED] = read_signed, [TW_FIELD_AUTHORIZED] = read_authorized,
};

/* What the server must not say again.  Where the browser came back to is
 * what most refusals of a login are about. */
static bool
is_secret(const struct tw_field *field)
{
    return field->kind != TW_FIELD_TEXT &&
           (field->kind != TW_FIELD_AUTHORIZED ||
            strcmp(field->value, "redirect_uri") != 0);
}

static enum tw_status
add_field(struct exchange_form *form, const struct making *making,
          const struct tw_field *field)
{
    AUTO_SECRET value = SECRET_INIT(TOKEN_MAX);
    enum tw_status status;

    if (field->kind >= sizeof READERS / sizeof *READERS ||
        !READERS[field->kind])
        return broken(making, "its form has a field of an unknown kind");
    if (!field->name || !field->name[0] || !field->value)
        return broken(making, "its form has a field without name or value");
    status = READERS[field->kind](making, field, &value);
    if (status)
        return status;
    if (!form_field(&form->text, field->name, secret_text(&value), value.len))
        return TW_FAIL_ROOM(
            making->err, TW_E_CONFIG,
            "%s:%u: profile '%s': its request is larger than %d "
            "bytes",
            making->context->profile->file, making->context->profile->line,
            making->context->profile->name, HTTP_FORM_MAX);
    if (!is_secret(field))
        return TW_OK;
    if (field->kind == TW_FIELD_KEPT)
        form->has_kept = true;
    if (form->has_kept || strcmp(field->name, "refresh_token") == 0)
        form->has_refresh = true;
    if (form->sent_count == FORM_SECRETS_MAX)
        return broken(making, "its form names too many secrets");
    secret_take(&form->sent[form->sent_count++], &value);
    return TW_OK;
}

/* What a server gave out may be good for one use, wherever it was kept: a
 * code, a refresh token, an assertion (RFC 7523 3). */
static bool
is_for_one_use(const struct tw_field *field)
{
    if (field->kind == TW_FIELD_SECRET)
        return strcmp(field->name, "refresh_token") == 0 ||
               strcmp(field->name, "assertion") == 0;
    return field->kind != TW_FIELD_TEXT;
}

/* What a profile adds makes a grant that is known to it alone: an assertion, a
 * code, a password of the minute. */
static bool
is_once(const struct tw_action *action, const struct profile_request *request)
{
    for (size_t i = 0; i < request->param_count; i++) {
        if (request->params[i].value.kind != SECRET_VALUE)
            return true;
    }
    for (size_t i = 0; i < action->field_count; i++) {
        if (is_for_one_use(&action->fields[i]))
            return true;
    }
    return false;
}

enum tw_status
exchange_form_make(struct exchange_form *form,
                   const struct exchange_context *context,
                   const struct exchange_known *known,
                   const struct tw_action *action, struct tw_error *err)
{
    const struct making making = {context, known, err};
    enum tw_status status = TW_OK;

    exchange_form_clear(form);
    if (action->field_count > TW_FIELDS_MAX ||
        (action->field_count && !action->fields))
        return broken(&making, "its form is too long");
    if (!secret_looks(context->profile, &context->secrets, &form->looks))
        return tw_no_memory(err);
    for (size_t i = 0; i < action->field_count && !status; i++)
        status = add_field(form, &making, &action->fields[i]);
    if (!status)
        status = extras_write(context->profile, &context->secrets, action,
                              &form->text, &form->extras, err);
    form->own_len = form->text.len;
    form->is_once = !status && is_once(action, &context->profile->request);
    form->has_client = !(action->flags & TW_POST_NO_CLIENT);
    if (!status && form->has_client)
        status =
            client_auth_apply(context->profile, &context->secrets, form->which,
                              &form->text, &form->proof, err);
    return status;
}

bool
exchange_form_has_next(const struct exchange_form *form,
                       const struct profile *profile,
                       const struct reply *reply)
{
    return reply->class == REPLY_INVALID_CLIENT && form->has_client &&
           form->which == AUTH_SECRET &&
           profile_secret_next(profile)->kind != SECRET_NONE;
}

enum tw_status
exchange_form_next(struct exchange_form *form,
                   const struct exchange_context *context,
                   struct tw_error *err)
{
    if (form->text.bytes)
        explicit_bzero(form->text.bytes + form->own_len,
                       form->text.len - form->own_len);
    form->text.len = form->own_len;
    form->which = AUTH_SECRET_NEXT;
    return client_auth_apply(context->profile, &context->secrets, form->which,
                             &form->text, &form->proof, err);
}

void
exchange_form_no_next(const struct tw_error *why, struct tw_error *err)
{
    const char *message = why->message, *hint = strchr(message, '\n');
    char text[sizeof why->message + 80];

    (void)snprintf(text, sizeof text,
                   "client_secret was refused, and client_secret_next cannot "
                   "be sent: %.*s%s%s",
                   (int)strcspn(message, "\n"), message, hint ? "; " : "",
                   hint ? hint + 1 : "");
    error_hint(err, text);
}

struct http_request
exchange_form_request(const struct exchange_form *form,
                      const struct profile *profile, const char *url)
{
    return (struct http_request){
        .url = url,
        .form = &form->text,
        .once = form->is_once || form->proof.is_once,
        .authorization = form->proof.authorization.len
                             ? secret_text(&form->proof.authorization)
                             : NULL,
        .identity = form->proof.has_identity ? &form->proof.identity : NULL,
        .headers = form->extras.headers,
        .header_count = form->extras.header_count,
        .ca_file = profile->ca_file,
        .allow_loopback_http = profile->allow_loopback_http,
        .timeout_ms = profile->timeout_s * 1000,
    };
}

void
exchange_form_limit(const struct exchange_form *form, int64_t deadline_ms,
                    struct http_request *request)
{
    const int64_t left_ms = deadline_ms - clock_monotonic_ms();
    const int least_ms =
        request->timeout_ms < ANSWER_MS ? request->timeout_ms : ANSWER_MS;

    if (form->has_refresh)
        request->begin_by_ms = deadline_ms - least_ms;
    if (left_ms < request->timeout_ms)
        request->timeout_ms = left_ms > 1 ? (int)left_ms : 1;
}

void
exchange_form_secrets(const struct exchange_form *form,
                      struct exchange_secrets *out)
{
    size_t n = 0;

    if (form->proof.sent.len)
        out->list[n++] = &form->proof.sent;
    for (size_t i = 0; i < form->sent_count; i++)
        out->list[n++] = &form->sent[i];
    for (size_t i = 0; i < form->extras.hidden_count; i++)
        out->list[n++] = &form->extras.hidden[i];
    out->list[n] = NULL;
}

void
exchange_form_init(struct exchange_form *form)
{
    *form = (struct exchange_form){
        .text = SECRET_INIT(HTTP_FORM_MAX),
        .looks = SECRET_INIT(LOOKS_MAX),
    };
    client_proof_init(&form->proof);
    for (size_t i = 0; i < FORM_SECRETS_MAX; i++)
        form->sent[i] = SECRET_INIT(TOKEN_MAX);
}

void
exchange_form_clear(struct exchange_form *form)
{
    secret_clear(&form->text);
    client_proof_clear(&form->proof);
    for (size_t i = 0; i < form->sent_count; i++)
        secret_clear(&form->sent[i]);
    form->sent_count = 0;
    extras_clear(&form->extras);
    secret_clear(&form->looks);
    form->has_kept = false;
    form->has_refresh = false;
}
