/* SPDX-License-Identifier: MIT */
/*
 * raw_server.h - a server on the loopback interface that sends exactly the
 * bytes a test gives it, and counts who asked.
 */
#ifndef TW_TESTS_RAW_SERVER_H
#define TW_TESTS_RAW_SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define RAW_REQUEST_MAX 65536

struct raw_server;

/* Answers one whole @request on @fd; false: close the connection. */
typedef bool raw_answer(struct raw_server *server, int fd,
                        const char *request);

struct raw_server {
    int listener;
    int port;
    pthread_t thread;
    raw_answer *answer;
    const void *bytes; /* for raw_send_bytes() */
    size_t len;
    atomic_int requests, connections, closed, stopped;
    char last[RAW_REQUEST_MAX + 1]; /* request; read it after the answer */
    char url[64];
};

struct raw_connection {
    struct raw_server *server;
    int fd;
};

static inline bool
raw_send(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

static inline bool
raw_send_text(int fd, const char *text)
{
    return raw_send(fd, text, strlen(text));
}

/* An answer: the server's bytes, then the end. */
static inline bool
raw_send_bytes(struct raw_server *server, int fd, const char *request)
{
    (void)request;
    (void)raw_send(fd, server->bytes, server->len);
    return false;
}

/* One request with its body into @buffer; false at the connection's end. */
static inline bool
raw_read_request(int fd, char *buffer)
{
    size_t used = 0, want = 0;

    while (!want || used < want) {
        const char *end, *length;
        ssize_t got = recv(fd, buffer + used, RAW_REQUEST_MAX - used, 0);

        if (got <= 0)
            return false;
        used += (size_t)got;
        buffer[used] = '\0';
        end = strstr(buffer, "\r\n\r\n");
        if (want || !end)
            continue;
        length = strcasestr(buffer, "\r\nContent-Length:");
        want = (size_t)(end - buffer) + 4 +
               (length ? strtoul(length + 17, NULL, 10) : 0);
    }
    return true;
}

static inline void *
raw_serve(void *arg)
{
    struct raw_connection *connection = arg;
    struct raw_server *server = connection->server;
    char *request = malloc(RAW_REQUEST_MAX + 1);
    bool more = request != NULL;

    while (more && raw_read_request(connection->fd, request)) {
        if (atomic_fetch_add(&server->requests, 1) == 0)
            memcpy(server->last, request, strlen(request) + 1);
        more = server->answer(server, connection->fd, request);
    }
    (void)shutdown(connection->fd, SHUT_WR);
    (void)close(connection->fd);
    free(request);
    free(connection);
    atomic_fetch_add(&server->closed, 1);
    return NULL;
}

static inline void *
raw_accept(void *arg)
{
    struct raw_server *server = arg;

    for (;;) {
        struct raw_connection *connection;
        pthread_t thread;
        int fd = accept(server->listener, NULL, NULL);

        if (fd < 0 || atomic_load(&server->stopped)) {
            if (fd >= 0)
                (void)close(fd);
            return NULL;
        }
        atomic_fetch_add(&server->connections, 1);
        connection = malloc(sizeof *connection);
        if (!connection)
            abort();
        *connection = (struct raw_connection){server, fd};
        if (pthread_create(&thread, NULL, raw_serve, connection))
            abort();
        (void)pthread_detach(thread);
    }
}

static inline void
raw_start(struct raw_server *server, raw_answer *answer)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t n = sizeof address;

    memset(server, 0, sizeof *server);
    server->answer = answer;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        bind(server->listener, (struct sockaddr *)&address, n) ||
        listen(server->listener, 512) ||
        getsockname(server->listener, (struct sockaddr *)&address, &n) ||
        pthread_create(&server->thread, NULL, raw_accept, server)) {
        perror("raw_server");
        abort();
    }
    server->port = ntohs(address.sin_port);
    (void)snprintf(server->url, sizeof server->url,
                   "http://127.0.0.1:%d/token", server->port);
}

/* Until nobody is at work any more: the bytes may go then. */
static inline void
raw_wait(struct raw_server *server)
{
    while (atomic_load(&server->closed) != atomic_load(&server->connections))
        (void)usleep(200);
}

static inline void
raw_stop(struct raw_server *server)
{
    atomic_store(&server->stopped, 1);
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->listener);
    raw_wait(server);
}

#endif
