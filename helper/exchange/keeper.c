/* SPDX-License-Identifier: MIT */
/*
 * keeper.c - see keeper.h.
 */
#include "helper/exchange/keeper.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "helper/base/signals.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/text.h"

#define NAP_NS 20000000
#define ROOM_BLOCKS 8
#define ROOM_BLOCK (64 * 1024) /* bytes; a larger one would be mapped */

enum tw_status
keeper_open(const struct profile *profile, bool system, struct keeper *out,
            struct tw_error *err)
{
    AUTO_KEEPER keeper = KEEPER_INIT;
    char path[PATH_MAX];
    enum tw_status status = state_path(system, path, err);

    if (!status)
        status = state_enter(path, profile->name, &keeper.state, err);
    if (!status && !fingerprint_of_grant(profile, keeper.fingerprint))
        status = tw_fail(err, TW_E_SYSTEM, "SHA-256 is not available");
    if (!status)
        status =
            state_read(&keeper.state, keeper.fingerprint, &keeper.token, err);
    if (status && status != TW_E_NOT_FOUND)
        return status;
    *out = keeper;
    keeper = KEEPER_INIT;
    return TW_OK;
}

/* The directory alone, for who holds nothing in it. */
struct look {
    int dir;
    char path[PATH_MAX];
    struct state state;
};

static void
auto_look(struct look *look)
{
    auto_close(&look->dir);
}

static enum tw_status
look_into(const struct profile *profile, bool system, struct look *out,
          struct tw_error *err)
{
    enum tw_status status = state_path(system, out->path, err);

    if (!status && access(out->path, F_OK) < 0 && errno == ENOENT)
        return tw_fail(err, TW_E_NOT_FOUND, "%s: is not there yet", out->path);
    if (!status)
        status = state_directory(out->path, &out->dir, err);
    out->state = STATE_INIT;
    out->state.dir = out->dir;
    out->state.name = profile->name;
    out->state.path = out->path;
    return status;
}

enum tw_status
keeper_look(const struct profile *profile, bool system, struct tw_error *err)
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    AUTO(auto_look) struct look look = {.dir = -1};
    char fingerprint[FINGERPRINT_SIZE];
    enum tw_status status = look_into(profile, system, &look, err);

    if (!status && !fingerprint_of_grant(profile, fingerprint))
        status = tw_fail(err, TW_E_SYSTEM, "SHA-256 is not available");
    return status ? status : state_read(&look.state, fingerprint, &token, err);
}

enum tw_status
keeper_look_login(const struct profile *profile, bool system,
                  struct tw_error *err)
{
    AUTO(auto_look) struct look look = {.dir = -1};

    return look_into(profile, system, &look, NULL)
               ? TW_OK /* who opens it will be told why he cannot */
               : state_login_tell(&look.state, err);
}

bool
keeper_has_first(const struct profile *profile)
{
    return profile_option(profile, "refresh_token") != NULL;
}

bool
keeper_await(enum tw_status status, int64_t deadline_ms)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};

    if (status != TW_E_RETRY || clock_monotonic_ms() >= deadline_ms)
        return false;
    (void)nanosleep(&nap, NULL);
    return true;
}

void
keeper_close(struct keeper *keeper)
{
    keeper_answered(keeper);
    secret_clear(&keeper->token);
    state_leave(&keeper->state);
    *keeper = KEEPER_INIT;
}

void
keeper_forget(struct keeper *keeper)
{
    secret_clear(&keeper->token);
    keeper->is_anew = true;
}

enum tw_status
keeper_begin_login(struct keeper *keeper, struct tw_error *err)
{
    return state_login_begin(&keeper->state, err);
}

bool
keeper_may_rest(const struct keeper *keeper)
{
    return keeper->is_anew && keeper->state.login >= 0;
}

void
keeper_rest(struct keeper *keeper)
{
    state_rest(&keeper->state);
}

enum tw_status
keeper_check_login(const struct keeper *keeper, struct tw_error *err)
{
    if (state_login_lasts(&keeper->state))
        return TW_OK;
    return tw_fail(err, TW_E_INTERACT,
                   "the login for '%s' was ended: it was logged out meanwhile",
                   keeper->state.name);
}

