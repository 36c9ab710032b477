/* SPDX-License-Identifier: MIT */
/*
 * script_run.c - runs scripts against pam_tokenward's own objects; see
 * script.h.
 *
 *   script FILE...
 *
 * Prints TAP: each script is one case, and what was otherwise is shown.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_modules.h>

#include "tests/pam/script.h"

#define DESCRIPTORS_MAX 256 /* that are looked at */

static const struct {
    const char *name;
    int value;
} NUMBERS[] = {
    /* flags */
    {"PAM_SILENT", (int)PAM_SILENT},
    {"PAM_ESTABLISH_CRED", PAM_ESTABLISH_CRED},
    {"PAM_DELETE_CRED", PAM_DELETE_CRED},
    {"PAM_REINITIALIZE_CRED", PAM_REINITIALIZE_CRED},
    {"PAM_REFRESH_CRED", PAM_REFRESH_CRED},
    {"PAM_DISALLOW_NULL_AUTHTOK", PAM_DISALLOW_NULL_AUTHTOK},
    /* results */
    {"PAM_SUCCESS", PAM_SUCCESS},
    {"PAM_IGNORE", PAM_IGNORE},
    {"PAM_SESSION_ERR", PAM_SESSION_ERR},
    {"PAM_CRED_ERR", PAM_CRED_ERR},
};

static const struct {
    const char *name;
    int (*call)(pam_handle_t *pamh, int flags, int argc, const char **argv);
} CALLS[] = {
    {"authenticate", pam_sm_authenticate},
    {"setcred", pam_sm_setcred},
    {"open_session", pam_sm_open_session},
    {"close_session", pam_sm_close_session},
};

static int
number_of(const char *names, size_t n, const char *line)
{
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        if (strlen(NUMBERS[i].name) == n &&
            strncmp(NUMBERS[i].name, names, n) == 0)
            return NUMBERS[i].value;
    }
    script_die("no such flag or result", line);
}

static int
flags_of(const char *names, const char *line)
{
    int flags = 0;

    while (*names && *names != ')') {
        size_t n = strcspn(names, "|)");

        flags |= number_of(names, n, line);
        names += n + (names[n] == '|');
    }
    return flags;
}

struct run {
    const struct script *script;
    pam_handle_t *pamh;
    const char *user;
    bool good;
};

/* Which signals this host blocks, one bit each. */
static uint64_t
blocked(void)
{
    uint64_t bits = 0;
    sigset_t set;

    if (sigprocmask(SIG_BLOCK, NULL, &set) < 0)
        script_die("no signals", "");
    for (int i = 1; i < NSIG; i++)
        bits |= sigismember(&set, i) == 1 ? UINT64_C(1) << (i - 1) : 0;
    return bits;
}

