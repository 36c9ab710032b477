/* SPDX-License-Identifier: MIT */
/*
 * main.c - tokenward: tokens for the command line.
 *
 * A table of commands; the way of each is the same: parse its words, run it,
 * print its message, exit by who must act (sysexits(3)).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "(no version)"
#endif

#include <string.h>

#include "provider/base/text.h"
#include "provider/cli/command.h"
#include "provider/cli/guard.h"
#include "provider/cli/terminal.h"

#define HELP_MAX 8192
#define NAME_WIDTH 16 /* of the longest command, and a space */

struct command {
    const char *name;
    enum tw_status (*run)(const struct options *options, int *exit_code,
                          struct tw_error *err);
    unsigned allowed;
    int names_min, names_max; /* names_max 0: any number */
    const char *words;        /* as in the usage line */
    const char *help;         /* one line */
    const char *details;
};

static const struct command COMMANDS[] = {
    {"exec", command_exec,
     OPTION_AWS | OPTION_AZURE | OPTION_MIN_VALID | OPTION_COMMAND, 1, 1,
     "[OPTION...] NAME -- COMMAND [ARGUMENT...]",
     "run a command that finds the token in its environment",
     "BEARER_TOKEN_FILE names the token file; the profile's env: may ask "
     "for more.\n"
     "  --aws                AWS_WEB_IDENTITY_TOKEN_FILE names it, too\n"
     "  --azure              AZURE_FEDERATED_TOKEN_FILE does\n"
     "  --min-valid SECONDS  the token lives at least so long, if it can\n"
     "Exit status: the command's; 127: not found; 126: cannot be run.\n"},
    {"explain", command_explain, 0, 1, 1, "NAME",
     "tell what a profile does here: its sources, secrets and token",
     "Asks no server and shows no secret: where each is, and whether it is "
     "there.\n"},
    {"get", command_get,
     OPTION_CACHED | OPTION_FORMAT | OPTION_MIN_VALID | OPTION_VERBOSE, 1, 1,
     "[OPTION...] [--] NAME", "print a profile's token",
     "  --format FORM        raw: the token and a line end (the default)\n"
     "                       header: Authorization: Bearer TOKEN\n"
     "                       json: the token and its facts\n"
     "                       env: an export line for sh\n"
     "                       curl: a line for curl --config\n"
     "  --min-valid SECONDS  the token lives at least so long, if it can\n"
     "  --cached             what is kept, or nothing: start no helper\n"
     "  --verbose            tell why a fresher one could not be had\n"},
    {"install-helpers", command_install_helpers, OPTION_DIR, 0, 0,
     "[--dir DIRECTORY]", "link the names that other tools look for",
     "And print the line of each tool's configuration. Nothing that is there "
     "is\n"
     "replaced.\n"
     "  --dir DIRECTORY  where the links go; ~/.local/bin\n"},
    {"login", command_login, 0, 1, 1, "NAME",
     "log in for a profile whose tokens a person grants",
     "Shows an address and a code, and waits; or asks for a refresh token.\n"
     "Without a terminal all is plain text. Ctrl-C ends it, and leaves "
     "nothing\n"
     "half done.\n"},
    {"logout", command_logout, OPTION_NO_REVOKE, 1, 1, "[--no-revoke] NAME",
     "revoke the tokens that are kept, and remove them",
     "  --no-revoke  remove them, and tell no server\n"
     "What is kept is removed even if it could not be revoked; the exit "
     "status "
     "then\n"
     "says why.\n"},
    {"presets", command_presets, 0, 0, 0, "",
     "list what is known of servers, for preset: in a profile", ""},
    {"reject", command_reject, 0, 1, 1, "NAME",
     "drop a token that a server refused; the next get fetches", ""},
    {"status", command_status, OPTION_JSON, 0, 0, "[--json] [NAME...]",
     "show the profiles and the state of their tokens",
     "  --json  for programs; never holds a token\n"},
};

#define COMMAND_COUNT (sizeof COMMANDS / sizeof *COMMANDS)

