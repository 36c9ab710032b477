/* SPDX-License-Identifier: MIT */
/*
 * purchase.c - see purchase.h.
 *
 * Every check looks at one thing and answers if it is wrong.  Client ids are
 * not checked for being UUIDs: the answer to one that is none is the answer
 * to one that is unknown.
 */
#include "tests/sandbox/purchase.h"

#include <strings.h>

#include "tests/sandbox/json.h"

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

#define AUTO_PURCHASE AUTO(clear_purchase) struct purchase

static void
clear_purchase(struct purchase *purchase)
{
    credentials_clear(&purchase->credentials);
}

bool
purchase_check_method(struct purchase *purchase, struct answer *answer)
{
    if (strcmp(purchase->request->method, "POST") == 0)
        return true;
    answer_header(answer, "Allow", "POST");
    answer_error(answer, 405, "invalid_request", "Method not supported.");
    return false;
}

bool
purchase_check_size(struct purchase *purchase, struct answer *answer)
{
    if (purchase->request->received <= REQUEST_BODY_MAX)
        return true;
    answer_error(answer, 413, "invalid_request", "Body too large.");
    return false;
}

bool
purchase_check_type(struct purchase *purchase, struct answer *answer)
{
    const char *type = purchase->request->content_type;
    size_t n = sizeof FORM - 1;

    if (type && strncasecmp(type, FORM, n) == 0 && strchr("; \t", type[n]))
        return true;
    answer_error(answer, 400, "invalid_request",
                 "Content type is not " FORM ".");
    return false;
}

bool
purchase_check_form(struct purchase *purchase, struct answer *answer)
{
    static const char *const once[] = {
        "grant_type", "client_id",    "client_secret", "scope",
        "code",       "redirect_uri", "code_verifier"};

    if (!purchase->is_form) {
        answer_error(answer, 400, "invalid_request", "Body is not a form.");
        return false;
    }
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        if (form_repeats(&purchase->form, once[i])) {
            answer_error(answer, 400, "invalid_request",
                         "Parameter repeated.");
            return false;
        }
    }
    return true;
}

bool
purchase_check_one_authentication(struct purchase *purchase,
                                  struct answer *answer)
{
    if (purchase->request->auth != AUTH_BOTH)
        return true;
    answer_error(answer, 400, "invalid_request",
                 "Client authenticates in more than one way.");
    return false;
}

static bool
is_certified(const struct client *client, const struct request *request)
{
    return client->kind == CLIENT_BY_CERTIFICATE && request->has_certificate &&
           memcmp(client->certificate, request->certificate,
                  CERTIFICATE_SHA256) == 0;
}

/* By whatever it sent.  NULL: why not is in @why, if that is more than what
 * the documentation says. */
static const struct client *
identify(struct purchase *purchase, const char **why)
{
    const struct sandbox *sandbox = purchase->sandbox;
    const struct assertion assertion = {
        .type = form_value(&purchase->form, "client_assertion_type"),
        .jwt = form_value(&purchase->form, "client_assertion"),
        .client_id = form_value(&purchase->form, "client_id"),
        .issuer = sandbox->url,
        .token_url = sandbox->token_url,
    };
    const struct client *client;

    if (purchase->request->auth == AUTH_ASSERTION)
        return assertions_check(sandbox->assertions, &sandbox->clients,
                                &assertion, why);
    if (purchase->credentials.secret.bytes)
        return clients_find(&sandbox->clients, purchase->credentials.id,
                            purchase->credentials.secret);
    client = clients_find_id(&sandbox->clients, purchase->credentials.id);
    if (!client || (client->kind == CLIENT_BY_SECRET && !client->secret.len))
        return client;
    if (client->kind == CLIENT_BY_CERTIFICATE)
        *why = purchase->request->has_certificate
                   ? "The certificate is another client's."
                   : "There is no client certificate.";
    return is_certified(client, purchase->request) ? client : NULL;
}

bool
purchase_check_client(struct purchase *purchase, struct answer *answer)
{
    const char *why = NULL;

    purchase->client = identify(purchase, &why);
    if (purchase->client)
        return true;
    if (why) {
        answer_error(answer, 401, "invalid_client", why);
        return false;
    }
    if (purchase->request->auth == AUTH_BASIC)
        answer_header(answer, "WWW-Authenticate", "Basic realm=\"sandbox\"");
    answer_text(answer, 401, JSON,
                "{\"error_description\":\"Invalid credentials format.\" "
                "\"error\":\"invalid_client\",}");
    return false;
}

static bool
refuse_scope(struct answer *answer, struct span scope)
{
    static const char text[] =
        "Client does not have authorization to request the scope: ";
    AUTO_SECRET description = SECRET_INIT(REQUEST_BODY_MAX + sizeof text);

    (void)secret_append_text(&description, text);
    (void)secret_append(&description, scope.bytes, scope.len);
    answer_text(answer, 400, JSON, "{");
    (void)json_member(&answer->body, "error", span_of("invalid_scope"));
    (void)json_member(&answer->body, "error_description",
                      (struct span){description.bytes, description.len});
    (void)secret_append_text(&answer->body, "}");
    return false;
}

bool
purchase_check_granted(struct purchase *purchase, struct answer *answer)
{
    struct span rest = form_value(&purchase->form, "scope");
    struct span word = span_word(&rest);

    for (; word.bytes; word = span_word(&rest)) {
        if (!client_may(purchase->client, word))
            return refuse_scope(answer, word);
    }
    return true;
}

void
purchase_serve(const struct purchase *purchase, purchase_check *const checks[],
               void (*deal)(struct purchase *, struct answer *),
               struct answer *answer)
{
    AUTO_PURCHASE own = *purchase;
    struct request *request = own.request;

    own.credentials = CREDENTIALS_INIT;
    own.is_form =
        form_parse(&own.form, request->body.bytes, request->body.len);
    request->auth =
        credentials_read(&own.credentials, &own.form, request->authorization,
                         own.sandbox->basic_raw);
    if (request->auth == AUTH_NONE && request->has_certificate)
        request->auth = AUTH_CERTIFICATE;
    answer_header(answer, "Cache-Control", "no-store");
    answer_header(answer, "Pragma", "no-cache");
    if (misbehave_force(own.misbehaviour, answer))
        return;
    for (; *checks; checks++) {
        if (!(*checks)(&own, answer))
            return;
    }
    deal(&own, answer);
}
