/* SPDX-License-Identifier: MIT */
/*
 * main.c - git-credential-tokenward: a token for git, or silence.
 *
 * git starts it for every request to any host, so a request that is not ours
 * must cost no more than the process.  It never prompts and opens no
 * terminal.  An operation it does not know is one of a later git's: ignored.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "(no version)"
#endif

#include <string.h>

#include "provider/cli/guard.h"
#include "provider/cli/terminal.h"
#include "provider/credential/git.h"

#define PROGRAM "git-credential-tokenward"

struct operation {
    const char *name;
    enum tw_status (*run)(struct secret *out, struct tw_error *err);
};

static enum tw_status print_help(struct secret *out, struct tw_error *err);
static enum tw_status print_version(struct secret *out, struct tw_error *err);

static const struct operation OPERATIONS[] = {
    {"--help", print_help},
    {"--version", print_version},
    {"capability", git_capability},
    {"erase", git_erase},
    {"get", git_get},
    {"store", git_store},
};

#define USAGE "usage: " PROGRAM " get|store|erase|capability"

static enum tw_status
print_help(struct secret *out, struct tw_error *err)
{
    static const char HELP[] = USAGE
        "\n"
        "\n"
        "Gives git the OAuth 2.0 token of the profile whose match: is for the "
        "URL.\n"
        "To use it:  git config --global credential.helper tokenward\n"
        "\n"
        "  get         answer the request on stdin with a token\n"
        "  store       accepted and ignored: git's copy is never kept\n"
        "  erase       a server refused the token: the next get fetches\n"
        "  capability  what this helper understands\n"
        "  --help, --version\n"
        "\n"
        "Exit status: 0, also when the request is not ours; else by who must "
        "act,\n"
        "as in sysexits(3).\n";

    return secret_append_text(out, HELP) ? TW_OK : tw_no_memory(err);
}

static enum tw_status
print_version(struct secret *out, struct tw_error *err)
{
    return secret_append_text(out, PROGRAM " " PACKAGE_VERSION "\n")
               ? TW_OK
               : tw_no_memory(err);
}

static enum tw_status
run(const char *name, struct secret *out, struct tw_error *err)
{
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        if (strcmp(OPERATIONS[i].name, name) == 0)
            return OPERATIONS[i].run(out, err);
    }
    if (name[0] == '-')
        return tw_fail(err, TW_E_USAGE, "there are no options\n" USAGE);
    return TW_OK;
}

int
main(int argc, char **argv)
{
    AUTO_SECRET out = SECRET_INIT(GIT_REPLY_MAX);
    struct tw_error err;
    enum tw_status status, said;

    guard_begin();
    status = argc < 2 ? tw_fail(&err, TW_E_USAGE, "no operation\n" USAGE)
                      : run(argv[1], &out, &err);
    said = terminal_answer(&out, status ? NULL : &err);
    if (!status)
        status = said;
    if (status)
        terminal_error(PROGRAM, &err);
    return status_exit_code((int)status);
}
