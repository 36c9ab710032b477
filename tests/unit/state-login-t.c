/* SPDX-License-Identifier: MIT */
/*
 * state-login-t.c - a login that waits for its person: one at a time, beside
 * whoever uses the refresh token that is kept, and ended by a logout.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/exchange/keeper.h"
#include "provider/base/text.h"
#include "tests/unit/kept_state.h"

TestSuite(state_login, .init = kept_state_set_up, .fini = scratch_remove,
          .timeout = 60);

static bool has_no_locks;

/* In the C library's place. */
int
flock(int fd, int operation)
{
    if (has_no_locks) {
        errno = ENOLCK;
        return -1;
    }
    return (int)syscall(SYS_flock, fd, operation);
}

static bool
is_left(const char *name)
{
    return access(scratch_path(name), F_OK) == 0;
}

static void
enter(struct state *state)
{
    struct tw_error err = {0};

    cr_assert_eq(state_enter(state_dir, "p", state, &err), TW_OK, "%s",
                 err.message);
}

/* One that waits for its person. */
static void
begin(struct keeper *keeper)
{
    struct tw_error err = {0};

    *keeper = KEEPER_INIT;
    enter(&keeper->state);
    cr_expect_not(keeper_may_rest(keeper), "no login was begun");
    keeper_forget(keeper);
    cr_assert_eq(keeper_begin_login(keeper, &err), TW_OK, "%s", err.message);
    cr_assert(keeper_may_rest(keeper));
    keeper_rest(keeper);
}

static void
expect_resumed(struct keeper *keeper, enum tw_status expected,
               const char *word)
{
    struct tw_error err = {0};

    cr_expect_eq(keeper_resume(keeper, &err), expected, "%s", err.message);
    cr_expect(strstr(err.message, word), "%s", err.message);
}

static void
expect_read(const struct state *state, const char *expected)
{
    AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);

    cr_expect_eq(state_read(state, SERVER, &text, NULL), TW_OK);
    cr_expect_str_eq(secret_text(&text), expected);
}

Test(state_login, is_the_only_one)
{
    AUTO_KEEPER first = KEEPER_INIT;
    AUTO_STATE second = STATE_INIT;
    struct tw_error err = {0};
    char who[64];

    begin(&first);
    (void)snprintf(who, sizeof who,
                   "a login for 'p' is waited for by process %ld",
                   (long)getpid());
    enter(&second);
    cr_expect_eq(state_login_tell(&second, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, who);
    err = (struct tw_error){0};
    cr_expect_eq(state_login_begin(&second, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, who);
    cr_expect_not(state_login_lasts(&second));
    state_leave(&second);
    cr_expect_eq(keeper_check_login(&first, NULL), TW_OK);
    keeper_close(&first);
    cr_expect_not(is_left("state/.login.p"));
    enter(&second);
    cr_expect_eq(state_login_tell(&second, &err), TW_OK);
    cr_expect_eq(state_login_begin(&second, &err), TW_OK);
}

Test(state_login, leaves_the_token_to_others_while_it_waits)
{
    AUTO_KEEPER login = KEEPER_INIT;
    AUTO_STATE other = STATE_INIT;

    cr_assert_eq(keep("first"), TW_OK);
    begin(&login);
    cr_expect_not(is_left("state/.next.p"));
    expect_kept(SERVER, "first");
    cr_assert_eq(keep("second"), TW_OK);
    enter(&other);
    expect_resumed(&login, TW_E_RETRY, "is being used by another process");
    state_leave(&other);
    expect_resumed(&login, TW_OK, "");
    expect_entry(TW_E_RETRY, "is being used by another process");
    expect_read(&login.state, "second");
    keeper_rest(&login);
    expect_resumed(&login, TW_OK, "");
    keeper_rest(&login);
    cr_assert_eq(keep("third"), TW_OK);
    keeper_close(&login);
    expect_kept(SERVER, "third");
}

Test(state_login, finishes_what_another_one_was_killed_at)
{
    AUTO_KEEPER login = KEEPER_INIT;
    pid_t child;

    cr_assert_eq(keep("first"), TW_OK);
    begin(&login);
    child = fork();
    if (child == 0) {
        AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);
        struct state state = STATE_INIT;

        if (state_enter(state_dir, "p", &state, NULL) ||
            state_reserve(&state, NULL) ||
            !secret_append_text(&text, "second") ||
            state_store(&state, SERVER, &text, NULL))
            _exit(1);
        (void)kill(getpid(), SIGKILL);
    }
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_assert(is_left("state/.next.p"));
    expect_resumed(&login, TW_OK, "");
    expect_read(&login.state, "second");
}

Test(state_login, is_ended_by_a_logout)
{
    AUTO_KEEPER login = KEEPER_INIT, next = KEEPER_INIT;
    AUTO_STATE logout = STATE_INIT;

    begin(&login);
    enter(&logout);
    cr_expect_eq(state_login_break(&logout, NULL), TW_OK);
    cr_expect_eq(state_login_break(&logout, NULL), TW_OK, "a second time");
    cr_assert_eq(mkdirat(logout.dir, STATE_LOGIN_PREFIX "p", 0700), 0);
    cr_expect_eq(state_login_break(&logout, NULL), TW_OK, "a directory");
    cr_assert_eq(unlinkat(logout.dir, STATE_LOGIN_PREFIX "p", AT_REMOVEDIR),
                 0);
    expect_resumed(&login, TW_E_RETRY, "is being used by another process");
    state_leave(&logout);
    begin(&next);
    expect_resumed(&login, TW_E_INTERACT,
                   "the login for 'p' was ended: it was logged out meanwhile");
    keeper_close(&login);
    cr_expect_eq(keeper_check_login(&next, NULL), TW_OK,
                 "what is left to the next one");
}

Test(state_login, is_nobodys_when_it_was_killed)
{
    AUTO_KEEPER next = KEEPER_INIT;
    AUTO_STATE other = STATE_INIT;
    int ends[2];
    pid_t child;
    char byte;

    cr_assert_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        struct keeper keeper;

        begin(&keeper);
        (void)!write(ends[1], "", 1);
        (void)pause();
    }
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    enter(&other);
    cr_expect_eq(state_login_tell(&other, NULL), TW_E_RETRY);
    (void)kill(child, SIGKILL);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_expect(is_left("state/.login.p"));
    cr_expect_eq(state_login_tell(&other, NULL), TW_OK);
    state_leave(&other);
    begin(&next);
}

