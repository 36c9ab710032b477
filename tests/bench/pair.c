/* SPDX-License-Identifier: MIT */
/* pair: times whole processes against one another in one run.
 *
 * usage: pair [-n ROUNDS] [-w WARMUP] [-b NAME] NAME=COMMAND...
 *   -b  the command the ratios are to (default: the first one)
 *
 * COMMAND is split at spaces (no shell, no quoting); its first word is looked
 * up in PATH. A word '<FILE' makes FILE its stdin; else stdin is /dev/null.
 * A word '!' says that it has to end with another status than 0.
 * stdout and stderr go to /dev/null. In every round each command runs once,
 * in turn, so that drift of the machine hits all of them; the ratio column is
 * the median over rounds of (this command / the base command) in that round.
 * A command that follows a heavy one starts on colder caches: put a filler
 * first where that matters.
 * Time: CLOCK_MONOTONIC from before posix_spawn to after wait4.
 * Exit status 1 when any run of any command failed (the row says so).
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAXCMD 48
extern char **environ;
struct cmd {
    char *name, *argv[64], *in;
    double *us, *ratio;
    long rss;
    int refuses, failed;
};

static int
cmp(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
run(struct cmd *c)
{
    posix_spawn_file_actions_t fa;
    struct timespec a, b;
    struct rusage ru;
    pid_t pid;
    int st;
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, 0, c->in ? c->in : "/dev/null",
                                     O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
    clock_gettime(CLOCK_MONOTONIC, &a);
    if (posix_spawnp(&pid, c->argv[0], &fa, NULL, c->argv, environ)) {
        perror(c->argv[0]);
        exit(2);
    }
    wait4(pid, &st, 0, &ru);
    clock_gettime(CLOCK_MONOTONIC, &b);
    posix_spawn_file_actions_destroy(&fa);
    if (!WIFEXITED(st) || (WEXITSTATUS(st) != 0) != c->refuses)
        c->failed++;
    if (ru.ru_maxrss > c->rss)
        c->rss = ru.ru_maxrss;
    return (double)(b.tv_sec - a.tv_sec) * 1e6 +
           (double)(b.tv_nsec - a.tv_nsec) / 1e3;
}

int
main(int argc, char **argv)
{
    static struct cmd c[MAXCMD];
    int n = 200, w = 10, nc = 0, opt, bad = 0, base = 0;
    const char *bname = NULL;
    while ((opt = getopt(argc, argv, "n:w:b:")) != -1) {
        if (opt == 'n')
            n = atoi(optarg);
        else if (opt == 'w')
            w = atoi(optarg);
        else if (opt == 'b')
            bname = optarg;
        else
            return 2;
    }
    for (; optind < argc && nc < MAXCMD; optind++, nc++) {
        char *eq = strchr(argv[optind], '=');
        if (!eq) {
            fprintf(stderr, "pair: NAME=COMMAND wanted\n");
            return 2;
        }
        *eq = 0;
        c[nc].name = argv[optind];
        int k = 0;
        for (char *t = strtok(eq + 1, " "); t && k < 63;
             t = strtok(NULL, " ")) {
            if (*t == '<')
                c[nc].in = t + 1;
            else if (!strcmp(t, "!"))
                c[nc].refuses = 1;
            else
                c[nc].argv[k++] = t;
        }
        c[nc].us = malloc(sizeof(double) * (size_t)n);
        c[nc].ratio = malloc(sizeof(double) * (size_t)n);
    }
    if (!nc || n < 1) {
        fprintf(stderr, "usage: pair [-n N] [-w W] NAME=COMMAND...\n");
        return 2;
    }
    for (int j = 0; bname && j < nc; j++)
        if (!strcmp(c[j].name, bname))
            base = j;
    for (int i = 0; i < w; i++)
        for (int j = 0; j < nc; j++)
            run(&c[j]);
    for (int j = 0; j < nc; j++)
        c[j].failed = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < nc; j++)
            c[j].us[i] = run(&c[j]);
        for (int j = 0; j < nc; j++)
            c[j].ratio[i] = c[j].us[i] / c[base].us[i];
    }
    printf("%-34s %10s %10s %10s %9s %9s\n", "command", "median_us", "min_us",
           "p95_us", "ratio", "peak_KiB");
    for (int j = 0; j < nc; j++) {
        qsort(c[j].us, (size_t)n, sizeof(double), cmp);
        qsort(c[j].ratio, (size_t)n, sizeof(double), cmp);
        printf("%-34s %10.0f %10.0f %10.0f %9.2f %9ld", c[j].name,
               c[j].us[n / 2], c[j].us[0], c[j].us[n * 95 / 100],
               c[j].ratio[n / 2], c[j].rss);
        if (c[j].failed) {
            printf("  %d of %d FAILED", c[j].failed, n);
            bad = 1;
        }
        putchar('\n');
    }
    return bad;
}
