/* SPDX-License-Identifier: MIT */
/*
 * install_helpers.c - tokenward install-helpers: the names that tools look
 * for, as links to tokenward-credential, and what to write into their
 * configuration.
 *
 * Nothing that is there already is replaced, and no tool's configuration is
 * touched.  A directory that everybody may write would let everybody answer
 * in our place.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "provider/base/text.h"
#include "provider/cli/command.h"
#include "provider/cli/terminal.h"

#define TARGET "/tokenward-credential"
#define DEFAULT_DIR "/.local/bin"
#define OUT_MAX (64 * 1024)

struct row {
    const char *tool;
    const char *link; /* NULL: it is started by our own name */
    const char *where;
    const char *line; /* one, as it stands there */
};

static const struct row ROWS[] = {
    {"git", NULL, "a shell",
     "git config --global credential.helper tokenward"},
    {"docker, podman, skopeo", "docker-credential-tokenward",
     "~/.docker/config.json",
     "\"credHelpers\": {\"REGISTRY\": \"tokenward\"}"},
    {"kubectl", NULL, "a shell",
     "kubectl config set-credentials USER --exec-api-version="
     "client.authentication.k8s.io/v1 --exec-interactive-mode=Never "
     "--exec-command=tokenward-credential --exec-arg=kubectl "
     "--exec-arg=PROFILE"},
    {"cargo", "cargo-credential-tokenward",
     "~/.cargo/config.toml, below [registry]",
     "global-credential-providers = [\"cargo:token\", "
     "\"cargo-credential-tokenward\"]"},
    {"Bazel", "bazel-credential-tokenward", "~/.bazelrc",
     "common --credential_helper=HOST=bazel-credential-tokenward"},
    {"Terraform, OpenTofu", "terraform-credentials-tokenward",
     "~/.terraformrc or ~/.tofurc, with the link in ~/.terraform.d/plugins",
     "credentials_helper \"tokenward\" {}"},
    {"kubelet", NULL,
     "a CredentialProviderConfig, with our directory as "
     "--image-credential-provider-bin-dir",
     "- {name: tokenward-credential, args: [kubelet], apiVersion: "
     "credentialprovider.kubelet.k8s.io/v1, matchImages: [REGISTRY], "
     "defaultCacheDuration: 0s}"},
    {"go", NULL, "a shell",
     "go env -w GOAUTH='tokenward-credential goauth; netrc'"},
    {"pip", NULL,
     "a shell, with a link 'keyring' to tokenward-credential in PATH, and "
     "git_username in the index's URL",
     "pip config set global.keyring-provider subprocess"},
    {"pnpm", NULL,
     "~/.npmrc, with a link 'pnpm-credential-tokenward-PROFILE' to "
     "tokenward-credential",
     "//REGISTRY/:tokenHelper=/ABSOLUTE/PATH/OF/THE/LINK"},
    {"Google's libraries", NULL,
     "an external account's JSON, as credential_source",
     "{\"executable\": {\"command\": \"/ABSOLUTE/PATH/tokenward-credential "
     "google PROFILE\"}}"},
    {"curl", NULL, "a shell",
     "tokenward get --format=curl PROFILE | curl -K - URL"},
    {"rclone, as oidc-token", NULL, "its remote's configuration",
     "bearer_token_command = tokenward-credential oidc-token PROFILE"},
    {"msmtp", NULL, "~/.msmtprc, with auth oauthbearer",
     "passwordeval \"tokenward get PROFILE\""},
    {"AWS", NULL, "a shell, with AWS_ROLE_ARN set",
     "tokenward exec --aws PROFILE -- COMMAND"},
    {"Azure", NULL, "a shell, with AZURE_CLIENT_ID and AZURE_TENANT_ID set",
     "tokenward exec --azure PROFILE -- COMMAND"},
};

#define ROW_COUNT (sizeof ROWS / sizeof *ROWS)

/* tokenward-credential, beside this program. */
static enum tw_status
find_target(char out[PATH_MAX], struct tw_error *err)
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - sizeof TARGET);
    char *slash;

    if (n < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "/proc/self/exe");
    out[n] = '\0';
    slash = strrchr(out, '/');
    (void)strcpy(slash ? slash : out, TARGET);
    if (access(out, X_OK) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", out);
    return TW_OK;
}

