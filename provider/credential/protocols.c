/* SPDX-License-Identifier: MIT */
/*
 * protocols.c - tokenward-credential: tokens for the tools that ask a helper.
 *
 * One program, called by a name that a tool wants or with the protocol as its
 * first word.  A tool may start it for every request to any host, so one that
 * is not ours costs no more than the process.  It never prompts.
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
#include "provider/credential/protocol.h"

#define PROGRAM "tokenward-credential"
#define USAGE "usage: " PROGRAM " PROTOCOL [WORD...]"

struct protocol {
    const char *name;
    const char *link; /* the name that says the same, or NULL; one that ends
                         in '-' is followed by more */
    enum tw_status (*run)(const struct call *call, struct secret *out,
                          int *exit_code, struct tw_error *err);
};

static const struct protocol PROTOCOLS[] = {
    {"bazel", "bazel-credential-tokenward", bazel_run},
    {"cargo", "cargo-credential-tokenward", cargo_run},
    {"docker", "docker-credential-tokenward", docker_run},
    {"goauth", NULL, goauth_run},
    {"google", NULL, google_run},
    {"keyring", "keyring", keyring_run},
    {"kubectl", NULL, kubectl_run},
    {"kubelet", NULL, kubelet_run},
    {"match", NULL, match_run},
    {"oauthbearer", NULL, oauthbearer_run},
    {"oidc-token", "oidc-token", oidc_token_run},
    {"pnpm", "pnpm-credential-tokenward-", pnpm_run},
    {"terraform", "terraform-credentials-tokenward", terraform_run},
    {"xoauth2", NULL, xoauth2_run},
};

static enum tw_status
print_help(struct secret *out, struct tw_error *err)
{
    static const char HELP[] = USAGE
        "\n"
        "\n"
        "Gives a tool the OAuth 2.0 token of a profile, in the tool's own "
        "words.\n"
        "Who is asked for by an address is the profile whose match: is for "
        "it.\n"
        "\n"
        "  bazel get\n"
        "  cargo --cargo-plugin\n"
        "  docker get|list|erase|store|version\n"
        "  goauth [URL]\n"
        "  google PROFILE\n"
        "  keyring [--mode=MODE] [--output=FORM] get|set|del SERVICE [USER]\n"
        "  kubectl [PROFILE]\n"
        "  kubelet\n"
        "  oauthbearer PROFILE USER [HOST PORT]\n"
        "  oidc-token [OPTION...] PROFILE\n"
        "  pnpm PROFILE\n"
        "  terraform get|forget|store HOST\n"
        "  xoauth2 PROFILE USER\n"
        "  --help, --version\n"
        "\n"
        "  match URL  which profile that is, and if none, why\n"
        "\n"
        "tokenward install-helpers makes the links that tools look for, and "
        "says what\n"
        "to write into their configuration.\n";

    return secret_append_text(out, HELP) ? TW_OK : tw_no_memory(err);
}

static const struct protocol *
find_protocol(const char *name)
{
    for (size_t i = 0; i < sizeof PROTOCOLS / sizeof *PROTOCOLS; i++) {
        if (strcmp(PROTOCOLS[i].name, name) == 0)
            return &PROTOCOLS[i];
    }
    return NULL;
}

static const struct protocol *
find_link(const char *name, const char **suffix)
{
    for (size_t i = 0; i < sizeof PROTOCOLS / sizeof *PROTOCOLS; i++) {
        const char *link = PROTOCOLS[i].link;
        size_t n = link ? strlen(link) : 0;

        if (!link || strncmp(link, name, n) != 0 ||
            (name[n] && link[n - 1] != '-'))
            continue;
        *suffix = name + n;
        return &PROTOCOLS[i];
    }
    return NULL;
}

static enum tw_status
run(struct call *call, struct secret *out, int *exit_code,
    struct tw_error *err)
{
    const struct protocol *protocol = find_link(call->program, &call->suffix);

    if (protocol)
        return protocol->run(call, out, exit_code, err);
    if (call->count < 1)
        return tw_fail(err, TW_E_USAGE, "which protocol?\n" USAGE);
    if (strcmp(call->args[0], "--help") == 0)
        return print_help(out, err);
    if (strcmp(call->args[0], "--version") == 0)
        return secret_append_text(out, PROGRAM " " PACKAGE_VERSION "\n")
                   ? TW_OK
                   : tw_no_memory(err);
    protocol = find_protocol(call->args[0]);
    if (!protocol)
        return tw_fail(err, TW_E_USAGE,
                       "no such protocol\n" PROGRAM " --help lists them");
    call->args++;
    call->count--;
    return protocol->run(call, out, exit_code, err);
}

/* The last part of the name we were called by. */
static const char *
called(const char *name)
{
    const char *slash = name ? strrchr(name, '/') : NULL;

    return slash ? slash + 1 : name && name[0] ? name : PROGRAM;
}

int
main(int argc, char **argv)
{
    AUTO_SECRET out = SECRET_INIT(ANSWER_MAX);
    struct call call = {.program = called(argc > 0 ? argv[0] : NULL),
                        .suffix = "",
                        .args = argv + (argc > 0),
                        .count = argc > 0 ? argc - 1 : 0};
    struct tw_error err;
    int exit_code = 0;
    enum tw_status status;

    guard_begin();
    status = run(&call, &out, &exit_code, &err);
    if (!status)
        status = terminal_answer(&out, &err);
    if (status)
        terminal_error(call.program, &err);
    return exit_code ? exit_code : status_exit_code((int)status);
}
