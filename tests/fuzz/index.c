/* SPDX-License-Identifier: MIT */
/*
 * index.c - the index of routes: where a host and a path lead, beside a slow
 * reading of the same lines.  The first line of the bytes is the host, the
 * second the path.
 */
#include "provider/base/route.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

struct asked {
    const char *host, *path;
    const struct route *found; /* NULL: none was */
    bool seen;
    size_t longest; /* of the patterns that lead there, plus one */
};

/* An address in brackets has one spelling; false: it has none, or no room. */
static bool
spell_address(char *host)
{
    char *stop = strchr(host, ']');
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    size_t n;

    if (host[0] != '[' || !stop)
        return host[0] != '[';
    *stop = '\0';
    if (inet_pton(AF_INET6, host + 1, &address) != 1) {
        *stop = ']';
        return false;
    }
    (void)inet_ntop(AF_INET6, &address, text, sizeof text);
    n = strlen(text);
    if (n > (size_t)(stop - host) - 1)
        return false;
    memmove(host + 2 + n, stop + 1, strlen(stop + 1) + 1);
    memcpy(host + 1, text, n);
    host[1 + n] = ']';
    return true;
}

/* The host as the index has it. */
static void
normalise(char *host)
{
    size_t n = strlen(host);

    for (size_t i = 0; i < n; i++) {
        if (host[i] >= 'A' && host[i] <= 'Z')
            host[i] = (char)(host[i] | 0x20);
    }
    if (n > 4 && strcmp(host + n - 4, ":443") == 0)
        host[n - 4] = '\0';
}

/* A path has a slash before it, whether it was written or not. */
static bool
leads(const char *pattern, const char *path)
{
    size_t n;

    if (!*pattern)
        return true;
    if (path[0] != '/' && *pattern++ != '/')
        return false;
    n = strlen(pattern);
    return strncmp(path, pattern, n) == 0 && (!path[n] || path[n] == '/');
}

static bool
visit(void *arg, const char *key, const char *value)
{
    struct asked *asked = arg;
    char profile[PROFILE_NAME_MAX + 1] = "", username[256] = "",
                                    host[300] = "";
    int used = 0;

    if (strcmp(key, "route") != 0 ||
        sscanf(value, "%129[^ ]%*1[ ]%255[^ ]%*1[ ]%299[^ ]%n", profile,
               username, host, &used) != 3 ||
        !(strchr(profile, '@') ? text_is_profile_name(profile)
                               : text_is_name_part(profile)))
        return true;
    value += used;
    value += *value == ' ';
    if (strcmp(host, asked->host) != 0 || !leads(value, asked->path))
        return true;
    if (strlen(value) + 1 > asked->longest) {
        asked->longest = strlen(value) + 1;
        asked->seen = asked->found &&
                      strcmp(asked->found->profile, profile) == 0 &&
                      strcmp(asked->found->username, username) == 0;
    }
    return true;
}

void
fuzz_index(const uint8_t *data, size_t n)
{
    AUTO_INDEX index = INDEX_INIT;
    AUTO_FREE char *text = fuzz_text(data, n);
    char *path = strchr(text, '\n'),
         *lines = path ? strchr(path + 1, '\n') : NULL;
    struct route route = {.profile = ""};
    struct asked asked = {.found = NULL};

    if (!lines || !secret_append_text(&index.text, lines + 1))
        return;
    *path++ = *lines = '\0';
    if (route_find(&index, text, path, &route))
        asked.found = &route;
    FUZZ_CHECK(!index.text.bytes || strcmp(index.text.bytes, lines + 1) == 0);
    /* May be "no path"; and instances are not this reading's affair. */
    if (strpbrk(path, ".%") || strstr(lines + 1, "@ ") ||
        strstr(lines + 1, "%i") || strstr(lines + 1, "/%u"))
        return;
    if (!spell_address(text))
        return;
    normalise(text);
    asked.host = text;
    asked.path = path;
    index_each(&index, visit, &asked);
    FUZZ_CHECK(asked.seen == (asked.found != NULL));
}
