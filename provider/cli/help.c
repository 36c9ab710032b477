/* SPDX-License-Identifier: MIT */
/*
 * help.c - what --help and --version print: the table of commands, or one of
 * its rows.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "(no version)"
#endif

#include "provider/cli/help.h"

#include <string.h>

#include "provider/cli/terminal.h"

#define HELP_MAX 8192
#define NAME_WIDTH 16 /* of the longest command, and a space */

static bool
put_padded(struct secret *out, const char *text, size_t width)
{
    bool good = secret_append_text(out, text);

    for (size_t n = strlen(text); good && n < width; n++)
        good = secret_append(out, " ", 1);
    return good;
}

static bool
put_overview(const struct command *commands, size_t count, struct secret *out)
{
    bool good = secret_append_text(
        out, "usage: tokenward COMMAND [WORD...]\n"
             "\n"
             "OAuth 2.0 tokens, bought with secrets that programs never "
             "see.\n"
             "\n");

    for (size_t i = 0; good && i < count; i++)
        good = !commands[i].help[0] ||
               (secret_append(out, "  ", 2) &&
                put_padded(out, commands[i].name, NAME_WIDTH) &&
                secret_append_text(out, commands[i].help) &&
                secret_append(out, "\n", 1));
    return good &&
           secret_append_text(
               out, "  help            more about a command: tokenward help "
                    "COMMAND\n"
                    "  --help, --version\n"
                    "\n"
                    "Exit status: 0, or by who must act, as in sysexits(3); "
                    "see the manual.\n");
}

static bool
put_command(const struct command *command, struct secret *out)
{
    return secret_append_text(out, "usage: tokenward ") &&
           secret_append_text(out, command->name) &&
           secret_append_text(out, command->words[0] ? " " : "") &&
           secret_append_text(out, command->words) &&
           secret_append(out, "\n\n", 2) &&
           secret_append_text(out, command->help) &&
           secret_append_text(out, command->help[0] ? ".\n" : "") &&
           secret_append_text(out, command->details);
}

enum tw_status
help_command(const struct command *command, struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(HELP_MAX);

    if (!put_command(command, &out))
        return tw_no_memory(err);
    return terminal_answer(&out, err);
}

enum tw_status
help_overview(const struct command *commands, size_t count,
              struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(HELP_MAX);

    if (!put_overview(commands, count, &out))
        return tw_no_memory(err);
    return terminal_answer(&out, err);
}

enum tw_status
help_version(struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(HELP_MAX);

    if (!secret_append_text(&out, "tokenward " PACKAGE_VERSION "\n"))
        return tw_no_memory(err);
    return terminal_answer(&out, err);
}
