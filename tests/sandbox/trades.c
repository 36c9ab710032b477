/* SPDX-License-Identifier: MIT */
/*
 * trades.c - see trades.h.
 *
 * A subject or actor is an access token that was sold here and nothing else.
 * Of the types that may be wanted (RFC 8693 3), access tokens and JWTs are
 * sold as Bearer, all others as N_A.
 */
#include "tests/sandbox/trades.h"

#include "tests/sandbox/sale.h"

#define TYPE_PREFIX "urn:ietf:params:oauth:token-type:"
#define ACCESS_TOKEN TYPE_PREFIX "access_token"

static struct span
value(const struct purchase *purchase, const char *name)
{
    return form_value(&purchase->form, name);
}

void
trade_assertion(struct purchase *purchase, struct answer *answer)
{
    const struct sandbox *sandbox = purchase->sandbox;
    const struct assertion assertion = {
        .jwt = value(purchase, "assertion"),
        .issuer = sandbox->url,
        .token_url = sandbox->token_url,
        .is_grant = true,
    };
    struct sale sale = {.scope = value(purchase, "scope")};
    const char *why = NULL;

    purchase->client = assertions_check(sandbox->assertions, &sandbox->clients,
                                        &assertion, &why);
    if (!purchase->client)
        answer_error(answer, 400, "invalid_grant", why);
    else if (purchase_check_granted(purchase, answer))
        sale_close(purchase, &sale, answer);
}

void
trade_password(struct purchase *purchase, struct answer *answer)
{
    struct sale sale = {.scope = value(purchase, "scope")};

    if (!span_is(value(purchase, "username"), OWNER_NAME) ||
        !span_is(value(purchase, "password"), OWNER_PASSWORD))
        answer_error(answer, 400, "invalid_grant",
                     "Resource owner unknown, or another password.");
    else if (purchase_check_granted(purchase, answer))
        sale_close(purchase, &sale, answer);
}

/* A token and its type come together or not at all. */
static bool
check_token(const struct purchase *purchase, const char *name,
            const char *type_name, bool must, struct answer *answer)
{
    struct span token = value(purchase, name);
    struct span type = value(purchase, type_name);
    const char *problem = NULL;

    if (!token.bytes && !type.bytes && !must)
        return true;
    if (!token.bytes || !type.bytes)
        problem = "Token and type come together.";
    else if (!span_is(type, ACCESS_TOKEN))
        problem = "Token type not supported.";
    else if (!sold_has(purchase->sandbox->sold, token))
        problem = "Token unknown.";
    if (problem)
        answer_error(answer, 400, "invalid_request", problem);
    return !problem;
}

static const struct wanted {
    const char *type;
    bool is_no_access_token;
} WANTED[] = {
    {ACCESS_TOKEN, false},       {TYPE_PREFIX "id_token", true},
    {TYPE_PREFIX "jwt", false},  {TYPE_PREFIX "saml1", true},
    {TYPE_PREFIX "saml2", true},
};

static const struct wanted *
find_wanted(const struct purchase *purchase)
{
    struct span type = value(purchase, "requested_token_type");

    if (!type.bytes)
        return WANTED;
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        if (span_is(type, WANTED[i].type))
            return &WANTED[i];
    }
    return NULL;
}

void
trade_token(struct purchase *purchase, struct answer *answer)
{
    const struct wanted *wanted = find_wanted(purchase);
    struct span audience = value(purchase, "audience");
    struct sale sale = {.scope = value(purchase, "scope")};

    if (!check_token(purchase, "subject_token", "subject_token_type", true,
                     answer) ||
        !check_token(purchase, "actor_token", "actor_token_type", false,
                     answer) ||
        !purchase_check_granted(purchase, answer))
        return;
    if (!wanted) {
        answer_error(answer, 400, "invalid_request",
                     "Requested token type not supported.");
    } else if (audience.bytes && !span_is(audience, EXCHANGE_AUDIENCE)) {
        answer_error(answer, 400, "invalid_target", "Audience unknown.");
    } else {
        sale.issued = span_of(wanted->type);
        sale.is_no_access_token = wanted->is_no_access_token;
        sale_close(purchase, &sale, answer);
    }
}