enum tw_status
keeper_resume(struct keeper *keeper, struct tw_error *err)
{
    enum tw_status status = state_reserve(&keeper->state, err);

    return status ? status : keeper_check_login(keeper, err);
}

/* What it is in any case. */
static enum tw_status
know(struct keeper *keeper, const struct secret *token, enum tw_status status,
     struct tw_error *err)
{
    keeper->is_anew = false;
    secret_clear(&keeper->token);
    if (!secret_append(&keeper->token, token->bytes, token->len))
        return status ? status : tw_no_memory(err);
    return status;
}

enum tw_status
keeper_give(struct keeper *keeper, const struct secret *token,
            struct tw_error *err)
{
    return secret_append(&keeper->token, token->bytes, token->len)
               ? TW_OK
               : tw_no_memory(err);
}

/* A parser's first use, and memory that has to be asked for, are system calls
 * that are not to stand between an answer and its keeping: here they are made
 * ahead, for an answer of a usual size. */
static void
make_ready(void)
{
    void *blocks[ROOM_BLOCKS];

    (void)mallopt(M_TRIM_THRESHOLD, 4 * ROOM_BLOCKS * ROOM_BLOCK);
    for (size_t i = 0; i < ROOM_BLOCKS; i++)
        blocks[i] = malloc(ROOM_BLOCK);
    for (size_t i = 0; i < ROOM_BLOCKS; i++) {
        if (blocks[i])
            explicit_bzero(blocks[i], 1); /* or a compiler leaves all out */
        free(blocks[i]);
    }
    json_free(json_read("{}", 2));
}

enum tw_status
keeper_reserve(struct keeper *keeper, struct tw_error *err)
{
    make_ready();
    if (!keeper->is_awaited)
        signals_hold();
    keeper->is_awaited = true;
    return state_reserve(&keeper->state, err);
}

void
keeper_answered(struct keeper *keeper)
{
    if (keeper->is_awaited)
        signals_let_go();
    keeper->is_awaited = false;
}

/* An empty one means nothing by RFC 6749, so it means what none does. */
static bool
brings_none(const struct keeper *keeper, const struct json *answer)
{
    enum json_kind kind = json_kind(answer, "refresh_token");
    size_t n;
    const char *text = json_string(answer, "refresh_token", &n);

    return kind == JSON_ABSENT || kind == JSON_NULL ||
           (text &&
            (n == 0 || bytes_equal(text, n, secret_text(&keeper->token),
                                   keeper->token.len)));
}

enum tw_status
keeper_store(struct keeper *keeper, const struct json *answer,
             struct tw_error *err)
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    size_t n = 0;
    const char *text = json_string(answer, "refresh_token", &n);
    bool is_none = brings_none(keeper, answer);
    enum tw_status status;

    if (is_none && !keeper->is_anew)
        return TW_OK;
    if (is_none && !keeper->token.len)
        return state_drop(&keeper->state, err);
    if (is_none)
        secret_take(&token, &keeper->token);
    else if (text && !secret_append(&token, text, n))
        secret_clear(&token); /* too long: refused as what cannot be kept */
    status = state_store(&keeper->state, keeper->fingerprint, &token, err);
    if (status && keeper->is_anew)
        (void)state_drop(&keeper->state, NULL);
    return know(keeper, &token, status, err);
}

void
keeper_rescue(struct keeper *keeper, const struct json *answer)
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    size_t n = 0;
    const char *text = json_string(answer, "refresh_token", &n);

    if (text && !keeper->is_anew && !brings_none(keeper, answer) &&
        secret_append(&token, text, n) &&
        !state_store(&keeper->state, keeper->fingerprint, &token, NULL))
        (void)know(keeper, &token, TW_OK, NULL);
}

bool
keeper_is_settled(const struct keeper *keeper)
{
    return keeper->state.unsettled == 0;
}

enum tw_status
keeper_settle(struct keeper *keeper, struct tw_error *err)
{
    return state_settle(&keeper->state, err);
}

void
keeper_drop(struct keeper *keeper)
{
    secret_clear(&keeper->token);
    if (!keeper->is_anew)
        (void)state_drop(&keeper->state, NULL); /* of no use either way */
}
