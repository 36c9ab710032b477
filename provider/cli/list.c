/* SPDX-License-Identifier: MIT */
/*
 * list.c - tokenward list: the profiles' names, one a line, for scripts and
 * for shells that complete a word.
 */
#include "provider/base/index.h"
#include "provider/cli/command.h"
#include "provider/cli/names.h"
#include "provider/cli/terminal.h"

#define OUT_MAX (2 * INDEX_MAX) /* every name of two of them */

enum tw_status
command_list(const struct options *options, int *exit_code,
             struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(OUT_MAX);
    AUTO_NAMES names = {.names = NULL};
    struct runtime runtime;
    struct tw_error why;
    enum tw_status status;

    (void)options;
    (void)exit_code;
    runtime_find(&runtime, NULL);
    status = names_gather(&runtime, true, &names, &why, err);
    if (status)
        return status;
    if (why.status)
        terminal_warning(PROGRAM, &why);
    for (size_t i = 0; i < names.count; i++) {
        if (!secret_append_text(&out, names.names[i]) ||
            !secret_append(&out, "\n", 1))
            return tw_no_memory(err);
    }
    return terminal_answer(&out, err);
}
