/* SPDX-License-Identifier: MIT */
/*
 * git_request.c - key=value lines from git (gitcredentials(7)) to a struct.
 *
 * The request decides who is given a token, so whatever two readers could
 * understand differently is refused: CR and NUL (CVE-2024-52006), a line
 * without '=', two hosts, an URL beside the host (CVE-2020-5260), a request
 * that names no host (CVE-2020-11008).  No message repeats a byte of it.
 */
#include "provider/credential/git_request.h"

#include <stddef.h>
#include <string.h>

#include "provider/base/lines.h"
#include "provider/credential/input.h"
#include "provider/credential/place.h"

struct field {
    char key[12];
    bool single; /* two different values are no request */
    size_t offset;
};

static const struct field FIELDS[] = {
    {"credential", false, offsetof(struct git_request, credential)},
    {"host", true, offsetof(struct git_request, host)},
    {"password", false, offsetof(struct git_request, password)},
    {"path", false, offsetof(struct git_request, path)},
    {"protocol", true, offsetof(struct git_request, protocol)},
    {"username", false, offsetof(struct git_request, username)},
};

static void
set_capability(struct git_request *request, const char *value)
{
    if (strcmp(value, "authtype") == 0)
        request->authtype = true;
    else if (strcmp(value, "state") == 0)
        request->continues = true;
    else if (!value[0])
        request->authtype = request->continues = false;
}

/* Other helpers' states stand among ours. */
static void
set_state(struct git_request *request, const char *value)
{
    size_t n = strlen(GIT_STATE_PREFIX);

    if (strncmp(value, GIT_STATE_PREFIX, n) == 0)
        request->state = value + n;
    else if (!value[0])
        request->state = NULL;
}

static bool
set_key(struct git_request *request, const char *key, const char *value)
{
    if (strcmp(key, "capability[]") == 0)
        set_capability(request, value);
    if (strcmp(key, "state[]") == 0)
        set_state(request, value);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        const char **at =
            (const char **)(void *)((char *)request + FIELDS[i].offset);

        if (strcmp(FIELDS[i].key, key) != 0)
            continue;
        if (FIELDS[i].single && *at && strcmp(*at, value) != 0)
            return false;
        *at = value;
    }
    return strcmp(key, "url") != 0;
}

/* The empty line, looked for from where the last search ended. */
static bool
has_end(const struct secret *text, size_t from)
{
    if (text->len && text->bytes[0] == '\n')
        return true;
    from -= from > 0;
    return text->len > from &&
           memmem(text->bytes + from, text->len - from, "\n\n", 2);
}

enum tw_status
git_request_read(int fd, struct git_request *out, struct tw_error *err)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;
    struct lines lines;
    const char *key, *value;
    enum tw_status status =
        input_read(fd, INPUT_MS, has_end, &request.text, err);

    if (status)
        return status;
    lines_begin(&lines, request.text.bytes, request.text.len);
    while (lines_next(&lines, &key, &value)) {
        if ((size_t)(value - key) + strlen(value) + 1 > GIT_LINE_MAX)
            return tw_fail(err, TW_E_USAGE,
                           "a line of the request is longer than %d bytes",
                           GIT_LINE_MAX);
        if (!set_key(&request, key, value))
            return tw_fail(err, TW_E_USAGE,
                           "the request names more than one place, or one by "
                           "url, which git takes apart itself");
    }
    if (lines.broken)
        return tw_fail(err, TW_E_USAGE,
                       "the request is not made of key=value lines, or holds "
                       "CR or NUL");
    git_request_clear(out);
    *out = request;
    request = GIT_REQUEST_INIT;
    return TW_OK;
}

bool
git_request_is_https(const struct git_request *request)
{
    return request->protocol && strcmp(request->protocol, "https") == 0;
}

enum tw_status
git_request_check(const struct git_request *request, struct tw_error *err)
{
    if (!request->protocol || !request->protocol[0])
        return tw_fail(err, TW_E_USAGE, "the request names no protocol");
    if (!git_request_is_https(request))
        return TW_OK;
    if (!request->host || !request->host[0])
        return tw_fail(err, TW_E_USAGE, "the request names no host");
    if (!place_is_host(request->host))
        return tw_fail(err, TW_E_USAGE,
                       "the request's host is no host name with a port");
    return TW_OK;
}

void
git_request_clear(struct git_request *request)
{
    secret_clear(&request->text);
    *request = GIT_REQUEST_INIT;
}
