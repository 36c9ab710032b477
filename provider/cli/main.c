/* SPDX-License-Identifier: MIT */
/*
 * main.c - tokenward: tokens for the command line.
 *
 * A table of commands; the way of each is the same: parse its words, run it,
 * print its message, exit by who must act (sysexits(3)).
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/nearest.h"
#include "provider/cli/command.h"
#include "provider/cli/guard.h"
#include "provider/cli/help.h"
#include "provider/cli/names.h"
#include "provider/cli/terminal.h"

#define SYSTEM_HELP \
    "  --system  of the system's, for root: as the service user\n"

static const struct command COMMANDS[] = {
    {"check", command_check, OPTION_PATHS | OPTION_SYSTEM, 0, 1,
     "[--system] [FILE]",
     "read the profiles, or one file, and tell what is wrong",
     "And what is legal and yet unwise, as a warning. Asks no server. Without "
     "FILE,\n"
     "all files of the user's are read.\n" SYSTEM_HELP},
    {"complete", command_complete, OPTION_WORDS, 0, NAMES_ANY, "-- WORD...",
     "", "For the completions of shells.\n"},
    {"doctor", command_doctor, OPTION_FETCH | OPTION_OWN | OPTION_SYSTEM, 0, 1,
     "[--fetch] [--system] [NAME]",
     "look at every place where it can go wrong, and tell what to do",
     "Clock, files, secrets, and the endpoint: name, connection, TLS, "
     "certificate,\n"
     "answer, each with the time it took. Nothing is bought.\n"
     "  --fetch   buy a token, too\n" SYSTEM_HELP},
    {"edit", command_edit, OPTION_OWN | OPTION_PATHS, 0, 1, "[NAME | FILE]",
     "edit a profiles file, and check it before it is replaced",
     "With $VISUAL or $EDITOR, on a copy. Without a name: profiles.yaml.\n"},
    {"exec", command_exec,
     OPTION_AWS | OPTION_AZURE | OPTION_MIN_VALID | OPTION_COMMAND, 1, 1,
     "[OPTION...] NAME -- COMMAND [ARGUMENT...]",
     "run a command that finds the token in its environment",
     "BEARER_TOKEN_FILE names the token file; the profile's env: may ask "
     "for more.\n"
     "The file is kept fresh as long as the command runs.\n"
     "  --aws                AWS_WEB_IDENTITY_TOKEN_FILE names it, too\n"
     "  --azure              AZURE_FEDERATED_TOKEN_FILE does\n"
     "  --min-valid SECONDS  the token lives at least so long, if it can\n"
     "Exit status: the command's; 127: not found; 126: cannot be run.\n"},
    {"explain", command_explain, OPTION_OWN | OPTION_SYSTEM, 1, 1,
     "[--system] NAME",
     "tell what a profile does here: its sources, secrets and token",
     "Asks no server and shows no secret: where each is, and whether it is "
     "there.\n" SYSTEM_HELP},
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
    {"init", command_init, OPTION_WORDS, 0, NAMES_ANY, "[OPTION...] [NAME]",
     "write a profile: ask, buy a token to test it, and keep it",
     "Asks on a terminal for what the options do not say; the secret is not "
     "shown.\n"
     "Nothing that is there is replaced.\n"
     "  --from KIND --file FILE  take over what kubelogin, fluent-bit, "
     "librdkafka\n"
     "                           or oidc-agent (oidc-gen -p) has\n"
     "  --preset NAME, --var NAME=VALUE, --issuer URL, --token-endpoint URL,\n"
     "  --authorization-endpoint URL, --device-authorization-endpoint URL,\n"
     "  --redirect-uri URL, --client-id TEXT, --secret-file FILE,\n"
     "  --scope SCOPES, --audience TEXT, --resource URL, --auth-method "
     "METHOD,\n"
     "  --provider NAME, --ca-file FILE, --assertion-key FILE,\n"
     "  --allow-http loopback    as the keys of tokenward-profiles(5)\n"
     "  --no-test                buy no token\n"},
    {"install-helpers", command_install_helpers, OPTION_DIR, 0, 0,
     "[--dir DIRECTORY]", "link the names that other tools look for",
     "And print the line of each tool's configuration. Nothing that is there "
     "is\n"
     "replaced.\n"
     "  --dir DIRECTORY  where the links go; ~/.local/bin\n"},
    {"list", command_list, 0, 0, 0, "",
     "print the profiles' names, one a line", ""},
    {"login", command_login, OPTION_OWN | OPTION_SYSTEM, 1, 1,
     "[--system] NAME", "log in for a profile whose tokens a person grants",
     "Shows an address, perhaps with a code, and waits; or asks for a "
     "refresh\n"
     "token. Without a terminal all is plain text. Ctrl-C ends it, and "
     "leaves\n"
     "nothing half done.\n" SYSTEM_HELP},
    {"logout", command_logout, OPTION_NO_REVOKE | OPTION_OWN | OPTION_SYSTEM,
     1, 1, "[--no-revoke] [--system] NAME",
     "revoke the tokens that are kept, and remove them",
     "  --no-revoke  remove them, and tell no server\n"
     "What is kept is removed even if it could not be revoked; the exit "
     "status "
     "then\n"
     "says why.\n" SYSTEM_HELP},
    {"presets", command_presets, 0, 0, 0, "",
     "list what is known of servers, for preset: in a profile", ""},
    {"providers", command_providers, OPTION_PATHS, 0, NAMES_ANY, "[NAME...]",
     "list what knows a grant, for provider: in a profile",
     "With NAME: what this one needs, and which keys it adds to a profile.\n"},
    {"refresh", command_refresh, OPTION_ALL | OPTION_OWN | OPTION_SYSTEM, 0,
     NAMES_ANY, "[--system] --all | NAME...",
     "fetch new tokens now, whether they are due or not",
     "On a terminal, a bar is drawn if it takes longer than a second.\n"
     "  --all     of every profile of the user's\n" SYSTEM_HELP},
    {"reject", command_reject, 0, 1, 1, "NAME",
     "drop a token that a server refused; the next get fetches", ""},
    {"schema", command_schema, 0, 0, 0, "",
     "print a JSON schema of profiles files, for editors",
     "With the options of every provider that is installed.\n"},
    {"status", command_status, OPTION_JSON | OPTION_SYSTEM, 0, NAMES_ANY,
     "[--json] [--system] [NAME...]",
     "show the profiles and the state of their tokens",
     "  --json    for programs; never holds a token\n"
     "  --system  the system's alone: all for root and the service, else\n"
     "            those that the caller may read\n"},
    {"watch", command_watch, 0, 0, NAMES_ANY, "[NAME...]",
     "show the same, live, until q is pressed", ""},
};

#define COMMAND_COUNT (sizeof COMMANDS / sizeof *COMMANDS)

const struct command *
commands_all(size_t *count)
{
    *count = COMMAND_COUNT;
    return COMMANDS;
}

const struct command *
commands_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    }
    return NULL;
}

static enum tw_status
fail_unknown(const char *name, struct tw_error *err)
{
    struct nearest nearest = {.written = name};

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        nearest_look(&nearest, COMMANDS[i].name);
    return nearest_fail_command(&nearest, "tokenward --help", err);
}

/* Where nothing better is known. */
static void
hint_at_help(const struct command *command, struct tw_error *err)
{
    char hint[64];

    (void)snprintf(hint, sizeof hint, "tokenward help %s", command->name);
    if (!strchr(err->message, '\n'))
        error_hint(err, hint);
}

