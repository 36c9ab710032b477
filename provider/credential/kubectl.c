/* SPDX-License-Identifier: MIT */
/*
 * kubectl.c - client-go's exec plugin: an ExecCredential on stdout
 * (client.authentication.k8s.io/v1).
 *
 * The profile is named by an argument, or led to by the cluster's address,
 * which comes in $KUBERNETES_EXEC_INFO with provideClusterInfo.  The version
 * of the answer must be that of the question.  kubectl takes the expiry to the
 * second, without a margin of its own.
 */
#include <stdio.h>
#include <string.h>

#include "provider/base/date.h"
#include "provider/base/json_text.h"
#include "provider/base/json_tree.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define VARIABLE "KUBERNETES_EXEC_INFO"
#define GROUP "client.authentication.k8s.io/"
#define MARGIN_S 30 /* a request that has begun, and clocks apart */

struct question {
    const char *version;
    const char *server; /* NULL: was not told; borrowed from the text */
};

static const char *
known_version(const char *text)
{
    static const char *const KNOWN[] = {GROUP "v1", GROUP "v1beta1"};

    for (size_t i = 0; text && i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strcmp(KNOWN[i], text) == 0)
            return KNOWN[i];
    }
    return NULL;
}

/* Who runs it by hand asks without a question. */
static enum tw_status
read_question(struct secret *text, struct question *out, struct tw_error *err)
{
    static const char *const VERSION[] = {"apiVersion", NULL};
    static const char *const SERVER[] = {"spec", "cluster", "server", NULL};
    /* What the cluster has for its plugins may be anything. */
    static const char *const CONFIG[] = {"spec", "cluster", "config", NULL};
    const char *given = secure_getenv(VARIABLE);
    struct json_tree tree;

    *out = (struct question){.version = GROUP "v1"};
    if (!given || !given[0])
        return TW_OK;
    if (!secret_append_text(text, given) ||
        !json_tree_read_around(CONFIG, text->bytes, text->len, &tree))
        return tw_fail(err, TW_E_USAGE, VARIABLE ": is no JSON of ours");
    out->version = known_version(json_tree_text(&tree, VERSION));
    out->server = json_tree_text(&tree, SERVER);
    return out->version ? TW_OK
                        : tw_fail(err, TW_E_USAGE,
                                  VARIABLE ": no apiVersion known here\n"
                                           "apiVersion: " GROUP "v1");
}

static enum tw_status
find_target(const struct call *call, const char *server, struct target *out,
            struct tw_error *err)
{
    struct place place;
    enum tw_status status;

    if (call->count > 1)
        return tw_fail(err, TW_E_USAGE, "kubectl: one profile at a time");
    if (call->count == 1)
        return target_name(call->args[0], out, err);
    if (!server)
        return tw_fail(err, TW_E_USAGE,
                       "kubectl: which profile?\n"
                       "name one in args:, or set provideClusterInfo: true");
    *out = (struct target){.found = false};
    status = place_read(server, false, &place)
                 ? target_find(place.host, place.path, out, err)
                 : TW_OK;
    if (status || out->found)
        return status;
    return tw_fail(err, TW_E_NOT_FOUND,
                   "no profile's match: is for this cluster's server");
}

static bool
put_credential(const char *version, const struct answer *answer,
               struct secret *out)
{
    char expiry[DATE_MAX];

    date_text(target_expiry(answer, MARGIN_S), 'T', expiry);
    return secret_append(out, "{", 1) &&
           json_put_text_member(out, "apiVersion", version) &&
           json_put_text_member(out, "kind", "ExecCredential") &&
           json_put_raw_member(out, "status", "{") &&
           json_put_text_member(out, "expirationTimestamp", expiry) &&
           json_put_text_member(out, "token", answer->record.token) &&
           secret_append(out, "}}\n", 3);
}

enum tw_status
kubectl_run(const struct call *call, struct secret *out, int *exit_code,
            struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(JSON_TREE_BYTES);
    AUTO_ANSWER answer = ANSWER_INIT;
    struct question question;
    struct target target;
    enum tw_status status = read_question(&text, &question, err);

    (void)exit_code;
    if (!status)
        status = find_target(call, question.server, &target, err);
    if (!status)
        status = target_demand(&target, 2 * MARGIN_S, &answer, err);
    if (status)
        return status;
    return put_credential(question.version, &answer, out) ? TW_OK
                                                          : tw_no_memory(err);
}
