/* SPDX-License-Identifier: MIT */
/*
 * redirect_place.h - where a browser is sent back to: a URL of this host
 * (RFC 8252 7.3, RFC 6749 3.1.2).
 */
#ifndef TW_HELPER_REDIRECT_PLACE_H
#define TW_HELPER_REDIRECT_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REDIRECT_PLACE                                     \
    "http://127.0.0.1/" /* unless the profile says another \
                         */
#define REDIRECT_PATH_MAX 255

struct redirect_place {
    char host[sizeof "127.0.0.1"];    /* as it is written */
    bool is_ipv4, is_ipv6;            /* which addresses it is */
    uint16_t port;                    /* 0: any that is free */
    char path[REDIRECT_PATH_MAX + 1]; /* "" or "/..." */
};

/* redirect_place_problem: NULL when all is well, and @out is filled in; else
 * what is wrong, as the rest of a sentence that begins with the key. */
const char *redirect_place_problem(const char *text, size_t n,
                                   struct redirect_place *out);

#endif
