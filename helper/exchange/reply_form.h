/* SPDX-License-Identifier: MIT */
/*
 * reply_form.h - an answer as a form, from servers older than RFC 6749.
 */
#ifndef TW_HELPER_REPLY_FORM_H
#define TW_HELPER_REPLY_FORM_H

#include "helper/text/json.h"

#define REPLY_FORM_FIELDS_MAX 64

/* reply_form_read: name=value&... as a JSON object whose members are strings,
 * so that the same rules read it.  NULL: not a form, a name twice, a byte
 * that JSON cannot hold, more than REPLY_FORM_FIELDS_MAX fields. */
struct json *reply_form_read(const char *text, size_t n);

#endif
