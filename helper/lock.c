/* SPDX-License-Identifier: MIT */
/*
 * lock.c - one fetch for each profile at a time.
 *
 * flock(2), so a killed holder lets go at once and a stopped one is waited
 * for only until the deadline.  Waiting is done by the kernel; a timer
 * signal, repeated so that none can be missed, ends it.  The file says who
 * holds it.  If somebody removed or replaced the file meanwhile, what is held
 * is not what others will ask for, and it is opened anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "helper/store.h"
#include "provider/base/auto.h"

#define LOCK_FILE "lock"
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
    int64_t left = deadline_ms - clock_monotonic_ms();
    int rc;

    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK || left <= 0)
        return errno;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGALRM, &action, &before);
    set_timer(left);
    do
        rc = flock(fd, LOCK_EX) < 0 ? errno : 0;
    while (rc == EINTR && clock_monotonic_ms() < deadline_ms);
    set_timer(0);
    (void)sigaction(SIGALRM, &before, NULL);
    return rc == EINTR ? EWOULDBLOCK : rc;
}

static bool
is_still_there(int dir, int fd)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 &&
           fstatat(dir, LOCK_FILE, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static enum tw_status
tell_holder(int fd, const char *name, struct tw_error *err)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;

    if (pid <= 0)
        return tw_fail(err, TW_E_RETRY,
                       "'%s' is being fetched by another process", name);
    return tw_fail(err, TW_E_RETRY, "'%s' is being fetched by process %ld",
                   name, pid);
}

static enum tw_status
open_lock(const struct store_profile *profile, int *out, struct tw_error *err)
{
    AUTO_CLOSE int fd =
        openat(profile->dir, LOCK_FILE,
               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
        st.st_nlink <= 1 && st.st_uid == geteuid()) {
        *out = take_fd(&fd);
        return TW_OK;
    }
    if (fd < 0 && errno != ELOOP && errno != ENXIO && errno != EISDIR)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s/" LOCK_FILE,
                             profile->store->path, profile->name);
    return tw_fail(err, TW_E_ACCESS,
                   "%s/%s/" LOCK_FILE ": is not a plain file of ours\n"
                   "see who made it, then remove it",
                   profile->store->path, profile->name);
}

enum tw_status
store_lock(struct store_profile *profile, int64_t deadline_ms,
           struct tw_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        AUTO_CLOSE int fd = -1;
        char text[24];
        enum tw_status status = open_lock(profile, &fd, err);
        int rc;

        if (status)
            return status;
        rc = wait_for(fd, deadline_ms);
        if (rc == EWOULDBLOCK)
            return tell_holder(fd, profile->name, err);
        if (rc)
            return tw_fail_errno(err, TW_E_SYSTEM, rc, "locking '%s'",
                                 profile->name);
        if (!is_still_there(profile->dir, fd))
            continue;
        (void)snprintf(text, sizeof text, "%-10ld\n", (long)getpid());
        (void)!pwrite(fd, text, strlen(text), 0);
        profile->lock = take_fd(&fd);
        return TW_OK;
    }
    return tw_fail(err, TW_E_RETRY, "the lock file of '%s' keeps vanishing",
                   profile->name);
}
