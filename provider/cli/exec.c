/* SPDX-License-Identifier: MIT */
/*
 * exec.c - tokenward exec: run a command that finds a token in its
 * environment: a file's name always, the token itself only where the profile
 * says so with env:.  The file is kept fresh while the command runs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/ask.h"
#include "provider/base/session_word.h"
#include "provider/base/text.h"
#include "provider/cli/command.h"
#include "provider/cli/guard.h"
#include "provider/cli/tend.h"

/* Where the clouds' own libraries look for a token file's name; they read it
 * again whenever they need one. */
#define AWS_VARIABLE "AWS_WEB_IDENTITY_TOKEN_FILE"
#define AZURE_VARIABLE "AZURE_FEDERATED_TOKEN_FILE"

/* What env: may ask for. */
struct value {
    char kind[8];
    const char *text;
};

static enum tw_status
set_variable(const char *name, const char *value, struct tw_error *err)
{
    return setenv(name, value, 1) < 0
               ? tw_fail_errno(err, TW_E_SYSTEM, errno, "setenv")
               : TW_OK;
}

/* @text: NAME=KIND; a kind of a later version's is nothing to us. */
static enum tw_status
export_one(const char *text, const struct value *values, size_t n,
           struct tw_error *err)
{
    const char *equals = strchr(text, '=');
    char name[80];

    if (!equals || (size_t)(equals - text) >= sizeof name)
        return TW_OK;
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    for (size_t i = 0; i < n && text_is_variable_name(name); i++) {
        if (strcmp(values[i].kind, equals + 1) != 0)
            continue;
        if (values[i].text)
            return set_variable(name, values[i].text, err);
        (void)unsetenv(name); /* of the caller's, perhaps another's */
        return TW_OK;
    }
    return TW_OK;
}

static enum tw_status
set_file_variables(const struct options *options, const char *path,
                   struct tw_error *err)
{
    enum tw_status status = set_variable(TOKEN_FILE_VARIABLE, path, err);

    (void)unsetenv(TOKEN_VARIABLE); /* of the caller's, perhaps another's */
    if (!status && options->aws)
        status = set_variable(AWS_VARIABLE, path, err);
    if (!status && options->azure)
        status = set_variable(AZURE_VARIABLE, path, err);
    return status;
}

static enum tw_status
set_environment(const struct runtime *runtime, const struct options *options,
                const struct answer *answer, struct tw_error *err)
{
    AUTO_SECRET header = SECRET_INIT(RECORD_MAX);
    const struct record *record = &answer->record;
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s/token",
                     answer->system ? runtime->system : runtime->user,
                     options->names[0]);
    enum tw_status status;

    if (n < 0 || n >= (int)sizeof path)
        return tw_fail(err, TW_E_SYSTEM, "the token file's path is too long");
    if (record_is_bearer(record) &&
        (!secret_append_text(&header, "Authorization: Bearer ") ||
         !secret_append(&header, record->token, record->token_len)))
        return tw_no_memory(err);

    const struct value values[] = {
        {"file", path},
        {"header", header.bytes /* NULL: no bearer token */},
        {"token", record->token}};

    status = set_file_variables(options, path, err);
    for (size_t i = 0; i < record->export_count && !status; i++)
        status = export_one(record->exports[i], values,
                            sizeof values / sizeof *values, err);
    return status;
}

enum tw_status
command_exec(const struct options *options, int *exit_code,
             struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    struct runtime runtime;
    struct shown shown;
    enum tw_status status;

    if (!options->command || !options->command[0])
        return tw_fail(err, TW_E_USAGE,
                       "which command?\n"
                       "tokenward exec NAME -- COMMAND [ARGUMENT...]");
    runtime_find(&runtime, NULL);
    status = ask_record(&runtime, options->names[0], options->min_valid,
                        ASK_SOURCE, &answer, err);
    if (status)
        return status;
    /* Before the token is in the environment; the system's is its service's
     * to renew. */
    if (!answer.system)
        tend_begin(&runtime, options->names[0], &answer);
    status = set_environment(&runtime, options, &answer, err);
    if (status)
        return status;
    guard_end();
    (void)execvp(options->command[0], options->command);
    *exit_code = errno == ENOENT ? EXIT_NO_COMMAND : EXIT_NOT_EXECUTABLE;
    if (text_may_hold_password(options->command[0]))
        return tw_fail(err, TW_E_USAGE, "an address is no program's name");
    return tw_fail_errno(err, TW_E_USAGE, errno, "%s",
                         text_printable(&shown, options->command[0],
                                        strlen(options->command[0])));
}
