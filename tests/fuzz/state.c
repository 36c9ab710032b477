/* SPDX-License-Identifier: MIT */
/*
 * state.c - the refresh token that is kept, through kills and hostile files:
 * whatever lies in the directory, a token that was kept is the one that is
 * read, and one that was being kept is it, or the one before it.
 *
 * The first line is decisions: what lies where the two files should, and what
 * is done then.  What follows is the text of the one, and behind an empty
 * line of the other.
 */
#include "helper/store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/script.h"

#define NAME "acme"
#define NEXT ".next." NAME
#define ASIDE "aside"
#define VICTIM "victim"
#define FINGERPRINT "f1ngerprint"
#define STEPS_MAX 12

struct piece {
    const uint8_t *at;
    size_t n;
};

/* Of one run. */
struct run {
    char path[64];
    int dir;
    struct state state;
    struct piece kept, next; /* as they were planted */
    char token[64];          /* which must be read; "" for none */
    bool in_the_way;         /* something that no file can replace */
    bool odd_next;           /* something that is not ours to write to */
    bool is_stuck;           /* a token is written and waits for its place */
};

/* Memory where there is some: files are synced. */
static void
begin(struct run *run)
{
    static const char *const PLACES[] = {"/dev/shm", "/tmp"};
    bool made = false;

    *run = (struct run){.state = STATE_INIT};
    for (size_t i = 0; i < 2 && !made; i++) {
        (void)snprintf(run->path, sizeof run->path, "%s/tokenward-fuzz-XXXXXX",
                       PLACES[i]);
        made = mkdtemp(run->path) != NULL;
    }
    FUZZ_CHECK(made);
    run->dir = open(run->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FUZZ_CHECK(run->dir >= 0);
}

static void
put(int dir, const char *name, mode_t mode, struct piece text)
{
    AUTO_CLOSE int fd =
        openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    FUZZ_CHECK(fd >= 0 && write(fd, text.at, text.n) == (ssize_t)text.n &&
               fchmod(fd, mode) == 0);
}

static void
end(struct run *run)
{
    static const char *const NAMES[] = {NAME, NEXT, ASIDE};
    struct stat st;

    FUZZ_CHECK(fstatat(run->dir, VICTIM, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
               S_ISREG(st.st_mode) && st.st_size == 4);
    (void)unlinkat(run->dir, VICTIM, 0);
    for (size_t i = 0; i < 3; i++) {
        (void)unlinkat(run->dir, NAMES[i], 0);
        (void)unlinkat(run->dir, NAMES[i], AT_REMOVEDIR);
    }
    (void)close(run->dir);
    FUZZ_CHECK(rmdir(run->path) == 0);
}

/* What lies at @name: the text, more often than anything else.  False: it is
 * nothing that we would write to. */
static bool
plant(const struct run *run, const char *name, struct piece text,
      bool *is_directory)
{
    int dir = run->dir;
    bool done = true;

    *is_directory = false;
    switch (script_below(12)) {
    case 1:
        return true; /* nothing */
    case 2:
        *is_directory = true;
        done = mkdirat(dir, name, 0700) == 0;
        break;
    case 3:
        done = mkfifoat(dir, name, 0600) == 0;
        break;
    case 4:
        done = symlinkat(VICTIM, dir, name) == 0;
        break;
    case 5:
        done = linkat(dir, VICTIM, dir, name, 0) == 0;
        break;
    case 6:
        put(dir, name, 0644, text);
        break;
    default:
        put(dir, name, 0600, text);
        return true;
    }
    FUZZ_CHECK(done);
    return false;
}

static bool
holds(struct piece text, const char *token)
{
    char line[128];
    int n = snprintf(line, sizeof line, "refresh_token=%s\n", token);

    return memmem(text.at, text.n, line, (size_t)n) != NULL;
}

/* Of a version that is not there yet, and no other reading than this one's. */
static bool
is_later(struct piece text)
{
    static const char KEY[] = "tokenward-state=";
    size_t n = sizeof KEY - 1, digits = 0;

    if (text.n < n || memcmp(text.at, KEY, n) != 0)
        return false;
    while (n + digits < text.n && text.at[n + digits] >= '0' &&
           text.at[n + digits] <= '9')
        digits++;
    if (!digits || n + digits >= text.n || n + digits >= 64 ||
        text.at[n + digits] != '\n')
        return false;
    errno = 0;
    return strtoll((const char *)text.at + n, NULL, 10) > 1 && !errno;
}

/* What is read, or "". */
static void
read_token(const struct run *run, const char *fingerprint, char out[static 64])
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    struct tw_error err = {0};
    enum tw_status status = state_read(&run->state, fingerprint, &token, &err);

    FUZZ_CHECK(!status == (token.len > 0));
    if (status) {
        fuzz_check_message(&err);
        FUZZ_CHECK(status == TW_E_NOT_FOUND || status == TW_E_ACCESS);
    } else {
        FUZZ_CHECK(text_is_token(token.bytes, token.len));
        FUZZ_CHECK(state_exists(&run->state));
    }
    (void)snprintf(out, 64, "%s", secret_text(&token));
}

/* The token that is kept is read, and only for whom it was kept. */
static void
check_token(const struct run *run)
{
    char token[64];

    read_token(run, FINGERPRINT, token);
    FUZZ_CHECK(strcmp(token, run->token) == 0);
    read_token(run, FINGERPRINT "2", token);
    FUZZ_CHECK(!run->token[0] || !token[0]);
}

static bool
enter(struct run *run)
{
    struct tw_error err = {0};

    if (state_enter(run->path, NAME, &run->state, &err) == TW_OK)
        return true;
    fuzz_check_message(&err);
    FUZZ_CHECK(run->odd_next || run->in_the_way);
    run->state = STATE_INIT;
    return false;
}

static void
leave(struct run *run)
{
    struct stat st;

    state_leave(&run->state);
    FUZZ_CHECK(run->is_stuck ==
               (fstatat(run->dir, NEXT, &st, AT_SYMLINK_NOFOLLOW) == 0));
}

/* Nobody else, not even here. */
static void
enter_twice(const struct run *run)
{
    AUTO_STATE second = STATE_INIT;
    struct tw_error err = {0};

    FUZZ_CHECK(state_enter(run->path, NAME, &second, &err) == TW_E_RETRY);
    fuzz_check_message(&err);
}

/* False: it is written, but could not take its place yet. */
static bool
keep(struct run *run, const char *text)
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    struct tw_error err = {0};
    enum tw_status status;

    FUZZ_CHECK(secret_append_text(&token, text));
    status = state_store(&run->state, FINGERPRINT, &token, &err);
    if (!status)
        status = state_settle(&run->state, &err);
    if (status)
        fuzz_check_message(&err);
    if (!text_is_token(text, strlen(text))) {
        FUZZ_CHECK(status == TW_E_PROTOCOL);
        return true;
    }
    FUZZ_CHECK(!status == !run->in_the_way);
    run->is_stuck = status != TW_OK;
    (void)snprintf(run->token, sizeof run->token, "%s", text);
    return !status;
}

