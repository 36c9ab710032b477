/* SPDX-License-Identifier: MIT */
/*
 * redirect.c - see redirect.h.
 *
 * Anybody on this host may connect, and every page in the browser can make it
 * come here: places are few, each for a few seconds, and who brings no answer
 * to what was asked changes nothing.
 */
#include "helper/person/redirect.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/person/redirect_page.h"
#include "helper/person/redirect_socket.h"
#include "helper/person/redirect_terminal.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define CALLERS_MAX 8
#define CALLER_MS 5000
#define SHORT_REST_MS 50
#define STATE_MAX 128

struct caller {
    int fd; /* -1: nobody */
    bool is_told;
    int64_t end_ms;
    struct secret head;
};

struct redirect {
    struct redirect_place place;
    char uri[sizeof(struct redirect_place) + sizeof "http://:65535"];
    int fds[REDIRECT_SOCKETS];
    struct redirect_terminal terminal;
    struct secret state; /* empty: nothing is expected */
    struct redirect_answer answer;
    bool is_answered;
    bool is_taken;   /* the answer was */
    enum page shown; /* to who brought it, however often */
    struct caller callers[CALLERS_MAX];
};

enum tw_status
redirect_open(const char *uri, struct redirect **out, struct tw_error *err)
{
    struct redirect *redirect = calloc(1, sizeof *redirect);
    const char *problem;
    bool has_port;

    if (!redirect)
        return tw_no_memory(err);
    uri = uri ? uri : REDIRECT_PLACE;
    redirect->fds[0] = redirect->fds[1] = -1;
    for (int i = 0; i < CALLERS_MAX; i++)
        redirect->callers[i] =
            (struct caller){.fd = -1, .head = SECRET_INIT(REDIRECT_HEAD_MAX)};
    redirect_terminal_open(&redirect->terminal);
    redirect->state = SECRET_INIT(STATE_MAX);
    redirect_answer_init(&redirect->answer);
    problem = redirect_place_problem(uri, strlen(uri), &redirect->place);
    has_port = !problem && redirect->place.port;
    if (problem)
        (void)tw_fail(err, TW_E_CONFIG, "redirect_uri %s", problem);
    if (problem ||
        redirect_socket_open(&redirect->place, redirect->fds, err)) {
        redirect_close(redirect);
        return (enum tw_status)err->status;
    }
    if (has_port)
        (void)snprintf(redirect->uri, sizeof redirect->uri, "%s", uri);
    else
        (void)snprintf(redirect->uri, sizeof redirect->uri, "http://%s:%u%s",
                       redirect->place.host, (unsigned)redirect->place.port,
                       redirect->place.path);
    *out = redirect;
    return TW_OK;
}

const char *
redirect_uri(const struct redirect *redirect)
{
    return redirect->uri;
}

bool
redirect_is_pasted(const struct redirect *redirect)
{
    return redirect->terminal.is_there;
}

enum tw_status
redirect_expect(struct redirect *redirect, const char *state,
                struct tw_error *err)
{
    secret_clear(&redirect->state);
    redirect_answer_clear(&redirect->answer);
    redirect->is_answered = false;
    redirect->is_taken = false;
    return secret_append_text(&redirect->state, state) ? TW_OK
                                                       : tw_no_memory(err);
}

bool
redirect_is_expected(const struct redirect *redirect)
{
    return redirect->state.len && !redirect->is_answered;
}

/* Is it the answer to what was asked?  Then it is kept, unless it has come
 * before: a page may be loaded again. */
static bool
settle(struct redirect *redirect, struct redirect_answer *answer)
{
    const struct secret *state = &answer->values[REDIRECT_STATE];

    if (!redirect->state.len ||
        !bytes_equal(state->bytes, state->len, redirect->state.bytes,
                     redirect->state.len))
        return false;
    if (redirect->is_answered)
        return true;
    redirect->shown = answer->has[REDIRECT_ERROR] ? PAGE_REFUSED : PAGE_THANKS;
    redirect->answer = *answer;
    redirect_answer_init(answer);
    redirect->is_answered = true;
    return true;
}

static void
hang_up(struct caller *caller)
{
    auto_close(&caller->fd);
    caller->fd = -1;
    caller->is_told = false;
    secret_clear(&caller->head);
}

/* Who is hung up on in the middle of a request does not see the page. */
static void
tell(struct caller *caller, enum page page)
{
    redirect_page_send(caller->fd, page);
    caller->is_told = true;
    secret_clear(&caller->head);
}

/* What it wants, once that is known: then it is told. */
static void
serve(struct redirect *redirect, struct caller *caller)
{
    AUTO(redirect_answer_clear) struct redirect_answer answer;
    enum redirect_kind kind;
    enum page page = PAGE_NOT_HERE;

    redirect_answer_init(&answer);
    kind = redirect_request_read(&redirect->place, secret_text(&caller->head),
                                 caller->head.len, &answer);
    switch (kind) {
    case REDIRECT_INCOMPLETE:
        return;
    case REDIRECT_BROKEN:
        page = PAGE_BROKEN;
        break;
    case REDIRECT_NO_GET:
        page = PAGE_NO_GET;
        break;
    case REDIRECT_ELSEWHERE:
        break;
    case REDIRECT_HERE:
        page = settle(redirect, &answer) ? redirect->shown : PAGE_NOT_ASKED;
        break;
    }
    tell(caller, page);
}