static unsigned
descriptors(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* -1: the host blocks other signals than before, or has more descriptors. */
static int
call(const struct run *run, const char *line)
{
    const struct lines_of *options = &run->script->sections[SECTION_OPTIONS];
    const char *open = strchr(line, '(');
    const uint64_t before = blocked();
    const unsigned open_before = descriptors();

    for (size_t i = 0; open && i < sizeof CALLS / sizeof *CALLS; i++) {
        size_t n = strlen(CALLS[i].name);

        if (line + n == open && strncmp(line, CALLS[i].name, n) == 0) {
            int result = CALLS[i].call(
                run->pamh, flags_of(open + 1, line), (int)options->count,
                (const char **)(uintptr_t)options->line);

            return blocked() == before && descriptors() == open_before ? result
                                                                       : -1;
        }
    }
    script_die("no such call", line);
}

/* In a process of its own: what it does to the handle is gone with it.
 * @closed: the descriptors that the host does not have, a digit each. */
static int
call_in_child(const struct run *run, const char *closed, const char *line)
{
    pid_t pid = fork();
    int state;

    if (pid == 0) {
        for (; *closed >= '0' && *closed <= '9'; closed++)
            (void)close(*closed - '0');
        _exit(call(run, line));
    }
    if (pid < 0 || waitpid(pid, &state, 0) < 0 || !WIFEXITED(state))
        script_die("no process", line);
    return WEXITSTATUS(state);
}

static void
take_step(struct run *run, const char *line)
{
    static const char CHILD[] = "child ", WITHOUT[] = "without ";
    const char *wanted = strstr(line, " = ");
    int result;

    if (strcmp(line, "handle") == 0) {
        fake_pam_end(run->pamh);
        run->pamh = fake_pam_start(run->user);
        return;
    }
    if (strcmp(line, "await") == 0) {
        fake_helper_await();
        return;
    }
    if (!wanted)
        script_die("no line of [run]", line);
    wanted += 3;
    if (strncmp(line, CHILD, sizeof CHILD - 1) == 0)
        result = call_in_child(run, "", line + sizeof CHILD - 1);
    else if (strncmp(line, WITHOUT, sizeof WITHOUT - 1) == 0)
        result = call_in_child(run, line + sizeof WITHOUT - 1,
                               strchr(line + sizeof WITHOUT, ' ') + 1);
    else
        result = call(run, line);
    if (result != number_of(wanted, strlen(wanted), line)) {
        (void)printf("# %s, and not %d\n", line, result);
        run->good = false;
    }
}

static void
show(const char *title, const char *text)
{
    (void)printf("# %s:\n", title);
    while (*text) {
        size_t n = strcspn(text, "\n");

        (void)printf("#   %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void
compare(struct run *run, enum section section, const char *name,
        const char *got)
{
    static char wanted[FAKE_TEXT_MAX];

    script_joined(&run->script->sections[section], wanted, sizeof wanted);
    if (strcmp(got, wanted) == 0)
        return;
    (void)printf("# %s\n", name);
    show("got", got);
    show("wanted", wanted);
    run->good = false;
}

static char tree[FAKE_TEXT_MAX];

/* A session's file has a process's number for its name. */
static int
visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
    const char *below = path + strlen(fake.root);
    size_t n = strlen(tree);
    const char *file = strrchr(below, '/');

    (void)type;
    if (at->level < 1 || strcmp(below, "/run") == 0)
        return 0;
    if (strstr(below, "/.sessions/") && S_ISREG(st->st_mode))
        (void)snprintf(tree + n, sizeof tree - n, "%.*s/PROCESS",
                       (int)(file - below - 1), below + 1);
    else
        (void)snprintf(tree + n, sizeof tree - n, "%s", below + 1);
    n = strlen(tree);
    (void)snprintf(tree + n, sizeof tree - n, " %o %ld\n",
                   (unsigned)st->st_mode & 07777,
                   (long)fake_owner(st->st_dev, st->st_ino, st->st_uid));
    return 0;
}

static int
compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *
look_at_tree(void)
{
    static char sorted[sizeof tree];
    struct lines_of lines = {0};
    char *at = tree;

    tree[0] = '\0';
    (void)nftw(fake.root, visit, 8, FTW_PHYS);
    while (*at && lines.count < FAKE_LINES_MAX) {
        lines.line[lines.count++] = at;
        at += strcspn(at, "\n");
        *at++ = '\0';
    }
    qsort(lines.line, lines.count, sizeof *lines.line, compare_lines);
    script_joined(&lines, sorted, sizeof sorted);
    return sorted;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static bool
run_script(const char *path)
{
    static char text[FAKE_TEXT_MAX];
    struct script *script = script_read(path);
    struct run run = {.script = script, .good = true};
    char *user;
    const char *base = getenv("TMPDIR");

    (void)snprintf(fake.root, sizeof fake.root, "%s/tokenward-script.XXXXXX",
                   base ? base : "/tmp");
    if (!mkdtemp(fake.root))
        script_die("no scratch directory", path);
    user = script_world(script);
    run.user = user;
    run.pamh = fake_pam_start(user);
    for (size_t i = 0; i < script->sections[SECTION_RUN].count; i++)
        take_step(&run, script->sections[SECTION_RUN].line[i]);
    fake.fault_count = 0;
    (void)snprintf(text, sizeof text, "%u\n", fake_helper_left());
    if (script->has[SECTION_LEFT] || strcmp(text, "0\n") != 0)
        compare(&run, SECTION_LEFT, "processes left", text);
    fake_helper_seen(text, sizeof text);
    compare(&run, SECTION_EXEC, "the helper's start", text);
    fake_pam_environment(run.pamh, text, sizeof text);
    compare(&run, SECTION_ENVIRONMENT, "environment", text);
    fake_pam_end(run.pamh);
    fake_pam_log(text, sizeof text);
    compare(&run, SECTION_LOG, "log", text);
    if (script->has[SECTION_TREE])
        compare(&run, SECTION_TREE, "tree", look_at_tree());
    (void)nftw(fake.root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(user);
    script_free(script);
    return run.good;
}

int
main(int argc, char **argv)
{
    bool good = true;

    /* What is left behind falls to us, and can be counted. */
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
    (void)signal(SIGHUP, SIG_IGN); /* as a host may, of any number */
    (void)signal(SIGRTMAX, SIG_IGN);
    for (int i = 1; i < argc; i++) {
        bool passed = run_script(argv[i]);
        const char *slash = strrchr(argv[i], '/');

        (void)printf("%s %d - %s\n", passed ? "ok" : "not ok", i,
                     slash ? slash + 1 : argv[i]);
        (void)fflush(stdout);
        good = good && passed;
    }
    (void)printf("1..%d\n", argc - 1);
    return !good || fflush(stdout) != 0;
}
