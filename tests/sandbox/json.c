/* SPDX-License-Identifier: MIT */
/*
 * json.c - see json.h.  Bytes from 0x20 on go out as they came, UTF-8 or not.
 */
#include "tests/sandbox/json.h"

#include <stdio.h>

static bool
append_byte(struct secret *out, char byte)
{
    char escape[8];

    if (byte == '"' || byte == '\\')
        (void)snprintf(escape, sizeof escape, "\\%c", byte);
    else if ((unsigned char)byte < 0x20)
        (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte);
    else
        return secret_append(out, &byte, 1);
    return secret_append_text(out, escape);
}

bool
json_string(struct secret *out, struct span value)
{
    bool ok = secret_append(out, "\"", 1);

    for (size_t i = 0; ok && i < value.len; i++)
        ok = append_byte(out, value.bytes[i]);
    return ok && secret_append(out, "\"", 1);
}

static bool
name_member(struct secret *out, const char *name)
{
    bool first = out->len && out->bytes[out->len - 1] == '{';

    return (first || secret_append(out, ",", 1)) &&
           json_string(out, span_of(name)) && secret_append(out, ":", 1);
}

bool
json_member(struct secret *out, const char *name, struct span value)
{
    return name_member(out, name) && json_string(out, value);
}

bool
json_raw_member(struct secret *out, const char *name, struct span value)
{
    return name_member(out, name) &&
           secret_append(out, value.bytes, value.len);
}
