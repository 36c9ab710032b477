/* SPDX-License-Identifier: MIT */
/*
 * request.h - one HTTP request as the sandbox judges it.
 *
 * The texts are borrowed from the connection; the body is ours, because it
 * is taken apart in place.
 */
#ifndef TW_SANDBOX_REQUEST_H
#define TW_SANDBOX_REQUEST_H

#include "provider/base/secret.h"

#define REQUEST_BODY_MAX 65536

enum auth { AUTH_NONE, AUTH_POST, AUTH_BASIC, AUTH_BOTH };

struct request {
    const char *method;
    const char *path;          /* still encoded, without the query */
    const char *content_type;  /* NULL: not sent */
    const char *authorization; /* NULL: not sent */
    struct secret body;        /* at most REQUEST_BODY_MAX bytes */
    size_t received;           /* bytes of body the client sent */
    enum auth auth;            /* how it authenticated: the endpoint says */
};

#endif
