/* SPDX-License-Identifier: MIT */
/*
 * doorbell.c - see doorbell.h.
 *
 * Every wait is bounded, and connecting does not wait: a queue that is full is
 * somebody else's trouble, and the caller then does without.  Who listens is
 * asked of the kernel, since anybody could make a socket somewhere, and whose
 * the directory is, since anybody could link to a socket of root's.
 */
#include "provider/base/doorbell.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/lines.h"
#include "provider/base/text.h"
#include "provider/base/verdict.h"

static bool
is_directory_of(const char *dir, uid_t owner)
{
    struct stat st;

    return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
           (st.st_uid == owner || st.st_uid == 0);
}

static int
reach(const char *dir, uid_t owner)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *const parts[] = {dir, "/" DOORBELL_FILE, NULL};
    AUTO_CLOSE int fd = -1;
    struct ucred peer;
    socklen_t n = sizeof peer;

    errno = 0;
    if (!text_join(address.sun_path, sizeof address.sun_path, parts) ||
        !is_directory_of(dir, owner))
        return -1;
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0 ||
        (peer.uid != owner && peer.uid != 0))
        return -1;
    return take_fd(&fd);
}

/* The answer's length; 0: there is none, -1: not in time. */
static ssize_t
receive(int fd, int wait_ms, char *answer)
{
    int64_t deadline = clock_monotonic_ms() + wait_ms;

    for (;;) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_monotonic_ms();
        int ready = poll(&poller, 1, left > 0 ? (int)left : 0);
        ssize_t n;

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return -1;
        n = recv(fd, answer, DOORBELL_ANSWER_MAX, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        return n > 0 ? n : 0;
    }
}

static int
call(const char *dir, uid_t owner, const struct secret *request)
{
    AUTO_CLOSE int fd = reach(dir, owner);

    return fd >= 0 && send(fd, request->bytes, request->len, MSG_NOSIGNAL) >= 0
               ? take_fd(&fd)
               : -1;
}

int
doorbell_call(const char *dir, uid_t owner, const char *command,
              const char *profile)
{
    AUTO_SECRET request = SECRET_INIT(DOORBELL_REQUEST_MAX);

    return lines_put(&request, "command", command) &&
                   lines_put(&request, "profile", profile)
               ? call(dir, owner, &request)
               : -1;
}

enum tw_status
doorbell_hear(int fd, int wait_ms, bool *is_there, struct tw_error *err)
{
    char answer[DOORBELL_ANSWER_MAX + 1];
    ssize_t n = receive(fd, wait_ms, answer);

    *is_there = true;
    if (n < 0)
        return tw_fail(err, TW_E_RETRY,
                       "the resident helper is still at work after %d s",
                       wait_ms / 1000);
    if (n == 0) { /* it ended: what it would have done is to be done anew */
        *is_there = false;
        return tw_fail(err, TW_E_RETRY, "the resident helper went away");
    }
    return verdict_read(answer, (size_t)n, err);
}

static enum tw_status
ring(const char *dir, uid_t owner, const struct secret *request, int wait_ms,
     bool *is_there, struct tw_error *err)
{
    AUTO_CLOSE int fd = call(dir, owner, request);

    *is_there = fd >= 0;
    if (fd < 0 && errno == EAGAIN)
        return tw_fail(err, TW_E_RETRY,
                       "too many ring for the resident helper at once");
    if (fd < 0)
        return tw_fail(err, TW_E_NOT_FOUND, "no resident helper is there");
    return wait_ms ? doorbell_hear(fd, wait_ms, is_there, err) : TW_OK;
}

enum tw_status
doorbell_ensure(const char *dir, uid_t owner, const char *profile,
                int64_t min_valid, int wait_ms, bool *is_there,
                struct tw_error *err)
{
    AUTO_SECRET request = SECRET_INIT(DOORBELL_REQUEST_MAX);

    *is_there = false;
    if (!lines_put(&request, "command", "ensure") ||
        !lines_put(&request, "profile", profile) ||
        (min_valid >= 0 && !lines_put_int64(&request, "min_valid", min_valid)))
        return tw_no_memory(err);
    return ring(dir, owner, &request, wait_ms, is_there, err);
}

enum tw_status
doorbell_reject(const char *dir, uid_t owner, const char *profile,
                int64_t generation, int wait_ms, bool *is_there,
                struct tw_error *err)
{
    AUTO_SECRET request = SECRET_INIT(DOORBELL_REQUEST_MAX);

    *is_there = false;
    if (!lines_put(&request, "command", "reject") ||
        !lines_put(&request, "profile", profile) ||
        !lines_put_int64(&request, "generation", generation))
        return tw_no_memory(err);
    return ring(dir, owner, &request, wait_ms, is_there, err);
}
