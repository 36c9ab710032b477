/* SPDX-License-Identifier: MIT */
/*
 * token.c - tokens: taken from a record, shared by count, wiped by the last
 * holder.
 */
#include "provider/client/token.h"

struct tw_token *
token_take(struct record *record)
{
    struct tw_token *token = malloc(sizeof *token);

    if (!token)
        return NULL;
    *token = (struct tw_token){.holders = 1,
                               .generation = record->generation,
                               .expires_at = record->expires.wall,
                               .value = record->token,
                               .type = record->token_type,
                               .scope = record->scope,
                               .text = record->text};
    record->text = SECRET_INIT(RECORD_MAX);
    record->token = record->token_type = record->scope = NULL;
    return token;
}

EXPORTED struct tw_token *
tw_token_ref(struct tw_token *token)
{
    (void)atomic_fetch_add_explicit(&token->holders, 1, memory_order_relaxed);
    return token;
}

EXPORTED void
tw_token_free(struct tw_token *token)
{
    if (!token || atomic_fetch_sub_explicit(&token->holders, 1,
                                            memory_order_acq_rel) != 1)
        return;
    secret_clear(&token->text);
    free(token);
}

EXPORTED const char *
tw_token_value(const struct tw_token *token)
{
    return token->value;
}

EXPORTED const char *
tw_token_type(const struct tw_token *token)
{
    return token->type;
}

EXPORTED const char *
tw_token_scope(const struct tw_token *token)
{
    return token->scope;
}

EXPORTED int64_t
tw_token_expires_at(const struct tw_token *token)
{
    return token->expires_at;
}
