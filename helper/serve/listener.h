/* SPDX-License-Identifier: MIT */
/*
 * listener.h - a socket of the runtime directory that others come to: one that
 * a service manager handed over, or else one that is made.
 */
#ifndef TW_HELPER_LISTENER_H
#define TW_HELPER_LISTENER_H

#include "helper/base/environment.h"
#include "helper/store/store.h"

struct listener_kind {
    const char *name; /* in the runtime directory */
    int type;         /* of the socket; each listener's is another */
    mode_t mode;      /* of one that is made */
};

struct listener {
    int fd;                    /* -1: there is none */
    int spare;                 /* given up for whom there is no other */
    const char *name;          /* of one that was made here, else NULL */
    const struct store *store; /* where it was */
    bool is_missed;            /* others do not find it, which was told */
};

#define LISTENER_INIT ((struct listener){.fd = -1, .spare = -1})

/* listener_open: handed-over sockets are told apart by their type, since
 * their names are the administrator's.  Whoever holds the place of the
 * resident helper may replace a dead socket.  TW_E_CONFIG, TW_E_SYSTEM. */
enum tw_status listener_open(const struct listener_kind *kind,
                             const struct store *store,
                             const struct environment *environment,
                             struct listener *out, struct tw_error *err);

/* listener_accept: the next one who comes, not blocking, closed on exec; -1:
 * nobody does.  When no descriptor is left, those who come are hung up on,
 * and do not wait in vain. */
int listener_accept(struct listener *listener);

/* listener_close: one that was made is removed. */
void listener_close(struct listener *listener);

#endif