Test(state_login, holds_on_where_nobody_could_be_told)
{
    AUTO_KEEPER keeper = KEEPER_INIT;
    struct tw_error err = {0};

    has_no_locks = true;
    enter(&keeper.state);
    keeper_forget(&keeper);
    cr_expect_eq(keeper_begin_login(&keeper, &err), TW_OK, "%s", err.message);
    cr_expect_not(keeper_may_rest(&keeper));
    has_no_locks = false;
}

Test(state_login, is_no_link)
{
    AUTO_STATE state = STATE_INIT;
    struct tw_error err = {0};

    enter(&state);
    cr_assert_eq(symlink("elsewhere", scratch_path("state/.login.p")), 0);
    cr_expect_eq(state_login_begin(&state, &err), TW_E_ACCESS);
    cr_expect(strstr(err.message, "/.login.p: is not a plain file of ours"),
              "%s", err.message);
    cr_expect_not(is_left("state/elsewhere"));
}

/* What it brings is used by this process alone from then on. */
Test(state_login, keeps_what_it_has_brought_to_itself)
{
    AUTO_KEEPER login = KEEPER_INIT;
    static const char TEXT[] = "{\"refresh_token\": \"second\"}";
    struct json *answer;

    begin(&login);
    memcpy(login.fingerprint, SERVER, sizeof SERVER);
    expect_resumed(&login, TW_OK, "");
    answer = json_read(TEXT, sizeof TEXT - 1);
    cr_assert_eq(keeper_store(&login, answer, NULL), TW_OK);
    json_free(answer);
    cr_expect_not(keeper_may_rest(&login));
    keeper_close(&login);
    expect_kept(SERVER, "second");
}

