/* SPDX-License-Identifier: MIT */
/*
 * reader.c - a program with libtokenward: opens a profile, gets its token
 * twice, and ends with the status that came.
 *
 * usage: reader PROFILE
 */
#include <stdio.h>
#include <string.h>
#include <tokenward.h>

int
main(int argc, char **argv)
{
    struct tw_handle *handle = NULL;
    struct tw_token *token = NULL;
    struct tw_error err = {0};
    int status = argc == 2 ? tw_open(argv[1], &handle, &err) : TW_E_USAGE;

    for (int i = 0; i < 2 && !status; i++) {
        tw_token_free(token);
        token = NULL;
        status = tw_get(handle, 0, &token, &err);
    }
    if (!status && !strlen(tw_token_value(token)))
        status = -1;
    tw_token_free(token);
    tw_close(handle);
    if (status)
        (void)fprintf(stderr, "reader: %s\n", err.message);
    return status;
}
