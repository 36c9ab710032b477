/* SPDX-License-Identifier: MIT */
/*
 * authorization.c - see authorization.h.
 *
 * The state ties the answer to this login, the verifier the code to this
 * process, the issuer the answer to this server: a code that others see or
 * send is of no use to them, and theirs is not used here (RFC 9700 2.1, 4.4).
 */
#include "helper/exchange/authorization.h"

#include <string.h>

#include "helper/base/base64.h"
#include "helper/exchange/explain.h"
#include "helper/exchange/extras.h"
#include "helper/text/form.h"
#include "helper/text/url.h"
#include "provider/base/text.h"

#define RANDOM_BYTES 32 /* 43 characters (RFC 7636 4.1) */
#define RANDOM_MAX 64

struct authorization {
    struct exchange_context context;
    struct redirect *redirect;
    struct secret verifier, uri;
    struct redirect_answer answer;
};

/* One form on its way into the address. */
struct asking {
    const struct exchange_context *context;
    const struct tw_action *action;
    struct tw_error *err;
};

static enum tw_status
broken(const struct asking *asking, const char *what)
{
    return tw_fail(asking->err, TW_E_MODULE, "provider '%s' is broken: %s",
                   asking->context->profile->module->provider.name, what);
}

static enum tw_status
cannot(const struct profile *profile, const char *what, const char *problem,
       struct tw_error *err)
{
    return tw_fail(err, TW_E_CONFIG, "%s:%u: profile '%s': %s %s",
                   profile->file, profile->line, profile->name, what, problem);
}

static enum tw_status
too_long(const struct asking *asking)
{
    return cannot(asking->context->profile, "the address to log in at",
                  "is longer than 8192 bytes", asking->err);
}

static bool
put(struct secret *query, const char *name, const char *value)
{
    return form_field(query, name, value, strlen(value));
}

/* What is the helper's is nobody else's. */
static bool
is_ours(const char *name)
{
    static const char *const NAMES[] = {
        "response_type", "client_id",      "redirect_uri",
        "state",         "code_challenge", "code_challenge_method",
        "response_mode", "request",        "request_uri"};

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) == 0)
            return true;
    }
    return false;
}

/* As the token endpoint would be sent it. */
static bool
put_field(const struct profile *profile, const struct tw_field *field,
          struct secret *query)
{
    AUTO_SECRET value = SECRET_INIT(AUTHORIZATION_URL_MAX);

    return extras_field(profile, field->name, field->value, &value) &&
           form_field(query, field->name, secret_text(&value), value.len);
}

static enum tw_status
put_fields(const struct asking *asking, struct secret *query)
{
    const struct tw_action *action = asking->action;

    if (action->field_count > TW_FIELDS_MAX ||
        (action->field_count && !action->fields))
        return broken(asking, "its form is too long");
    for (size_t i = 0; i < action->field_count; i++) {
        const struct tw_field *field = &action->fields[i];

        if (field->kind != TW_FIELD_TEXT || !field->name || !field->name[0] ||
            !field->value || is_ours(field->name))
            return broken(asking, "a browser is not sent that field");
        if (!put_field(asking->context->profile, field, query))
            return too_long(asking);
    }
    return TW_OK;
}

static enum tw_status
make_query(const struct asking *asking,
           const struct authorization *authorization, const char *state,
           struct secret *query)
{
    AUTO_SECRET challenge = SECRET_INIT(RANDOM_MAX);
    const char *client_id = asking->context->profile->client_id;

    if (!base64url_sha256(&challenge, authorization->verifier.bytes,
                          authorization->verifier.len) ||
        !put(query, "response_type", "code") ||
        (client_id && !put(query, "client_id", client_id)) ||
        !put(query, "redirect_uri", secret_text(&authorization->uri)) ||
        !put(query, "state", state) ||
        !put(query, "code_challenge", secret_text(&challenge)) ||
        !put(query, "code_challenge_method", "S256"))
        return tw_no_memory(asking->err);
    return put_fields(asking, query);
}

static enum tw_status
check_place(const struct profile *profile, const char *url,
            struct tw_error *err)
{
    const char *problem;

