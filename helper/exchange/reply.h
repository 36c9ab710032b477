/* SPDX-License-Identifier: MIT */
/*
 * reply.h - a token endpoint's answer, read and classified (RFC
 * 6749 5.1, 5.2).
 */
#ifndef TW_HELPER_REPLY_H
#define TW_HELPER_REPLY_H

#include "helper/http/http.h"
#include "helper/profile/reply_rules.h"
#include "helper/text/json.h"
#include "provider/base/text.h"

#define LIFETIME_MAX 31536000 /* s, one year: more is cut down to it */
#define LIFETIME_UNKNOWN (-1)
#define RETRY_AFTER_MAX 3600 /* s: more is cut down to it */
#define SCOPE_MAX 8192       /* bytes of a scope */
#define ERROR_CODE_MAX 64

enum reply_class {
    REPLY_TOKEN = 0,
    REPLY_INVALID_REQUEST,
    REPLY_INVALID_CLIENT,
    REPLY_INVALID_GRANT,
    REPLY_UNAUTHORIZED_CLIENT,
    REPLY_UNSUPPORTED_GRANT_TYPE,
    REPLY_INVALID_SCOPE,
    REPLY_INVALID_TARGET, /* RFC 8707 2 */
    REPLY_ACCESS_DENIED,
    REPLY_EXPIRED_TOKEN, /* a device code (RFC 8628 3.5) */
    REPLY_SERVER_ERROR,
    REPLY_TEMPORARILY_UNAVAILABLE,
    REPLY_OTHER_ERROR,
    REPLY_HTTP_ERROR,
    REPLY_REDIRECT_REFUSED,
    REPLY_MALFORMED_RESPONSE,
    REPLY_UNSUPPORTED_TOKEN_TYPE,
    REPLY_TOO_LARGE,
    REPLY_NETWORK,
    REPLY_ANSWER, /* no token was asked for: see reply_answer.h */
};

struct reply {
    enum reply_class class;
    int http_status;
    struct secret token; /* REPLY_TOKEN alone */
    bool is_success;     /* of the server's, be it refused here or not */
    char token_type[32]; /* "Bearer" or "N_A", whatever the case it came in */
    bool has_scope;
    char *scope;      /* single spaces; NULL unless has_scope */
    int64_t lifetime; /* s, 1 to LIFETIME_MAX, or LIFETIME_UNKNOWN */
    char error[ERROR_CODE_MAX + 1]; /* the code as sent, printable, or "" */
    struct shown description;       /* printable, scrubbed, cut; or "" */
    const char *problem; /* REPLY_MALFORMED_RESPONSE: in our words, or NULL */
    int64_t retry_after; /* s, 0 to RETRY_AFTER_MAX; -1: not said */
    struct json *json; /* the whole answer when it was valid JSON, else NULL */
    struct tw_error err; /* REPLY_NETWORK and the like: the engine's words */
};

/* reply_read: never fails; what can't be read is a class.  @scrub: secrets
 * (NULL-ended list) that must not come back in error or description, however
 * scrub.h knows them to be written; each is replaced by "***". */
void reply_read(const struct http_reply *http,
                const struct secret *const *scrub, struct reply *out);

/* reply_read_by: the same by @rules, which reply_read() has none of. @asked:
 * UTC seconds before the request was sent, or 0. */
void reply_read_by(const struct reply_rules *rules, int64_t asked,
                   const struct http_reply *http,
                   const struct secret *const *scrub, struct reply *out);

/* reply_read_whole: the same, with the whole lifetime, which may be longer
 * than LIFETIME_MAX: of one that was written long ago some is over. */
void reply_read_whole(const struct reply_rules *rules, int64_t asked,
                      const struct http_reply *http,
                      const struct secret *const *scrub, struct reply *out);

/* reply_retry_after: s, 0 to RETRY_AFTER_MAX, that an answer asks to wait,
 * whoever was asked; -1: not said. */
int64_t reply_retry_after(const struct http_reply *http);

/* reply_is_redirect: is the answer elsewhere?  304 leads nowhere (RFC 9110
 * 15.4.5). */
bool reply_is_redirect(int http_status);

/* reply_class_name: "invalid_client", ... as in RFC 6749. */
const char *reply_class_name(enum reply_class which);

/* reply_status: by who must act.  invalid_client etc. TW_E_DENIED, 5xx, 429
 * and network TW_E_RETRY, malformed TW_E_PROTOCOL. */
enum tw_status reply_status(const struct reply *reply);

void reply_clear(struct reply *reply);

#endif
