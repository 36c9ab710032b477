/* SPDX-License-Identifier: MIT */
/*
 * keyring.c - the command of Python's keyring, as pip, uv and others run it:
 * keyring [--mode=MODE] [--output=FORM] get|set|del SERVICE [USERNAME].
 *
 * The service is an index's URL, or its host alone, asked one after the other.
 * Exit status 1 is "not found".  What pip wants to have set for a place of
 * ours it has from us: that is taken, and not kept.
 */
#include <stddef.h>
#include <string.h>

#include "provider/base/json_text.h"
#include "provider/credential/input.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define MARGIN_S 60 /* no expiry can be told; an installation's downloads */
#define SET_MAX (256 * 1024)
#define NOT_FOUND 1 /* exit status */

struct request {
    const char *verb, *service;
    const char *username; /* NULL: was not given */
    bool creds;           /* the user name is to be told, too */
    bool json;
};

struct option {
    const char *name, *value;
    size_t offset;
    bool is;
};

static const struct option OPTIONS[] = {
    {"--mode", "creds", offsetof(struct request, creds), true},
    {"--mode", "password", offsetof(struct request, creds), false},
    {"--output", "json", offsetof(struct request, json), true},
    {"--output", "plain", offsetof(struct request, json), false},
};

/* "--mode=creds" or "--mode" "creds". */
static bool
take_option(char ***at, struct request *out)
{
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        size_t n = strlen(OPTIONS[i].name);
        const char *word = **at, *value = NULL;

        if (strncmp(word, OPTIONS[i].name, n) != 0)
            continue;
        if (word[n] == '=')
            value = word + n + 1;
        else if (!word[n])
            value = (*at)[1];
        if (!value || strcmp(value, OPTIONS[i].value) != 0)
            continue;
        *(bool *)((char *)out + OPTIONS[i].offset) = OPTIONS[i].is;
        *at += word[n] ? 0 : 1;
        return true;
    }
    return false;
}

static enum tw_status
parse(char **at, struct request *out, struct tw_error *err)
{
    const char *words[3] = {NULL, NULL, NULL};
    size_t count = 0;
    bool good = true;

    for (; good && *at; at++) {
        if ((*at)[0] == '-')
            good = take_option(&at, out);
        else if (count < sizeof words / sizeof *words)
            words[count++] = *at;
        else
            good = false;
    }
    if (!good || count < 2)
        return tw_fail(err, TW_E_USAGE,
                       "usage: keyring [--mode=password|creds] "
                       "[--output=plain|json] get|set|del SERVICE [USERNAME]");
    out->verb = words[0];
    out->service = words[1];
    out->username = words[2];
    return TW_OK;
}

/* A profile has one user name: another's password is none of ours. */
static enum tw_status
find_target(const struct request *request, struct target *out,
            struct tw_error *err)
{
    struct place place;
    enum tw_status status;

    *out = (struct target){.found = false};
    if (!place_read(request->service, true, &place))
        return TW_OK;
    status = target_find(place.host, place.path, out, err);
    if (!status && out->found && request->username &&
        strcmp(request->username, out->route.username) != 0)
        out->found = false;
    return status;
}

static bool
put_plain(const struct request *request, const char *username,
          const struct record *record, struct secret *out)
{
    return (!request->creds || (secret_append_text(out, username) &&
                                secret_append(out, "\n", 1))) &&
           secret_append(out, record->token, record->token_len) &&
           secret_append(out, "\n", 1);
}

static bool
put_json(const struct request *request, const char *username,
         const struct record *record, struct secret *out)
{
    return secret_append(out, "{", 1) &&
           (!request->creds ||
            json_put_text_member(out, "username", username)) &&
           json_put_text_member(out, "password", record->token) &&
           secret_append(out, "}\n", 2);
}

static enum tw_status
get(const struct request *request, const struct target *target, bool *done,
    struct secret *out, struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    enum tw_status status =
        target_ask(target, 2 * MARGIN_S, done, &answer, err);

    if (status || !*done)
        return status;
    return (request->json ? put_json : put_plain)(
               request, target->route.username, &answer.record, out)
               ? TW_OK
               : tw_no_memory(err);
}

/* What comes is read, so that its writer need not notice. */
static enum tw_status
set(const struct request *request, const struct target *target, bool *done,
    struct secret *out, struct tw_error *err)
{
    AUTO_SECRET given = SECRET_INIT(SET_MAX);

    (void)request;
    (void)target;
    (void)out;
    *done = true;
    return input_read(STDIN_FILENO, INPUT_MS, NULL, &given, err);
}

static enum tw_status
del(const struct request *request, const struct target *target, bool *done,
    struct secret *out, struct tw_error *err)
{
    (void)request;
    (void)out;
    *done = true;
    return target_reject(target, NULL, NULL, err);
}

struct verb {
    const char *name;
    enum tw_status (*run)(const struct request *request,
                          const struct target *target, bool *done,
                          struct secret *out, struct tw_error *err);
};

static const struct verb VERBS[] = {{"del", del}, {"get", get}, {"set", set}};

static const struct verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        if (strcmp(VERBS[i].name, name) == 0)
            return &VERBS[i];
    }
    return NULL;
}

enum tw_status
keyring_run(const struct call *call, struct secret *out, int *exit_code,
            struct tw_error *err)
{
    struct request request = {.creds = false};
    const struct verb *verb;
    struct target target;
    bool done = false;
    enum tw_status status = parse(call->args, &request, err);

    if (status)
        return status;
    verb = find_verb(request.verb);
    if (!verb)
        return tw_fail(err, TW_E_USAGE, "keyring: get, set or del");
    status = find_target(&request, &target, err);
    if (!status && target.found)
        status = verb->run(&request, &target, &done, out, err);
    if (!status && !done)
        *exit_code = NOT_FOUND;
    return status;
}
