/* SPDX-License-Identifier: MIT */
/*
 * redirect_request.h - what a browser brings back: the head of its request
 * (RFC 9112), and the authorization response in it (RFC 6749 4.1.2).
 */
#ifndef TW_HELPER_REDIRECT_REQUEST_H
#define TW_HELPER_REDIRECT_REQUEST_H

#include "helper/text/redirect_place.h"
#include "provider/base/secret.h"

#define REDIRECT_HEAD_MAX 16384 /* bytes of a request */
#define REDIRECT_VALUE_MAX 4096 /* bytes of a parameter */

enum redirect_parameter {
    REDIRECT_CODE = 0,
    REDIRECT_STATE,
    REDIRECT_ERROR,
    REDIRECT_DESCRIPTION,
    REDIRECT_ISSUER, /* RFC 9207 2 */
    REDIRECT_PARAMETERS
};

struct redirect_answer {
    struct secret values[REDIRECT_PARAMETERS]; /* printable ASCII */
    bool has[REDIRECT_PARAMETERS];
};

enum redirect_kind {
    REDIRECT_INCOMPLETE = 0, /* more bytes are to come */
    REDIRECT_BROKEN,         /* not HTTP, or not the query of an answer */
    REDIRECT_NO_GET,
    REDIRECT_ELSEWHERE, /* another path, or another host's name */
    REDIRECT_HERE,      /* an answer, of whoever asked for it */
};

/* redirect_request_read: of a request to @place, which has its port.  Where it
 * is an answer, @out has it; the caller clears it in any case. */
enum redirect_kind redirect_request_read(const struct redirect_place *place,
                                         const char *head, size_t n,
                                         struct redirect_answer *out);

/* redirect_address_read: of an address that a person pasted; false when it
 * has no query that could be an answer. */
bool redirect_address_read(const char *text, struct redirect_answer *out);

void redirect_answer_init(struct redirect_answer *answer);
void redirect_answer_clear(struct redirect_answer *answer);

#endif