    if (!url)
        return cannot(profile, "no authorization_endpoint",
                      "is known\nwrite it, where the issuer does not say it",
                      err);
    problem =
        url_endpoint_problem(url, strlen(url), profile->allow_loopback_http);
    return problem ? cannot(profile, "authorization_endpoint", problem, err)
                   : TW_OK;
}

static enum tw_status
check(const struct asking *asking)
{
    const struct profile *profile = asking->context->profile;

    if (!(profile->module->provider.needs & TW_NEEDS_REDIRECT))
        return broken(asking, "it wants a browser to come back, and by its "
                              "needs none does");
    if (!asking->context->person || !asking->context->person->redirect)
        return tw_fail(asking->err, TW_E_INTERACT,
                       "%s:%u: profile '%s' needs a person to log in\n"
                       "run: tokenward login%s %s",
                       profile->file, profile->line, profile->name,
                       explain_system_option(asking->context->secrets.system),
                       profile->name);
    return check_place(profile, asking->action->url, asking->err);
}

/* Shown when all else is ready: the person may be quick. */
static enum tw_status
ask(const struct asking *asking, const struct authorization *authorization)
{
    AUTO_SECRET state = SECRET_INIT(RANDOM_MAX);
    AUTO_SECRET query = SECRET_INIT(AUTHORIZATION_URL_MAX);
    AUTO_SECRET url = SECRET_INIT(AUTHORIZATION_URL_MAX);
    const char *endpoint = asking->action->url;
    const struct person *person = asking->context->person;
    struct tell tell = {.comes_back = true,
                        .is_pasted = redirect_is_pasted(person->redirect),
                        .valid_s = AUTHORIZATION_S};
    enum tw_status status;

    if (!base64url_random(&state, RANDOM_BYTES))
        return tw_fail(asking->err, TW_E_SYSTEM, "no random bytes");
    status = make_query(asking, authorization, secret_text(&state), &query);
    if (status)
        return status;
    if (!secret_append_text(&url, endpoint) ||
        !secret_append_text(&url, strchr(endpoint, '?') ? "&" : "?") ||
        !secret_append_text(&url, secret_text(&query)))
        return too_long(asking);
    status =
        redirect_expect(person->redirect, secret_text(&state), asking->err);
    if (status)
        return status;
    tell.url = secret_text(&url);
    person->show(person->arg, &tell);
    return TW_OK;
}

enum tw_status
authorization_begin(const struct exchange_context *context,
                    const struct tw_action *action, struct authorization **out,
                    struct tw_error *err)
{
    const struct asking asking = {context, action, err};
    struct authorization *authorization;
    enum tw_status status = check(&asking);

    if (status)
        return status;
    authorization = calloc(1, sizeof *authorization);
    if (!authorization)
        return tw_no_memory(err);
    authorization->context = *context;
    authorization->redirect = context->person->redirect;
    authorization->verifier = SECRET_INIT(RANDOM_MAX);
    authorization->uri = SECRET_INIT(REDIRECT_VALUE_MAX);
    redirect_answer_init(&authorization->answer);
    if (!base64url_random(&authorization->verifier, RANDOM_BYTES))
        status = tw_fail(err, TW_E_SYSTEM, "no random bytes");
    else if (!secret_append_text(&authorization->uri,
                                 redirect_uri(authorization->redirect)))
        status = tw_no_memory(err);
    else
        status = ask(&asking, authorization);
    if (status)
        authorization_free(authorization);
    else
        *out = authorization;
    return status;
}

#define SHOW_NOBODY                                                      \
    "the server was asked to show nothing to whoever logs in: does the " \
    "profile say prompt: none?"

/* RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6: who must act, and what to do
 * where that is something else than at the token endpoint. */
