/* SPDX-License-Identifier: MIT */
/*
 * endpoint.c - see endpoint.h.
 *
 * The request as such is checked first, then the grant, then who asks, then
 * what for: a wrong secret learns nothing about scopes.  A new grant is a row
 * of GRANTS and a function that answers.
 *
 * RFC 6749 4.4, 5.1, 5.2, 6; RFC 8628 3.4, 3.5.  Four answers are AstraPay's
 * to the byte, among them an invalid_client that is no JSON.
 */
#include "tests/sandbox/endpoint.h"

#include "tests/sandbox/devices.h"
#include "tests/sandbox/families.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/purchase.h"

#define JSON "application/json"
#define EXPIRES_IN "3600"
#define SCOPE_MAX 1024

/* What is sold. */
struct sale {
    struct span scope;
    const uint64_t *family;    /* NULL: it belongs to no login */
    struct span refresh_token; /* absent: none is sold */
};

static bool
is_left_out(struct span value)
{
    return span_is(value, "none");
}

static void
sell_token(const struct purchase *purchase, const struct sale *sale,
           struct secret *body)
{
    const struct misbehaviour *m = purchase->misbehaviour;
    AUTO_SECRET token = SECRET_INIT(ANSWER_BODY_MAX);

    if (m->same_token)
        (void)secret_append(&token, purchase->sandbox->same_token.bytes,
                            purchase->sandbox->same_token.len);
    else if (m->token.bytes)
        (void)secret_append(&token, m->token.bytes, m->token.len);
    else
        (void)token_append(&token, m->token_size < 0 ? TOKEN_LEN
                                                     : (size_t)m->token_size);
    if (sale->family)
        families_sold(purchase->sandbox->families, *sale->family,
                      (struct span){secret_text(&token), token.len});
    (void)json_member(body, "access_token",
                      (struct span){secret_text(&token), token.len});
}

static void
sell_refresh_token(const struct purchase *purchase, const struct sale *sale,
                   struct secret *body)
{
    struct span other = purchase->misbehaviour->refresh_token;

    if (sale->refresh_token.bytes && !is_left_out(other))
        (void)json_member(body, "refresh_token",
                          other.bytes ? other : sale->refresh_token);
}

static void
sell(const struct purchase *purchase, const struct sale *sale,
     struct answer *answer)
{
    const struct misbehaviour *m = purchase->misbehaviour;
    struct secret *body = &answer->body;

    answer_text(answer, m->status < 0 ? 200 : (unsigned)m->status,
                m->content_type.bytes ? m->content_type.bytes : JSON, "{");
    if (!is_left_out(m->token))
        sell_token(purchase, sale, body);
    if (!is_left_out(m->type))
        (void)json_member(body, "token_type",
                          m->type.bytes ? m->type : span_of("Bearer"));
    if (!is_left_out(m->expires_in))
        (void)json_raw_member(body, "expires_in",
                              m->expires_in.bytes ? m->expires_in
                                                  : span_of(EXPIRES_IN));
    sell_refresh_token(purchase, sale, body);
    if (!is_left_out(m->scope))
        (void)json_member(body, "scope",
                          m->scope.bytes ? m->scope : sale->scope);
    (void)secret_append_text(body, "}");
    if (m->big > 0 && (size_t)m->big > body->len) {
        AUTO_FREE char *space = malloc((size_t)m->big);
        size_t n = (size_t)m->big - body->len;

        if (space)
            (void)secret_append(body, memset(space, ' ', n), n);
    }
}

static void
deal_client_credentials(struct purchase *purchase, struct answer *answer)
{
    struct span scope = form_value(&purchase->form, "scope"), rest = scope;
    struct sale sale = {.scope = scope};

    if (!span_word(&rest).bytes)
        answer_error(answer, 400, "invalid_request",
                     "Scope parameter not provided.");
    else if (purchase_check_granted(purchase, answer))
        sell(purchase, &sale, answer);
}

