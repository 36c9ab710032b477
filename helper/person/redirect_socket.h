/* SPDX-License-Identifier: MIT */
/*
 * redirect_socket.h - the port of this host that a browser is sent back to.
 */
#ifndef TW_HELPER_REDIRECT_SOCKET_H
#define TW_HELPER_REDIRECT_SOCKET_H

#include "helper/text/redirect_place.h"
#include "provider/base/error.h"

#define REDIRECT_SOCKETS 2 /* 127.0.0.1 and ::1 */

/* redirect_socket_open: listens at all addresses of @place, at a port that is
 * free there if it has none; @fds does not block, and is -1 for an address
 * that is none of @place's, or that this host lacks while it has the other.
 * The caller closes @fds in any case.  TW_E_CONFIG: the port is taken;
 * TW_E_SYSTEM. */
enum tw_status redirect_socket_open(struct redirect_place *place,
                                    int fds[static REDIRECT_SOCKETS],
                                    struct tw_error *err);

#endif