static const struct refusal_row {
    const char *error; /* NULL: any other */
    enum tw_status status;
    const char *hint; /* NULL: explain_code() has it */
} REFUSALS[] = {
    {"account_selection_required", TW_E_DENIED, SHOW_NOBODY},
    {"consent_required", TW_E_DENIED, SHOW_NOBODY},
    {"interaction_required", TW_E_DENIED, SHOW_NOBODY},
    {"invalid_request", TW_E_CONFIG,
     "the server misses or dislikes a parameter of the login; see its "
     "documentation"},
    {"invalid_scope", TW_E_CONFIG, NULL},
    {"invalid_target", TW_E_CONFIG, NULL}, /* RFC 8707 2 */
    {"login_required", TW_E_DENIED, SHOW_NOBODY},
    {"server_error", TW_E_RETRY, "the server has a fault; log in again later"},
    {"temporarily_unavailable", TW_E_RETRY,
     "too many requests, or an outage; log in again later"},
    {"unauthorized_client", TW_E_CONFIG, NULL},
    {"unsupported_response_type", TW_E_CONFIG,
     "the server lets nobody log in by a code that a browser brings back"},
    {NULL, TW_E_DENIED, NULL},
};

static void
explain_refusal(const struct authorization *authorization,
                struct tw_error *err)
{
    const struct profile *profile = authorization->context.profile;
    const struct redirect_answer *answer = &authorization->answer;
    const struct secret *said = &answer->values[REDIRECT_DESCRIPTION];
    const char *error = secret_text(&answer->values[REDIRECT_ERROR]);
    const struct refusal_row *row = REFUSALS;
    struct shown code, words;

    while (row->error && strcmp(row->error, error) != 0)
        row++;
    (void)tw_fail(
        err, row->status,
        "%s:%u: profile '%s': the login was refused: %s%s%s%s\n%s",
        profile->file, profile->line, profile->name,
        text_printable(&code, error, strlen(error)), said->len ? " (" : "",
        text_printable(&words, secret_text(said), said->len),
        said->len ? ")" : "", row->hint ? row->hint : explain_code(error));
}

/* RFC 9207 2.4: what another server answers is not sent to this one's token
 * endpoint. */
static const char *
mixed_up(const struct profile *profile, const struct redirect_answer *answer)
{
    const char *issuer = secret_text(&answer->values[REDIRECT_ISSUER]);

    if (!profile->issuer)
        return NULL;
    if (answer->has[REDIRECT_ISSUER])
        return strcmp(issuer, profile->issuer) == 0
                   ? NULL
                   : "the answer to the login is another issuer's";
    return profile->names_issuer ? "the answer to the login does not say "
                                   "whose it is, and the issuer's always do"
                                 : NULL;
}

bool
authorization_is_answered(const struct authorization *authorization)
{
    return !redirect_is_expected(authorization->redirect);
}

bool
authorization_turn(struct authorization *authorization, struct tw_error *err)
{
    struct redirect_answer *answer = &authorization->answer;
    const struct profile *profile = authorization->context.profile;
    const char *problem;

    if (!redirect_take(authorization->redirect, answer))
        return false;
    *err = (struct tw_error){.status = TW_OK};
    problem = mixed_up(profile, answer);
    if (!problem && answer->has[REDIRECT_ERROR]) {
        explain_refusal(authorization, err);
        return true;
    }
    if (!problem && !answer->values[REDIRECT_CODE].len)
        problem = "the answer to the login has neither a code nor an error";
    if (problem)
        (void)tw_fail(err, TW_E_PROTOCOL, "%s:%u: profile '%s': %s",
                      profile->file, profile->line, profile->name, problem);
    return true;
}

const struct secret *
authorization_field(const struct authorization *authorization,
                    const char *name)
{
    const struct secret *code = &authorization->answer.values[REDIRECT_CODE];

    if (!code->len)
        return NULL;
    if (strcmp(name, "code") == 0)
        return code;
    if (strcmp(name, "redirect_uri") == 0)
        return &authorization->uri;
    return strcmp(name, "code_verifier") == 0 ? &authorization->verifier
                                              : NULL;
}

void
authorization_free(struct authorization *authorization)
{
    if (!authorization)
        return;
    secret_clear(&authorization->verifier);
    secret_clear(&authorization->uri);
    redirect_answer_clear(&authorization->answer);
    free(authorization);
}
