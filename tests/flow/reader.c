/* SPDX-License-Identifier: MIT */
/*
 * reader.c - a program with libtokenward: opens a profile, gets its token
 * twice, and ends with the status that came.
 *
 * usage: reader [--reject | --many[=SECONDS] | --held | --later |
 *                --min-valid=SECONDS] PROFILE
 * --reject: says before the second time that the first one was refused, and
 * again behind it: the second is another one, and stays.
 * --many: by sixteen threads at once, one that lives so long.
 * --held: once more when it can open no file any more.
 * --later: gets none at first, says so, and tries again at the end of its
 * input.
 * --min-valid=SECONDS: one that lives so long.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <tokenward.h>

#define NOT_AS_TOLD (-1)
#define THREADS 16

static int
get_twice(struct tw_handle *handle, int64_t min_valid, struct tw_error *err)
{
    struct tw_token *token = NULL;
    int status = 0;

    for (int i = 0; i < 2 && !status; i++) {
        tw_token_free(token);
        token = NULL;
        status = tw_get(handle, min_valid, &token, err);
    }
    if (!status && !strlen(tw_token_value(token)))
        status = NOT_AS_TOLD;
    tw_token_free(token);
    return status;
}

/* A sanitizer opens files at the end. */
static int
get_held(struct tw_handle *handle, struct tw_error *err)
{
    struct rlimit before, none;
    int status = get_twice(handle, 0, err);

    if (status)
        return status;
    if (getrlimit(RLIMIT_NOFILE, &before) < 0)
        return NOT_AS_TOLD;
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &none) < 0)
        return NOT_AS_TOLD;
    status = get_twice(handle, 0, err);
    (void)setrlimit(RLIMIT_NOFILE, &before);
    return status;
}

static int
get_later(struct tw_handle *handle, struct tw_error *err)
{
    if (!get_twice(handle, 0, err))
        return NOT_AS_TOLD;
    (void)puts("none yet");
    (void)fflush(stdout);
    while (getchar() != EOF)
        ;
    return get_twice(handle, 0, err);
}

static int
get_and_reject(struct tw_handle *handle, struct tw_error *err)
{
    struct tw_token *tokens[3] = {NULL, NULL, NULL};
    int status = 0;

    for (int i = 0; i < 3 && !status; i++) {
        status = tw_get(handle, 0, &tokens[i], err);
        if (!status)
            status = tw_reject(handle, tokens[0], err);
    }
    if (!status &&
        (strcmp(tw_token_value(tokens[0]), tw_token_value(tokens[1])) == 0 ||
         strcmp(tw_token_value(tokens[1]), tw_token_value(tokens[2])) != 0))
        status = NOT_AS_TOLD;
    for (int i = 0; i < 3; i++)
        tw_token_free(tokens[i]);
    return status;
}

struct one {
    struct tw_handle *handle;
    int64_t min_valid;
    pthread_barrier_t *start;
    int status;
    struct tw_error err;
};

static void *
get_one(void *arg)
{
    struct one *one = arg;
    struct tw_token *token = NULL;

    (void)pthread_barrier_wait(one->start);
    one->status = tw_get(one->handle, one->min_valid, &token, &one->err);
    tw_token_free(token);
    return NULL;
}

static int
get_by_many(struct tw_handle *handle, int64_t min_valid, struct tw_error *err)
{
    struct one all[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    int status = 0;

    (void)pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        all[i] = (struct one){
            .handle = handle, .min_valid = min_valid, .start = &start};
        if (pthread_create(&threads[i], NULL, get_one, &all[i]))
            return NOT_AS_TOLD;
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
        if (!status && all[i].status)
            *err = all[i].err;
        status = status ? status : all[i].status;
    }
    (void)pthread_barrier_destroy(&start);
    return status;
}

static int
run(const char *option, struct tw_handle *handle, struct tw_error *err)
{
    if (strcmp(option, "--reject") == 0)
        return get_and_reject(handle, err);
    if (strcmp(option, "--many") == 0)
        return get_by_many(handle, 0, err);
    if (strncmp(option, "--many=", 7) == 0)
        return get_by_many(handle, atoll(option + 7), err);
    if (strcmp(option, "--held") == 0)
        return get_held(handle, err);
    if (strcmp(option, "--later") == 0)
        return get_later(handle, err);
    if (strncmp(option, "--min-valid=", 12) == 0)
        return get_twice(handle, atoll(option + 12), err);
    return option[0] ? TW_E_USAGE : get_twice(handle, 0, err);
}

int
main(int argc, char **argv)
{
    struct tw_handle *handle = NULL;
    struct tw_error err = {0};
    int status = argc == 2 || argc == 3
                     ? tw_open(argv[argc - 1], &handle, &err)
                     : TW_E_USAGE;

    if (!status)
        status = run(argc == 3 ? argv[1] : "", handle, &err);
    tw_close(handle);
    if (status)
        (void)fprintf(stderr, "reader: %s\n", err.message);
    return status;
}