/* What was in the way is taken out of it. */
static void
get_unstuck(struct run *run)
{
    FUZZ_CHECK(unlinkat(run->dir, NAME, AT_REMOVEDIR) == 0);
    run->is_stuck = run->in_the_way = false;
    FUZZ_CHECK(enter(run));
    check_token(run);
}

/* A kill while the next token was being stored: some of its bytes are there.
 * The file is put aside, for what is killed does not tidy up. */
static bool
be_killed(struct run *run)
{
    static const char TEXT[] =
        "tokenward-state=1\nprofile=" NAME "\nfingerprint=" FINGERPRINT
        "\nkept_at=1\nrefresh_token=kill3d\n";
    size_t stored = script_below(sizeof TEXT);

    if (!state_reserve(&run->state, NULL) && run->state.map)
        memcpy(run->state.map, TEXT, stored);
    else
        stored = 0;
    FUZZ_CHECK(renameat(run->dir, NEXT, run->dir, ASIDE) == 0);
    state_leave(&run->state);
    FUZZ_CHECK(renameat(run->dir, ASIDE, run->dir, NEXT) == 0);
    if (stored == sizeof TEXT - 1)
        (void)strcpy(run->token, "kill3d");
    run->is_stuck = !enter(run);
    return !run->is_stuck;
}

/* One decision; false: nothing more is done, as nobody would. */
static bool
step(struct run *run)
{
    static const char *const TOKENS[] = {"f1rst", "s3cond", "",
                                         "a b",   "a\nb",   "\x7f"};

    switch (script_below(8)) {
    case 1:
        return keep(run, TOKENS[script_below(6)]);
    case 2:
        FUZZ_CHECK(state_reserve(&run->state, NULL) == TW_OK);
        return true;
    case 3:
        if (state_drop(&run->state, NULL) == TW_OK)
            run->token[0] = '\0';
        else
            FUZZ_CHECK(run->in_the_way);
        return true;
    case 4:
        leave(run);
        return enter(run);
    case 5:
        return be_killed(run);
    case 6:
        enter_twice(run);
        return true;
    default:
        check_token(run);
        return true;
    }
}

/* Up to the first line's end, and the two texts behind it. */
static void
cut(const uint8_t *data, size_t n, struct run *run)
{
    const uint8_t *stop = n ? memchr(data, '\n', n) : NULL, *half;
    size_t first = stop ? (size_t)(stop - data) : n, rest;

    script_begin(data, first);
    if (!stop)
        return;
    rest = n - first - 1;
    run->kept = (struct piece){stop + 1, rest};
    half = rest ? memmem(stop + 1, rest, "\n\n", 2) : NULL;
    if (!half)
        return;
    run->kept.n = (size_t)(half - stop); /* with the LF */
    run->next = (struct piece){half + 2, rest - run->kept.n - 1};
}

void
fuzz_state(const uint8_t *data, size_t n)
{
    static const struct piece MINE = {(const uint8_t *)"mine", 4};
    bool is_directory;
    struct run run;

    begin(&run);
    cut(data, n, &run);
    put(run.dir, VICTIM, 0600, MINE);
    (void)plant(&run, NAME, run.kept, &run.in_the_way);
    run.odd_next = !plant(&run, NEXT, run.next, &is_directory) ||
                   is_later(run.kept) || is_later(run.next);
    if (enter(&run)) {
        read_token(&run, FINGERPRINT, run.token);
        FUZZ_CHECK(!run.token[0] || strlen(run.token) == 63 ||
                   holds(run.kept, run.token) || holds(run.next, run.token));
        for (int i = 0; i < STEPS_MAX && step(&run); i++)
            ;
    }
    if (run.state.dir >= 0)
        leave(&run);
    if (run.is_stuck) {
        get_unstuck(&run);
        leave(&run);
    }
    script_end();
    end(&run);
}
