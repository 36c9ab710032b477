/* SPDX-License-Identifier: MIT */
/*
 * edit.c - tokenward edit: an editor on a copy of a profiles file, which is
 * checked before it takes the file's place, as visudo(8) does.
 *
 * The copy lies beside the file, so that paths in it lead where they will,
 * with a name that no reader of profiles looks at.  The file itself is locked
 * (flock(2)) and never written: until the copy is renamed over it, whole and
 * with the same owner and mode, every reader finds it as it was.
 *
 * The trap is whoever asks for no lock, as any other editor: what they have
 * written meanwhile would be undone, so the person is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "provider/base/mark.h"
#include "provider/base/spawn.h"
#include "provider/cli/command.h"
#include "provider/cli/edit_file.h"
#include "provider/cli/guard.h"
#include "provider/cli/terminal.h"

#define COPY_PREFIX ".edit." /* no reader looks at a name with a dot */
#define NO_SHELL 127
#define CHUNK 4096

struct edit {
    char path[PATH_MAX]; /* of the file, without links */
    char copy[PATH_MAX];
    int file;     /* locked */
    int original; /* what was copied, in memory */
    struct stat before;
    bool copied; /* there is a copy, to be removed */
};

static void
auto_edit(struct edit *edit)
{
    if (edit->copied)
        (void)unlink(edit->copy);
    auto_close(&edit->file);
    auto_close(&edit->original);
}

static enum tw_status
find(const char *word, struct edit *edit, struct tw_error *err)
{
    char chosen[PATH_MAX];
    const char *base;
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
    base = strrchr(edit->path, '/') + 1;
    if (snprintf(edit->copy, sizeof edit->copy, "%.*s" COPY_PREFIX "%s",
                 (int)(base - edit->path), edit->path,
                 base) >= (int)sizeof edit->copy)
        return tw_fail(err, TW_E_USAGE, "the path is too long");
    return TW_OK;
}