static void
deal_refresh_token(struct purchase *purchase, struct answer *answer)
{
    static const char *const DESCRIPTIONS[] = {
        [REDEEM_GOOD] = NULL,
        [REDEEM_UNKNOWN] = "Refresh token unknown.",
        [REDEEM_REUSED] = "Refresh token was used before.",
        [REDEEM_DEAD] = "Refresh token was revoked."};
    AUTO_SECRET scope = SECRET_INIT(SCOPE_MAX);
    AUTO_SECRET next = SECRET_INIT(FAMILIES_TOKEN_MAX);
    const struct misbehaviour *m = purchase->misbehaviour;
    const struct redemption redemption = {
        .client = purchase->client,
        .token = form_value(&purchase->form, "refresh_token"),
        .keep = m->no_rotation,
        .grace_ms = m->grace < 0 ? 0 : m->grace};
    uint64_t family = 0;
    enum redeemed redeemed;

    if (!purchase_check_granted(purchase, answer))
        return;
    redeemed = families_redeem(purchase->sandbox->families, &redemption,
                               &family, &scope, &next);
    if (redeemed == REDEEM_GOOD) {
        struct sale sale = {.scope = {secret_text(&scope), scope.len},
                            .family = &family,
                            .refresh_token = {next.bytes, next.len}};

        sell(purchase, &sale, answer);
    } else {
        answer_error(answer, 400, "invalid_grant", DESCRIPTIONS[redeemed]);
    }
}

static void
deal_device_code(struct purchase *purchase, struct answer *answer)
{
    static const char *const ERRORS[] = {
        [POLL_APPROVED] = NULL,
        [POLL_PENDING] = "authorization_pending",
        [POLL_TOO_FAST] = "slow_down",
        [POLL_DENIED] = "access_denied",
        [POLL_EXPIRED] = "expired_token",
        [POLL_UNKNOWN] = "invalid_grant"};
    AUTO_SECRET scope = SECRET_INIT(SCOPE_MAX);
    AUTO_SECRET refresh_token = SECRET_INIT(FAMILIES_TOKEN_MAX);
    uint64_t family = 0;
    enum polled polled =
        devices_poll(purchase->sandbox->devices, purchase->client,
                     form_value(&purchase->form, "device_code"), &scope);
    struct span granted = {secret_text(&scope), scope.len};

    if (polled != POLL_APPROVED) {
        answer_error(answer, 400, ERRORS[polled], NULL);
    } else if (families_begin(purchase->sandbox->families, purchase->client,
                              granted, &family, &refresh_token)) {
        struct sale sale = {
            .scope = granted,
            .family = &family,
            .refresh_token = {refresh_token.bytes, refresh_token.len}};

        sell(purchase, &sale, answer);
    }
}

static const struct grant {
    const char *type;
    void (*deal)(struct purchase *, struct answer *);
} GRANTS[] = {
    {"client_credentials", deal_client_credentials},
    {"refresh_token", deal_refresh_token},
    {"urn:ietf:params:oauth:grant-type:device_code", deal_device_code},
};

static const struct grant *
find_grant(const struct purchase *purchase)
{
    struct span type = form_value(&purchase->form, "grant_type");

    for (size_t i = 0; i < sizeof GRANTS / sizeof *GRANTS; i++) {
        if (span_is(type, GRANTS[i].type))
            return &GRANTS[i];
    }
    return NULL;
}

static bool
check_grant(struct purchase *purchase, struct answer *answer)
{
    if (find_grant(purchase))
        return true;
    answer_error(answer, 400, "unsupported_grant_type",
                 "GrantType not supported.");
    return false;
}

static void
deal(struct purchase *purchase, struct answer *answer)
{
    find_grant(purchase)->deal(purchase, answer);
}

void
endpoint_answer(const struct sandbox *sandbox, struct request *request,
                const struct misbehaviour *m, struct answer *answer)
{
    static purchase_check *const CHECKS[] = {
        purchase_check_method, purchase_check_size,
        purchase_check_type,   purchase_check_form,
        check_grant,           purchase_check_one_authentication,
        purchase_check_client, NULL};
    const struct purchase purchase = {
        .sandbox = sandbox, .request = request, .misbehaviour = m};

    purchase_serve(&purchase, CHECKS, deal, answer);
}
