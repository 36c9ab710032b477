/* SPDX-License-Identifier: MIT */
/*
 * request.h - one HTTP request as the sandbox judges it.
 *
 * The texts are borrowed from the connection; the body is ours, because it
 * is taken apart in place.
 */
#ifndef TW_SANDBOX_REQUEST_H
#define TW_SANDBOX_REQUEST_H

#include <stdint.h>

#include "provider/base/secret.h"
#include "tests/sandbox/client_key.h"

#define REQUEST_BODY_MAX 65536

enum auth {
    AUTH_NONE,
    AUTH_POST,
    AUTH_BASIC,
    AUTH_BOTH,
    AUTH_ASSERTION,
    AUTH_CERTIFICATE
};

struct request {
    const char *method;
    const char *path;          /* still encoded, without the query */
    const char *content_type;  /* NULL: not sent */
    const char *authorization; /* NULL: not sent */
    /* The value of the header field @name, or NULL. */
    const char *(*header)(const struct request *request, const char *name);
    /* What stands behind the '?', as a form; false as secret_append. */
    bool (*query)(const struct request *request, struct secret *out);
    void *handle;         /* header()'s and query()'s own */
    struct secret body;   /* at most REQUEST_BODY_MAX bytes */
    size_t received;      /* bytes of body the client sent */
    enum auth auth;       /* how it authenticated: the endpoint says */
    bool has_certificate; /* it showed one, and owns its key */
    unsigned char certificate[CERTIFICATE_SHA256];
    uint64_t connection; /* its number, from 1 */
};

#endif
