/* SPDX-License-Identifier: MIT */
/*
 * bell.c - callers and their packets; see bell.h.
 *
 * The trap is a caller who is slow or means ill: what it sends is cut, what it
 * does not read is dropped, and the end of its call is kept in a list by
 * time, whose head alone is looked at.  Who it is, the kernel says.
 */
#include "helper/serve/bell.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "provider/base/auto.h"
#include "provider/base/doorbell.h"
#include "provider/base/lines.h"

#define ACCEPTS 64 /* in one go */

static void on_ring(void *arg, int fd, uint32_t events);

/* Its time begins anew. */
static void
begin_time(struct caller *caller)
{
    timed_put(&caller->bell->callers, &caller->timed,
              loop_now_ms() + BELL_CALLER_MS);
}

static void
begin_time_anew(struct caller *caller)
{
    timed_drop(&caller->bell->callers, &caller->timed);
    begin_time(caller);
}

static void
let_in(struct bell *bell)
{
    (void)loop_watch(bell->loop, bell->listener.fd, EPOLLIN, on_ring, bell);
}

static void
hang_up(struct caller *caller)
{
    struct bell *bell = caller->bell;

    if (caller->waiter.ward)
        bell->host.left(&caller->waiter);
    if (caller->put_off)
        caller_take_up(caller);
    (void)loop_watch(bell->loop, caller->fd, 0, NULL, NULL);
    (void)close(caller->fd);
    timed_drop(&bell->callers, &caller->timed);
    allowance_leave(caller->allowance);
    free(caller);
    if (bell->count-- == BELL_CALLERS_MAX)
        let_in(bell);
}

static bool
put_verdict(struct secret *out, const struct tw_error *err)
{
    char message[sizeof err->message];
    char *hint;

    memcpy(message, err->message, sizeof message);
    hint = strchr(message, '\n');
    if (hint)
        *hint++ = '\0';
    return lines_put(out, "status", tw_status_name(err->status)) &&
           (!err->status || lines_put(out, "message", message)) &&
           (!err->status || !hint || lines_put(out, "hint", hint));
}

