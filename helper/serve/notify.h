/* SPDX-License-Identifier: MIT */
/*
 * notify.h - words for the service manager, sd_notify(3)'s protocol: a
 * datagram of VARIABLE=value lines to $NOTIFY_SOCKET.
 */
#ifndef TW_HELPER_NOTIFY_H
#define TW_HELPER_NOTIFY_H

#include <stdint.h>

#include "helper/base/environment.h"

struct notify {
    int fd;              /* connected, or -1: nobody listens */
    int64_t watchdog_ms; /* half of what is allowed; 0: none is kept */
    char said[256];      /* the last status */
};

/* notify_open: nobody listening is no failure. */
void notify_open(const struct environment *environment, struct notify *out);

/* notify_say: "READY=1" and the like, at once; never waits. */
void notify_say(const struct notify *notify, const char *state);

/* notify_status: the same for "STATUS=", if it is another one. */
void notify_status(struct notify *notify, const char *text);

void notify_close(struct notify *notify);

#endif
