/* SPDX-License-Identifier: MIT */
/*
 * bazel.c - the credential helper protocol of Bazel and EngFlow
 * (EngFlow/credential-helper-spec): an URI in, header lines out.
 *
 * The answer is kept until the very second that it names.  Without a pattern
 * the tool asks for every download, so that "not ours" is no error.
 */
#include <string.h>

#include "provider/base/date.h"
#include "provider/base/json_text.h"
#include "provider/base/json_tree.h"
#include "provider/credential/input.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define NOT_OURS "{\"headers\":{}}\n"
#define MARGIN_S 60 /* a build's upload */

static enum tw_status
find_target(struct target *out, struct tw_error *err)
{
    static const char *const URI[] = {"uri", NULL};
    AUTO_SECRET text = SECRET_INIT(JSON_TREE_BYTES);
    struct json_tree tree;
    struct place place;
    const char *uri = NULL;
    enum tw_status status =
        input_read(STDIN_FILENO, INPUT_MS, NULL, &text, err);

    *out = (struct target){.found = false};
    if (status)
        return status;
    if (text.len && json_tree_read(text.bytes, text.len, &tree))
        uri = json_tree_text(&tree, URI);
    if (!uri)
        return tw_fail(err, TW_E_USAGE, "the request is no JSON with an uri");
    if (!place_read(uri, false, &place))
        return TW_OK;
    return target_find(place.host, place.path, out, err);
}

static bool
put_headers(const struct answer *answer, struct secret *out)
{
    AUTO_SECRET value = SECRET_INIT(RECORD_MAX);
    char expiry[DATE_MAX];

    date_text(target_expiry(answer, MARGIN_S), 'T', expiry);
    return secret_append_text(&value, "Bearer ") &&
           secret_append(&value, answer->record.token,
                         answer->record.token_len) &&
           secret_append(out, "{", 1) &&
           json_put_raw_member(out, "headers", "{") &&
           json_put_raw_member(out, "Authorization", "[") &&
           json_put_text(out, value.bytes) && secret_append(out, "]}", 2) &&
           json_put_text_member(out, "expires", expiry) &&
           secret_append(out, "}\n", 2);
}

enum tw_status
bazel_run(const struct call *call, struct secret *out, int *exit_code,
          struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    struct target target;
    bool given = false;
    enum tw_status status;

    (void)exit_code;
    if (call->count != 1 || strcmp(call->args[0], "get") != 0)
        return tw_fail(err, TW_E_USAGE, "bazel: get is all there is");
    status = find_target(&target, err);
    if (!status && target.found)
        status = target_ask(&target, 2 * MARGIN_S, &given, &answer, err);
    if (status)
        return status;
    return (given ? put_headers(&answer, out)
                  : secret_append_text(out, NOT_OURS))
               ? TW_OK
               : tw_no_memory(err);
}
