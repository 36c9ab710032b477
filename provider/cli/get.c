/* SPDX-License-Identifier: MIT */
/*
 * get.c - tokenward get: a living token on stdout, in the form asked for.
 *
 * A failed refresh stays invisible while the kept token lives; --verbose
 * tells of it.  Each form quotes for the program that reads it.
 */
#include <string.h>

#include "provider/base/ask.h"
#include "provider/base/json_text.h"
#include "provider/base/session_word.h"
#include "provider/base/text.h"
#include "provider/cli/command.h"
#include "provider/cli/terminal.h"

#define OUT_MAX (4 * RECORD_MAX) /* a token of quotes alone, escaped */

struct form {
    const char *name;
    bool is_for_bearers; /* other tokens must not be sent this way */
    bool (*put)(const struct record *record, struct secret *out);
};

static bool
put_raw(const struct record *record, struct secret *out)
{
    return secret_append(out, record->token, record->token_len) &&
           secret_append(out, "\n", 1);
}

static bool
put_header(const struct record *record, struct secret *out)
{
    return secret_append_text(out, "Authorization: Bearer ") &&
           put_raw(record, out);
}

static bool
put_json(const struct record *record, struct secret *out)
{
    int64_t left = record_left(record, clock_now());

    return secret_append(out, "{", 1) &&
           json_put_text_member(out, "access_token", record->token) &&
           json_put_text_member(out, "token_type", record->token_type) &&
           json_put_number_member(out, "expires_at", record->expires.wall) &&
           json_put_number_member(out, "expires_in", left > 0 ? left : 0) &&
           json_put_text_member(out, "scope", record->scope) &&
           json_put_text_member(out, "profile", record->profile) &&
           secret_append(out, "}\n", 2);
}

/* Each byte of @special as @escape, which stands for it. */
static bool
put_replaced(struct secret *out, const char *text, const char *special,
             const char *const *escapes)
{
    bool good = true;

    while (good && *text) {
        size_t n = strcspn(text, special);
        const char *found = text[n] ? strchr(special, text[n]) : NULL;

        good = secret_append(out, text, n) &&
               (!found || secret_append_text(out, escapes[found - special]));
        text += n + (found != NULL);
    }
    return good;
}

/* What a shell evaluates is a variable's name, whoever wrote the record. */
static bool
is_variable(const char *name, size_t len)
{
    char text[80];

    if (len >= sizeof text)
        return false;
    memcpy(text, name, len);
    text[len] = '\0';
    return text_is_variable_name(text);
}

/* The first variable that the profile exports its token as. */
static bool
put_variable(const struct record *record, struct secret *out)
{
    for (size_t i = 0; i < record->export_count; i++) {
        const char *name = record->exports[i], *equals = strchr(name, '=');

        if (equals && strcmp(equals + 1, "token") == 0 &&
            is_variable(name, (size_t)(equals - name)))
            return secret_append(out, name, (size_t)(equals - name));
    }
    return secret_append_text(out, TOKEN_VARIABLE);
}

static bool
put_env(const struct record *record, struct secret *out)
{
    static const char *const ESCAPES[] = {"'\\''"};

    return secret_append_text(out, "export ") && put_variable(record, out) &&
           secret_append(out, "='", 2) &&
           put_replaced(out, record->token, "'", ESCAPES) &&
           secret_append(out, "'\n", 2);
}

static bool
put_curl(const struct record *record, struct secret *out)
{
    static const char *const ESCAPES[] = {"\\\"", "\\\\"};

    return secret_append_text(out, "oauth2-bearer = \"") &&
           put_replaced(out, record->token, "\"\\", ESCAPES) &&
           secret_append(out, "\"\n", 2);
}

static const struct form FORMS[] = {
    {"raw", false, put_raw},   {"curl", true, put_curl},
    {"env", false, put_env},   {"header", true, put_header},
    {"json", false, put_json},
};

static const struct form *
find_form(const char *name)
{
    for (size_t i = 0; name && i < sizeof FORMS / sizeof *FORMS; i++) {
        if (strcmp(FORMS[i].name, name) == 0)
            return &FORMS[i];
    }
    return name ? NULL : FORMS;
}

enum tw_status
command_get(const struct options *options, int *exit_code,
            struct tw_error *err)
{
    struct tw_error stale = {.status = TW_OK};
    AUTO_ANSWER answer = ANSWER_INIT;
    AUTO_SECRET out = SECRET_INIT(OUT_MAX);
    const struct form *form = find_form(options->format);
    struct runtime runtime;
    enum tw_status status;

    (void)exit_code;
    if (!form)
        return tw_fail(err, TW_E_USAGE,
                       "--format: raw, curl, env, header or json");
    runtime_find(&runtime, NULL);
    answer.stale = &stale;
    status = ask_record(&runtime, options->names[0], options->min_valid,
                        ASK_SOURCE | (options->cached ? ASK_CACHED : 0u),
                        &answer, err);
    if (status)
        return status;
    if (stale.status && options->verbose)
        terminal_warning(PROGRAM, &stale);
    if (form->is_for_bearers && !record_is_bearer(&answer.record))
        return tw_fail(err, TW_E_CONFIG,
                       "the token of '%s' is no bearer token\n"
                       "--format raw and json print it as it is",
                       options->names[0]);
    if (!form->put(&answer.record, &out))
        return tw_no_memory(err);
    return terminal_answer(&out, err);
}
