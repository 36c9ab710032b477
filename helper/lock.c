/* SPDX-License-Identifier: MIT */
/*
 * lock.c - see lock.h.
 *
 * flock(2), so a killed holder lets go at once and a stopped one is waited
 * for only until the deadline.  Waiting is done by the kernel; a timer
 * signal, repeated so that none can be missed, ends it, also when whoever
 * started us had it blocked.  The file says who holds it.  If somebody removed
 * or replaced the file meanwhile, what is held is not what others will ask
 * for, and it is opened anew.
 */
#include "helper/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define TRIES 8
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

/* flock(2) with a deadline: 0 or an errno. */
static int
wait_for(int fd, int64_t deadline_ms)
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

/* @held: as it looked when it was opened.  Whoever holds it writes into it
 * first of all, so an empty one is new. */
static bool
is_still_there(const struct lock_file *file, const struct stat *held)
{
    struct stat named;

    if (fstatat(file->dir, file->name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
        held->st_dev != named.st_dev || held->st_ino != named.st_ino)
        return false;
    if (file->is_new)
        *file->is_new = named.st_size == 0;
    return true;
}

static enum tw_status
tell_holder(const struct lock_file *file, int fd, struct tw_error *err)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;

    if (pid <= 0)
        return tw_fail(err, TW_E_RETRY, "%s by another process", file->busy);
    return tw_fail(err, TW_E_RETRY, "%s by process %ld", file->busy, pid);
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
    if (fd < 0 && errno != ELOOP && errno != ENXIO && errno != EISDIR)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", file->shown);
    return tw_fail(err, TW_E_ACCESS,
                   "%s: is not a plain file of ours\n"
                   "see who made it, then remove it",
                   file->shown);
}

enum tw_status
lock_take(const struct lock_file *file, int64_t deadline_ms, int *out,
          struct tw_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        AUTO_CLOSE int fd = -1;
        char text[24];
        struct stat st;
        enum tw_status status = open_lock(file, &fd, &st, err);
        int rc;

        if (status)
            return status;
        rc = wait_for(fd, deadline_ms);
        if (rc == EWOULDBLOCK)
            return tell_holder(file, fd, err);
        if (rc)
            return tw_fail_errno(err, TW_E_SYSTEM, rc, "locking %s",
                                 file->shown);
        if (!is_still_there(file, &st))
            continue;
        (void)snprintf(text, sizeof text, "%-10ld\n", (long)getpid());
        (void)!pwrite(fd, text, strlen(text), 0);
        *out = take_fd(&fd);
        return TW_OK;
    }
    return tw_fail(err, TW_E_RETRY, "%s: keeps vanishing", file->shown);
}
