/* SPDX-License-Identifier: MIT */
/*
 * bring.c - see bring.h.
 *
 * A profile that the resident helper does not know may be newer than its last
 * look, so a helper is started for it all the same.  A program with raised
 * privileges rings nobody.
 */
#include "provider/base/bring.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "provider/base/clock.h"
#include "provider/base/doorbell.h"
#include "provider/base/spawn.h"

/* About; before one rings again, doubled each time up to the most. */
#define PAUSE_MS 20
#define PAUSE_MAX_MS 640

/* What a helper takes; who asks for more wants the most there is, too. */
static int64_t
sayable(int64_t min_valid)
{
    return min_valid < TIME_MAX_S ? min_valid : TIME_MAX_S;
}

/* Not 0: that would be no wait at all. */
static int
left_ms(int64_t until_ms)
{
    int64_t left = until_ms - clock_monotonic_ms();

    return left > 1 ? (int)left : 1;
}

static bool
may_ring(const char *dir)
{
    return dir[0] && !getauxval(AT_SECURE);
}

static bool
system_owner(const struct runtime *runtime, uid_t *owner)
{
    struct stat st;

    if (!may_ring(runtime->system) || lstat(runtime->system, &st) < 0 ||
        !S_ISDIR(st.st_mode))
        return false;
    *owner = st.st_uid;
    return true;
}

enum tw_status
bring_token(const struct runtime *runtime, const char *profile,
            int64_t min_valid, int64_t until_ms, struct tw_error *err)
{
    char seconds[24];
    const char *const plain[] = {"fetch", "--", profile, NULL};
    const char *const fresh[] = {"fetch", "--min-valid", seconds,
                                 "--",    profile,       NULL};
    bool is_there = false;
    enum tw_status status = TW_OK;

    if (may_ring(runtime->user))
        status = doorbell_ensure(runtime->user, geteuid(), profile,
                                 sayable(min_valid), left_ms(until_ms),
                                 &is_there, err);
    if (is_there && status != TW_E_NOT_FOUND)
        return status;
    (void)snprintf(seconds, sizeof seconds, "%" PRId64, sayable(min_valid));
    return spawn_helper(min_valid < 0 ? plain : fresh, left_ms(until_ms), err);
}

void
bring_ahead(const struct runtime *runtime, const char *profile)
{
    const char *const args[] = {"fetch", "--background", "--", profile, NULL};
    bool is_there = false;

    if (may_ring(runtime->user))
        (void)doorbell_ensure(runtime->user, geteuid(), profile,
                              TW_MIN_VALID_DEFAULT, 0, &is_there, NULL);
    if (!is_there)
        (void)spawn_helper(args, 0, NULL);
}

/* Another number for each of those who come at once.  Not arc4random(3): that
 * ends a process that may not ask for random numbers. */
static int64_t
jitter(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_nsec / 16;
}

/* doorbell_ensure() or doorbell_reject(). */
typedef enum tw_status ring_for(const char *dir, uid_t owner,
                                const char *profile, int64_t number,
                                int wait_ms, bool *is_there,
                                struct tw_error *err);

/* All users of a host may come at once, more than are let in; and one that was
 * killed is started again by its service manager, which keeps the socket. */
static enum tw_status
ring_again(ring_for *ring, const char *dir, uid_t owner, const char *profile,
           int64_t number, int64_t until_ms, bool *is_there,
           struct tw_error *err)
{
    int64_t pause_ms = PAUSE_MS;
    enum tw_status status;

    for (;;) {
        int rest_ms = (int)(pause_ms / 2 + jitter() % pause_ms);

        status = ring(dir, owner, profile, number, left_ms(until_ms), is_there,
                      err);
        if (*is_there || status != TW_E_RETRY || left_ms(until_ms) <= rest_ms)
            return status;
        (void)poll(NULL, 0, rest_ms);
        pause_ms = pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : pause_ms;
    }
}

enum tw_status
bring_system_token(const struct runtime *runtime, const char *profile,
                   int64_t min_valid, int64_t until_ms, struct tw_error *err)
{
    bool is_there;
    uid_t owner;

    if (!system_owner(runtime, &owner))
        return tw_fail(err, TW_E_NOT_FOUND, "no resident helper is there");
    return ring_again(doorbell_ensure, runtime->system, owner, profile,
                      sayable(min_valid), until_ms, &is_there, err);
}

int
bring_system_call(const struct runtime *runtime, const char *command,
                  const char *profile)
{
    uid_t owner;

    return system_owner(runtime, &owner)
               ? doorbell_call(runtime->system, owner, command, profile)
               : -1;
}

static enum tw_status
reject_system(const struct runtime *runtime, const char *profile,
              int64_t generation, int64_t until_ms, struct tw_error *err)
{
    bool is_there = false;
    uid_t owner;
    enum tw_status status = TW_OK;

    if (system_owner(runtime, &owner))
        status = ring_again(doorbell_reject, runtime->system, owner, profile,
                            generation, until_ms, &is_there, err);
    return is_there || status == TW_E_RETRY
               ? status
               : tw_fail(err, TW_E_ACCESS,
                         "the token of '%s' is the system's: its service "
                         "alone drops it, and is not there",
                         profile);
}

enum tw_status
bring_rejection(const struct runtime *runtime, bool system,
                const char *profile, int64_t generation, int64_t until_ms,
                struct tw_error *err)
{
    char number[24];
    const char *const args[] = {"reject", "--generation", number,
                                "--",     profile,        NULL};
    bool is_there = false;
    enum tw_status status = TW_OK;

    if (system)
        return reject_system(runtime, profile, generation, until_ms, err);
    if (may_ring(runtime->user))
        status = doorbell_reject(runtime->user, geteuid(), profile, generation,
                                 left_ms(until_ms), &is_there, err);
    if (is_there && status != TW_E_NOT_FOUND)
        return status;
    (void)snprintf(number, sizeof number, "%" PRId64, generation);
    return spawn_helper(args, left_ms(until_ms), err);
}
