/* SPDX-License-Identifier: MIT */
/*
 * listener.h - listening sockets on this host's loopback, and nowhere else.
 */
#ifndef TW_SANDBOX_LISTENER_H
#define TW_SANDBOX_LISTENER_H

#include <stdint.h>

#include "provider/base/error.h"

#define LISTENER_BACKLOG 1024

/* listener_open: 127.0.0.1 and, with @ipv6, ::1, on the same @port; 0: any
 * that is free, set on success.  @v6 stays as it is without @ipv6.
 * TW_E_RETRY when the port is taken. */
enum tw_status listener_open(uint16_t *port, bool ipv6, int *v4, int *v6,
                             struct tw_error *err);

#endif