static enum tw_status
run_command(const struct command *command, char **argv, int *exit_code,
            struct tw_error *err)
{
    struct options options;
    enum tw_status status =
        options_parse(argv, command->allowed, &options, err);

    if (status == TW_E_USAGE)
        hint_at_help(command, err);
    if (status)
        return status;
    if (options.help)
        return help_command(command, err);
    if (options.name_count < command->names_min ||
        options.name_count > command->names_max)
        return tw_fail(
            err, TW_E_USAGE, "%s: %s\nusage: tokenward %s %s", command->name,
            options.name_count ? "too many words" : "which profile?",
            command->name, command->words);
    status = command->run(&options, exit_code, err);
    if (status == TW_E_NOT_FOUND)
        names_suggest(options.names, options.name_count, err);
    return status;
}

static enum tw_status
run(int argc, char **argv, int *exit_code, struct tw_error *err)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const struct command *command = name ? commands_find(name) : NULL;

    if (command)
        return run_command(command, argv + 2, exit_code, err);
    if (!name)
        return tw_fail(err, TW_E_USAGE, "which command?\ntokenward --help");
    if (strcmp(name, "--version") == 0)
        return help_version(err);
    if (strcmp(name, "--help") != 0 && strcmp(name, "help") != 0)
        return fail_unknown(name, err);
    if (argc < 3)
        return help_overview(COMMANDS, COMMAND_COUNT, err);
    command = commands_find(argv[2]);
    return command ? help_command(command, err) : fail_unknown(argv[2], err);
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
