/* SPDX-License-Identifier: MIT */
/*
 * git.c - get, store, erase and capability.
 *
 * A request is led to a profile by the indexes alone, the user's first; a
 * route of the system's leads to the system's record and a user's to the
 * user's, so that one's host is never given the other's token.
 */
#include "provider/credential/git.h"

#include <string.h>

#include "provider/base/ask.h"
#include "provider/base/index.h"
#include "provider/credential/git_reply.h"
#include "provider/credential/git_request.h"

struct target {
    struct route route;
    bool found, system;
};

static bool
route_leads(const struct index *index, const struct git_request *request,
            struct route *out)
{
    return index_route(index, request->host,
                       request->path ? request->path : "", out);
}

static enum tw_status
find_in_indexes(const struct runtime *runtime,
                const struct git_request *request, struct target *out,
                struct tw_error *err)
{
    AUTO_INDEX users = INDEX_INIT;
    AUTO_INDEX systems = INDEX_INIT;

    /* Who has no profiles starts no process to learn so. */
    if (runtime->user[0] && runtime->config[0] &&
        access(runtime->config, F_OK) == 0) {
        enum tw_status status =
            index_open(runtime->user, true, true, &users, err);

        if (status && status != TW_E_NOT_FOUND)
            return status;
        out->found = !status && route_leads(&users, request, &out->route);
    }
    if (!out->found &&
        index_open(runtime->system, false, false, &systems, NULL) == TW_OK)
        out->found = out->system = route_leads(&systems, request, &out->route);
    return TW_OK;
}

/* Reads the request and says which profile it is for, if one of ours. */
static enum tw_status
find_target(struct runtime *runtime, struct git_request *request,
            struct target *out, struct tw_error *err)
{
    enum tw_status status = git_request_read(STDIN_FILENO, request, err);

    out->found = out->system = false;
    if (!status)
        status = git_request_check(request, err);
    if (status || !git_request_is_https(request))
        return status;
    runtime_find(runtime, NULL);
    status = find_in_indexes(runtime, request, out, err);
    if (!status && out->found && request->username &&
        strcmp(request->username, out->route.username) != 0)
        out->found = false;
    return status;
}

enum tw_status
git_get(struct secret *out, struct tw_error *err)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;
    AUTO_ANSWER answer = ANSWER_INIT;
    struct runtime runtime;
    struct target target;
    enum tw_status status = find_target(&runtime, &request, &target, err);

    if (status || !target.found)
        return status;
    status = ask_record(&runtime, target.route.profile, TW_MIN_VALID_DEFAULT,
                        ASK_SOURCE, &answer, err);
    if (status || answer.system != target.system ||
        !record_is_bearer(&answer.record))
        return status;
    if (!git_reply_put(&answer.record, target.route.username, request.authtype,
                       out)) {
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

/* A late erase of an older token must not drop the one fetched since. */
enum tw_status
git_erase(struct secret *out, struct tw_error *err)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;
    AUTO_RECORD record = RECORD_INIT;
    struct runtime runtime;
    struct target target;
    bool system;
    enum tw_status status = find_target(&runtime, &request, &target, err);

    (void)out;
    if (status || !target.found)
        return status;
    status =
        look_record(&runtime, target.route.profile, &record, &system, err);
    if (status == TW_E_NOT_FOUND)
        return TW_OK;
    if (status)
        return status;
    if (system != target.system || !record.token ||
        !is_token_of(request.password, &record) ||
        !is_token_of(request.credential, &record))
        return TW_OK;
    return ask_reject_record(&runtime, &record, system, target.route.profile,
                             err);
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
