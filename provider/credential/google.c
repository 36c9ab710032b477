/* SPDX-License-Identifier: MIT */
/*
 * google.c - an executable-sourced external account of Google's libraries: the
 * token that is exchanged for one of Google's, as JSON (AIP-4117).
 *
 * The questions come as variables.  Failures are answers with exit status 0,
 * or the library loses them; stderr is merged into stdout, so that nothing is
 * said there.  What goes into the output file is used without asking until it
 * ends; in an interactive run stdout is a person's terminal, and the file is
 * the only way.
 */
#include <string.h>

#include "provider/base/json_text.h"
#include "provider/credential/answer_file.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define VARIABLE(name) "GOOGLE_EXTERNAL_ACCOUNT_" name
#define TYPE(name) "urn:ietf:params:oauth:token-type:" name
#define MARGIN_S 60 /* the exchange, and clocks apart */

struct question {
    const char *type;
    const char *file; /* NULL: none is wanted */
    bool interactive, revoke;
};

static bool
is_set(const char *name)
{
    const char *value = secure_getenv(name);

    return value && strcmp(value, "1") == 0;
}

/* Who runs it by hand asks without variables. */
static enum tw_status
read_question(struct question *out, struct tw_error *err)
{
    const char *type = secure_getenv(VARIABLE("TOKEN_TYPE"));
    const char *file = secure_getenv(VARIABLE("OUTPUT_FILE"));

    *out = (struct question){
        .type = type && type[0] ? type : TYPE("jwt"),
        .file = file && file[0] ? file : NULL,
        .interactive = is_set(VARIABLE("INTERACTIVE")),
        .revoke = is_set(VARIABLE("REVOKE")),
    };
    if (strcmp(out->type, TYPE("jwt")) == 0 ||
        strcmp(out->type, TYPE("id_token")) == 0)
        return TW_OK;
    return tw_fail(err, TW_E_USAGE,
                   "the account's subject_token_type is none that tokenward "
                   "has\n" TYPE("jwt") " or " TYPE("id_token"));
}

/* Three parts: what the library would be told by Google's server, later and in
 * other words. */
static bool
is_jwt(const char *token)
{
    const char *first = strchr(token, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;

    return second && !strchr(second + 1, '.');
}

static bool
put_token(const struct question *question, const struct answer *answer,
          struct secret *out)
{
    return secret_append(out, "{", 1) &&
           json_put_raw_member(out, "version", "1") &&
           json_put_raw_member(out, "success", "true") &&
           json_put_text_member(out, "token_type", question->type) &&
           json_put_text_member(out, "id_token", answer->record.token) &&
           json_put_number_member(out, "expiration_time",
                                  target_expiry(answer, MARGIN_S)) &&
           secret_append(out, "}\n", 2);
}

static bool
put_failure(const struct tw_error *failure, struct secret *out)
{
    AUTO_SECRET message = SECRET_INIT(sizeof failure->message);

    if (!secret_append_text(&message, failure->message))
        return false;
    for (size_t i = 0; i < message.len; i++) {
        if (message.bytes[i] == '\n')
            message.bytes[i] = ';';
    }
    return secret_append(out, "{", 1) &&
           json_put_raw_member(out, "version", "1") &&
           json_put_raw_member(out, "success", "false") &&
           json_put_text_member(out, "code",
                                tw_status_name(failure->status)) &&
           json_put_text_member(out, "message", secret_text(&message)) &&
           secret_append(out, "}\n", 2);
}

/* A subject token is not sent as a bearer's: one of another kind will do. */
static enum tw_status
get(const struct question *question, const struct target *target,
    struct secret *out, struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    enum tw_status status = ask_record(&target->runtime, target->route.profile,
                                       2 * MARGIN_S, ASK_SOURCE, &answer, err);

    if (status)
        return status;
    if (!is_jwt(answer.record.token))
        return tw_fail(err, TW_E_CONFIG,
                       "the token of '%s' is no JWT, as Google's exchange "
                       "wants it",
                       target->route.profile);
    if (!put_token(question, &answer, out))
        return tw_no_memory(err);
    if (question->file)
        status = answer_file_put(question->file, out, err);
    if (!question->interactive)
        return TW_OK; /* the file only saves a question */
    secret_clear(out);
    if (question->file)
        return status;
    return tw_fail(err, TW_E_USAGE,
                   "an interactive account needs an output_file: standard "
                   "output is the terminal");
}

/* The token is dropped for all, and fetched when asked. */
static enum tw_status
withdraw(const struct question *question, const struct target *target,
         struct secret *out, struct tw_error *err)
{
    enum tw_status status =
        question->file ? answer_file_remove(question->file, err) : TW_OK;

    if (!status)
        status = target_reject(target, NULL, NULL, err);
    if (status)
        return status;
    return secret_append_text(out, "{\"version\":1,\"success\":true}\n")
               ? TW_OK
               : tw_no_memory(err);
}

static enum tw_status
answer(const struct call *call, struct secret *out, struct tw_error *err)
{
    struct question question;
    struct target target;
    enum tw_status status =
        call->count == 1 ? target_name(call->args[0], &target, err)
                         : tw_fail(err, TW_E_USAGE, "google: which profile?");

    if (!status)
        status = read_question(&question, err);
    if (status)
        return status;
    return (question.revoke ? withdraw : get)(&question, &target, out, err);
}

enum tw_status
google_run(const struct call *call, struct secret *out, int *exit_code,
           struct tw_error *err)
{
    struct tw_error failure;

    (void)exit_code;
    if (!answer(call, out, &failure))
        return TW_OK;
    secret_clear(out);
    return put_failure(&failure, out) ? TW_OK : tw_no_memory(err);
}
