/* SPDX-License-Identifier: MIT */
/*
 * replay.c - a harness without an engine: the files named, one after the
 * other.  So `make check` builds and runs them all with any compiler.
 *
 * With --cost first each file is read by a process of its own, and what the
 * dearest took beyond one with nothing to read is printed: "MS KIB".  What
 * else the machine does only adds to a process's time, so a file that would be
 * the dearest is read again, and the shortest counts.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/base/auto.h"
#include "tests/fuzz/engine.h"

#define SEED_MAX (8 * 1024 * 1024)
#define LOOKS 5

struct cost {
    long ms, kib; /* processor time; memory at its most */
};

static bool
read_file(const char *path, uint8_t *bytes, size_t *n)
{
    AUTO_FCLOSE FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        return false;
    }
    *n = fread(bytes, 1, SEED_MAX, file);
    return true;
}

static long
ms_of(struct timeval time)
{
    return (long)time.tv_sec * 1000 + (long)time.tv_usec / 1000;
}

/* In a child, which ends without a word. */
static bool
weigh(const uint8_t *bytes, size_t n, struct cost *out)
{
    struct rusage usage;
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(LLVMFuzzerTestOneInput(bytes, n));
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
        return false;
    *out = (struct cost){ms_of(usage.ru_utime) + ms_of(usage.ru_stime),
                         usage.ru_maxrss};
    return true;
}

/* No more looks than show that it takes no longer than @most. */
static bool
weigh_again(const uint8_t *bytes, size_t n, const struct cost *none,
            const struct cost *most, struct cost *out)
{
    long least = LONG_MAX;

    for (int look = 0; look < LOOKS && least > most->ms; look++) {
        if (!weigh(bytes, n, out))
            return false;
        out->ms -= none->ms;
        least = out->ms < least ? out->ms : least;
    }
    out->ms = least;
    out->kib -= none->kib;
    return true;
}

static bool
weigh_all(char *const *paths, uint8_t *bytes)
{
    static const struct cost NOTHING = {0, 0}, LESS = {-1, -1};
    struct cost none, one, most = NOTHING;

    if (!weigh_again(bytes, 0, &NOTHING, &LESS, &none))
        return false;
    for (; *paths; paths++) {
        size_t n;

        if (!read_file(*paths, bytes, &n) ||
            !weigh_again(bytes, n, &none, &most, &one))
            return false;
        most.ms = one.ms > most.ms ? one.ms : most.ms;
        most.kib = one.kib > most.kib ? one.kib : most.kib;
    }
    (void)fprintf(stderr, "%ld %ld\n", most.ms, most.kib);
    return true;
}

static bool
replay_all(char *const *paths, uint8_t *bytes)
{
    size_t n;

    for (; *paths; paths++) {
        if (!read_file(*paths, bytes, &n) || LLVMFuzzerTestOneInput(bytes, n))
            return false;
    }
    return true;
}

int
main(int argc, char **argv)
{
    /* Its pages are this process's already when a child is weighed. */
    AUTO_FREE uint8_t *bytes = malloc(SEED_MAX);

    (void)LLVMFuzzerInitialize(&argc, &argv);
    if (!bytes)
        return 1;
    memset(bytes, 0, SEED_MAX);
    if (argc > 1 && strcmp(argv[1], "--cost") == 0)
        return !weigh_all(argv + 2, bytes);
    return !replay_all(argv + 1, bytes);
}
