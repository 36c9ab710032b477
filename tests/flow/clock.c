/* SPDX-License-Identifier: MIT */
/*
 * clock.c - clocks of a test's own, to be preloaded: they have slept, were
 * set, or time has passed.
 *
 * $TEST_CLOCK names a file with one line, twice, since it is read while it is
 * written: BOOT_OFFSET WALL_OFFSET PASSED.  A clock is so many seconds ahead,
 * and both are PASSED seconds more, of which nobody is told.  The monotonic
 * clock is left alone: what waits for a server waits for a real one.
 *
 * A process that sleeps learns of a new line when it looks at a clock next;
 * then its timers are armed anew, and that on the wall clock goes off, as the
 * kernel does when the clock is set.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define FDS 1024
#define PAGE 4096 /* the file's size */
#define LINE 256
#define PRELOADED __attribute__((visibility("default")))

/* On a machine of 32 bits the calls with wide times have names of their own,
 * which the C library's headers give what is defined here, too. */
#if __TIMESIZE == 32
#define NEXT_GETTIME "__clock_gettime64"
#define NEXT_SETTIME "__timerfd_settime64"
#else
#define NEXT_GETTIME "clock_gettime"
#define NEXT_SETTIME "timerfd_settime"
#endif

struct line {
    long long boot_offset, wall_offset, passed;
};

static struct line line;
static const char *page; /* of the file; descriptors are closed by some */
static struct timer {
    int is_there;
    clockid_t clock;
    int flags;
    struct itimerspec at;
} timers[FDS];

static int (*next_gettime)(clockid_t, struct timespec *);
static int (*next_create)(int, int);
static int (*next_settime)(int, int, const struct itimerspec *,
                           struct itimerspec *);

static void *
next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        abort();
    return found;
}

__attribute__((constructor)) static void
begin(void)
{
    const char *path = getenv("TEST_CLOCK");
    int fd;

    *(void **)&next_gettime = next(NEXT_GETTIME);
    *(void **)&next_create = next("timerfd_create");
    *(void **)&next_settime = next(NEXT_SETTIME);
    fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        abort();
    (void)close(fd);
}

static int
arm(int fd)
{
    struct itimerspec at = timers[fd].at;

    if (timers[fd].clock == CLOCK_BOOTTIME &&
        (at.it_value.tv_sec || at.it_value.tv_nsec)) {
        at.it_value.tv_sec -= line.boot_offset + line.passed;
        if (at.it_value.tv_sec < 0)
            at.it_value = (struct timespec){.tv_nsec = 1};
    }
    return next_settime(fd, timers[fd].flags, &at, NULL);
}

static void
look(void)
{
    struct line new;
    char text[2 * LINE];
    int was_set;

    memcpy(text, page, sizeof text);
    if (memcmp(text, text + LINE, LINE) != 0)
        return;
    text[LINE - 1] = '\0';
    if (sscanf(text, "%lld %lld %lld\n", &new.boot_offset, &new.wall_offset,
               &new.passed) != 3 ||
        memcmp(&new, &line, sizeof new) == 0)
        return;
    was_set = new.wall_offset != line.wall_offset;
    line = new;
    for (int fd = 0; fd < FDS; fd++) {
        const struct itimerspec now = {.it_value = {.tv_nsec = 1}};

        if (timers[fd].is_there && timers[fd].clock == CLOCK_BOOTTIME)
            (void)arm(fd);
        else if (timers[fd].is_there && was_set)
            (void)next_settime(fd, 0, &now, NULL);
    }
}

PRELOADED int
clock_gettime(clockid_t clock, struct timespec *out)
{
    int rc;

    look();
    rc = next_gettime(clock, out);
    if (rc == 0 && clock == CLOCK_REALTIME)
        out->tv_sec += line.wall_offset + line.passed;
    if (rc == 0 && clock == CLOCK_BOOTTIME)
        out->tv_sec += line.boot_offset + line.passed;
    return rc;
}

#if __TIMESIZE == 32
/* What those call whose times are narrow. */
struct narrow {
    long tv_sec, tv_nsec;
};
PRELOADED int narrow_gettime(clockid_t clock,
                             struct narrow *out) __asm__("clock_gettime");

int
narrow_gettime(clockid_t clock, struct narrow *out)
{
    struct timespec wide;
    int rc = clock_gettime(clock, &wide);

    if (rc == 0)
        *out = (struct narrow){(long)wide.tv_sec, wide.tv_nsec};
    return rc;
}
#endif

PRELOADED int
timerfd_create(clockid_t clock, int flags)
{
    int fd = next_create(clock, flags);

    if (fd >= 0 && fd < FDS)
        timers[fd] = (struct timer){.is_there = 1, .clock = clock};
    return fd;
}

PRELOADED int
timerfd_settime(int fd, int flags, const struct itimerspec *at,
                struct itimerspec *old)
{
    (void)old;
    look();
    timers[fd].flags = flags;
    timers[fd].at = *at;
    return arm(fd);
}
