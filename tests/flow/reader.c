/* SPDX-License-Identifier: MIT */
/*
 * reader.c - a program with libtokenward: opens a profile, gets its token
 * twice, and ends with the status that came.
 *
 * usage: reader [--reject] PROFILE
 * --reject: says before the second time that the first one was refused, and
 * again behind it: the second is another one, and stays.
 */
#include <stdio.h>
#include <string.h>
#include <tokenward.h>

#define NOT_AS_TOLD (-1)

static int
get_twice(struct tw_handle *handle, struct tw_error *err)
{
    struct tw_token *token = NULL;
    int status = 0;

    for (int i = 0; i < 2 && !status; i++) {
        tw_token_free(token);
        token = NULL;
        status = tw_get(handle, 0, &token, err);
    }
    if (!status && !strlen(tw_token_value(token)))
        status = NOT_AS_TOLD;
    tw_token_free(token);
    return status;
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

int
main(int argc, char **argv)
{
    struct tw_handle *handle = NULL;
    struct tw_error err = {0};
    int rejects = argc == 3 && strcmp(argv[1], "--reject") == 0;
    int status = argc == 2 || rejects ? tw_open(argv[argc - 1], &handle, &err)
                                      : TW_E_USAGE;

    if (!status)
        status =
            rejects ? get_and_reject(handle, &err) : get_twice(handle, &err);
    tw_close(handle);
    if (status)
        (void)fprintf(stderr, "reader: %s\n", err.message);
    return status;
}
