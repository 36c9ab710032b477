/* SPDX-License-Identifier: MIT */
/*
 * sale.c - see sale.h.  RFC 6749 5.1.
 */
#include "tests/sandbox/sale.h"

#include "tests/sandbox/json.h"

#define JSON "application/json"
#define EXPIRES_IN "3600"

static bool
is_left_out(struct span value)
{
    return span_is(value, "none");
}

/* RFC 8693 2.2.1: what is no access token is N_A. */
static struct span
type_of(const struct sale *sale)
{
    return span_of(sale->is_no_access_token ? "N_A" : "Bearer");
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
    families_sold(purchase->sandbox->families, purchase->client, sale->family,
                  (struct span){secret_text(&token), token.len});
    sold_add(purchase->sandbox->sold,
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

/* RFC 6749 knows no such answer; servers older than it do. */
static void
sell_as_form(struct answer *answer)
{
    answer_text(answer, 200, "application/x-www-form-urlencoded",
                "access_token=");
    (void)token_append(&answer->body, TOKEN_LEN);
    (void)secret_append_text(&answer->body,
                             "&token_type=bearer&expires_in=" EXPIRES_IN);
}

void
sale_close(const struct purchase *purchase, const struct sale *sale,
           struct answer *answer)
{
    const struct misbehaviour *m = purchase->misbehaviour;
    struct secret *body = &answer->body;

    if (m->form_reply) {
        sell_as_form(answer);
        return;
    }
    answer_text(answer, m->status < 0 ? 200 : (unsigned)m->status,
                m->content_type.bytes ? m->content_type.bytes : JSON, "{");
    if (!is_left_out(m->token))
        sell_token(purchase, sale, body);
    if (!is_left_out(m->type))
        (void)json_member(body, "token_type",
                          m->type.bytes ? m->type : type_of(sale));
    if (sale->issued.bytes)
        (void)json_member(body, "issued_token_type", sale->issued);
    if (!is_left_out(m->expires_in))
        (void)json_raw_member(body, "expires_in",
                              m->expires_in.bytes ? m->expires_in
                                                  : span_of(EXPIRES_IN));
    sell_refresh_token(purchase, sale, body);
    if (!is_left_out(m->scope) && (m->scope.bytes || sale->scope.bytes))
        (void)json_member(body, "scope",
                          m->scope.bytes ? m->scope : sale->scope);
    if (m->extra.bytes)
        (void)secret_append(body, m->extra.bytes, m->extra.len);
    (void)secret_append_text(body, "}");
    answer_pad(answer, m->big);
}
