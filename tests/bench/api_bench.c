/* SPDX-License-Identifier: MIT */
/*
 * api_bench.c - what a get costs in a running program, against reading the
 * same record file: medians of many rounds, taken in turn.
 *
 * usage: api_bench PROFILE RECORD-FILE
 */
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "provider/tokenward.h"

#define ROUNDS 101
#define HOT 20000 /* calls in one round */
#define COLD 200
#define BATCH 20 /* handles at once: few enough to stay in the caches */

static double
now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static double
median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

static void
must(int status, const struct tw_error *err)
{
    if (status) {
        (void)fprintf(stderr, "api_bench: %s\n", err->message);
        exit(1);
    }
}

static double
time_reads(const char *path)
{
    static char buffer[131072];
    double start = now_ns();

    for (int i = 0; i < COLD; i++) {
        struct stat st;
        int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 || fstat(fd, &st) < 0 ||
            read(fd, buffer, sizeof buffer) <= 0 || close(fd) < 0)
            exit(1);
    }
    return (now_ns() - start) / COLD;
}

static double
time_hot(struct tw_handle *handle)
{
    double start = now_ns();

    for (int i = 0; i < HOT; i++) {
        struct tw_token *token;

        if (tw_get(handle, TW_MIN_VALID_DEFAULT, &token, NULL))
            exit(1);
        tw_token_free(token);
    }
    return (now_ns() - start) / HOT;
}

/* The first gets of fresh handles, or, @whole, all from open to close. */
static double
time_batch(const char *profile, int whole)
{
    static struct tw_handle *handles[BATCH];
    static struct tw_token *tokens[BATCH];
    struct tw_error err;
    double start = now_ns(), end;

    for (int i = 0; i < BATCH; i++)
        must(tw_open(profile, &handles[i], &err), &err);
    if (!whole)
        start = now_ns();
    for (int i = 0; i < BATCH; i++)
        must(tw_get(handles[i], TW_MIN_VALID_DEFAULT, &tokens[i], &err), &err);
    end = now_ns();
    for (int i = 0; i < BATCH; i++) {
        tw_token_free(tokens[i]);
        tw_close(handles[i]);
    }
    return (whole ? now_ns() : end) - start;
}

static double
time_first(const char *profile, int whole)
{
    double sum = 0;

    for (int i = 0; i < COLD / BATCH; i++)
        sum += time_batch(profile, whole);
    return sum / COLD;
}

int
main(int argc, char **argv)
{
    static double reads[ROUNDS], hot[ROUNDS], first[ROUNDS], whole[ROUNDS];
    struct tw_handle *handle;
    struct tw_error err;
    double read_ns, hot_ns, first_ns, whole_ns;

    if (argc != 3)
        return 2;
    /* Pages given back after a round would be paid for in the next one. */
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    must(tw_open(argv[1], &handle, &err), &err);
    for (int i = 0; i < ROUNDS; i++) {
        reads[i] = time_reads(argv[2]);
        hot[i] = time_hot(handle);
        first[i] = time_first(argv[1], 0);
        whole[i] = time_first(argv[1], 1);
    }
    tw_close(handle);
    read_ns = median(reads);
    hot_ns = median(hot);
    first_ns = median(first);
    whole_ns = median(whole);
    (void)printf("%-44s %9.0f ns\n", "open+fstat+read+close of the record",
                 read_ns);
    (void)printf("%-44s %9.1f ns  1/%.0f  (goal: under 50 ns, 1/60) %s\n",
                 "get+free, the token in the handle", hot_ns, read_ns / hot_ns,
                 hot_ns < 50 && read_ns / hot_ns >= 60 ? "met" : "NOT MET");
    (void)printf("%-44s %9.0f ns  %.2f  (goal: 1.20) %s\n",
                 "first get of a handle", first_ns, first_ns / read_ns,
                 first_ns / read_ns <= 1.2 ? "met" : "NOT MET");
    (void)printf("%-44s %9.0f ns  %.2f\n", "open, first get, free and close",
                 whole_ns, whole_ns / read_ns);
    return 0;
}
