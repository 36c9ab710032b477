/* SPDX-License-Identifier: MIT */
/*
 * loopback.c - see loopback.h.
 */
#include "tests/sandbox/loopback.h"

static bool
is_harmless(struct span uri)
{
    for (size_t i = 0; i < uri.len; i++) {
        if (uri.bytes[i] <= ' ' || uri.bytes[i] > '~' || uri.bytes[i] == '#')
            return false;
    }
    return true;
}

/* What may stand behind a host; "127.0.0.1.example" has another. */
static bool
ends_host(struct span rest)
{
    size_t at = 0;

    if (rest.len && rest.bytes[0] == ':') {
        do
            at++;
        while (at < rest.len && rest.bytes[at] >= '0' &&
               rest.bytes[at] <= '9');
    }
    return at == rest.len || rest.bytes[at] == '/' || rest.bytes[at] == '?';
}

bool
loopback_is_uri(struct span uri)
{
    static const char *const STARTS[] = {"http://127.0.0.1", "http://[::1]",
                                         "http://localhost"};

    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++) {
        size_t n = strlen(STARTS[i]);

        if (uri.len >= n && memcmp(uri.bytes, STARTS[i], n) == 0)
            return is_harmless(uri) &&
                   ends_host((struct span){uri.bytes + n, uri.len - n});
    }
    return false;
}
