/* SPDX-License-Identifier: MIT */
/*
 * front.c - requests of the tools that ask for credentials: a token goes out
 * only where the host that was asked for is ours, and what goes out is what
 * the tool's format has.
 */
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider/base/json_tree.h"
#include "provider/credential/protocol.h"
#include "tests/fuzz/fake_target.h"
#include "tests/fuzz/fuzz.h"

#define ARGS_MAX 8
#define REQUESTS_MAX 16

typedef enum tw_status front_run(const struct call *call, struct secret *out,
                                 int *exit_code, struct tw_error *err);

/* What was written to stdout itself, behind @out; false: not all of it. */
static bool
read_stdout(struct secret *out)
{
    char chunk[4096];
    ssize_t n;

    FUZZ_CHECK(lseek(STDOUT_FILENO, 0, SEEK_SET) == 0);
    while ((n = read(STDOUT_FILENO, chunk, sizeof chunk)) > 0) {
        if (!secret_append(out, chunk, (size_t)n))
            return false;
    }
    return true;
}

/* Each line of @text is JSON. */
static void
check_json(const char *text)
{
    static struct json_tree tree;

    while (*text) {
        size_t n = strcspn(text, "\n");
        AUTO_FREE char *line = fuzz_text((const uint8_t *)text, n);

        FUZZ_CHECK(text[n] == '\n');
        FUZZ_CHECK(json_tree_read(line, n, &tree));
        text += n + 1;
    }
}

static void
run(front_run *front, int count, char **args, bool is_json)
{
    const struct call call = {.program = "tokenward-credential",
                              .suffix = "",
                              .args = args,
                              .count = count};
    AUTO_SECRET out = SECRET_INIT(8 * ANSWER_MAX);
    struct tw_error err = {0};
    int exit_code = 0;
    enum tw_status status;
    bool whole;

    fake_target_granted = false;
    status = front(&call, &out, &exit_code, &err);
    if (status)
        fuzz_check_message(&err);
    whole = read_stdout(&out);
    FUZZ_CHECK(fake_target_granted || !strstr(secret_text(&out), FAKE_TOKEN));
    FUZZ_CHECK(!strchr(secret_text(&out), '\r'));
    if (!status && !exit_code && is_json && whole)
        check_json(secret_text(&out));
}

/* The input on stdin, and an empty file as stdout. */
static void
set_input(const uint8_t *data, size_t n)
{
    static int output = -1;

    if (output < 0) {
        output = memfd_create("output", MFD_CLOEXEC);
        FUZZ_CHECK(output >= 0 &&
                   dup2(output, STDOUT_FILENO) == STDOUT_FILENO);
    }
    FUZZ_CHECK(ftruncate(output, 0) == 0 && lseek(output, 0, SEEK_SET) == 0);
    fuzz_input(STDIN_FILENO, data, n);
}

/* The same once more. */
static void
set_again(void)
{
    FUZZ_CHECK(lseek(STDIN_FILENO, 0, SEEK_SET) == 0);
}

/* What was granted was asked for, unless an escape hides it. */
static void
check_named(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = NULL;

    if (!fake_target_granted)
        return;
    text = fuzz_text(data, n);
    for (size_t i = 0; i < n; i++) {
        if (!text[i])
            text[i] = ' ';
    }
    FUZZ_CHECK(strcasestr(text, FAKE_HOST) || strchr(text, '\\'));
}

void
fuzz_bazel(const uint8_t *data, size_t n)
{
    char *args[] = {(char[]){"get"}, NULL};

    set_input(data, n);
    run(bazel_run, 1, args, true);
    check_named(data, n);
}

/* Each line is a request: a few at once. */
void
fuzz_cargo(const uint8_t *data, size_t n)
{
    char *args[] = {(char[]){"--cargo-plugin"}, NULL};
    size_t lines = 0;

    for (size_t i = 0; i < n; i++) {
        lines += data[i] == '\n';
        if (lines == REQUESTS_MAX)
            n = i + 1;
    }
    set_input(data, n);
    run(cargo_run, 1, args, true);
    check_named(data, n);
}

/* As lines of an index, which has printable ASCII alone and no token. */
static char *
write_routes(const uint8_t *data, size_t n)
{
    char *text = fuzz_text(data, n);

    for (char *at = text; *at; at++) {
        if (*at != '\n' && (*at < ' ' || *at > '~'))
            *at = '-';
    }
    if (strstr(text, FAKE_TOKEN))
        *text = '\0';
    return text;
}

void
fuzz_docker(const uint8_t *data, size_t n)
{
    char *get[] = {(char[]){"get"}, NULL};
    char *erase[] = {(char[]){"erase"}, NULL};
    char *store[] = {(char[]){"store"}, NULL};
    char *list[] = {(char[]){"list"}, NULL};
    AUTO_FREE char *routes = write_routes(data, n);

    set_input(data, n);
    run(docker_run, 1, get, true);
    check_named(data, n);
    set_again();
    run(docker_run, 1, erase, false);
    set_again();
    run(docker_run, 1, store, false);
    FUZZ_CHECK(!fake_target_granted);
    fake_target_routes = routes;
    run(docker_run, 1, list, true);
    fake_target_routes = NULL;
}

void
fuzz_kubectl(const uint8_t *data, size_t n)
{
    static const char NAME[] = "KUBERNETES_EXEC_INFO=";
    AUTO_FREE char *variable = fuzz_between(NAME, data, n, "");
    char *args[] = {NULL};

    set_input(data, 0);
    FUZZ_CHECK(putenv(variable) == 0);
    run(kubectl_run, 0, args, true);
    FUZZ_CHECK(unsetenv("KUBERNETES_EXEC_INFO") == 0);
    check_named(data, n);
}

/* The first line is the address, what follows the head of an answer. */
void
fuzz_goauth(const uint8_t *data, size_t n)
{
    const uint8_t *stop = n ? memchr(data, '\n', n) : NULL;
    size_t first = stop ? (size_t)(stop - data) : n;
    AUTO_FREE char *url = fuzz_text(data, first);
    char *args[] = {url, NULL};

    first += stop != NULL;
    set_input(data + first, n - first);
    run(goauth_run, 1, args, false);
    check_named(data, n);
}

void
fuzz_kubelet(const uint8_t *data, size_t n)
{
    char *args[] = {NULL};

    set_input(data, n);
    run(kubelet_run, 0, args, true);
    check_named(data, n);
}

/* The lines of the bytes are the arguments. */
static void
run_lines(front_run *front, const uint8_t *data, size_t n, bool is_json)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    char *args[ARGS_MAX + 1] = {NULL}, *rest = text;
    int count = 0;

    set_input(data, 0);
    while (count < ARGS_MAX && rest)
        args[count++] = strsep(&rest, "\n");
    run(front, count, args, is_json);
}

void
fuzz_keyring(const uint8_t *data, size_t n)
{
    run_lines(keyring_run, data, n, false);
}

void
fuzz_mail(const uint8_t *data, size_t n)
{
    run_lines(xoauth2_run, data, n, false);
    run_lines(oauthbearer_run, data, n, false);
}

void
fuzz_oidc_token(const uint8_t *data, size_t n)
{
    run_lines(oidc_token_run, data, n, false);
}

void
fuzz_terraform(const uint8_t *data, size_t n)
{
    run_lines(terraform_run, data, n, true);
    check_named(data, n);
}
