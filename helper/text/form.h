/* SPDX-License-Identifier: MIT */
/*
 * form.h - application/x-www-form-urlencoded, straight into a secret buffer.
 */
#ifndef TW_HELPER_FORM_H
#define TW_HELPER_FORM_H

#include "provider/base/secret.h"

/* form_encode: appends @n bytes encoded (space as '+', RFC 6749 appendix B);
 * false when the buffer's maximum is passed. */
bool form_encode(struct secret *out, const char *bytes, size_t n);

/* form_field: "&" if @out has something already, then name=value. */
bool form_field(struct secret *out, const char *name, const char *value,
                size_t n);

#endif
