/* SPDX-License-Identifier: MIT */
/*
 * endpoint.c - see endpoint.h.
 *
 * Every check looks at one thing and answers if it is wrong; CHECKS is their
 * order.  The request as such comes first, then the grant, then who asks,
 * then what for: a wrong secret learns nothing about scopes.  Client ids are
 * not checked for being UUIDs: the answer to one that is none is the answer
 * to one that is unknown.
 *
 * RFC 6749 4.4, 5.1, 5.2.  Four answers are AstraPay's to the byte, among
 * them an invalid_client that is no JSON.
 */
#include "tests/sandbox/endpoint.h"

#include <strings.h>

#include "tests/sandbox/credentials.h"
#include "tests/sandbox/json.h"

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"
#define EXPIRES_IN "3600"

struct purchase {
    const struct sandbox *sandbox;
    const struct request *request;
    bool is_form; /* the body could be taken apart */
    struct form form;
    struct credentials credentials;
    const struct client *client; /* set by check_client */
};

#define AUTO_PURCHASE AUTO(clear_purchase) struct purchase

static void
clear_purchase(struct purchase *purchase)
{
    credentials_clear(&purchase->credentials);
}

static bool
check_method(struct purchase *purchase, struct answer *answer)
{
    if (strcmp(purchase->request->method, "POST") == 0)
        return true;
    answer_header(answer, "Allow", "POST");
    answer_error(answer, 405, "invalid_request", "Method not supported.");
    return false;
}

static bool
check_size(struct purchase *purchase, struct answer *answer)
{
    if (purchase->request->received <= REQUEST_BODY_MAX)
        return true;
    answer_error(answer, 413, "invalid_request", "Body too large.");
    return false;
}

static bool
check_type(struct purchase *purchase, struct answer *answer)
{
    const char *type = purchase->request->content_type;
    size_t n = sizeof FORM - 1;

    if (type && strncasecmp(type, FORM, n) == 0 && strchr("; \t", type[n]))
        return true;
    answer_error(answer, 400, "invalid_request",
                 "Content type is not " FORM ".");
    return false;
}

static bool
check_form(struct purchase *purchase, struct answer *answer)
{
    static const char *const once[] = {"grant_type", "client_id",
                                       "client_secret", "scope"};

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

static bool
check_grant(struct purchase *purchase, struct answer *answer)
{
    if (span_is(form_value(&purchase->form, "grant_type"),
                "client_credentials"))
        return true;
    answer_error(answer, 400, "unsupported_grant_type",
                 "GrantType not supported.");
    return false;
}

static bool
check_one_authentication(struct purchase *purchase, struct answer *answer)
{
    if (purchase->request->auth != AUTH_BOTH)
        return true;
    answer_error(answer, 400, "invalid_request",
                 "Client authenticates in more than one way.");
    return false;
}

static bool
check_client(struct purchase *purchase, struct answer *answer)
{
    purchase->client =
        clients_find(&purchase->sandbox->clients, purchase->credentials.id,
                     purchase->credentials.secret);
    if (purchase->client)
        return true;
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

static bool
check_scope(struct purchase *purchase, struct answer *answer)
{
    struct span rest = form_value(&purchase->form, "scope");
    struct span word = span_word(&rest);

    if (!word.bytes) {
        answer_error(answer, 400, "invalid_request",
                     "Scope parameter not provided.");
        return false;
    }
    for (; word.bytes; word = span_word(&rest)) {
        if (!client_may(purchase->client, word))
            return refuse_scope(answer, word);
    }
    return true;
}

static bool (*const CHECKS[])(struct purchase *, struct answer *) = {
    check_method, check_size,  check_type,
    check_form,   check_grant, check_one_authentication,
    check_client, check_scope,
};

static bool
is_left_out(struct span value)
{
    return span_is(value, "none");
}

static void
grant_token(const struct purchase *purchase, const struct misbehaviour *m,
            struct secret *body)
{
    AUTO_SECRET token = SECRET_INIT(ANSWER_BODY_MAX);

    if (m->same_token)
        (void)secret_append(&token, purchase->sandbox->same_token.bytes,
                            purchase->sandbox->same_token.len);
    else if (m->token.bytes)
        (void)secret_append(&token, m->token.bytes, m->token.len);
    else
        (void)token_append(&token, m->token_size < 0 ? TOKEN_LEN
                                                     : (size_t)m->token_size);
    (void)json_member(body, "access_token",
                      (struct span){secret_text(&token), token.len});
}

static void
grant_scope(const struct purchase *purchase, const struct misbehaviour *m,
            struct secret *body)
{
    struct span rest =
        m->scope.bytes ? m->scope : form_value(&purchase->form, "scope");

    (void)json_member(body, "scope", rest);
}

static void
grant(const struct purchase *purchase, const struct misbehaviour *m,
      struct answer *answer)
{
    struct secret *body = &answer->body;

    answer_text(answer, m->status < 0 ? 200 : (unsigned)m->status,
                m->content_type.bytes ? m->content_type.bytes : JSON, "{");
    if (!is_left_out(m->token))
        grant_token(purchase, m, body);
    if (!is_left_out(m->type))
        (void)json_member(body, "token_type",
                          m->type.bytes ? m->type : span_of("Bearer"));
    if (!is_left_out(m->expires_in))
        (void)json_raw_member(body, "expires_in",
                              m->expires_in.bytes ? m->expires_in
                                                  : span_of(EXPIRES_IN));
    if (!is_left_out(m->scope))
        grant_scope(purchase, m, body);
    (void)secret_append_text(body, "}");
    if (m->big > 0 && (size_t)m->big > body->len) {
        AUTO_FREE char *space = malloc((size_t)m->big);
        size_t n = (size_t)m->big - body->len;

        if (space)
            (void)secret_append(body, memset(space, ' ', n), n);
    }
}

void
endpoint_answer(const struct sandbox *sandbox, struct request *request,
                const struct misbehaviour *m, struct answer *answer)
{
    AUTO_PURCHASE purchase = {.sandbox = sandbox,
                              .request = request,
                              .credentials = CREDENTIALS_INIT};

    purchase.is_form =
        form_parse(&purchase.form, request->body.bytes, request->body.len);
    request->auth =
        credentials_read(&purchase.credentials, &purchase.form,
                         request->authorization, sandbox->basic_raw);
    answer_header(answer, "Cache-Control", "no-store");
    answer_header(answer, "Pragma", "no-cache");
    if (misbehave_force(m, answer))
        return;
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++) {
        if (!CHECKS[i](&purchase, answer))
            return;
    }
    grant(&purchase, m, answer);
}
