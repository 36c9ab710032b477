/* SPDX-License-Identifier: MIT */
/*
 * bell.h - the doorbell, from inside: who rings and what they want.
 *
 * provider/base/doorbell.h has the packets.  One request at a time for each
 * caller, of fixed size; so many callers in all and of one user; so many
 * requests of one user in a second; nobody is waited for.
 */
#ifndef TW_HELPER_BELL_H
#define TW_HELPER_BELL_H

#include "helper/base/loop.h"
#include "helper/base/timed.h"
#include "helper/serve/allowance.h"
#include "helper/serve/listener.h"
#include "helper/serve/waiter.h"
#include "provider/base/text.h"

#define BELL_CALLERS_MAX 1024
#define BELL_CALLER_MS 30000 /* from the last word to the end of the call */

enum bell_command { BELL_ENSURE = 1, BELL_LEAVE, BELL_REJECT, BELL_STATUS };

struct bell_request {
    enum bell_command command;
    const char *profile; /* NULL for BELL_STATUS; a profile's name */
    int64_t min_valid;   /* or TW_MIN_VALID_DEFAULT */
    int64_t generation;
};

/* bell_parse: cuts @text, which must have room for one byte more at @n.
 * TW_E_USAGE for anything that is no whole request. */
enum tw_status bell_parse(char *text, size_t n, struct bell_request *out,
                          struct tw_error *err);

struct bell;

struct caller {
    struct waiter waiter; /* first: it may wait */
    struct timed timed;
    struct bell *bell;
    struct allowance *allowance;
    char profile[PROFILE_NAME_MAX + 1]; /* waited for */
    int fd;
    struct timed_list *put_off; /* in which it is, or NULL */
    struct timed patience;
    struct bell_request request; /* that was put off */
};

/* What is done with a request: answered at once, or the waiter's ward is
 * set and it waits, or it is put off. */
struct bell_host {
    void (*asked)(void *arg, struct caller *caller,
                  const struct bell_request *request);
    void (*left)(struct waiter *waiter); /* while it waited */
    void *arg;
};

struct bell {
    struct listener listener;
    struct loop *loop;
    struct bell_host host;
    struct allowances allowances;
    struct timed_list callers;
    size_t count;
    uint64_t answers[TW_E_SYSTEM + 1]; /* by status */
};

/* bell_open: on the socket that a service manager handed over, or on one that
 * is made in the runtime directory. */
enum tw_status bell_open(struct bell *bell, struct loop *loop,
                         const struct store *store,
                         const struct environment *environment,
                         const struct bell_host *host, struct tw_error *err);

/* bell_turn: ends calls whose time is over.  Returns when the next one's is
 * (LOOP_NEVER: there is none). */
int64_t bell_turn(struct bell *bell, int64_t now_ms);

/* Who called, and all groups of that process, as the kernel knew it then. */
#define BELL_GROUPS_MAX 1025 /* who is in more is refused */
struct peer {
    uid_t uid;
    gid_t groups[BELL_GROUPS_MAX];
    size_t group_count;
};

bool caller_peer(const struct caller *caller, struct peer *out);

/* caller_answer: @err's status and message; @more: lines of its own, or NULL.
 * The caller may be gone after it. */
void caller_answer(struct caller *caller, const struct tw_error *err,
                   const struct secret *more);

/* caller_put_off: @request is kept in @list, until caller_take_up() is called
 * or the caller is gone.  @until_ms: not before any other's of @list. */
void caller_put_off(struct caller *caller, const struct bell_request *request,
                    struct timed_list *list, int64_t until_ms);
void caller_take_up(struct caller *caller);

/* caller_put_off_as: whose @patience it is. */
struct caller *caller_put_off_as(struct timed *patience);

void bell_close(struct bell *bell);

#endif
