/* SPDX-License-Identifier: MIT */
/*
 * status.c - tokenward status: one row for each profile, as a table for a
 * person or as JSON.
 */
#include "provider/cli/command.h"
#include "provider/cli/status_gather.h"
#include "provider/cli/status_json.h"
#include "provider/cli/status_table.h"
#include "provider/cli/terminal.h"

#define OUTPUT_MAX (64 * 1024 * 1024)

enum tw_status
command_status(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(OUTPUT_MAX);
    struct runtime runtime;
    AUTO_GATHER gather = {.runtime = &runtime};
    struct status_look look = status_look_now();
    struct tw_error why = {.status = TW_OK};
    enum tw_status status;
    bool good;

    (void)exit_code;
    runtime_find(&runtime, NULL);
    if (options->system)
        gather_system(&gather);
    else
        gather_all(&gather, &why);
    look.partial = why.status;
    if (why.status)
        terminal_warning(PROGRAM, &why);
    status = gather_select(&gather, options->name_count, options->names, err);
    if (status)
        return status;
    good = options->json
               ? status_put_json(gather.rows, gather.count, &out)
               : status_put_table(gather.rows, gather.count, &look, &out);
    return good ? terminal_answer(&out, err) : tw_no_memory(err);
}
