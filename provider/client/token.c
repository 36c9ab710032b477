/* SPDX-License-Identifier: MIT */
/*
 * token.c - tokens: copied once from a record, shared by count, wiped by the
 * last holder.
 */
#include "provider/client/token.h"

#include <string.h>

static char *
put(char *at, const char *text, const char **out)
{
    size_t n = strlen(text) + 1;

    memcpy(at, text, n);
    *out = at;
    return at + n;
}

struct tw_token *
token_new(const struct record *record)
{
    size_t size = sizeof(struct tw_token) + strlen(record->token) +
                  strlen(record->token_type) + strlen(record->scope) + 3;
    struct tw_token *token = malloc(size);
    char *at;

    if (!token)
        return NULL;
    atomic_init(&token->holders, 1);
    token->size = size;
    token->generation = record->generation;
    token->expires_at = record->expires.wall;
    at = put(token->texts, record->token, &token->value);
    at = put(at, record->token_type, &token->type);
    (void)put(at, record->scope, &token->scope);
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
    explicit_bzero(token, token->size);
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
