/* SPDX-License-Identifier: MIT */
/*
 * exchange.h - one request and its answer, from the first header byte to the
 * last byte of the body: what libmicrohttpd calls back.
 */
#ifndef TW_SANDBOX_EXCHANGE_H
#define TW_SANDBOX_EXCHANGE_H

#include <microhttpd.h>

#include "tests/sandbox/sandbox.h"
#include "tests/sandbox/waiting.h"

struct exchange_host {
    const struct sandbox *sandbox;
    struct waiting *waiting;
};

/* An MHD_AccessHandlerCallback for a struct exchange_host. */
enum MHD_Result exchange_handle(void *host, struct MHD_Connection *connection,
                                const char *path, const char *method,
                                const char *version, const char *upload,
                                size_t *upload_size, void **exchange);

/* An MHD_NotifyConnectionCallback: connections are numbered. */
void exchange_connected(void *host, struct MHD_Connection *connection,
                        void **own, enum MHD_ConnectionNotificationCode code);

/* An MHD_RequestCompletedCallback. */
void exchange_completed(void *host, struct MHD_Connection *connection,
                        void **exchange, enum MHD_RequestTerminationCode how);

/* For MHD_OPTION_UNESCAPE_CALLBACK: paths are taken apart before they are
 * decoded. */
size_t exchange_keep_escapes(void *host, struct MHD_Connection *connection,
                             char *text);

#endif
