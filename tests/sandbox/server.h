/* SPDX-License-Identifier: MIT */
/*
 * server.h - libmicrohttpd on the listening sockets.
 */
#ifndef TW_SANDBOX_SERVER_H
#define TW_SANDBOX_SERVER_H

#include "tests/sandbox/certificate.h"
#include "tests/sandbox/sandbox.h"

#define SERVER_CONNECTIONS_MAX 2048 /* on each socket */

struct server;

struct server_wish {
    int v4, v6;                            /* listening; v6 may be -1 */
    const struct certificate *certificate; /* NULL: plain HTTP */
    unsigned idle_s; /* an idle connection is closed after it; 0: never */
};

/* server_start: takes the two sockets over, whatever happens.  @sandbox and
 * the certificate must live until server_stop(). */
enum tw_status server_start(const struct server_wish *wish,
                            const struct sandbox *sandbox, struct server **out,
                            struct tw_error *err);

/* server_stop: closes every connection and frees @server (NULL is fine). */
void server_stop(struct server *server);

#endif