static bool
send_verdict(int fd, const struct tw_error *err, const struct secret *more)
{
    AUTO_SECRET out = SECRET_INIT(DOORBELL_ANSWER_MAX);

    return put_verdict(&out, err) &&
           (!more || secret_append(&out, more->bytes, more->len)) &&
           send(fd, out.bytes, out.len, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

static void on_caller(void *arg, int fd, uint32_t events);

void
caller_answer(struct caller *caller, const struct tw_error *err,
              const struct secret *more)
{
    caller->waiter.ward = NULL;
    caller->bell->answers[err->status]++;
    if (!send_verdict(caller->fd, err, more) ||
        !loop_watch(caller->bell->loop, caller->fd, EPOLLIN | EPOLLRDHUP,
                    on_caller, caller)) {
        hang_up(caller);
        return;
    }
    begin_time_anew(caller);
    if (caller->bell->count == BELL_CALLERS_MAX) /* it may make room */
        let_in(caller->bell);
}

void
caller_put_off(struct caller *caller, const struct bell_request *request,
               struct timed_list *list, int64_t until_ms)
{
    caller->request = *request;
    caller->request.profile = caller->profile;
    (void)strcpy(caller->profile, request->profile);
    caller->put_off = list;
    timed_put(list, &caller->patience, until_ms);
}

void
caller_take_up(struct caller *caller)
{
    timed_drop(caller->put_off, &caller->patience);
    caller->put_off = NULL;
}

struct caller *
caller_put_off_as(struct timed *patience)
{
    return (struct caller *)(void *)((char *)patience -
                                     offsetof(struct caller, patience));
}

bool
caller_peer(const struct caller *caller, struct peer *out)
{
    struct ucred peer;
    socklen_t n = sizeof peer,
              bytes = sizeof out->groups - sizeof *out->groups;

    if (getsockopt(caller->fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0 ||
        getsockopt(caller->fd, SOL_SOCKET, SO_PEERGROUPS, out->groups,
                   &bytes) < 0)
        return false;
    out->uid = peer.uid;
    out->group_count = bytes / sizeof *out->groups;
    out->groups[out->group_count++] = peer.gid;
    return true;
}

static void
read_request(struct caller *caller, char *text, size_t n)
{
    struct bell *bell = caller->bell;
    struct bell_request request;
    struct tw_error err = {.status = TW_OK};

    if (!allowance_spend(caller->allowance, loop_now_ms()))
        (void)tw_fail(&err, TW_E_RETRY, "too many requests of one user");
    else
        (void)bell_parse(text, n, &request, &err);
    if (err.status) {
        caller_answer(caller, &err, NULL);
        return;
    }
    /* Nothing more is read of it until it is answered. */
    (void)loop_watch(bell->loop, caller->fd, EPOLLRDHUP, on_caller, caller);
    begin_time_anew(caller);
    bell->host.asked(bell->host.arg, caller, &request);
}

static void
on_caller(void *arg, int fd, uint32_t events)
{
    struct caller *caller = arg;
    char text[DOORBELL_REQUEST_MAX + 1];
    ssize_t n = 0;

    if (!caller->waiter.ward && !caller->put_off && (events & EPOLLIN)) {
        n = recv(fd, text, DOORBELL_REQUEST_MAX, MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
    }
    if (n <= 0 || n > DOORBELL_REQUEST_MAX)
        hang_up(caller);
    else
        read_request(caller, text, (size_t)n);
}

/* Takes @fd over. */
static void
welcome(struct bell *bell, int fd)
{
    struct caller *caller = NULL;
    struct allowance *allowance = NULL;
    struct ucred peer;
    socklen_t n = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0)
        allowance =
            allowance_enter(&bell->allowances, peer.uid, loop_now_ms());
    if (allowance)
        caller = calloc(1, sizeof *caller);
    if (caller &&
        loop_watch(bell->loop, fd, EPOLLIN | EPOLLRDHUP, on_caller, caller)) {
        caller->bell = bell;
        caller->allowance = allowance;
        caller->fd = fd;
        begin_time(caller);
        bell->count++;
        return;
    }
    if (allowance)
        allowance_leave(allowance);
    free(caller);
    (void)close(fd);
}

static struct caller *
caller_of(struct timed *timed)
{
    return (struct caller *)(void *)((char *)timed -
                                     offsetof(struct caller, timed));
}

/* Of those who have no request under way the one who has been silent for
 * longest; NULL: there is none. */
static struct caller *
find_silent(const struct bell *bell)
{
    struct timed *timed = bell->callers.first;

    while (timed &&
           (caller_of(timed)->waiter.ward || caller_of(timed)->put_off))
        timed = timed->following;
    return timed ? caller_of(timed) : NULL;
}

static bool
has_room(const struct bell *bell)
{
    return bell->count < BELL_CALLERS_MAX || find_silent(bell);
}

/* Whoever has many uids could fill all places by saying nothing, so who says
 * nothing makes room for the next one. */
static void
on_ring(void *arg, int fd, uint32_t events)
{
    struct bell *bell = arg;

    (void)events;
    for (int i = 0; i < ACCEPTS && has_room(bell); i++) {
        int caller = listener_accept(&bell->listener);

        if (caller < 0)
            return;
        if (bell->count == BELL_CALLERS_MAX)
            hang_up(find_silent(bell));
        welcome(bell, caller);
    }
    if (!has_room(bell))
        (void)loop_watch(bell->loop, fd, 0, NULL, NULL);
}

enum tw_status
bell_open(struct bell *bell, struct loop *loop, const struct store *store,
          const struct environment *environment, const struct bell_host *host,
          struct tw_error *err)
{
    const struct listener_kind kind = {DOORBELL_FILE, SOCK_SEQPACKET,
                                       store->system ? 0666 : 0600};
    enum tw_status status =
        listener_open(&kind, store, environment, &bell->listener, err);

    bell->loop = loop;
    bell->host = *host;
    if (!status &&
        !loop_watch(loop, bell->listener.fd, EPOLLIN, on_ring, bell))
        status = tw_fail(err, TW_E_SYSTEM, "epoll takes no more");
    return status;
}

int64_t
bell_turn(struct bell *bell, int64_t now_ms)
{
    struct timed *due;

    while ((due = timed_due(&bell->callers, now_ms)))
        hang_up(caller_of(due));
    return timed_next(&bell->callers);
}

void
bell_close(struct bell *bell)
{
    while (bell->callers.first)
        hang_up(caller_of(bell->callers.first));
    listener_close(&bell->listener);
}
