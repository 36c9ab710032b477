/* SPDX-License-Identifier: MIT */
/*
 * help.h - one row for each command, and the rows as text for a person.
 */
#ifndef TW_CLI_HELP_H
#define TW_CLI_HELP_H

#include <limits.h>
#include <stddef.h>

#include "provider/cli/command.h"

#define NAMES_ANY INT_MAX

struct command {
    const char *name;
    enum tw_status (*run)(const struct options *options, int *exit_code,
                          struct tw_error *err);
    unsigned allowed;
    int names_min, names_max;
    const char *words; /* as in the usage line */
    const char *help;  /* one line */
    const char *details;
};

/* commands_all: the whole table; a row without help is none for people.
 * commands_find: NULL when there is none of that name. */
const struct command *commands_all(size_t *count);
const struct command *commands_find(const char *name);

enum tw_status help_overview(const struct command *commands, size_t count,
                             struct tw_error *err);
enum tw_status help_command(const struct command *command,
                            struct tw_error *err);
enum tw_status help_version(struct tw_error *err);

#endif
