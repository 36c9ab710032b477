/* SPDX-License-Identifier: MIT */
/*
 * redirect_place.c - see redirect_place.h.  Nothing but this host's own
 * loopback: a code must not travel in the clear.
 */
#include "helper/text/redirect_place.h"

#include <string.h>
#include <strings.h>

#include "helper/text/url.h"

#define SCHEME "http://"

static const struct {
    const char *name;
    bool is_ipv4, is_ipv6;
} HOSTS[] = {{"127.0.0.1", true, false},
             {"[::1]", false, true},
             {"localhost", true, true}};

/* The digits behind the colon were checked as any URL's. */
static const char *
read_port(const char *text, uint16_t *out)
{
    unsigned port = 0;

    *out = 0;
    if (*text != ':')
        return text;
    for (text++; *text >= '0' && *text <= '9'; text++)
        port = port * 10 + (unsigned)(*text - '0');
    *out = (uint16_t)port;
    return text;
}

/* What a browser takes out of a path, however it is written. */
static bool
has_dots(const char *path)
{
    while (*path) {
        const char *at = path + 1;
        int dots = 0;

        for (;; dots++) {
            if (*at == '.')
                at++;
            else if (strncasecmp(at, "%2e", 3) == 0)
                at += 3;
            else
                break;
        }
        if ((dots == 1 || dots == 2) && (*at == '/' || !*at))
            return true;
        path = at + strcspn(at, "/");
    }
    return false;
}

const char *
redirect_place_problem(const char *text, size_t n, struct redirect_place *out)
{
    static const char WANTED[] =
        "must be http://127.0.0.1[:PORT][/PATH], or the same with [::1] or "
        "localhost";
    const char *problem = url_endpoint_problem(text, n, true);
    const char *rest = text + strlen(SCHEME);

    if (problem)
        return problem;
    if (strncmp(text, SCHEME, strlen(SCHEME)) != 0)
        return WANTED;
    *out = (struct redirect_place){.port = 0};
    for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++) {
        const char *end = rest + strlen(HOSTS[i].name);

        if (strncmp(rest, HOSTS[i].name, strlen(HOSTS[i].name)) != 0)
            continue;
        (void)strcpy(out->host, HOSTS[i].name);
        out->is_ipv4 = HOSTS[i].is_ipv4;
        out->is_ipv6 = HOSTS[i].is_ipv6;
        end = read_port(end, &out->port);
        if (*end && *end != '/')
            return WANTED;
        if (strchr(end, '?'))
            return "must have no query: what comes back is added there";
        if (strlen(end) > REDIRECT_PATH_MAX)
            return "must not have a path longer than 255 bytes";
        if (has_dots(end))
            return "must not have . or .. in its path: a browser takes them "
                   "out";
        (void)strcpy(out->path, end);
        return NULL;
    }
    return WANTED;
}
