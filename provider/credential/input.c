/* SPDX-License-Identifier: MIT */
/*
 * input.c - see input.h.
 *
 * A client that writes half a request and waits must not keep us for ever.
 */
#include "provider/credential/input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "provider/base/clock.h"

#define CHUNK 1024 /* most requests are one read, and fit one page */

static enum tw_status
wait_for(int fd, int limit_ms, int64_t begun, struct tw_error *err)
{
    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left = begun + limit_ms - clock_monotonic_ms();
        int wait = limit_ms == INPUT_FOREVER ? -1 : left > 0 ? (int)left : 0;
        int ready = poll(&poller, 1, wait);

        if (ready > 0)
            return TW_OK;
        if (ready == 0)
            return tw_fail(err, TW_E_RETRY,
                           "no whole request came on stdin within %d s",
                           limit_ms / 1000);
        if (errno != EINTR)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "poll");
    }
}

enum tw_status
input_read(int fd, int limit_ms,
           bool (*is_whole)(const struct secret *text, size_t from),
           struct secret *text, struct tw_error *err)
{
    int64_t begun = clock_monotonic_ms();
    char chunk[CHUNK];
    size_t before = text->len;

    do {
        enum tw_status status = wait_for(fd, limit_ms, begun, err);
        ssize_t n = status ? 0 : read(fd, chunk, sizeof chunk);
        bool kept;

        if (status || n == 0)
            return status;
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "stdin");
        before = text->len;
        kept = secret_append(text, chunk, (size_t)n);
        explicit_bzero(chunk, (size_t)n);
        if (!kept)
            return TW_FAIL_ROOM(err, TW_E_USAGE,
                                "the request is longer than %zu bytes",
                                text->max);
    } while (!is_whole || !is_whole(text, before));
    return TW_OK;
}
