/* SPDX-License-Identifier: MIT */
/*
 * profile_request.h - what a profile adds to the requests that its provider
 * makes: form parameters, header lines, another grant_type or separator; and
 * how many fetches there may be.
 */
#ifndef TW_HELPER_PROFILE_REQUEST_H
#define TW_HELPER_PROFILE_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "helper/keys/secret_source.h"

#define PROFILE_PARAMS_MAX 32
#define PROFILE_HEADERS_MAX 16
#define PROFILE_FIELD_NAME_MAX 128 /* bytes */
#define PROFILE_FETCHES_MAX 1000

/* A name, and a value that is text (SECRET_VALUE) or a secret's source. */
struct profile_field {
    char *name;
    struct secret_source value;
};

struct profile_request {
    struct profile_field *params, *headers;
    uint32_t param_count, header_count;
    char *grant_type; /* NULL: the provider's */
    int64_t max_fetches_s;
    int max_fetches; /* in max_fetches_s; 0: as many as are wanted */
    uint32_t max_fetches_line;
    char scope_separator; /* ' ' or ',' */
};

#endif
