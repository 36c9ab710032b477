/* SPDX-License-Identifier: MIT */
/*
 * published.c - from the start of a command until COUNT tokens are published.
 *
 * usage: published COUNT RUNTIME-DIRECTORY COMMAND...
 *
 * The count is read from the runtime directory's epoch page, which grows by
 * one with each publication: reading it costs the command nothing.  Then the
 * command is told to end.  Prints wall and processor seconds.
 */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "provider/base/epoch.h"

#define WAIT_MS 120000

extern char **environ;

static double
now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t
read_epoch(struct epoch *epoch, const char *dir)
{
    if (!epoch->page)
        epoch_map(dir, geteuid(), epoch);
    return epoch_value(epoch);
}

int
main(int argc, char **argv)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    struct epoch epoch = {.page = NULL};
    struct rusage used;
    uint64_t count;
    double begin, end;
    pid_t pid;
    int status, left = WAIT_MS;

    if (argc < 4)
        return 2;
    count = strtoull(argv[1], NULL, 10);
    begin = now();
    if (posix_spawnp(&pid, argv[3], NULL, NULL, argv + 3, environ) != 0)
        return 1;
    while (read_epoch(&epoch, argv[2]) < count && left-- > 0)
        (void)nanosleep(&nap, NULL);
    end = now();
    (void)kill(pid, SIGTERM);
    if (wait4(pid, &status, 0, &used) < 0 || status != 0 || left <= 0) {
        (void)fprintf(stderr, "published: %llu of %llu, status %d\n",
                      (unsigned long long)epoch_value(&epoch),
                      (unsigned long long)count, status);
        return 1;
    }
    (void)printf("%.3f %.3f\n", end - begin,
                 (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) /
                         1e6);
    return 0;
}