static void
hear(struct redirect *redirect, struct caller *caller)
{
    char bytes[4096];
    ssize_t n = recv(caller->fd, bytes, sizeof bytes, 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        hang_up(caller);
    else if (!caller->is_told &&
             secret_append(&caller->head, bytes, (size_t)n))
        serve(redirect, caller);
    else if (!caller->is_told)
        tell(caller, PAGE_TOO_LONG);
    explicit_bzero(bytes, sizeof bytes);
}

/* Whoever came first has had the longest time. */
static struct caller *
find_place(struct redirect *redirect)
{
    struct caller *oldest = &redirect->callers[0];

    for (int i = 0; i < CALLERS_MAX; i++) {
        struct caller *caller = &redirect->callers[i];

        if (caller->fd < 0)
            return caller;
        if (caller->end_ms < oldest->end_ms)
            oldest = caller;
    }
    hang_up(oldest);
    return oldest;
}

static void
welcome(struct redirect *redirect, int listening)
{
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct caller *caller;

    if (fd < 0) {
        /* The socket stays ready, and would be looked at again at once. */
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
            errno == ENOBUFS)
            (void)poll(NULL, 0, SHORT_REST_MS);
        return;
    }
    caller = find_place(redirect);
    caller->fd = fd;
    caller->end_ms = clock_monotonic_ms() + CALLER_MS;
    hear(redirect, caller); /* before the next one can take this place */
}

/* The address that the login began at has its state, too. */
static bool
has_end(const struct redirect_answer *answer)
{
    return answer->has[REDIRECT_CODE] || answer->has[REDIRECT_ERROR];
}

/* A line of the terminal: an address with an answer, or something else. */
static void
read_pasted(struct redirect *redirect)
{
    AUTO(redirect_answer_clear) struct redirect_answer answer;
    struct redirect_terminal *terminal = &redirect->terminal;

    redirect_answer_init(&answer);
    if (!redirect_terminal_read(terminal))
        return;
    if (!redirect_address_read(secret_text(&terminal->line), &answer) ||
        !has_end(&answer) || !settle(redirect, &answer))
        redirect_terminal_refuse(terminal);
    redirect_terminal_clear(terminal);
}

static void
end_late(struct redirect *redirect)
{
    int64_t now_ms = clock_monotonic_ms();

    for (int i = 0; i < CALLERS_MAX; i++) {
        if (redirect->callers[i].fd >= 0 &&
            now_ms >= redirect->callers[i].end_ms)
            hang_up(&redirect->callers[i]);
    }
}

/* What is typed when nothing is expected is for who reads the terminal next.
 */
void
redirect_wait(struct redirect *redirect, int wait_ms)
{
    struct pollfd fds[CALLERS_MAX + REDIRECT_SOCKETS + 1];
    struct pollfd *places = fds + CALLERS_MAX;
    struct pollfd *pasted = places + REDIRECT_SOCKETS;
    int64_t end_ms = clock_monotonic_ms() + wait_ms;
    bool is_expected = redirect_is_expected(redirect);

    while (redirect_is_expected(redirect) == is_expected && wait_ms >= 0) {
        for (int i = 0; i < CALLERS_MAX; i++)
            fds[i].fd = redirect->callers[i].fd;
        for (int i = 0; i < REDIRECT_SOCKETS; i++)
            places[i].fd = redirect->fds[i];
        pasted->fd =
            is_expected ? redirect_terminal_fd(&redirect->terminal) : -1;
        for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
            fds[i].events = POLLIN;
        if (poll(fds, sizeof fds / sizeof *fds, wait_ms) < 0)
            return;
        for (int i = 0; i < CALLERS_MAX; i++) {
            if (fds[i].revents)
                hear(redirect, &redirect->callers[i]);
        }
        for (int i = 0; i < REDIRECT_SOCKETS; i++) {
            if (places[i].revents)
                welcome(redirect, places[i].fd);
        }
        if (pasted->revents)
            read_pasted(redirect);
        end_late(redirect);
        wait_ms = (int)(end_ms - clock_monotonic_ms());
    }
}

bool
redirect_take(struct redirect *redirect, struct redirect_answer *out)
{
    if (!redirect->is_answered || redirect->is_taken)
        return false;
    *out = redirect->answer;
    redirect_answer_init(&redirect->answer);
    redirect->is_taken = true;
    return true;
}

void
redirect_close(struct redirect *redirect)
{
    if (!redirect)
        return;
    for (int i = 0; i < CALLERS_MAX; i++)
        hang_up(&redirect->callers[i]);
    for (int i = 0; i < REDIRECT_SOCKETS; i++)
        auto_close(&redirect->fds[i]);
    redirect_terminal_close(&redirect->terminal);
    secret_clear(&redirect->state);
    redirect_answer_clear(&redirect->answer);
    free(redirect);
}
