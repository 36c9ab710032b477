/* SPDX-License-Identifier: MIT */
/*
 * lock.c - see lock.h.
 *
 * flock(2), so a killed holder lets go at once and a stopped one is waited
 * for only until the deadline.  Waiting is done by the kernel; a timer
 * signal, repeated so that none can be missed, ends it, also when whoever
 * started us had it blocked.  The file says who holds it: a pid is written by
 * all but the one who is known otherwise, for ten thousand of them are a page
 * of memory each.  If somebody removed or replaced the file meanwhile, what is
 * held is not what others will ask for, and it is opened anew.
 *
 * The second lock is one of fcntl(2), of the open file: a file that is there
 * already is two locks that way.  On a file system where flock(2) is made of
 * those (NFS) one process has both, or waits for another's.
 */
#include "helper/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define TRIES 8
#define GUARD_NAP_NS 1000000
#define AGAIN_MS 20 /* repeats of the timer once the deadline has come */

static void
do_nothing(int signal_number)
{
    (void)signal_number;
}

static void
set_timer(int64_t first_ms)
{
    struct itimerval timer = {
        .it_value = {.tv_sec = first_ms / 1000,
                     .tv_usec = (first_ms % 1000) * 1000},
        .it_interval = {.tv_usec = first_ms ? AGAIN_MS * 1000 : 0}};

    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* With a deadline: 0 or an errno. */
typedef int wait_lock(int fd, int64_t deadline_ms);

/* It is held for a few renames, and any thread may want it: no signals. */
static int
wait_second(int fd, int64_t deadline_ms)
{
    const struct timespec nap = {.tv_nsec = GUARD_NAP_NS};

    for (;;) {
        struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

        if (fcntl(fd, F_OFD_SETLK, &all) == 0)
            return 0;
        if (errno != EACCES && errno != EAGAIN && errno != EINTR)
            return errno;
        if (clock_monotonic_ms() >= deadline_ms)
            return EWOULDBLOCK;
        (void)nanosleep(&nap, NULL);
    }
}

void
lock_open_guard(int guard)
{
    struct flock all = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

    (void)fcntl(guard, F_OFD_SETLK, &all);
}

static int
wait_first(int fd, int64_t deadline_ms)
{
    struct sigaction action = {.sa_handler = do_nothing}, before;
    sigset_t alarm_alone, blocked;
    int64_t left = deadline_ms - clock_monotonic_ms();
    int rc;

    do
        rc = flock(fd, LOCK_EX | LOCK_NB) < 0 ? errno : 0;
    while (rc == EINTR);
    if (rc != EWOULDBLOCK || left <= 0)
        return rc;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGALRM, &action, &before);
    (void)sigemptyset(&alarm_alone);
    (void)sigaddset(&alarm_alone, SIGALRM);
    (void)sigprocmask(SIG_UNBLOCK, &alarm_alone, &blocked);
    set_timer(left);
    do
        rc = flock(fd, LOCK_EX) < 0 ? errno : 0;
    while (rc == EINTR && clock_monotonic_ms() < deadline_ms);
    set_timer(0);
    (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
    (void)sigaction(SIGALRM, &before, NULL);
    return rc == EINTR ? EWOULDBLOCK : rc;
}

/* Is what is held, as it was when it was opened, what others open? */
static bool
is_still_there(const struct lock_file *file, const struct stat *held)
{
    struct stat named;

    return fstatat(file->dir, file->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held->st_dev == named.st_dev && held->st_ino == named.st_ino;
}

static long
read_holder(int fd)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);

    return n > 0 ? strtol(text, NULL, 10) : 0;
}

static int
open_to_read(const struct lock_file *file)
{
    return openat(file->dir, file->name,
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static enum tw_status
tell_pid(const struct lock_file *file, long pid, struct tw_error *err)
{
    if (pid <= 0)
        return tw_fail(err, TW_E_RETRY, "%s by another process", file->busy);
    return tw_fail(err, TW_E_RETRY, "%s by process %ld", file->busy, pid);
}

static enum tw_status
tell_holder(const struct lock_file *file, int fd, struct tw_error *err)
{
    long pid = read_holder(fd);

    if (pid <= 0 && file->usual) {
        AUTO_CLOSE int usual = open_to_read(file->usual);

        pid = read_holder(usual);
    }
    return tell_pid(file, pid, err);
}

enum tw_status
lock_tell(const struct lock_file *file, struct tw_error *err)
{
    AUTO_CLOSE int fd = open_to_read(file);

    return tell_holder(file, fd, err);
}

bool
lock_is_held(const struct lock_file *file)
{
    AUTO_CLOSE int fd = open_to_read(file);

    return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static bool
is_foreign(const struct lock_file *file)
{
    struct stat st;

    return fstatat(file->dir, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           st.st_uid != geteuid();
}

static enum tw_status
open_lock(const struct lock_file *file, int *out, struct stat *st,
          struct tw_error *err)
{
    AUTO_CLOSE int fd =
        openat(file->dir, file->name,
               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

    if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
        st->st_nlink <= 1 && st->st_uid == geteuid()) {
        *out = take_fd(&fd);
        return TW_OK;
    }
    if (fd < 0 && errno != ELOOP && errno != ENXIO && errno != EISDIR &&
        !(errno == EACCES && is_foreign(file)))
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", file->shown);
    return tw_fail(err, TW_E_ACCESS,
                   "%s: is not a plain file of ours\n"
                   "see who made it, then remove it",
                   file->shown);
}

/* Opens and holds it. */
static enum tw_status
take(const struct lock_file *file, wait_lock *wait, int64_t deadline_ms,
     int *out, struct tw_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        AUTO_CLOSE int fd = -1;
        struct stat st;
        enum tw_status status = open_lock(file, &fd, &st, err);
        int rc;

        if (status)
            return status;
        rc = wait(fd, deadline_ms);
        if (rc == EWOULDBLOCK && wait == wait_first)
            return tell_holder(file, fd, err);
        if (rc == EWOULDBLOCK)
            return tw_fail(err, TW_E_RETRY, "%s by another process",
                           file->busy);
        if (rc)
            return tw_fail_errno(err, TW_E_SYSTEM, rc, "locking %s",
                                 file->shown);
        if (is_still_there(file, &st)) {
            *out = take_fd(&fd);
            return TW_OK;
        }
    }
    return tw_fail(err, TW_E_RETRY, "%s: keeps vanishing", file->shown);
}

static bool
is_empty(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_size == 0;
}

enum tw_status
lock_take(const struct lock_file *file, int64_t deadline_ms, int *out,
          struct tw_error *err)
{
    enum tw_status status = take(file, wait_first, deadline_ms, out, err);
    char text[24];

    if (status)
        return status;
    if (!file->is_nameless || !is_empty(*out)) {
        (void)snprintf(text, sizeof text, "%-10ld\n", (long)getpid());
        (void)!pwrite(*out, text, strlen(text), 0);
    }
    return TW_OK;
}

enum tw_status
lock_guard(const struct lock_file *file, int held, int64_t deadline_ms,
           int *out, struct tw_error *err)
{
    struct stat st;

    if (held >= 0 && fstat(held, &st) == 0 &&
        wait_second(held, deadline_ms) == 0) {
        if (is_still_there(file, &st)) {
            *out = held;
            return TW_OK;
        }
        lock_open_guard(held);
    }
    return take(file, wait_second, deadline_ms, out, err);
}
