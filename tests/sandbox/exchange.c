/* SPDX-License-Identifier: MIT */
/*
 * exchange.c - see exchange.h.
 *
 * The steps: the body is READ; the answer is made at once, and if its manner
 * asks for it the connection is HELD, that is suspended, until it is time
 * (or for ever, or while raw.c writes); then it is delivered or closed.
 * While it is held it belongs to waiting.c's thread.
 */
#include "tests/sandbox/exchange.h"

#include <gnutls/gnutls.h>
#include <openssl/evp.h>
#include <stddef.h>

#include "tests/sandbox/deliver.h"
#include "tests/sandbox/raw.h"
#include "tests/sandbox/route.h"

#define UPLOAD_MAX 1048576 /* bytes we listen to before we hang up */

enum step { READ, HELD, RAW };

struct exchange {
    const struct exchange_host *host;
    struct MHD_Connection *connection;
    enum step step;
    bool gone; /* the client went away while we held it */
    struct request request;
    struct misbehaviour misbehaviour;
    struct answer answer;
    struct raw raw;
    struct waiter waiter;
};

static const char *
header_of(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->handle, MHD_HEADER_KIND, name);
}

struct query {
    struct secret *out;
    bool good;
};

static enum MHD_Result
add_argument(void *of, enum MHD_ValueKind kind, const char *name,
             const char *value)
{
    struct query *query = of;
    struct secret *out = query->out;

    (void)kind;
    query->good = (!out->len || secret_append_text(out, "&")) &&
                  secret_append_text(out, name) &&
                  (!value || (secret_append_text(out, "=") &&
                              secret_append_text(out, value)));
    return query->good ? MHD_YES : MHD_NO;
}

static bool
query_of(const struct request *request, struct secret *out)
{
    struct query query = {.out = out, .good = true};

    (void)MHD_get_connection_values(request->handle, MHD_GET_ARGUMENT_KIND,
                                    add_argument, &query);
    return query.good;
}

static struct exchange *
exchange_new(const struct exchange_host *host,
             struct MHD_Connection *connection, const char *method,
             const char *path)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);

    if (!exchange)
        return NULL;
    exchange->host = host;
    exchange->connection = connection;
    exchange->request =
        (struct request){.method = method,
                         .path = path,
                         .content_type = MHD_lookup_connection_value(
                             connection, MHD_HEADER_KIND, "Content-Type"),
                         .authorization = MHD_lookup_connection_value(
                             connection, MHD_HEADER_KIND, "Authorization"),
                         .header = header_of,
                         .query = query_of,
                         .handle = connection,
                         .body = {.max = REQUEST_BODY_MAX}};
    misbehave_init(&exchange->misbehaviour);
    exchange->answer = ANSWER_INIT;
    raw_init(&exchange->raw);
    return exchange;
}

static struct exchange *
exchange_of(struct waiter *waiter)
{
    return (struct exchange *)(void *)((char *)waiter -
                                       offsetof(struct exchange, waiter));
}

static int
fd_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection,
                                   MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
}

static void *
tls_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

    return info ? info->tls_session : NULL;
}

/* What the client showed in the handshake, in which it proved to own it. */
static void
see_certificate(struct MHD_Connection *connection, struct request *request)
{
    gnutls_session_t session = tls_of(connection);
    const gnutls_datum_t *chain;
    unsigned count = 0;

    if (!session)
        return;
    chain = gnutls_certificate_get_peers(session, &count);
    request->has_certificate =
        chain && count &&
        EVP_Digest(chain[0].data, chain[0].size, request->certificate, NULL,
                   EVP_sha256(), NULL) == 1;
}

static uint64_t
number_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? (uintptr_t)info->socket_context : 0;
}

void
exchange_connected(void *host, struct MHD_Connection *connection, void **own,
                   enum MHD_ConnectionNotificationCode code)
{
    static _Atomic uintptr_t count;

    (void)host;
    (void)connection;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *own = (void *)++count;
}

static void
wake(struct waiter *waiter, bool gone)
{
    struct exchange *exchange = exchange_of(waiter);

    exchange->gone = gone;
    MHD_resume_connection(exchange->connection);
}

