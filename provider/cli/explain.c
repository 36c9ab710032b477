/* SPDX-License-Identifier: MIT */
/*
 * explain.c - tokenward explain: the helper tells, because it knows profiles.
 */
#include <stddef.h>

#include "provider/base/spawn.h"
#include "provider/cli/command.h"

enum tw_status
command_explain(const struct options *options, int *exit_code,
                struct tw_error *err)
{
    const char *const args[] = {"explain", "--", options->names[0], NULL};

    (void)exit_code;
    return spawn_in_place(args, err);
}
