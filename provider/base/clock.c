/* SPDX-License-Identifier: MIT */
/*
 * clock.c - see clock.h.  A boottime of another boot is never compared.
 *
 * The boot's id costs three system calls, so it is read only where the clocks
 * disagree: if both say the same, it does not matter which one is believed.
 */
#include "provider/base/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "provider/base/auto.h"

#define APART_MAX_S 2 /* roundings of two clocks */

static int64_t
seconds_of(clockid_t id)
{
    struct timespec t;

    if (clock_gettime(id, &t) < 0)
        return 0;
    return t.tv_sec;
}

struct now
clock_now(void)
{
    return (struct now){.wall = seconds_of(CLOCK_REALTIME),
                        .boot = seconds_of(CLOCK_BOOTTIME)};
}

int64_t
clock_monotonic_ms(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) < 0)
        return 0;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Each thread reads it once.  Of the model that needs no call into the dynamic
 * linker: 37 bytes are there for any library. */
const char *
clock_boot_id(void)
{
    static _Thread_local char id[BOOT_ID_LEN + 1]
        __attribute__((tls_model("initial-exec")));

    if (!id[0]) {
        AUTO_CLOSE int fd =
            open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

        if (fd < 0 || read(fd, id, BOOT_ID_LEN) != BOOT_ID_LEN)
            memset(id, 0, sizeof id);
    }
    return id;
}

struct moment
moment_after(struct now now, int64_t seconds)
{
    struct moment moment = {.wall = now.wall + seconds,
                            .boot = now.boot + seconds};

    memcpy(moment.boot_id, clock_boot_id(), sizeof moment.boot_id);
    return moment;
}

int64_t
moment_left(const struct moment *moment, struct now now)
{
    int64_t wall = moment->wall - now.wall;
    int64_t boot = moment->boot - now.boot;
    int64_t apart = wall - boot;

    if (apart >= -APART_MAX_S && apart <= APART_MAX_S)
        return boot < wall ? boot : wall;
    if (!moment->boot_id[0] || strcmp(moment->boot_id, clock_boot_id()) != 0)
        return wall;
    return boot < wall ? boot : wall;
}
