/* SPDX-License-Identifier: MIT */
/*
 * request.c - reads and checks a request; nothing of it is ever printed.
 */
#include "provider/credential/request.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/clock.h"
#include "provider/base/lines.h"

static enum tw_status
read_input(int fd, struct secret *out, struct tw_error *err)
{
    int64_t deadline = clock_monotonic_ms() + REQUEST_WAIT_MS;
    char part[4096];

    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_monotonic_ms();
        int ready = poll(&poller, 1, left > 0 ? (int)left : 0);
        ssize_t n;

        if (ready == 0)
            return tw_fail(err, TW_E_RETRY,
                           "the request on stdin does not come to an end");
        if (ready < 0 && errno == EINTR)
            continue;
        n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "reading stdin");
        if (n == 0)
            return TW_OK;
        if (!secret_append(out, part, (size_t)n))
            return tw_fail(err, TW_E_USAGE, "the request is too long");
        /* The empty line ends it; git closes the pipe, a person does not. */
        if (memmem(out->bytes, out->len, "\n\n", 2) || out->bytes[0] == '\n')
            return TW_OK;
    }
}

static bool
has_long_line(const struct secret *text)
{
    const char *line = secret_text(text), *end = line + text->len;

    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));

        if ((size_t)((stop ? stop : end) - line) >= REQUEST_LINE_MAX)
            return true;
        line = stop ? stop + 1 : end;
    }
    return false;
}

/* Two different values: what one reader takes, another does not. */
static bool
set_once(const char **at, const char *value)
{
    if ((*at)[0] && strcmp(*at, value) != 0)
        return false;
    *at = value;
    return true;
}

static bool
set_key(struct request *request, const char *key, const char *value)
{
    if (strcmp(key, "protocol") == 0)
        return set_once(&request->protocol, value);
    if (strcmp(key, "host") == 0)
        return set_once(&request->host, value);
    if (strcmp(key, "path") == 0)
        return set_once(&request->path, value);
    if (strcmp(key, "username") == 0)
        return set_once(&request->username, value);
    if (strcmp(key, "password") == 0)
        request->password = value;
    else if (strcmp(key, "credential") == 0)
        request->credential = value;
    else if (strcmp(key, "capability[]") == 0 && !value[0])
        request->authtype = false;
    else if (strcmp(key, "capability[]") == 0 &&
             strcmp(value, "authtype") == 0)
        request->authtype = true;
    return strcmp(key, "url") != 0;
}

enum tw_status
request_read(int fd, struct request *out, struct tw_error *err)
{
    struct request request = {.text = SECRET_INIT(REQUEST_MAX)};
    enum tw_status status = read_input(fd, &request.text, err);
    struct lines lines;
    const char *key, *value;
    bool good = true;

    request.protocol = request.host = request.path = "";
    request.username = request.password = request.credential = "";
    if (!status && has_long_line(&request.text))
        status = tw_fail(err, TW_E_USAGE, "a line of the request is too long");
    if (!status && request.text.len) {
        lines_begin(&lines, request.text.bytes, request.text.len);
        while (good && lines_next(&lines, &key, &value))
            good = set_key(&request, key, value);
        if (!good || lines.broken)
            status = tw_fail(err, TW_E_USAGE,
                             "the request on stdin is not one that git "
                             "makes");
    }
    if (status) {
        request_clear(&request);
        return status;
    }
    *out = request;
    return TW_OK;
}

bool
request_is_ours(const struct request *request)
{
    static const char HOST[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789.-:[]";

    return strcmp(request->protocol, "https") == 0 && request->host[0] &&
           request->host[strspn(request->host, HOST)] == '\0';
}

void
request_clear(struct request *request)
{
    secret_clear(&request->text);
}
