/* SPDX-License-Identifier: MIT */
/*
 * kept_state.c - see kept_state.h.
 */
#include "tests/unit/kept_state.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/text.h"

char state_dir[PATH_MAX];

void
kept_state_set_up(void)
{
    scratch_make();
    (void)snprintf(state_dir, sizeof state_dir, "%s", scratch_path("state"));
}

enum tw_status
keep_in(struct state *state, const struct secret *token, struct tw_error *err)
{
    enum tw_status status = state_store(state, SERVER, token, err);

    return status ? status : state_settle(state, err);
}

enum tw_status
keep(const char *token)
{
    AUTO_STATE state = STATE_INIT;
    AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);
    struct tw_error err = {0};

    cr_assert(secret_append_text(&text, token));
    cr_assert_eq(state_enter(state_dir, "p", &state, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(state_reserve(&state, &err), TW_OK, "%s", err.message);
    return keep_in(&state, &text, &err);
}

void
expect_kept(const char *fingerprint, const char *expected)
{
    AUTO_STATE state = STATE_INIT;
    AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);
    struct tw_error err = {0};
    enum tw_status status;

    cr_assert_eq(state_enter(state_dir, "p", &state, &err), TW_OK, "%s",
                 err.message);
    status = state_read(&state, fingerprint, &text, &err);
    cr_expect_eq(status, expected ? TW_OK : TW_E_NOT_FOUND, "%s", err.message);
    cr_expect_str_eq(secret_text(&text), expected ? expected : "");
}

void
expect_entry(enum tw_status expected, const char *word)
{
    AUTO_STATE state = STATE_INIT;
    struct tw_error err = {0};

    cr_expect_eq(state_enter(state_dir, "p", &state, &err), expected, "%s",
                 err.message);
    cr_expect(strstr(err.message, word), "%s", err.message);
}
