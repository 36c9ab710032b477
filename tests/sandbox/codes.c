/* SPDX-License-Identifier: MIT */
/*
 * codes.c - see codes.h.  A login begins and ends under the lock of the code
 * that brings it, so that of two requests with one code the second ends what
 * the first began.
 */
#include "tests/sandbox/codes.h"

#include <pthread.h>

#include "tests/sandbox/challenge.h"
#include "tests/sandbox/token.h"
#include "tests/sandbox/waiting.h"

struct code {
    const struct client *client; /* NULL: an empty place */
    char text[TOKEN_LEN + 1];
    char challenge[CHALLENGE_LEN + 1];
    char redirect_uri[CODES_URI_MAX];
    char scope[CODES_SCOPE_MAX];
    int64_t end_ms;
    uint64_t family; /* of a used one */
    bool used;
};

struct codes {
    pthread_mutex_t lock;
    size_t next;
    struct code rows[CODES_MAX];
};

enum tw_status
codes_new(struct codes **out, struct tw_error *err)
{
    struct codes *codes = calloc(1, sizeof *codes);

    if (!codes)
        return tw_no_memory(err);
    (void)pthread_mutex_init(&codes->lock, NULL);
    *out = codes;
    return TW_OK;
}

void
codes_free(struct codes *codes)
{
    if (!codes)
        return;
    (void)pthread_mutex_destroy(&codes->lock);
    free(codes);
}

static void
copy(char *to, struct span from)
{
    if (from.len)
        memcpy(to, from.bytes, from.len);
    to[from.len] = '\0';
}

bool
codes_issue(struct codes *codes, const struct code_terms *terms,
            struct secret *code)
{
    struct code *row;

    if (!token_append(code, TOKEN_LEN))
        return false;
    (void)pthread_mutex_lock(&codes->lock);
    row = &codes->rows[codes->next++ % CODES_MAX];
    row->client = terms->client;
    row->end_ms = waiting_now_ms() + terms->life_ms;
    row->used = false;
    copy(row->text, (struct span){code->bytes, code->len});
    copy(row->challenge, terms->challenge);
    copy(row->redirect_uri, terms->redirect_uri);
    copy(row->scope, terms->scope);
    (void)pthread_mutex_unlock(&codes->lock);
    return true;
}

/* A client may be there twice, with other proofs: its id counts. */
static struct code *
find(struct codes *codes, const struct code_claim *claim)
{
    for (size_t i = 0; i < CODES_MAX; i++) {
        struct code *row = &codes->rows[i];

        if (row->client && span_equal(row->client->id, claim->client->id) &&
            span_is(claim->code, row->text))
            return row;
    }
    return NULL;
}

static enum code_worth
judge(const struct code *row, const struct code_claim *claim)
{
    if (!row)
        return CODE_UNKNOWN;
    if (row->used)
        return CODE_USED;
    if (waiting_now_ms() >= row->end_ms)
        return CODE_OVER;
    if (!span_is(claim->redirect_uri, row->redirect_uri))
        return CODE_OTHER_URI;
    if (!challenge_is_met(span_of(row->challenge), claim->verifier))
        return CODE_OTHER_VERIFIER;
    return CODE_GOOD;
}

enum code_worth
codes_redeem(struct codes *codes, struct families *families,
             const struct code_claim *claim, uint64_t *family,
             struct secret *scope, struct secret *refresh_token)
{
    struct code *row;
    enum code_worth worth;

    (void)pthread_mutex_lock(&codes->lock);
    row = find(codes, claim);
    worth = judge(row, claim);
    if (worth == CODE_GOOD) {
        (void)families_begin(families, claim->client, span_of(row->scope),
                             &row->family, refresh_token);
        row->used = true;
        *family = row->family;
        (void)secret_append_text(scope, row->scope);
    } else if (worth == CODE_USED) {
        families_end(families, row->family);
    }
    (void)pthread_mutex_unlock(&codes->lock);
    return worth;
}
