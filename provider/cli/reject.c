/* SPDX-License-Identifier: MIT */
/*
 * reject.c - tokenward reject: a server refused the token that is kept, so
 * nobody is given it any more.
 *
 * The generation goes with the request: a token that somebody fetched between
 * the look and the helper's turn stays.
 */
#include "provider/base/ask.h"
#include "provider/cli/command.h"

enum tw_status
command_reject(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    AUTO_RECORD record = RECORD_INIT;
    struct runtime runtime;
    bool system;
    enum tw_status status;

    (void)exit_code;
    runtime_find(&runtime, NULL);
    status = look_given(&runtime, options->names[0], &record, &system, err);
    if (status == TW_E_NOT_FOUND)
        return tw_fail(err, status, "no token of '%s' is kept",
                       options->names[0]);
    if (status)
        return status;
    return ask_reject_record(&runtime, &record, system, options->names[0],
                             err);
}
