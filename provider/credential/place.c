/* SPDX-License-Identifier: MIT */
/*
 * place.c - see place.h; RFC 3986 3.
 */
#include "provider/credential/place.h"

#include <stddef.h>
#include <string.h>

#include "provider/base/text.h"

#define SCHEME "https://"
#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* host, host:port or [address]:port; a name needs no more than these. */
bool
place_is_host(const char *text)
{
    size_t n;

    if (text[0] == '[') {
        n = strspn(text + 1, "0123456789abcdefABCDEF:.");
        if (n == 0 || text[n + 1] != ']')
            return false;
        text += n + 2;
    } else {
        n = strspn(text, ALNUM ".-_");
        if (n == 0)
            return false;
        text += n;
    }
    if (text[0] != ':')
        return text[0] == '\0';
    n = strspn(text + 1, "0123456789");
    return n >= 1 && n <= 5 && text[n + 1] == '\0';
}

static void
read_path(const char *text, char out[PLACE_PATH_MAX])
{
    size_t n = strcspn(text, "?#");

    out[0] = '\0';
    if (text[0] != '/' || n >= PLACE_PATH_MAX || strcspn(text, "%\\") < n ||
        !text_is_line(text, n))
        return;
    memcpy(out, text, n);
    out[n] = '\0';
}

bool
place_read(const char *text, bool bare, struct place *out)
{
    struct place place;
    size_t n;

    if (text_begins(text, SCHEME))
        text += strlen(SCHEME);
    else if (!bare)
        return false;
    n = strcspn(text, "/?#");
    if (n >= sizeof place.host)
        return false;
    memcpy(place.host, text, n);
    place.host[n] = '\0';
    if (!place_is_host(place.host))
        return false;
    read_path(text + n, place.path);
    *out = place;
    return true;
}
