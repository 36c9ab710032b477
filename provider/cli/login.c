/* SPDX-License-Identifier: MIT */
/*
 * login.c - tokenward login and logout: the helper takes this process over,
 * with its terminal, and its exit status is the answer.
 */
#include <stddef.h>

#include "provider/base/spawn.h"
#include "provider/cli/command.h"

enum tw_status
command_login(const struct options *options, int *exit_code,
              struct tw_error *err)
{
    const char *const args[] = {"login", "--", options->names[0], NULL};

    (void)exit_code;
    return spawn_in_place(args, err);
}

enum tw_status
command_logout(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    const char *const plain[] = {"logout", "--", options->names[0], NULL};
    const char *const quiet[] = {"logout", "--no-revoke", "--",
                                 options->names[0], NULL};

    (void)exit_code;
    return spawn_in_place(options->no_revoke ? quiet : plain, err);
}
