/* SPDX-License-Identifier: MIT */
/*
 * git.c - get, store, erase and capability.
 */
#include "provider/credential/git.h"

#include <string.h>

#include "provider/credential/git_reply.h"
#include "provider/credential/git_request.h"
#include "provider/credential/target.h"

/* Reads the request and says which profile it is for, if one of ours. */
static enum tw_status
find_target(struct git_request *request, struct target *out,
            struct tw_error *err)
{
    enum tw_status status = git_request_read(STDIN_FILENO, request, err);

    out->found = false;
    if (!status)
        status = git_request_check(request, err);
    if (status || !git_request_is_https(request))
        return status;
    status = target_find(request->host, request->path ? request->path : "",
                         out, err);
    if (!status && out->found && request->username &&
        strcmp(request->username, out->route.username) != 0)
        out->found = false;
    return status;
}

/* Is it the token that the state brought back names, PROFILE=GENERATION? */
static bool
is_refused(const void *arg, const struct record *record)
{
    const char *state = arg;
    size_t n = strlen(record->profile);
    int64_t generation;

    return strncmp(state, record->profile, n) == 0 && state[n] == '=' &&
           text_to_int64(state + n + 1, &generation) &&
           generation == record->generation;
}

/* A token for the request.  A client that brings a state has tried the token
 * it names, and the server refused: that one is dropped first. */
static enum tw_status
get(const struct git_request *request, const struct target *target,
    bool *given, struct answer *out, struct tw_error *err)
{
    enum tw_status status =
        request->state ? target_reject(target, is_refused, request->state, err)
                       : TW_OK;

    return status ? status
                  : target_ask(target, TW_MIN_VALID_DEFAULT, given, out, err);
}

enum tw_status
git_get(struct secret *out, struct tw_error *err)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;
    AUTO_ANSWER answer = ANSWER_INIT;
    struct target target;
    unsigned flags = 0;
    bool given;
    enum tw_status status = find_target(&request, &target, err);

    if (status || !target.found)
        return status;
    status = get(&request, &target, &given, &answer, err);
    /* No other helper and no person at a prompt knows a password for it, then;
     * and the failure is the same without. */
    if (status_is_refusal(status))
        (void)git_reply_put_quit(out);
    if (status || !given)
        return status;
    if (request.authtype)
        flags |= GIT_REPLY_AUTHTYPE;
    if (request.continues && !request.state)
        flags |= GIT_REPLY_CONTINUE; /* once: a second refusal is final */
    if (!git_reply_put(&answer.record, target.route.username, flags, out)) {
        secret_clear(out);
        return tw_fail(err, TW_E_SYSTEM,
                       "the answer for profile '%s' does not fit the protocol",
                       target.route.profile);
    }
    return TW_OK;
}

static bool
is_token_of(const char *given, const struct record *record)
{
    return !given ||
           bytes_equal(given, strlen(given), record->token, record->token_len);
}

static bool
is_it(const void *arg, const struct record *record)
{
    const struct git_request *request = arg;

    return is_token_of(request->password, record) &&
           is_token_of(request->credential, record);
}

enum tw_status
git_erase(struct secret *out, struct tw_error *err)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;
    struct target target;
    enum tw_status status = find_target(&request, &target, err);

    (void)out;
    if (status || !target.found)
        return status;
    return target_reject(&target, is_it, &request, err);
}

/* Nothing of git's is ever kept; it is read so that git need not notice. */
enum tw_status
git_store(struct secret *out, struct tw_error *err)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;

    (void)out;
    (void)err;
    (void)git_request_read(STDIN_FILENO, &request, NULL);
    return TW_OK;
}

enum tw_status
git_capability(struct secret *out, struct tw_error *err)
{
    return git_reply_put_capabilities(out) ? TW_OK : tw_no_memory(err);
}
