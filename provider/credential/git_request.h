/* SPDX-License-Identifier: MIT */
/*
 * git_request.h - what git asks of a credential helper, checked.
 */
#ifndef TW_CREDENTIAL_GIT_REQUEST_H
#define TW_CREDENTIAL_GIT_REQUEST_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define GIT_REQUEST_MAX (256 * 1024) /* bytes; git's own stay below 70,000 */
#define GIT_LINE_MAX 65535           /* bytes, with the line's end */
#define GIT_STATE_PREFIX "tokenward."

struct git_request {
    struct secret text; /* owns every text below; NULL: was not given */
    const char *protocol;
    const char *host; /* "host" or "host:port" */
    const char *path;
    const char *username;
    const char *password;
    const char *credential;
    const char *state; /* PROFILE=GENERATION, as it was told; unchecked */
    bool authtype;     /* the client understands a ready-made Authorization */
    bool continues;    /* it asks again when the server refuses the answer */
};

/* git_request_read: from @fd until the empty line or the end.  TW_E_USAGE:
 * too long, or bytes a line must not hold; TW_E_RETRY: too slow;
 * TW_E_SYSTEM. */
enum tw_status git_request_read(int fd, struct git_request *out,
                                struct tw_error *err);

/* git_request_is_https: something we may answer at all; another protocol is
 * another helper's business and no error. */
bool git_request_is_https(const struct git_request *request);

/* git_request_check: TW_E_USAGE unless it names one protocol and one host
 * made of nothing but a host's characters. */
enum tw_status git_request_check(const struct git_request *request,
                                 struct tw_error *err);

void git_request_clear(struct git_request *request);

#define GIT_REQUEST_INIT \
    ((struct git_request){.text = SECRET_INIT(GIT_REQUEST_MAX)})
#define AUTO_GIT_REQUEST AUTO(git_request_clear) struct git_request

#endif