static const struct command *
find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    }
    return NULL;
}

/* How many letters to add, drop or change (Levenshtein), of short words. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[16], n = strlen(b);

    if (n >= sizeof row / sizeof *row || strlen(a) > 2 * n)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t changed = corner + (a[i - 1] != b[j - 1]);

            corner = row[j];
            row[j] = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            if (changed < row[j])
                row[j] = changed;
        }
    }
    return row[n];
}

static enum tw_status
fail_unknown(const char *name, struct tw_error *err)
{
    const struct command *best = NULL;
    size_t least = 3; /* two slips are a typing error, three another word */
    struct shown shown;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        size_t found = distance(name, COMMANDS[i].name);

        if (found < least) {
            least = found;
            best = &COMMANDS[i];
        }
    }
    return tw_fail(err, TW_E_USAGE, "unknown command '%s'\n%s%s",
                   text_printable(&shown, name, strlen(name)),
                   best ? "did you mean " : "tokenward --help",
                   best ? best->name : "");
}

static bool
put_padded(struct secret *out, const char *text, size_t width)
{
    bool good = secret_append_text(out, text);

    for (size_t n = strlen(text); good && n < width; n++)
        good = secret_append(out, " ", 1);
    return good;
}

static bool
put_overview(struct secret *out)
{
    bool good = secret_append_text(
        out, "usage: tokenward COMMAND [WORD...]\n"
             "\n"
             "OAuth 2.0 tokens, bought with secrets that programs never "
             "see.\n"
             "\n");

    for (size_t i = 0; good && i < COMMAND_COUNT; i++)
        good = secret_append(out, "  ", 2) &&
               put_padded(out, COMMANDS[i].name, NAME_WIDTH) &&
               secret_append_text(out, COMMANDS[i].help) &&
               secret_append(out, "\n", 1);
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
           secret_append(out, ".\n", 2) &&
           secret_append_text(out, command->details);
}

static enum tw_status
help(const struct command *command, struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(HELP_MAX);

    if (!(command ? put_command(command, &out) : put_overview(&out)))
        return tw_no_memory(err);
    return terminal_answer(&out, err);
}

static enum tw_status
version(struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(HELP_MAX);

    if (!secret_append_text(&out, "tokenward " PACKAGE_VERSION "\n"))
        return tw_no_memory(err);
    return terminal_answer(&out, err);
}

static enum tw_status
run_command(const struct command *command, char **argv, int *exit_code,
            struct tw_error *err)
{
    struct options options;
    enum tw_status status =
        options_parse(argv, command->allowed, &options, err);

    if (status)
        return status;
    if (options.help)
        return help(command, err);
    if (options.name_count < command->names_min ||
        (command->names_max && options.name_count > command->names_max))
        return tw_fail(
            err, TW_E_USAGE, "%s: %s\nusage: tokenward %s %s", command->name,
            options.name_count ? "one profile at a time" : "which profile?",
            command->name, command->words);
    return command->run(&options, exit_code, err);
}

static enum tw_status
run(int argc, char **argv, int *exit_code, struct tw_error *err)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const struct command *command = name ? find_command(name) : NULL;

    if (command)
        return run_command(command, argv + 2, exit_code, err);
    if (!name)
        return tw_fail(err, TW_E_USAGE, "which command?\ntokenward --help");
    if (strcmp(name, "--version") == 0)
        return version(err);
    if (strcmp(name, "--help") != 0 && strcmp(name, "help") != 0)
        return fail_unknown(name, err);
    if (argc < 3)
        return help(NULL, err);
    command = find_command(argv[2]);
    return command ? help(command, err) : fail_unknown(argv[2], err);
}

int
main(int argc, char **argv)
{
    struct tw_error err;
    int exit_code = 0;
    enum tw_status status;

    guard_begin();
    status = run(argc, argv, &exit_code, &err);
    if (status)
        terminal_error(PROGRAM, &err);
    return exit_code ? exit_code : status_exit_code((int)status);
}
