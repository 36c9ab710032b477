/* SPDX-License-Identifier: MIT */
/*
 * presets.c - tokenward presets: the helper lists them, because it reads YAML.
 */
#include <stddef.h>

#include "provider/base/spawn.h"
#include "provider/cli/command.h"

enum tw_status
command_presets(const struct options *options, int *exit_code,
                struct tw_error *err)
{
    static const char *const ARGS[] = {"presets", NULL};

    (void)exit_code;
    if (options->name_count)
        return tw_fail(err, TW_E_USAGE, "presets takes no names");
    return spawn_in_place(ARGS, err);
}
