/* SPDX-License-Identifier: MIT */
/*
 * state-t.c - refresh tokens kept: whole, for the right server alone, by one
 * process at a time, and finished after a kill.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/base/text.h"
#include "tests/unit/kept_state.h"

TestSuite(state, .init = kept_state_set_up, .fini = scratch_remove,
          .timeout = 60);

static mode_t
mode_of(const char *name)
{
    struct stat st;

    cr_assert_eq(lstat(scratch_path(name), &st), 0);
    return st.st_mode & 07777;
}

Test(state, none_is_kept_at_first)
{
    expect_kept(SERVER, NULL);
}

Test(state, keeps_the_last_one_whole)
{
    umask(0);
    cr_assert_eq(keep("first"), TW_OK);
    expect_kept(SERVER, "first");
    cr_assert_eq(keep("second"), TW_OK);
    expect_kept(SERVER, "second");
    cr_expect_eq(mode_of("state"), 0700);
    cr_expect_eq(mode_of("state/p"), 0600);
    cr_expect_lt(access(scratch_path("state/.next.p"), F_OK), 0);
}

Test(state, never_goes_to_another_server)
{
    cr_assert_eq(keep("first"), TW_OK);
    expect_kept("another", NULL);
    expect_kept(SERVER, "first");
}

Test(state, is_dropped)
{
    AUTO_STATE state = STATE_INIT;

    cr_assert_eq(keep("first"), TW_OK);
    cr_assert_eq(state_enter(state_dir, "p", &state, NULL), TW_OK);
    cr_expect_eq(state_drop(&state, NULL), TW_OK);
    cr_expect_eq(state_drop(&state, NULL), TW_OK, "a second time");
    state_leave(&state);
    expect_kept(SERVER, NULL);
}

static void
store(struct state *state, const char *token)
{
    AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);

    cr_assert(secret_append_text(&text, token));
    cr_assert_eq(state_enter(state_dir, "p", state, NULL), TW_OK);
    cr_assert_eq(state_reserve(state, NULL), TW_OK);
    cr_assert_eq(state_store(state, SERVER, &text, NULL), TW_OK);
}

Test(state, is_settled_when_it_is_left)
{
    struct state state = STATE_INIT;

    cr_assert_eq(keep("first"), TW_OK);
    store(&state, "second");
    state_leave(&state);
    expect_kept(SERVER, "second");
    store(&state, "third");
    cr_expect_eq(state_settle(&state, NULL), TW_OK);
    cr_expect_eq(state_settle(&state, NULL), TW_OK, "a second time");
    state_leave(&state);
    expect_kept(SERVER, "third");
}

Test(state, is_settled_before_it_is_used_for_the_next_one)
{
    struct state state = STATE_INIT;
    AUTO_SECRET kept = SECRET_INIT(TOKEN_MAX);
    AUTO_SECRET third = SECRET_INIT(TOKEN_MAX);
    bool has_map;

    cr_assert_eq(keep("first"), TW_OK);
    store(&state, "second");
    has_map = state.map != NULL; /* not every file system can */
    cr_assert_eq(state_reserve(&state, NULL), TW_OK);
    cr_expect_eq(state_read(&state, SERVER, &kept, NULL), TW_OK);
    cr_expect_str_eq(secret_text(&kept), "second", "before it is sent");
    cr_expect_eq(state.map != NULL, has_map, "with room for the next one");
    cr_assert(secret_append_text(&third, "third"));
    cr_assert_eq(state_store(&state, SERVER, &third, NULL), TW_OK);
    cr_expect_eq(state.map != NULL, has_map, "it went there");
    state_leave(&state);
    expect_kept(SERVER, "third");
}

/* Of one exchange that asks again with what it was just sent: once that is
 * kept, room is made for what comes then. */
Test(state, has_room_for_another_one_once_it_is_kept)
{
    AUTO_STATE state = STATE_INIT;
    struct tw_error err = {0};

    cr_assert_eq(state_enter(state_dir, "p", &state, &err), TW_OK);
    for (int i = 0; i < 3; i++) {
        AUTO_SECRET text = SECRET_INIT(TOKEN_MAX), read = SECRET_INIT(1000);
        char token[16];

        (void)snprintf(token, sizeof token, "token-%d", i);
        cr_assert(secret_append_text(&text, token));
        cr_assert_eq(state_reserve(&state, &err), TW_OK, "%s", err.message);
        cr_assert_eq(mode_of("state/.next.p"), 0600);
        cr_assert_eq(keep_in(&state, &text, &err), TW_OK, "%s", err.message);
        cr_assert_eq(state_read(&state, SERVER, &read, &err), TW_OK);
        cr_expect_str_eq(secret_text(&read), token);
    }
    state_leave(&state);
    expect_kept(SERVER, "token-2");
}

Test(state, is_settled_by_the_next_run_after_a_kill)
{
    struct state state = STATE_INIT;
    int status;
    pid_t pid;

    cr_assert_eq(keep("first"), TW_OK);
    pid = fork();
    if (pid == 0) {
        store(&state, "second");
        (void)raise(SIGKILL);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFSIGNALED(status));
    expect_kept(SERVER, "second");
}

Test(state, is_dropped_with_what_is_not_settled)
{
    struct state state = STATE_INIT;

    cr_assert_eq(keep("first"), TW_OK);
    store(&state, "second");
    cr_expect_eq(state_drop(&state, NULL), TW_OK);
    state_leave(&state);
    expect_kept(SERVER, NULL);
}

Test(state, refuses_what_is_no_token)
{
    cr_assert_eq(keep("first"), TW_OK);
    cr_expect_eq(keep("two\nlines"), TW_E_PROTOCOL);
    cr_expect_eq(keep(""), TW_E_PROTOCOL);
    expect_kept(SERVER, "first");
}

Test(state, keeps_the_longest)
{
    static char longest[TOKEN_MAX + 1];

    memset(longest, 'x', TOKEN_MAX);
    cr_expect_eq(keep(longest), TW_OK);
    expect_kept(SERVER, longest);
}
