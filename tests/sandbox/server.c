/* SPDX-License-Identifier: MIT */
/*
 * server.c - see server.h.
 *
 * A pool of threads, each with an epoll of its own: fast enough for benches.
 * Nothing may block them, so what waits is suspended (exchange.c, waiting.c).
 */
#include "tests/sandbox/server.h"

#include <microhttpd.h>

#include "tests/sandbox/exchange.h"
#include "tests/sandbox/waiting.h"

#define THREADS_MAX 8
#define CONNECTION_MEMORY 65536 /* a long LIST stands in the request line */
#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct server {
    struct exchange_host host;
    struct waiting *waiting;
    struct MHD_Daemon *v4, *v6; /* v6 may be NULL */
};

static unsigned
thread_count(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    return cpus < 2 ? 2 : cpus > THREADS_MAX ? THREADS_MAX : (unsigned)cpus;
}

static struct MHD_Daemon *
start_daemon(struct server *server, const struct server_wish *wish, int fd)
{
    const struct certificate *certificate = wish->certificate;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0,
         certificate ? certificate->server.bytes : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0,
         certificate ? certificate->key.bytes : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES},
        {MHD_OPTION_HTTPS_MEM_TRUST, 0,
         certificate ? certificate->ca.bytes : NULL},
        {MHD_OPTION_END, 0, NULL}};

    if (!server->host.sandbox->asks_certificates)
        tls[3] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    if (certificate)
        flags |= MHD_USE_TLS;
    else
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_handle, &server->host, MHD_OPTION_ARRAY,
        tls, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
        thread_count(), MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)SERVER_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, wish->idle_s,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, exchange_connected, NULL,
        MHD_OPTION_UNESCAPE_CALLBACK, exchange_keep_escapes, NULL,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

enum tw_status
server_start(const struct server_wish *wish, const struct sandbox *sandbox,
             struct server **out, struct tw_error *err)
{
    AUTO_CLOSE int v4 = wish->v4, v6 = wish->v6;
    struct server *server = calloc(1, sizeof *server);
    enum tw_status status;

    if (!server)
        return tw_no_memory(err);
    status = waiting_new(&server->waiting, err);
    if (status) {
        free(server);
        return status;
    }
    server->host = (struct exchange_host){sandbox, server->waiting};
    server->v4 = start_daemon(server, wish, v4);
    if (server->v4)
        (void)take_fd(&v4);
    if (server->v4 && v6 >= 0) {
        server->v6 = start_daemon(server, wish, v6);
        if (server->v6)
            (void)take_fd(&v6);
    }
    if (!server->v4 || v6 >= 0) {
        server_stop(server);
        return tw_fail(err, TW_E_SYSTEM, "libmicrohttpd does not start");
    }
    *out = server;
    return TW_OK;
}

void
server_stop(struct server *server)
{
    if (!server)
        return;
    waiting_stop(server->waiting); /* or libmicrohttpd would panic */
    if (server->v6)
        MHD_stop_daemon(server->v6);
    if (server->v4)
        MHD_stop_daemon(server->v4);
    waiting_free(server->waiting);
    free(server);
}
