/* SPDX-License-Identifier: MIT */
/*
 * form.h - application/x-www-form-urlencoded, taken apart where it lies.
 */
#ifndef TW_SANDBOX_FORM_H
#define TW_SANDBOX_FORM_H

#include "provider/base/secret.h"
#include "tests/sandbox/span.h"

#define FORM_FIELDS_MAX 64 /* a token request has five */

struct form {
    struct {
        struct span name, value;
    } fields[FORM_FIELDS_MAX];
    size_t n;
};

/* url_decode: %XX undone in place, and '+' too if @plus; false at a broken
 * escape. */
bool url_decode(char *text, size_t *n, bool plus);

/* url_encode: appends @value with all but unreserved characters as %XX; false
 * as secret_append. */
bool url_encode(struct secret *out, struct span value);

/* form_parse: @text is decoded in place and must outlive @form; false when it
 * is not a form or has too many fields. */
bool form_parse(struct form *form, char *text, size_t n);

/* form_value: absent when the field is missing or empty (RFC 6749 3.2). */
struct span form_value(const struct form *form, const char *name);

bool form_repeats(const struct form *form, const char *name);

#endif
