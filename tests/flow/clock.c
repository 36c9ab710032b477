/* SPDX-License-Identifier: MIT */
/*
 * clock.c - clocks of a test's own, to be preloaded: they run faster, have
 * slept, or were set.
 *
 * $TEST_CLOCK names a file with one line: RATE BOOT_BASE WALL_BASE BOOT_OFFSET
 * WALL_OFFSET.  From its base on (ns) a clock runs RATE times as fast, and
 * is so many seconds ahead.  The monotonic clock is left alone: what waits
 * for a server waits for a real one.
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

#define NS 1000000000LL
#define FDS 1024
#define PAGE 4096 /* the file's size */
#define LINE 256
#define PRELOADED __attribute__((visibility("default")))

struct line {
    long long rate, boot_base, wall_base, boot_offset, wall_offset;
};

static struct line line = {.rate = 1};
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

    *(void **)&next_gettime = next("clock_gettime");
    *(void **)&next_create = next("timerfd_create");
    *(void **)&next_settime = next("timerfd_settime");
    fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        abort();
    (void)close(fd);
}

/* From the kernel's time to ours, and back. */
static long long
to_ours(long long ns, clockid_t clock)
{
    long long base = clock == CLOCK_REALTIME ? line.wall_base : line.boot_base;
    long long offset =
        clock == CLOCK_REALTIME ? line.wall_offset : line.boot_offset;

    return base + (ns - base) * line.rate + offset * NS;
}

static long long
to_theirs(long long ns)
{
    return line.boot_base +
           (ns - line.boot_offset * NS - line.boot_base) / line.rate;
}

static int
arm(int fd)
{
    struct itimerspec at = timers[fd].at;
    long long ns = (long long)at.it_value.tv_sec * NS + at.it_value.tv_nsec;

    if (timers[fd].clock == CLOCK_BOOTTIME && ns) {
        ns = to_theirs(ns);
        at.it_value.tv_sec = ns / NS;
        at.it_value.tv_nsec = ns % NS + 1;
    }
    return next_settime(fd, timers[fd].flags, &at, NULL);
}

static void
look(void)
{
    struct line new;
    char text[LINE];
    int was_set;

    memcpy(text, page, sizeof text);
    text[LINE - 1] = '\0';
    if (sscanf(text, "%lld %lld %lld %lld %lld\n", &new.rate, &new.boot_base,
               &new.wall_base, &new.boot_offset, &new.wall_offset) != 5 ||
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
    long long ns;
    int rc;

    look();
    rc = next_gettime(clock, out);
    if (rc || (clock != CLOCK_REALTIME && clock != CLOCK_BOOTTIME))
        return rc;
    ns = to_ours((long long)out->tv_sec * NS + out->tv_nsec, clock);
    out->tv_sec = ns / NS;
    out->tv_nsec = ns % NS;
    return 0;
}

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
