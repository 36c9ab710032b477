/* SPDX-License-Identifier: MIT */
/*
 * request.h - what git asks its credential helper (gitcredentials(7)).
 */
#ifndef TW_CREDENTIAL_REQUEST_H
#define TW_CREDENTIAL_REQUEST_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define REQUEST_MAX (256 * 1024) /* bytes of stdin */
#define REQUEST_LINE_MAX 65535   /* bytes of a line, its end counted */
#define REQUEST_WAIT_MS 5000     /* for a stdin that is never closed */

struct request {
    struct secret text; /* owns what follows; "" where nothing was said */
    const char *protocol, *host, *path, *username, *password, *credential;
    bool authtype; /* capability[]=authtype is in force */
};

/* request_read: TW_E_USAGE for anything that is no request: a line without
 * '=', a CR or NUL, two hosts, too long; TW_E_RETRY when stdin stays open. */
enum tw_status request_read(int fd, struct request *out, struct tw_error *err);

/* request_is_ours: is it about a host over https that can be looked up?  A
 * missing or empty part matches nothing (CVE-2020-11008). */
bool request_is_ours(const struct request *request);

void request_clear(struct request *request);

#endif
