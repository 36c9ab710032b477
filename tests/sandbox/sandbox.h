/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h - what every request is judged by; constant once it serves.
 */
#ifndef TW_SANDBOX_SANDBOX_H
#define TW_SANDBOX_SANDBOX_H

#include "tests/sandbox/assertions.h"
#include "tests/sandbox/client.h"
#include "tests/sandbox/codes.h"
#include "tests/sandbox/counter.h"
#include "tests/sandbox/devices.h"
#include "tests/sandbox/families.h"
#include "tests/sandbox/misbehave.h"
#include "tests/sandbox/sold.h"
#include "tests/sandbox/token.h"

#define TOKEN_PATH "/oauth/v1/token"

#define ENDPOINTS_MAX 32

/* Another path of the token endpoint, with manners of its own. */
struct other_endpoint {
    struct span path, list;
};

struct sandbox {
    char url[64]; /* "https://127.0.0.1:PORT", also the issuer */
    char token_url[64 + sizeof TOKEN_PATH];
    struct clients clients;
    struct misbehaviour always; /* how the token endpoint misbehaves */
    struct other_endpoint endpoints[ENDPOINTS_MAX];
    size_t endpoint_count;
    struct assertions *assertions; /* these six have locks of their own */
    struct codes *codes;
    struct counter *counter;
    struct devices *devices;
    struct families *families;
    struct sold *sold;
    struct secret same_token; /* what `same-token` gives */
    bool basic_raw;
    bool asks_certificates; /* in each handshake */
};

#endif
