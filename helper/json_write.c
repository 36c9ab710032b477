/* SPDX-License-Identifier: MIT */
/*
 * json_write.c - see json_write.h; RFC 8259 7 has what must be escaped.
 */
#include "helper/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool
put_string(struct secret *out, const char *text)
{
    bool good = secret_append(out, "\"", 1);

    for (; good && *text; text++) {
        unsigned char byte = (unsigned char)*text;
        char escape[sizeof "\\u0000"];

        if (byte < 0x20)
            (void)snprintf(escape, sizeof escape, "\\u%04x", byte);
        else if (byte == '"' || byte == '\\')
            (void)snprintf(escape, sizeof escape, "\\%c", byte);
        else
            (void)snprintf(escape, sizeof escape, "%c", byte);
        good = secret_append_text(out, escape);
    }
    return good && secret_append(out, "\"", 1);
}

static bool
put_name(struct secret *out, const char *name)
{
    return secret_append(out, out->len ? "," : "{", 1) &&
           put_string(out, name) && secret_append(out, ":", 1);
}

bool
json_write_text(struct secret *out, const char *name, const char *value)
{
    return put_name(out, name) && put_string(out, value);
}

bool
json_write_number(struct secret *out, const char *name, int64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    return put_name(out, name) && secret_append_text(out, digits);
}

bool
json_write_end(struct secret *out)
{
    return (out->len || secret_append(out, "{", 1)) &&
           secret_append(out, "}", 1);
}
