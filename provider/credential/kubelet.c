/* SPDX-License-Identifier: MIT */
/*
 * kubelet.c - kubelet's image credential provider: an image in, the user name
 * and password of its registry out (credentialprovider.kubelet.k8s.io/v1).
 *
 * The answer is decoded strictly, in the version of the question, and kept for
 * as long as it says: for this image alone, since of two images of one
 * registry each may lead to a profile of its own.  "Not ours" is kept not at
 * all, so that a profile that is written later is found.
 */
#include <string.h>

#include "provider/base/json_text.h"
#include "provider/base/json_tree.h"
#include "provider/credential/input.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define GROUP "credentialprovider.kubelet.k8s.io/"
#define MARGIN_S 60 /* a pull that has begun */

struct question {
    const char *version;
    struct place place; /* of the image; host "": none */
};

static const char *
known_version(const char *text)
{
    static const char *const KNOWN[] = {GROUP "v1", GROUP "v1beta1",
                                        GROUP "v1alpha1"};

    for (size_t i = 0; text && i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strcmp(KNOWN[i], text) == 0)
            return KNOWN[i];
    }
    return NULL;
}

/* "HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]": the place is without the last two.
 * An image without a slash names no registry. */
static bool
read_image(char *image, struct place *out)
{
    char *slash = strrchr(image, '/'), *colon;

    if (!slash)
        return false;
    image[strcspn(image, "@")] = '\0';
    slash = strrchr(image, '/');
    colon = slash ? strchr(slash, ':') : NULL;
    if (colon)
        *colon = '\0';
    return slash && place_read(image, true, out);
}

static enum tw_status
read_question(struct question *out, struct tw_error *err)
{
    static const char *const VERSION[] = {"apiVersion", NULL};
    static const char *const IMAGE[] = {"image", NULL};
    AUTO_SECRET text = SECRET_INIT(JSON_TREE_BYTES);
    AUTO_SECRET image = SECRET_INIT(PLACE_HOST_MAX + PLACE_PATH_MAX);
    struct json_tree tree;
    const char *named = NULL;
    enum tw_status status =
        input_read(STDIN_FILENO, INPUT_MS, NULL, &text, err);

    *out = (struct question){.version = NULL};
    if (status)
        return status;
    if (text.len && json_tree_read(text.bytes, text.len, &tree)) {
        out->version = known_version(json_tree_text(&tree, VERSION));
        named = json_tree_text(&tree, IMAGE);
    }
    if (!out->version || !named)
        return tw_fail(err, TW_E_USAGE,
                       "the request is no CredentialProviderRequest of a "
                       "version known here\n"
                       "apiVersion: " GROUP "v1");
    if (!secret_append_text(&image, named) ||
        !read_image(image.bytes, &out->place))
        out->place.host[0] = '\0';
    return TW_OK;
}

/* "reg.example.test/team": what of the image led to the profile. */
static bool
put_registry(const struct place *place, const struct route *route,
             struct secret *out)
{
    char name[PLACE_HOST_MAX + PLACE_PATH_MAX];
    size_t n = strlen(place->host);

    memcpy(name, place->host, n);
    memcpy(name + n, place->path, route->path_len);
    name[n + route->path_len] = '\0';
    return json_put_name(out, name);
}

static bool
put_answer(const struct question *question, const struct route *route,
           const struct answer *answer, struct secret *out)
{
    char duration[32];
    int64_t left =
        answer ? target_expiry(answer, MARGIN_S) - clock_now().wall : 0;
    char *end = text_put_int64(duration, left > 0 ? left : 0);

    memcpy(end, "s", 2);
    return secret_append(out, "{", 1) &&
           json_put_text_member(out, "apiVersion", question->version) &&
           json_put_text_member(out, "kind", "CredentialProviderResponse") &&
           json_put_text_member(out, "cacheKeyType", "Image") &&
           json_put_text_member(out, "cacheDuration", duration) &&
           json_put_raw_member(out, "auth", answer ? "{" : "null") &&
           (!answer ||
            (put_registry(&question->place, route, out) &&
             secret_append(out, "{", 1) &&
             json_put_text_member(out, "username", route->username) &&
             json_put_text_member(out, "password", answer->record.token) &&
             secret_append(out, "}}", 2))) &&
           secret_append(out, "}\n", 2);
}

enum tw_status
kubelet_run(const struct call *call, struct secret *out, int *exit_code,
            struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    struct question question;
    struct target target = {.found = false};
    bool given = false;
    enum tw_status status;

    (void)exit_code;
    if (call->count)
        return tw_fail(err, TW_E_USAGE,
                       "kubelet: there are no words; kubelet asks on stdin");
    status = read_question(&question, err);
    if (!status && question.place.host[0])
        status = target_find(question.place.host, question.place.path, &target,
                             err);
    if (!status && target.found)
        status = target_ask(&target, 2 * MARGIN_S, &given, &answer, err);
    if (status)
        return status;
    return put_answer(&question, &target.route, given ? &answer : NULL, out)
               ? TW_OK
               : tw_no_memory(err);
}
