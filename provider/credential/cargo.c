/* SPDX-License-Identifier: MIT */
/*
 * cargo.c - cargo's credential provider protocol, version 1: a value of JSON
 * on each line, both ways (cargo's book, credential-provider-protocol).
 *
 * We speak first.  Whatever was answered, cargo fails if the exit status is
 * not 0, so that failures are answers, too.  It closes the pipe when it is
 * done, however long it thinks.
 */
#include <string.h>

#include "provider/base/json_text.h"
#include "provider/base/json_tree.h"
#include "provider/cli/terminal.h"
#include "provider/credential/input.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define HELLO "{\"v\":[1]}\n"
#define MARGIN_S 60 /* an upload */
#define SPARSE "sparse+"

/* Not ours: cargo asks its next provider. */
#define NOT_OURS "{\"Err\":{\"kind\":\"url-not-supported\"}}\n"
#define NO_SUCH_OPERATION "{\"Err\":{\"kind\":\"operation-not-supported\"}}\n"

static enum tw_status
get(const struct target *target, struct secret *out, struct tw_error *err)
{
    AUTO_SECRET value = SECRET_INIT(RECORD_MAX);
    AUTO_ANSWER answer = ANSWER_INIT;
    bool given;
    enum tw_status status =
        target_ask(target, 2 * MARGIN_S, &given, &answer, err);

    if (status)
        return status;
    if (!given)
        return secret_append_text(out, NOT_OURS) ? TW_OK : tw_no_memory(err);
    return secret_append_text(&value, "Bearer ") &&
                   secret_append(&value, answer.record.token,
                                 answer.record.token_len) &&
                   secret_append(out, "{", 1) &&
                   json_put_raw_member(out, "Ok", "{") &&
                   json_put_text_member(out, "kind", "get") &&
                   json_put_text_member(out, "token", value.bytes) &&
                   json_put_text_member(out, "cache", "expires") &&
                   json_put_number_member(out, "expiration",
                                          target_expiry(&answer, MARGIN_S)) &&
                   json_put_raw_member(out, "operation_independent", "true") &&
                   secret_append(out, "}}\n", 3)
               ? TW_OK
               : tw_no_memory(err);
}

/* `cargo logout`: the token is dropped for all, and fetched when asked. */
static enum tw_status
logout(const struct target *target, struct secret *out, struct tw_error *err)
{
    enum tw_status status = target_reject(target, NULL, NULL, err);

    if (status)
        return status;
    return secret_append_text(out, "{\"Ok\":{\"kind\":\"logout\"}}\n")
               ? TW_OK
               : tw_no_memory(err);
}

static enum tw_status
answer_target(const char *kind, const char *url, struct secret *out,
              struct tw_error *err)
{
    struct target target = {.found = false};
    struct place place;
    enum tw_status status = TW_OK;

    if (strncmp(url, SPARSE, strlen(SPARSE)) == 0)
        url += strlen(SPARSE);
    if (place_read(url, false, &place))
        status = target_find(place.host, place.path, &target, err);
    if (status)
        return status;
    if (!target.found)
        return secret_append_text(out, NOT_OURS) ? TW_OK : tw_no_memory(err);
    if (strcmp(kind, "get") == 0)
        return get(&target, out, err);
    if (strcmp(kind, "logout") == 0)
        return logout(&target, out, err);
    return secret_append_text(out, NO_SUCH_OPERATION) ? TW_OK
                                                      : tw_no_memory(err);
}

/* @line is changed. */
static enum tw_status
answer_line(char *line, size_t n, struct secret *out, struct tw_error *err)
{
    static const char *const VERSION[] = {"v", NULL};
    static const char *const KIND[] = {"kind", NULL};
    static const char *const URL[] = {"registry", "index-url", NULL};
    struct json_tree tree;
    const char *version, *kind, *url;

    if (!json_tree_read(line, n, &tree))
        return tw_fail(err, TW_E_USAGE, "the request is no JSON");
    version = json_tree_word(&tree, VERSION);
    kind = json_tree_text(&tree, KIND);
    url = json_tree_text(&tree, URL);
    if (!version || strcmp(version, "1") != 0 || !kind || !url)
        return tw_fail(err, TW_E_USAGE,
                       "the request is none of version 1 of the protocol");
    return answer_target(kind, url, out, err);
}

/* A failure as cargo shows it, with the hint as its cause. */
static bool
put_failure(const struct tw_error *failure, struct secret *out)
{
    AUTO_SECRET message = SECRET_INIT(sizeof failure->message);
    size_t n = strcspn(failure->message, "\n");
    const char *hint = failure->message + n + (failure->message[n] == '\n');

    return secret_append(&message, failure->message, n) &&
           secret_append(out, "{", 1) &&
           json_put_raw_member(out, "Err", "{") &&
           json_put_text_member(out, "kind", "other") &&
           json_put_text_member(out, "message", secret_text(&message)) &&
           json_put_raw_member(out, "caused-by", "[") &&
           (!hint[0] || json_put_text(out, hint)) &&
           secret_append(out, "]}}\n", 4);
}

static bool
has_line(const struct secret *text, size_t from)
{
    return text->len > from &&
           memchr(text->bytes + from, '\n', text->len - from);
}

/* What was read of @text is gone; the maximum is one of a line's. */
static void
drop_read(struct secret *text, size_t *done)
{
    if (!*done)
        return;
    text->len -= *done;
    memmove(text->bytes, text->bytes + *done, text->len);
    explicit_bzero(text->bytes + text->len, *done);
    *done = 0;
}

/* The next line without its end, at *@line, out of @text, whose first
 * *@done bytes were read before.  NULL at the end. */
static enum tw_status
next_line(struct secret *text, size_t *done, char **line, size_t *n,
          struct tw_error *err)
{
    enum tw_status status = TW_OK;
    char *stop;

    if (!has_line(text, *done)) {
        drop_read(text, done);
        status = input_read(STDIN_FILENO, INPUT_FOREVER, has_line, text, err);
    }
    *line = NULL;
    if (status || text->len == *done)
        return status;
    *line = text->bytes + *done;
    stop = memchr(*line, '\n', text->len - *done);
    *n = stop ? (size_t)(stop - *line) : text->len - *done;
    *done += *n + (stop != NULL);
    return TW_OK;
}

static enum tw_status
say(struct secret *text, struct tw_error *err)
{
    enum tw_status status = terminal_answer(text, err);

    secret_clear(text);
    return status;
}

enum tw_status
cargo_run(const struct call *call, struct secret *out, int *exit_code,
          struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(JSON_TREE_BYTES);
    struct tw_error failure;
    size_t done = 0, n = 0;
    char *line = NULL;
    enum tw_status status;

    (void)exit_code;
    if (call->count != 1 || strcmp(call->args[0], "--cargo-plugin") != 0)
        return tw_fail(err, TW_E_USAGE,
                       "cargo starts it, with --cargo-plugin\n"
                       "see tokenward-credential(1)");
    if (!secret_append_text(out, HELLO))
        return tw_no_memory(err);
    status = say(out, err);
    while (!status) {
        status = next_line(&text, &done, &line, &n, err);
        if (status || !line)
            break;
        if (answer_line(line, n, out, &failure)) {
            secret_clear(out);
            if (!put_failure(&failure, out))
                return tw_no_memory(err);
        }
        status = say(out, err);
    }
    return status;
}