static enum tw_status
choose_dir(const char *given, char out[PATH_MAX], struct tw_error *err)
{
    const char *home = secure_getenv("HOME");
    const char *const parts[] = {given  ? given
                                 : home ? home
                                        : "",
                                 given ? "" : DEFAULT_DIR, NULL};

    if (!given && (!home || home[0] != '/'))
        return tw_fail(err, TW_E_USAGE,
                       "HOME names no directory\n"
                       "tokenward install-helpers --dir DIRECTORY");
    return text_join(out, PATH_MAX, parts) && out[0]
               ? TW_OK
               : tw_fail(err, TW_E_USAGE, "--dir: no directory's name");
}

static enum tw_status
open_dir(const char *path, int *out, struct tw_error *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct shown shown;
    struct stat st;

    (void)text_printable(&shown, path, strlen(path));
    if (fd < 0 && errno == ENOENT)
        return tw_fail(err, TW_E_ACCESS,
                       "%s: there is no such directory\n"
                       "make it, or name another with --dir",
                       shown.text);
    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", shown.text);
    if (st.st_mode & S_IWOTH)
        return tw_fail(err, TW_E_ACCESS,
                       "%s: everybody may write there\n"
                       "chmod o-w, or name another with --dir",
                       shown.text);
    *out = take_fd(&fd);
    return TW_OK;
}

/* Is @name there, as the link that it shall be? */
static enum tw_status
look_at(int dir, const char *name, const char *target, bool *there,
        struct tw_error *err)
{
    char text[PATH_MAX];
    ssize_t n = readlinkat(dir, name, text, sizeof text);

    *there = n >= 0 && (size_t)n == strlen(target) &&
             memcmp(text, target, (size_t)n) == 0;
    if (*there || (n < 0 && errno == ENOENT))
        return TW_OK;
    return tw_fail(err, TW_E_ACCESS,
                   "%s: is there already, and leads elsewhere\n"
                   "remove it, or name another directory with --dir",
                   name);
}

/* First all are looked at: none is made if one is in the way. */
static enum tw_status
make_links(int dir, const char *target, struct tw_error *err)
{
    enum tw_status status = TW_OK;
    bool there[ROW_COUNT] = {false};

    for (size_t i = 0; i < ROW_COUNT && !status; i++) {
        if (ROWS[i].link)
            status = look_at(dir, ROWS[i].link, target, &there[i], err);
    }
    for (size_t i = 0; i < ROW_COUNT && !status; i++) {
        if (ROWS[i].link && !there[i] &&
            symlinkat(target, dir, ROWS[i].link) < 0)
            status =
                tw_fail_errno(err, TW_E_ACCESS, errno, "%s", ROWS[i].link);
    }
    return status;
}

/* Bytes of the @n of @path without slashes at its end, which a shell's
 * completion puts there. */
static size_t
bare_length(const char *path, size_t n)
{
    while (n > 1 && path[n - 1] == '/')
        n--;
    return n;
}

static bool
is_in_path(const char *dir)
{
    const char *path = getenv("PATH");
    size_t n = bare_length(dir, strlen(dir));

    while (path && *path) {
        size_t length = strcspn(path, ":");

        if (bare_length(path, length) == n && strncmp(path, dir, n) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static bool
put_row(const struct row *row, struct secret *out)
{
    const char *const parts[] = {row->tool, ": in ",   row->where,
                                 "\n    ",  row->line, "\n"};
    bool good = true;

    for (size_t i = 0; good && i < sizeof parts / sizeof *parts; i++)
        good = secret_append_text(out, parts[i]);
    return good;
}

enum tw_status
command_install_helpers(const struct options *options, int *exit_code,
                        struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(OUT_MAX);
    AUTO_CLOSE int fd = -1;
    char dir[PATH_MAX], target[PATH_MAX];
    bool good = true;
    enum tw_status status = find_target(target, err);

    (void)exit_code;
    if (!status)
        status = choose_dir(options->dir, dir, err);
    if (!status)
        status = open_dir(dir, &fd, err);
    if (!status)
        status = make_links(fd, target, err);
    if (status)
        return status;
    for (size_t i = 0; good && i < ROW_COUNT; i++)
        good = put_row(&ROWS[i], &out);
    if (good && !is_in_path(dir))
        good = secret_append_text(
            &out, "The directory of the links is not in PATH.\n");
    return good ? terminal_answer(&out, err) : tw_no_memory(err);
}
