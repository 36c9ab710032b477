/* SPDX-License-Identifier: MIT */
/*
 * families.c - see families.h.  Two rings, each with the number that its next
 * entry will have; an entry is at its number modulo the ring's size.
 */
#include "tests/sandbox/families.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include "tests/sandbox/token.h"
#include "tests/sandbox/waiting.h"

#define SCOPE_MAX 1024

struct family {
    const struct client *client;
    char scope[SCOPE_MAX];
    uint64_t rotations;
    bool dead, reused;
};

struct token {
    const struct client *alone; /* whose it is, if it is of no family */
    uint64_t family;
    int64_t used_ms; /* -1: not yet */
    bool refresh, revoked;
    size_t len;
    char text[FAMILIES_TOKEN_MAX];
};

struct families {
    pthread_mutex_t lock;
    uint64_t family_count, token_count; /* ever */
    struct family families[FAMILIES_MAX];
    struct token tokens[FAMILIES_TOKENS_MAX];
};

enum tw_status
families_new(struct families **out, struct tw_error *err)
{
    struct families *families = calloc(1, sizeof *families);

    if (!families)
        return tw_no_memory(err);
    (void)pthread_mutex_init(&families->lock, NULL);
    *out = families;
    return TW_OK;
}

void
families_free(struct families *families)
{
    if (!families)
        return;
    (void)pthread_mutex_destroy(&families->lock);
    free(families);
}

static struct family *
family_of(struct families *families, uint64_t number)
{
    return &families->families[number % FAMILIES_MAX];
}

static struct token *
find(struct families *families, struct span text)
{
    uint64_t n = families->token_count;
    uint64_t oldest = n > FAMILIES_TOKENS_MAX ? n - FAMILIES_TOKENS_MAX : 0;

    while (n-- > oldest) {
        struct token *token = &families->tokens[n % FAMILIES_TOKENS_MAX];
        bool known = token->alone ||
                     token->family + FAMILIES_MAX >= families->family_count;

        if (known && token->len &&
            span_equal((struct span){token->text, token->len}, text))
            return token;
    }
    return NULL;
}

static void
add(struct families *families, const struct token *kind, struct span text)
{
    struct token *token =
        &families->tokens[families->token_count++ % FAMILIES_TOKENS_MAX];

    *token = *kind;
    token->used_ms = -1;
    if (text.len > sizeof token->text)
        return;
    token->len = text.len;
    memcpy(token->text, text.bytes, text.len);
}

static bool
add_refresh(struct families *families, uint64_t family, struct secret *out)
{
    if (!token_append(out, TOKEN_LEN))
        return false;
    add(families, &(struct token){.family = family, .refresh = true},
        (struct span){out->bytes, out->len});
    return true;
}

bool
families_begin(struct families *families, const struct client *client,
               struct span scope, uint64_t *family,
               struct secret *refresh_token)
{
    struct family *row;
    bool good;

    (void)pthread_mutex_lock(&families->lock);
    *family = families->family_count++;
    row = family_of(families, *family);
    *row = (struct family){.client = client};
    (void)snprintf(row->scope, sizeof row->scope, "%.*s",
                   scope.bytes ? (int)scope.len : 0,
                   scope.bytes ? scope.bytes : "");
    good = add_refresh(families, *family, refresh_token);
    (void)pthread_mutex_unlock(&families->lock);
    return good;
}

static enum redeemed
judge(struct families *families, const struct redemption *redemption,
      const struct token *token)
{
    struct family *family;

    if (!token || !token->refresh)
        return REDEEM_UNKNOWN;
    family = family_of(families, token->family);
    if (family->client != redemption->client)
        return REDEEM_UNKNOWN;
    if (family->dead)
        return REDEEM_DEAD;
    if (token->used_ms < 0 ||
        waiting_now_ms() - token->used_ms < redemption->grace_ms)
        return REDEEM_GOOD;
    family->dead = family->reused = true;
    return REDEEM_REUSED;
}

enum redeemed
families_redeem(struct families *families, const struct redemption *redemption,
                uint64_t *family, struct secret *scope, struct secret *next)
{
    enum redeemed redeemed;
    struct token *token;

    (void)pthread_mutex_lock(&families->lock);
    token = find(families, redemption->token);
    redeemed = judge(families, redemption, token);
    if (redeemed == REDEEM_GOOD) {
        struct family *row = family_of(families, token->family);

        *family = token->family;
        (void)secret_append_text(scope, row->scope);
        if (redemption->keep) {
            (void)secret_append(next, token->text, token->len);
        } else {
            if (token->used_ms < 0)
                token->used_ms = waiting_now_ms();
            row->rotations++;
            (void)add_refresh(families, *family, next);
        }
    }
    (void)pthread_mutex_unlock(&families->lock);
    return redeemed;
}

void
families_end(struct families *families, uint64_t family)
{
    (void)pthread_mutex_lock(&families->lock);
    if (family + FAMILIES_MAX >= families->family_count)
        family_of(families, family)->dead = true;
    (void)pthread_mutex_unlock(&families->lock);
}

void
families_sold(struct families *families, const struct client *client,
              const uint64_t *family, struct span access_token)
{
    const struct token kind = {.alone = family ? NULL : client,
                               .family = family ? *family : 0};

    if (!family && !client)
        return; /* an assertion may say itself who it is */
    (void)pthread_mutex_lock(&families->lock);
    add(families, &kind, access_token);
    (void)pthread_mutex_unlock(&families->lock);
}

static const struct client *
owner_of(struct families *families, const struct token *token)
{
    return token->alone ? token->alone
                        : family_of(families, token->family)->client;
}

bool
families_revoke(struct families *families, const struct client *client,
                struct span text)
{
    struct token *token;
    bool found;

    (void)pthread_mutex_lock(&families->lock);
    token = find(families, text);
    found = token && owner_of(families, token) == client;
    if (found && token->refresh)
        family_of(families, token->family)->dead = true;
    else if (found)
        token->revoked = true;
    (void)pthread_mutex_unlock(&families->lock);
    return found;
}

bool
families_is_active(struct families *families, struct span text)
{
    const struct token *token;
    bool active;

    (void)pthread_mutex_lock(&families->lock);
    token = find(families, text);
    active = token && !token->revoked && token->used_ms < 0 &&
             (token->alone || !family_of(families, token->family)->dead);
    (void)pthread_mutex_unlock(&families->lock);
    return active;
}

bool
families_print(struct families *families, struct secret *out)
{
    uint64_t n;
    bool good = true;

    (void)pthread_mutex_lock(&families->lock);
    n = families->family_count > FAMILIES_MAX
            ? families->family_count - FAMILIES_MAX
            : 0;
    for (; good && n < families->family_count; n++) {
        const struct family *row = family_of(families, n);
        const char *state = row->reused ? "reused"
                            : row->dead ? "revoked"
                                        : "alive";
        char line[96];

        (void)snprintf(line, sizeof line,
                       "family %" PRIu64 " %s rotations %" PRIu64 "\n", n,
                       state, row->rotations);
        good = secret_append_text(out, line);
    }
    (void)pthread_mutex_unlock(&families->lock);
    return good;
}