static int64_t
write_raw(struct waiter *waiter)
{
    int64_t pause = raw_step(&exchange_of(waiter)->raw);

    return pause < 0 ? WAITING_OVER : waiting_now_ms() + pause;
}

/* From here on the waiting thread may be anywhere in @exchange. */
static void
hold(struct exchange *exchange, enum step step, int64_t due_ms,
     int64_t (*next)(struct waiter *))
{
    struct MHD_Connection *connection = exchange->connection;

    exchange->step = step;
    exchange->waiter = (struct waiter){
        .fd = fd_of(connection), .due_ms = due_ms, .step = next, .wake = wake};
    MHD_suspend_connection(connection);
    waiting_add(exchange->host->waiting, &exchange->waiter);
}

static enum MHD_Result
read_body(struct exchange *exchange, const char *bytes, size_t n)
{
    struct request *request = &exchange->request;

    request->received += n;
    if (request->received > UPLOAD_MAX)
        return MHD_NO;
    if (request->received <= REQUEST_BODY_MAX &&
        !secret_append(&request->body, bytes, n))
        return MHD_NO;
    return MHD_YES;
}

static enum MHD_Result
finish(struct exchange *exchange)
{
    struct MHD_Connection *connection = exchange->connection;
    struct answer *answer = &exchange->answer;

    switch (answer->manner) {
    case MANNER_WHOLE:
    case MANNER_CUT:
    case MANNER_ENDLESS:
        return deliver(connection, answer);
    case MANNER_DRIP:
    case MANNER_ENDLESS_HEADERS:
        raw_prepare(&exchange->raw, fd_of(connection), tls_of(connection),
                    answer);
        hold(exchange, RAW, waiting_now_ms(), write_raw);
        return MHD_YES;
    case MANNER_RESET:
        raw_reset(fd_of(connection));
        return MHD_NO;
    case MANNER_HANG:
        break;
    }
    return MHD_NO;
}

static enum MHD_Result
decide(struct exchange *exchange)
{
    struct answer *answer = &exchange->answer;

    see_certificate(exchange->connection, &exchange->request);
    exchange->request.connection = number_of(exchange->connection);
    route_answer(exchange->host->sandbox, &exchange->request,
                 &exchange->misbehaviour, answer);
    if (answer->manner == MANNER_HANG)
        hold(exchange, HELD, WAITING_FOREVER, NULL);
    else if (answer->delay_ms > 0)
        hold(exchange, HELD, waiting_now_ms() + answer->delay_ms, NULL);
    else
        return finish(exchange);
    return MHD_YES;
}

enum MHD_Result
exchange_handle(void *host, struct MHD_Connection *connection,
                const char *path, const char *method, const char *version,
                const char *upload, size_t *upload_size, void **own)
{
    struct exchange *exchange = *own;

    (void)version;
    if (!exchange) { /* the headers alone, so far */
        *own = exchange_new(host, connection, method, path);
        return *own ? MHD_YES : MHD_NO;
    }
    if (*upload_size) {
        size_t n = *upload_size;

        *upload_size = 0;
        return read_body(exchange, upload, n);
    }
    switch (exchange->step) {
    case READ:
        return decide(exchange);
    case HELD:
        return exchange->gone ? MHD_NO : finish(exchange);
    case RAW: /* all is said */
        break;
    }
    return MHD_NO;
}

void
exchange_completed(void *host, struct MHD_Connection *connection, void **own,
                   enum MHD_RequestTerminationCode how)
{
    struct exchange *exchange = *own;

    (void)host;
    (void)connection;
    (void)how;
    if (!exchange)
        return;
    secret_clear(&exchange->request.body);
    misbehave_clear(&exchange->misbehaviour);
    answer_clear(&exchange->answer);
    raw_clear(&exchange->raw);
    free(exchange);
    *own = NULL;
}

size_t
exchange_keep_escapes(void *host, struct MHD_Connection *connection,
                      char *text)
{
    (void)host;
    (void)connection;
    return strlen(text);
}
