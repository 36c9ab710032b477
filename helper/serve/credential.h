/* SPDX-License-Identifier: MIT */
/*
 * credential.h - the socket for LoadCredential= of systemd.exec(5): the
 * manager connects, is written the token of one profile, and reads until the
 * end.
 *
 * It is the one socket that carries a token.  What makes it safe is who comes:
 * the kernel lets root (by CAP_DAC_OVERRIDE) and the service user connect, and
 * of those root alone is answered, who reads every token file anyway.  So
 * nobody learns here what they could not have read; what is added is the rule
 * that the profile's `readers: {units:}' makes, and that the unit waits until
 * there is a token.
 */
#ifndef TW_HELPER_CREDENTIAL_H
#define TW_HELPER_CREDENTIAL_H

#include "helper/base/loop.h"
#include "helper/base/timed.h"
#include "helper/serve/claim.h"
#include "helper/serve/listener.h"
#include "helper/serve/waiter.h"

#define CREDENTIAL_FILE "credential" /* in the runtime directory */
#define CREDENTIAL_LOADS_MAX 1024
#define CREDENTIAL_MS 30000 /* to wait for; a unit has 90 s to start */

struct credential;

/* A unit that comes for its token. */
struct load {
    struct waiter waiter; /* first: it may wait */
    struct timed timed;
    struct credential *credential;
    struct claim claim;
    uid_t uid;
    pid_t pid; /* for the log alone */
    int fd;
    bool is_cut; /* the kernel took a part of its token: see load_hand() */
};

/* Hands or refuses it at once, or sets the waiter's ward. */
struct credential_host {
    void (*asked)(void *arg, struct load *load);
    void (*left)(struct waiter *waiter); /* while it waited */
    /* Why one was handed nothing without being asked about, or in the end. */
    void (*vain)(void *arg, const struct tw_error *err);
    void *arg;
};

struct credential {
    struct listener listener;
    struct loop *loop;
    struct credential_host host;
    uid_t manager; /* whose claims are believed */
    struct timed_list loads;
    size_t count;
    uint64_t handed, refused;
};

enum tw_status credential_open(struct credential *credential,
                               struct loop *loop, const struct store *store,
                               const struct environment *environment,
                               const struct credential_host *host,
                               struct tw_error *err);

/* credential_turn: ends those whose time is over, who get nothing.  Returns
 * when the next one's is (LOOP_NEVER: there is none). */
int64_t credential_turn(struct credential *credential, int64_t now_ms);

/* load_hand: these bytes, whole, and the end.  Where the kernel has no memory
 * for the whole, there is no end, and the manager gives the unit up: nobody
 * takes a part for a token.  @load is gone after it, or goes by itself. */
void load_hand(struct load *load, const char *token, size_t n);

/* load_refuse: nothing, which is all that this protocol can say. */
void load_refuse(struct load *load);

void credential_close(struct credential *credential);

#endif