/* The access token that comes with it is this login's. */
Test(state_login, leaves_nobody_elses_where_its_own_cannot_be_kept)
{
    AUTO_KEEPER login = KEEPER_INIT;
    AUTO_STATE before = STATE_INIT;
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    static const char TEXT[] = "{\"refresh_token\": \"of two\\nlines\"}";
    struct tw_error err = {0};
    struct json *answer;

    cr_assert(secret_append_text(&token, "first"));
    enter(&before);
    cr_assert_eq(keep_in(&before, &token, NULL), TW_OK);
    state_leave(&before);
    begin(&login);
    memcpy(login.fingerprint, SERVER, sizeof SERVER);
    expect_resumed(&login, TW_OK, "");
    answer = json_read(TEXT, sizeof TEXT - 1);
    cr_expect_eq(keeper_store(&login, answer, &err), TW_E_PROTOCOL);
    cr_expect(strstr(err.message, "none that can be kept"), "%s", err.message);
    json_free(answer);
    keeper_close(&login);
    expect_kept(SERVER, NULL);
}

/* An answer that is refused, and what it brings beside its token. */
static void
rescue(struct keeper *keeper, const char *text)
{
    struct json *answer = json_read(text, strlen(text));

    keeper_rescue(keeper, answer);
    json_free(answer);
}

/* A person's login is not this refused one, but the one before it. */
Test(state_login, is_not_what_was_refused)
{
    AUTO_KEEPER login = KEEPER_INIT;

    begin(&login);
    memcpy(login.fingerprint, SERVER, sizeof SERVER);
    expect_resumed(&login, TW_OK, "");
    rescue(&login, "{\"refresh_token\": \"second\"}");
    keeper_close(&login);
    expect_kept(SERVER, NULL);

    cr_assert_eq(keep("first"), TW_OK);
    login = KEEPER_INIT;
    enter(&login.state);
    memcpy(login.fingerprint, SERVER, sizeof SERVER);
    cr_assert(secret_append_text(&login.token, "first"));
    rescue(&login, "{\"refresh_token\": \"of two\\nlines\"}");
    rescue(&login, "{\"refresh_token\": \"\"}");
    rescue(&login, "{\"refresh_token\": 7}");
    rescue(&login, "{}");
    cr_expect_str_eq(secret_text(&login.token), "first");
}

/* In place of "first", which is kept. */
static void
give(struct keeper *keeper)
{
    AUTO_SECRET given = SECRET_INIT(TOKEN_MAX);

    cr_assert_eq(keep("first"), TW_OK);
    cr_assert(secret_append_text(&given, "given"));
    *keeper = KEEPER_INIT;
    enter(&keeper->state);
    memcpy(keeper->fingerprint, SERVER, sizeof SERVER);
    cr_assert(secret_append_text(&keeper->token, "first"));
    keeper_forget(keeper);
    cr_assert_eq(keeper_give(keeper, &given, NULL), TW_OK);
    cr_assert_str_eq(secret_text(&keeper->token), "given");
    cr_assert_eq(keeper_reserve(keeper, NULL), TW_OK);
}

/* Until it has brought a token, however it ends, and be it by a kill. */
Test(state_login, by_a_given_token_leaves_the_one_before_it)
{
    AUTO_KEEPER login = KEEPER_INIT;

    give(&login);
    keeper_close(&login);
    expect_kept(SERVER, "first");
    give(&login);
    rescue(&login, "{\"refresh_token\": \"next\"}");
    keeper_close(&login);
    expect_kept(SERVER, "first");
    give(&login);
    keeper_drop(&login);
    cr_expect_eq(login.token.len, 0);
    keeper_close(&login);
    expect_kept(SERVER, "first");
}

Test(state_login, by_a_given_token_keeps_that_or_the_next)
{
    static const struct {
        const char *answer, *kept;
        enum tw_status status;
    } ROWS[] = {
        {"{}", "given", TW_OK},
        {"{\"refresh_token\": \"\"}", "given", TW_OK},
        {"{\"refresh_token\": \"given\"}", "given", TW_OK},
        {"{\"refresh_token\": \"next\"}", "next", TW_OK},
        {"{\"refresh_token\": \"of two\\nlines\"}", NULL, TW_E_PROTOCOL},
        {"{\"refresh_token\": 7}", NULL, TW_E_PROTOCOL},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        AUTO_KEEPER login = KEEPER_INIT;
        struct json *answer =
            json_read(ROWS[i].answer, strlen(ROWS[i].answer));

        give(&login);
        cr_expect_eq(keeper_store(&login, answer, NULL), ROWS[i].status, "%s",
                     ROWS[i].answer);
        json_free(answer);
        keeper_close(&login);
        expect_kept(SERVER, ROWS[i].kept);
    }
}
