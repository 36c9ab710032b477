/* SPDX-License-Identifier: MIT */
/*
 * logins.c - see logins.h.
 */
#include "tests/sandbox/logins.h"

#include <stdio.h>

#include "provider/base/text.h"
#include "tests/sandbox/devices.h"
#include "tests/sandbox/families.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/purchase.h"
#include "tests/sandbox/token.h"

#define JSON "application/json"
#define TEXT "text/plain"
#define EXPIRES_S 600
#define INTERVAL_S 5
#define URL_SIZE 256

/* Raw JSON; what is no number is sent, but does not count here. */
static int64_t
seconds_of(struct span text, int64_t otherwise)
{
    int64_t seconds;

    return text.bytes && text_to_int64(text.bytes, &seconds) ? seconds
                                                             : otherwise;
}

static void
put_number(struct secret *body, const char *name, struct span text,
           int64_t otherwise)
{
    char number[24];

    (void)snprintf(number, sizeof number, "%lld", (long long)otherwise);
    if (!span_is(text, "none"))
        (void)json_raw_member(body, name, text.bytes ? text : span_of(number));
}

static void
put_uris(const struct purchase *purchase, const char *user_code,
         struct secret *body)
{
    struct span other = purchase->misbehaviour->verification_uri;
    char url[URL_SIZE], complete[URL_SIZE];

    (void)snprintf(url, sizeof url, "%s/device", purchase->sandbox->url);
    (void)snprintf(complete, sizeof complete, "%s/device/%s",
                   purchase->sandbox->url, user_code);
    (void)json_member(body, "verification_uri",
                      other.bytes ? other : span_of(url));
    if (!other.bytes)
        (void)json_member(body, "verification_uri_complete",
                          span_of(complete));
}

static void
deal_device(struct purchase *purchase, struct answer *answer)
{
    AUTO_SECRET code = SECRET_INIT(TOKEN_LEN);
    const struct misbehaviour *m = purchase->misbehaviour;
    char user_code[USER_CODE_SIZE];

    if (!devices_ask(purchase->sandbox->devices, purchase->client,
                     form_value(&purchase->form, "scope"),
                     seconds_of(m->expires_in, EXPIRES_S),
                     seconds_of(m->interval, INTERVAL_S), &code, user_code))
        return;
    answer_text(answer, m->status < 0 ? 200 : (unsigned)m->status, JSON, "{");
    (void)json_member(&answer->body, "device_code",
                      (struct span){code.bytes, code.len});
    (void)json_member(&answer->body, "user_code",
                      m->user_code.bytes ? m->user_code : span_of(user_code));
    put_uris(purchase, user_code, &answer->body);
    put_number(&answer->body, "expires_in", m->expires_in, EXPIRES_S);
    put_number(&answer->body, "interval", m->interval, INTERVAL_S);
    (void)secret_append_text(&answer->body, "}");
}

static bool
check_token(struct purchase *purchase, struct answer *answer)
{
    if (form_value(&purchase->form, "token").bytes &&
        !form_repeats(&purchase->form, "token"))
        return true;
    answer_error(answer, 400, "invalid_request", "Token not provided.");
    return false;
}

static void
deal_revoke(struct purchase *purchase, struct answer *answer)
{
    /* RFC 7009 2.2: one that is no good any more is no error. */
    (void)families_revoke(purchase->sandbox->families, purchase->client,
                          form_value(&purchase->form, "token"));
    answer->status = 200;
}

static void
deal_introspect(struct purchase *purchase, struct answer *answer)
{
    bool active = families_is_active(purchase->sandbox->families,
                                     form_value(&purchase->form, "token"));

    answer_text(answer, 200, JSON,
                active ? "{\"active\":true}" : "{\"active\":false}");
}

#define CHECKS_OF_REQUEST                                            \
    purchase_check_method, purchase_check_size, purchase_check_type, \
        purchase_check_form, purchase_check_one_authentication,      \
        purchase_check_client

static void
serve_token(const struct sandbox *sandbox, struct request *request,
            const struct misbehaviour *m,
            void (*deal)(struct purchase *, struct answer *),
            struct answer *answer)
{
    static purchase_check *const CHECKS[] = {CHECKS_OF_REQUEST, check_token,
                                             NULL};
    const struct purchase purchase = {
        .sandbox = sandbox, .request = request, .misbehaviour = m};

    purchase_serve(&purchase, CHECKS, deal, answer);
}

void
logins_device(const struct sandbox *sandbox, struct request *request,
              const struct misbehaviour *m, struct answer *answer)
{
    static purchase_check *const CHECKS[] = {CHECKS_OF_REQUEST,
                                             purchase_check_granted, NULL};
    const struct purchase purchase = {
        .sandbox = sandbox, .request = request, .misbehaviour = m};

    purchase_serve(&purchase, CHECKS, deal_device, answer);
}

void
logins_revoke(const struct sandbox *sandbox, struct request *request,
              const struct misbehaviour *m, struct answer *answer)
{
    serve_token(sandbox, request, m, deal_revoke, answer);
}

void
logins_introspect(const struct sandbox *sandbox, struct request *request,
                  const struct misbehaviour *m, struct answer *answer)
{
    serve_token(sandbox, request, m, deal_introspect, answer);
}

void
logins_decide(const struct sandbox *sandbox, const char *rest,
              struct answer *answer)
{
    static const char APPROVE[] = "/approve/", DENY[] = "/deny/";
    bool approve = strncmp(rest, APPROVE, strlen(APPROVE)) == 0;
    bool deny = strncmp(rest, DENY, strlen(DENY)) == 0;
    const char *code = strrchr(rest, '/');

    if (!approve && !deny)
        answer_text(answer, 200, TEXT,
                    "here a person would log in; a test asks for "
                    "/device/approve/CODE or /device/deny/CODE\n");
    else if (devices_decide(sandbox->devices, span_of(code + 1), approve))
        answer_text(answer, 200, TEXT, approve ? "approved\n" : "denied\n");
    else
        answer_text(answer, 404, TEXT, "no such code waits\n");
}

void
logins_mint(const struct sandbox *sandbox, const char *id,
            struct answer *answer)
{
    AUTO_SECRET token = SECRET_INIT(FAMILIES_TOKEN_MAX);
    const struct clients *clients = &sandbox->clients;
    const struct client *client = NULL;
    uint64_t family;

    for (size_t i = 0; i < clients->n; i++) {
        if (span_is(clients->rows[i].id, id))
            client = &clients->rows[i]; /* the last, as clients_find() */
    }
    if (!client)
        answer_text(answer, 404, TEXT, "there is no such client\n");
    else if (families_begin(sandbox->families, client, client->scopes, &family,
                            &token))
        answer_text(answer, 200, TEXT, secret_text(&token));
}
