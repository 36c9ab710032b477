/* SPDX-License-Identifier: MIT */
/*
 * edit.c - tokenward edit: an editor on a copy of a profiles file, which is
 * checked before it takes the file's place, as visudo(8) does.
 *
 * The trap is whoever asks for no lock, as any other editor: what they have
 * written meanwhile would be undone, so the person is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "provider/base/clock.h"
#include "provider/base/spawn.h"
#include "provider/cli/command.h"
#include "provider/cli/edit_copy.h"
#include "provider/cli/edit_file.h"
#include "provider/cli/guard.h"
#include "provider/cli/terminal.h"

#define NO_EDITOR 127
#define AT_ONCE_MS 1000 /* nobody edits in less */

static enum tw_status
find(const char *word, struct edit_copy *edit, struct tw_error *err)
{
    char chosen[PATH_MAX];
    enum tw_status status = edit_file(word, chosen, err);

    if (status)
        return status;
    if (!realpath(chosen, edit->path)) {
        (void)tw_fail_errno(err, TW_E_NOT_FOUND, errno, "%s", chosen);
        error_hint(err, word ? "tokenward explain NAME tells where a profile "
                               "stands"
                             : "tokenward init writes a first profile");
        return TW_E_NOT_FOUND;
    }
    return TW_OK;
}

/* Whoever closed one of 0, 1 and 2 would have a file of ours in its place, and
 * an editor that fails for want of it. */
static void
fill_descriptors(void)
{
    int null;

    do
        null = open("/dev/null", O_RDWR);
    while (null >= 0 && null <= STDERR_FILENO);
    if (null >= 0)
        (void)close(null);
}

/* The exit status of @run in a process of its own; -1: there was none. */
static int
wait_for(void (*run)(const struct edit_copy *edit),
         const struct edit_copy *edit)
{
    int status = 0;
    pid_t pid = fork(), ended;

    if (pid == 0) {
        (void)signal(SIGINT, SIG_DFL);
        (void)signal(SIGQUIT, SIG_DFL);
        (void)signal(SIGPIPE, SIG_DFL); /* what was said ignores it */
        run(edit);
        _exit(NO_EDITOR);
    }
    do
        ended = pid > 0 ? waitpid(pid, &status, 0) : -1;
    while (pid > 0 && ended < 0 && errno == EINTR);
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The first that can be run: Debian's choice, POSIX's, and what small systems
 * have instead. */
static void
run_any_editor(const char *copy)
{
    static const char *const EDITORS[] = {"editor", "vi", "nano"};

    for (size_t i = 0; i < sizeof EDITORS / sizeof *EDITORS; i++)
        (void)execlp(EDITORS[i], EDITORS[i], copy, (char *)NULL);
}

static void
run_editor(const struct edit_copy *edit)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    const char *chosen = visual && visual[0] ? visual : editor;
    char line[PATH_MAX];

    guard_end();
    if (!chosen || !chosen[0])
        run_any_editor(edit->copy);
    else if (snprintf(line, sizeof line, "%s \"$1\"", chosen) <
             (int)sizeof line)
        (void)execl("/bin/sh", "sh", "-c", line, "editor", edit->copy,
                    (char *)NULL);
}

/* Its answer is the exit status, and what it says on stderr.  What may stand
 * in a file depends on who can read it, so it is told whose mode the copy will
 * have; until it is found good, nobody else can read it. */
static void
run_check(const struct edit_copy *edit)
{
    const char *const words[] = {"check", "--for",    edit->path,
                                 "--",    edit->copy, NULL};
    struct tw_error err;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (null >= 0)
        (void)dup2(null, STDOUT_FILENO);
    (void)spawn_in_place(words, &err);
    terminal_error(PROGRAM, &err);
    _exit(status_exit_code(err.status));
}

/* Then it is told; and what was edited may be in a directory that is not the
 * one that was copied in, and stays there. */
static bool
is_outdated(const struct edit_copy *edit)
{
    bool is_astray = edit_copy_is_astray(edit);
    struct tw_error err;

    if (!edit_copy_is_outdated(edit))
        return false;
    (void)tw_fail(&err, TW_E_RETRY,
                  "%s: was changed by somebody else meanwhile%s%s", edit->path,
                  is_astray ? "\nits directory is another one, and what was "
                              "edited may be in "
                            : "",
                  is_astray ? edit->copy : "");
    terminal_warning(PROGRAM, &err);
    return true;
}

