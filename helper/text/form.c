/* SPDX-License-Identifier: MIT */
/*
 * form.c - see form.h; RFC 6749 appendix B, HTML 4.01 17.13.4.
 */
#include "helper/text/form.h"

#include <string.h>

static bool
is_kept(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') ||
           (byte && strchr("-._*", byte) != NULL);
}

static size_t
count_kept(const char *bytes, size_t n)
{
    size_t kept = 0;

    while (kept < n && is_kept((unsigned char)bytes[kept]))
        kept++;
    return kept;
}

bool
form_encode(struct secret *out, const char *bytes, size_t n)
{
    static const char HEX[] = "0123456789ABCDEF";

    while (n) {
        unsigned char byte = (unsigned char)*bytes;
        char escape[3] = {'%', HEX[byte >> 4], HEX[byte & 15]};
        size_t kept = count_kept(bytes, n);
        bool good;

        if (kept)
            good = secret_append(out, bytes, kept);
        else if (byte == ' ')
            good = secret_append(out, "+", 1);
        else
            good = secret_append(out, escape, sizeof escape);
        if (!good)
            return false;
        bytes += kept ? kept : 1;
        n -= kept ? kept : 1;
    }
    return true;
}

bool
form_field(struct secret *out, const char *name, const char *value, size_t n)
{
    return (out->len == 0 || secret_append(out, "&", 1)) &&
           form_encode(out, name, strlen(name)) &&
           secret_append(out, "=", 1) && form_encode(out, value, n);
}
