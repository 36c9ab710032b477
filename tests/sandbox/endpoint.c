/* SPDX-License-Identifier: MIT */
/*
 * endpoint.c - see endpoint.h.
 *
 * The request as such is checked first, then the grant, then who asks, then
 * what for: a wrong secret learns nothing about scopes.  A new grant is a row
 * of GRANTS and a function that answers.
 *
 * RFC 6749 4.1.3, 4.4, 5.1, 5.2, 6; RFC 7636 4.5, 4.6; RFC 8628 3.4, 3.5. Four
 * answers are AstraPay's to the byte, among them an invalid_client that is no
 * JSON.
 */
#include "tests/sandbox/endpoint.h"

#include "tests/sandbox/codes.h"
#include "tests/sandbox/devices.h"
#include "tests/sandbox/families.h"
#include "tests/sandbox/manners.h"
#include "tests/sandbox/sale.h"
#include "tests/sandbox/trades.h"

#define SCOPE_MAX 1024

static void
deal_client_credentials(struct purchase *purchase, struct answer *answer)
{
    struct span scope = form_value(&purchase->form, "scope"), rest = scope;
    struct sale sale = {.scope = scope};

    if (purchase->misbehaviour->no_scope)
        sale_close(purchase, &sale, answer);
    else if (!span_word(&rest).bytes)
        answer_error(answer, 400, "invalid_request",
                     "Scope parameter not provided.");
    else if (purchase_check_granted(purchase, answer))
        sale_close(purchase, &sale, answer);
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

        sale_close(purchase, &sale, answer);
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

        sale_close(purchase, &sale, answer);
    }
}

static void
deal_authorization_code(struct purchase *purchase, struct answer *answer)
{
    static const char *const DESCRIPTIONS[] = {
        [CODE_GOOD] = NULL,
        [CODE_UNKNOWN] = "Code unknown.",
        [CODE_OVER] = "Code is over.",
        [CODE_USED] = "Code was used before.",
        [CODE_OTHER_URI] = "Code was sent to another redirect_uri.",
        [CODE_OTHER_VERIFIER] = "Code was asked for with another verifier."};
    AUTO_SECRET scope = SECRET_INIT(SCOPE_MAX);
    AUTO_SECRET refresh_token = SECRET_INIT(FAMILIES_TOKEN_MAX);
    const struct code_claim claim = {
        .client = purchase->client,
        .code = form_value(&purchase->form, "code"),
        .redirect_uri = form_value(&purchase->form, "redirect_uri"),
        .verifier = form_value(&purchase->form, "code_verifier")};
    uint64_t family = 0;
    enum code_worth worth;

    if (!claim.code.bytes || !claim.redirect_uri.bytes ||
        !claim.verifier.bytes) {
        answer_error(answer, 400, "invalid_request",
                     "Code, redirect_uri and code_verifier come together.");
        return;
    }
    worth = codes_redeem(purchase->sandbox->codes, purchase->sandbox->families,
                         &claim, &family, &scope, &refresh_token);
    if (worth == CODE_GOOD) {
        struct sale sale = {
            .scope = {secret_text(&scope), scope.len},
            .family = &family,
            .refresh_token = {refresh_token.bytes, refresh_token.len}};

        sale_close(purchase, &sale, answer);
    } else {
        answer_error(answer, 400, "invalid_grant", DESCRIPTIONS[worth]);
    }
}

static const struct grant {
    const char *type;
    bool names_client; /* it says itself who the client is */
    void (*deal)(struct purchase *, struct answer *);
} GRANTS[] = {
    {"client_credentials", false, deal_client_credentials},
    {"authorization_code", false, deal_authorization_code},
    {"password", false, trade_password},
    {"refresh_token", false, deal_refresh_token},
    {"urn:ietf:params:oauth:grant-type:device_code", false, deal_device_code},
    {"urn:ietf:params:oauth:grant-type:jwt-bearer", true, trade_assertion},
    {"urn:ietf:params:oauth:grant-type:token-exchange", false, trade_token},
};

static const struct grant *
find_grant(const struct purchase *purchase)
{
    struct span type = form_value(&purchase->form, "grant_type");
    struct span other = purchase->misbehaviour->grant;

    if (other.bytes) /* the first of them by another name */
        return span_equal(type, other) ? GRANTS : NULL;
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

static bool
check_client(struct purchase *purchase, struct answer *answer)
{
    return (purchase->request->auth == AUTH_NONE &&
            find_grant(purchase)->names_client) ||
           purchase_check_client(purchase, answer);
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
    static purchase_check *const CHECKS[] = {purchase_check_method,
                                             purchase_check_size,
                                             purchase_check_type,
                                             purchase_check_form,
                                             check_grant,
                                             purchase_check_one_authentication,
                                             manners_check_way,
                                             check_client,
                                             manners_check_header,
                                             manners_check_fields,
                                             NULL};
    const struct purchase purchase = {
        .sandbox = sandbox, .request = request, .misbehaviour = m};

    purchase_serve(&purchase, CHECKS, deal, answer);
}