static volatile sig_atomic_t has_enough; /* pressed Ctrl-C */

static void
on_interrupt(int signal_number)
{
    (void)signal_number;
    has_enough = 1;
}

/* 'e', 'x' or 'Q'; without a terminal nobody can say so: 'x'.  So does who
 * presses Ctrl-C, which is heard while an answer is waited for. */
static char
what_now(void)
{
    const struct sigaction heard = {.sa_handler = on_interrupt},
                           ignored = {.sa_handler = SIG_IGN};
    static const char QUESTION[] =
        "What now? e: edit again, x: leave the file as it is, Q: replace it "
        "all the same: ";
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    char line[64] = "";
    sigset_t held, before;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    (void)sigaction(SIGINT, &heard, NULL);
    while (isatty(STDIN_FILENO)) {
        (void)!write(STDERR_FILENO, QUESTION, strlen(QUESTION));
        (void)ppoll(&terminal, 1, NULL, &before);
        if (has_enough || !fgets(line, sizeof line, stdin))
            (void)strcpy(line, "x\n");
        if (strchr("exQ", line[0]) && line[1] == '\n')
            break;
        line[0] = '\0'; /* no answer, should the terminal be gone by now */
    }
    (void)sigaction(SIGINT, &ignored, NULL);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return line[0] ? line[0] : 'x';
}

/* Who has edited, in a window that the editor did not wait for, is told why
 * nothing of it is there. */
static void
say_unchanged(const struct edit_copy *edit, int64_t took_ms)
{
    struct tw_error err;

    (void)tw_fail(&err, TW_OK, "%s: nothing was changed%s", edit->path,
                  took_ms < AT_ONCE_MS
                      ? "\nan editor with a window of its own has to wait "
                        "for it, as in EDITOR='code --wait'"
                      : "");
    terminal_error(PROGRAM, &err);
}

/* Until it is good, or given up; nothing that was edited is lost before a
 * person says so. */
static enum tw_status
edit_copy(struct edit_copy *edit, int *exit_code, struct tw_error *err)
{
    for (;;) {
        int64_t begun_ms = clock_monotonic_ms();
        bool outdated;
        int checked;
        char next;

        if (wait_for(run_editor, edit) != 0)
            return tw_fail(
                err, TW_E_USAGE,
                "the editor failed, or there is none; the file is as "
                "it was\nVISUAL or EDITOR names one");
        if (!edit_copy_is_changed(edit)) {
            say_unchanged(edit, clock_monotonic_ms() - begun_ms);
            return TW_OK;
        }
        checked = wait_for(run_check, edit);
        outdated = is_outdated(edit);
        next = checked == 0 && !outdated ? 'Q' : what_now();
        for (; next == 'Q'; next = what_now()) {
            if (!outdated) { /* it may be since the question was asked */
                outdated = is_outdated(edit);
                if (outdated)
                    continue;
            }
            if (!edit_copy_replace(edit, err))
                return TW_OK;
            terminal_error(PROGRAM, err);
            checked = status_exit_code(err->status);
        }
        if (next == 'e')
            continue;
        if (checked)
            *exit_code = checked > 0 ? checked : status_exit_code(TW_E_SYSTEM);
        return tw_fail(err, TW_E_RETRY, "%s %s", edit->path,
                       outdated ? "was not replaced" : "is as it was");
    }
}

enum tw_status
command_edit(const struct options *options, int *exit_code,
             struct tw_error *err)
{
    AUTO_EDIT_COPY edit = EDIT_COPY_INIT;
    enum tw_status status;

    /* Who ignores it is told no exit status of a child: any would be 0. */
    (void)signal(SIGCHLD, SIG_DFL);
    fill_descriptors();
    status = find(options->name_count ? options->names[0] : NULL, &edit, err);
    if (!status)
        status = edit_copy_make(&edit, err);
    if (status)
        return status;
    (void)signal(SIGINT, SIG_IGN); /* the editor's */
    (void)signal(SIGQUIT, SIG_IGN);
    return edit_copy(&edit, exit_code, err);
}
