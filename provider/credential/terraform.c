/* SPDX-License-Identifier: MIT */
/*
 * terraform.c - the credentials helper protocol of Terraform and OpenTofu:
 * [ARGUMENT...] get|store|forget HOST.
 *
 * The words before the last two come from the tool's configuration; none
 * means anything here.  A host that is not ours has no credentials: {}.
 */
#include <string.h>

#include "provider/base/json_text.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define MARGIN_S 60 /* no expiry can be told */

static enum tw_status
get(const struct target *target, struct secret *out, struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    bool given = false;
    enum tw_status status =
        target->found ? target_ask(target, 2 * MARGIN_S, &given, &answer, err)
                      : TW_OK;

    if (status)
        return status;
    return secret_append(out, "{", 1) &&
                   (!given ||
                    json_put_text_member(out, "token", answer.record.token)) &&
                   secret_append(out, "}\n", 2)
               ? TW_OK
               : tw_no_memory(err);
}

static enum tw_status
store(const struct target *target, struct secret *out, struct tw_error *err)
{
    (void)target;
    (void)out;
    return tw_fail(err, TW_E_USAGE,
                   "tokenward keeps no token that it is given\n"
                   "write a profile with match: for this host");
}

static enum tw_status
forget(const struct target *target, struct secret *out, struct tw_error *err)
{
    (void)out;
    return target->found ? target_reject(target, NULL, NULL, err) : TW_OK;
}

struct verb {
    const char *name;
    enum tw_status (*run)(const struct target *target, struct secret *out,
                          struct tw_error *err);
};

static const struct verb VERBS[] = {
    {"forget", forget},
    {"get", get},
    {"store", store},
};

static const struct verb *
find_verb(const struct call *call)
{
    for (size_t i = 0; call->count >= 2 && i < sizeof VERBS / sizeof *VERBS;
         i++) {
        if (strcmp(VERBS[i].name, call->args[call->count - 2]) == 0)
            return &VERBS[i];
    }
    return NULL;
}

enum tw_status
terraform_run(const struct call *call, struct secret *out, int *exit_code,
              struct tw_error *err)
{
    const struct verb *verb = find_verb(call);
    const char *host = verb ? call->args[call->count - 1] : "";
    struct target target = {.found = false};
    enum tw_status status;

    (void)exit_code;
    if (!verb)
        return tw_fail(err, TW_E_USAGE,
                       "usage: terraform-credentials-tokenward "
                       "get|store|forget HOST");
    if (!place_is_host(host))
        return tw_fail(err, TW_E_USAGE,
                       "the host is no host name with a port");
    status = target_find(host, "", &target, err);
    return status ? status : verb->run(&target, out, err);
}