/* Opened, ours, locked, and still the one of that path. */
static enum tw_status
lock(struct edit *edit, struct tw_error *err)
{
    struct stat now;

    edit->file =
        open(edit->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (edit->file < 0 || fstat(edit->file, &edit->before) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", edit->path);
    if (!S_ISREG(edit->before.st_mode) ||
        (edit->before.st_uid != geteuid() && geteuid() != 0))
        return tw_fail(err, TW_E_ACCESS, "%s: is no file of yours",
                       edit->path);
    if (flock(edit->file, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK
                   ? tw_fail(err, TW_E_RETRY, "%s: is being edited",
                             edit->path)
                   : tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", edit->path);
    if (lstat(edit->path, &now) < 0 || now.st_ino != edit->before.st_ino ||
        now.st_dev != edit->before.st_dev)
        return tw_fail(err, TW_E_RETRY, "%s: was replaced just now",
                       edit->path);
    return TW_OK;
}

/* All @size bytes of @from. */
static bool
pour(int to, int from, off_t size)
{
    off_t at = 0;

    while (at < size) {
        ssize_t n = sendfile(to, from, &at, (size_t)(size - at));

        if (n == 0)
            errno = EIO; /* it has become shorter */
        if (n <= 0)
            return false;
    }
    return true;
}

/* What a killed editing left behind is nobody's: the lock is ours. */
static enum tw_status
copy(struct edit *edit, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;

    (void)unlink(edit->copy);
    fd = open(edit->copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
              0600);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", edit->copy);
    edit->copied = true;
    if (fchmod(fd, 0600) < 0) /* whatever the umask left of it */
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", edit->copy);
    edit->original = memfd_create("tokenward-edit", MFD_CLOEXEC);
    if (edit->original < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "memfd_create");
    if (!pour(edit->original, edit->file, edit->before.st_size) ||
        !pour(fd, edit->original, edit->before.st_size))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", edit->copy);
    return TW_OK;
}

/* The exit status of @run in a process of its own; -1: there was none. */
static int
wait_for(void (*run)(const struct edit *edit), const struct edit *edit)
{
    int status = 0;
    pid_t pid = fork(), ended;

    if (pid == 0) {
        (void)signal(SIGINT, SIG_DFL);
        (void)signal(SIGQUIT, SIG_DFL);
        (void)signal(SIGPIPE, SIG_DFL); /* what was said ignores it */
        run(edit);
        _exit(NO_SHELL);
    }
    do
        ended = pid > 0 ? waitpid(pid, &status, 0) : -1;
    while (pid > 0 && ended < 0 && errno == EINTR);
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
run_editor(const struct edit *edit)
{
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    const char *chosen = visual && visual[0]   ? visual
                         : editor && editor[0] ? editor
                                               : "vi";
    char line[PATH_MAX];

    guard_end();
    if (snprintf(line, sizeof line, "%s \"$1\"", chosen) < (int)sizeof line)
        (void)execl("/bin/sh", "sh", "-c", line, "editor", edit->copy,
                    (char *)NULL);
}

/* Its answer is the exit status, and what it says on stderr.  What may stand
 * in a file depends on who can read it, so it is told whose mode the copy will
 * have; until it is found good, nobody else can read it. */
static void
run_check(const struct edit *edit)
{
    const char *const words[] = {"check", "--for",    edit->path,
                                 "--",    edit->copy, NULL};
    struct tw_error err;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (null >= 0)
        (void)dup2(null, STDOUT_FILENO);
    if (spawn_in_place(words, &err))
        terminal_error(PROGRAM, &err);
}

/* From what was copied, whatever became of that since. */
static bool
is_changed(const struct edit *edit)
{
    AUTO_CLOSE int copy =
        open(edit->copy, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char before[CHUNK], after[CHUNK];
    ssize_t n, m;
    off_t at = 0;

    do {
        n = pread(edit->original, before, sizeof before, at);
        m = pread(copy, after, sizeof after, at);
        if (n < 0 || n != m || memcmp(before, after, (size_t)n) != 0)
            return true;
        at += n;
    } while (n > 0);
    return false;
}

/* Did somebody else change the file meanwhile, or its owner or mode?  Then it
 * is told. */
static bool
is_outdated(const struct edit *edit)
{
    struct tw_error err;
    struct mark before;

    mark_of(&edit->before, &before);
    if (mark_is_current(edit->path, before.text))
        return false;
    (void)tw_fail(&err, TW_E_RETRY,
                  "%s: was changed by somebody else meanwhile", edit->path);
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
        if (ppoll(&terminal, 1, NULL, &before) < 0 && errno == EINTR &&
            !has_enough)
            continue; /* it was stopped, and goes on */
        if (has_enough || !fgets(line, sizeof line, stdin))
            (void)strcpy(line, "x\n");
        if (strchr("exQ", line[0]) && line[1] == '\n')
            break;
    }
    (void)sigaction(SIGINT, &ignored, NULL);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return line[0] ? line[0] : 'x';
}

/* The copy as the editor left it, perhaps another file by now: not one that
 * has a name elsewhere, which root would give away where it edits for a user
 * whose directory it is. */
static enum tw_status
open_copy(const struct edit *edit, int *out, struct stat *st,
          struct tw_error *err)
{
    AUTO_CLOSE int fd =
        open(edit->copy, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 || fstat(fd, st) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", edit->copy);
    if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() || st->st_nlink != 1)
        return tw_fail(err, TW_E_ACCESS, "%s: is no file of yours alone",
                       edit->copy);
    *out = take_fd(&fd);
    return TW_OK;
}

static enum tw_status
replace(struct edit *edit, struct tw_error *err)
{
    const mode_t mode = edit->before.st_mode & 0777;
    AUTO_CLOSE int fd = -1;
    AUTO_CLOSE int dir = -1;
    struct stat st = {0};
    enum tw_status status = open_copy(edit, &fd, &st, err);

    if (status)
        return status;
    if (fchmod(fd, mode) < 0 ||
        ((st.st_uid != edit->before.st_uid ||
          st.st_gid != edit->before.st_gid) &&
         fchown(fd, edit->before.st_uid, edit->before.st_gid) < 0) ||
        fsync(fd) < 0 || rename(edit->copy, edit->path) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s: was not replaced",
                             edit->path);
    edit->copied = false;
    *strrchr(edit->copy, '/') = '\0';
    dir = open(edit->copy[0] ? edit->copy : "/",
               O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0)
        (void)fsync(dir);
    return TW_OK;
}

/* Until it is good, or given up. */
static enum tw_status
edit_copy(struct edit *edit, int *exit_code, struct tw_error *err)
{
    for (;;) {
        bool outdated;
        int checked;

        if (wait_for(run_editor, edit) != 0)
            return tw_fail(err, TW_E_USAGE,
                           "the editor failed, and the file is as it was\n"
                           "VISUAL or EDITOR names one");
        if (!is_changed(edit))
            return TW_OK;
        checked = wait_for(run_check, edit);
        outdated = is_outdated(edit);
        if (checked == 0 && !outdated)
            return replace(edit, err);
        switch (what_now()) {
        case 'e':
            break;
        case 'Q':
            return replace(edit, err);
        default:
            if (checked)
                *exit_code =
                    checked > 0 ? checked : status_exit_code(TW_E_SYSTEM);
            return tw_fail(err, TW_E_RETRY, "%s %s", edit->path,
                           outdated ? "was not replaced" : "is as it was");
        }
    }
}

enum tw_status
command_edit(const struct options *options, int *exit_code,
             struct tw_error *err)
{
    AUTO(auto_edit) struct edit edit = {.file = -1, .original = -1};
    enum tw_status status;

    /* Who ignores it is told no exit status of a child: any would be 0. */
    (void)signal(SIGCHLD, SIG_DFL);
    status = find(options->name_count ? options->names[0] : NULL, &edit, err);
    if (!status)
        status = lock(&edit, err);
    if (!status)
        status = copy(&edit, err);
    if (status)
        return status;
    (void)signal(SIGINT, SIG_IGN); /* the editor's */
    (void)signal(SIGQUIT, SIG_IGN);
    return edit_copy(&edit, exit_code, err);
}
