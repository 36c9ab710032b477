/* SPDX-License-Identifier: MIT */
/*
 * replay.c - a harness without an engine: the files named, one after the
 * other.  So `make check` builds and runs them all with any compiler.
 *
 * With --cost first each file is read by a process of its own, and what the
 * dearest took beyond one with nothing to read is printed: "MS KIB".
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/base/auto.h"
#include "tests/fuzz/engine.h"

#define SEED_MAX (8 * 1024 * 1024)

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

static bool
weigh_all(char *const *paths, uint8_t *bytes)
{
    struct cost none, one, most = {0, 0};

    if (!weigh(bytes, 0, &none))
        return false;
    for (; *paths; paths++) {
        size_t n;

        if (!read_file(*paths, bytes, &n) || !weigh(bytes, n, &one))
            return false;
        one.ms -= none.ms;
        one.kib -= none.kib;
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
