/* SPDX-License-Identifier: MIT */
/*
 * route.c - see route.h.
 */
#include "provider/base/route.h"

#include <arpa/inet.h>
#include <string.h>

#include "provider/base/own_name.h"

struct route_search {
    const struct index *index;
    char host[300];
    const char *path;
    struct route *out;
    size_t best; /* of the longest path so far; written out beats %i */
};

/* "/team" leads "team" and "team/repo", not "teams": the bytes of @path that
 * it is for, or SIZE_MAX.  A segment %i or %u is for any one that may name an
 * instance, the same each time, which is written to @instance. */
static size_t
path_leads(const char *pattern, const char *path, char *instance)
{
    const char *at = path;

    instance[0] = '\0';
    while (*pattern) {
        size_t n = strcspn(pattern + 1, "/"), m = strcspn(at, "/");
        char part[NAME_PART_MAX + 1];

        if (*pattern != '/')
            return SIZE_MAX;
        if (n == 2 && pattern[1] == '%' &&
            (pattern[2] == 'i' || pattern[2] == 'u') && m <= NAME_PART_MAX) {
            memcpy(part, at, m);
            part[m] = '\0';
            if (!text_is_name_part(part) ||
                (instance[0] && strcmp(instance, part) != 0))
                return SIZE_MAX;
            (void)strcpy(instance, part);
        } else if (n != m || memcmp(pattern + 1, at, n) != 0) {
            return SIZE_MAX;
        }
        pattern += n + 1;
        at += m;
        if (*pattern && *at != '/')
            return SIZE_MAX;
        at += *pattern == '/';
    }
    return (size_t)(at - path);
}

bool
route_username(const char *form, const char *instance,
               char out[static ROUTE_USERNAME_SIZE])
{
    size_t used = 0;

    while (*form) {
        bool is_specifier =
            form[0] == '%' && (form[1] == 'i' || form[1] == 'u');
        const char *part = is_specifier ? instance : form;
        size_t n = is_specifier ? strlen(instance) : 1;

        if (n >= ROUTE_USERNAME_SIZE - used)
            return false;
        memcpy(out + used, part, n);
        used += n;
        form += is_specifier || (form[0] == '%' && form[1] == '%') ? 2 : 1;
    }
    out[used] = '\0';
    return true;
}

/* Whose token a route leads to: the profile in @route, or its instance, and as
 * who; one that is written out has routes of its own. */
static bool
settle_profile(const struct index *index, const char *instance,
               struct route *route)
{
    char own[PROFILE_NAME_MAX + 1], form[ROUTE_USERNAME_SIZE];
    char *at = strchr(route->profile, '@');
    size_t room;

    if (!at)
        return text_is_name_part(route->profile);
    (void)strcpy(form, route->username);
    if (!at[1]) {
        if (own_name(route->profile, own, NULL) ||
            (instance[0] && strcmp(strchr(own, '@') + 1, instance) != 0) ||
            index_has_line(index, "written", own))
            return false;
        (void)strcpy(route->profile, own);
        return route_username(form, strchr(own, '@') + 1, route->username);
    }
    if (strcmp(at, "@%i") != 0)
        return text_is_profile_name(route->profile);
    room = sizeof route->profile - (size_t)(at + 1 - route->profile);
    if (!instance[0] || strlen(instance) >= room)
        return false;
    (void)strcpy(at + 1, instance);
    return index_has_profile(index, route->profile) &&
           !index_has_line(index, "written", route->profile) &&
           route_username(form, instance, route->username);
}

/* "team/../other" is not of the team, whatever the server makes of it. */
static bool
has_dot_segment(const char *path)
{
    while (*path) {
        int dots = 0;

        for (; *path == '.' || text_begins(path, "%2e"); dots++)
            path += *path == '.' ? 1 : 3;
        if ((dots == 1 || dots == 2) && (*path == '/' || !*path))
            return true;
        path += strcspn(path, "/");
        path += *path == '/';
    }
    return false;
}

/* The word at *@at, which is moved behind it and its space. */
static bool
take_word(const char **at, char *out, size_t size)
{
    size_t n = strcspn(*at, " ");

    if (n == 0 || n >= size)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n + ((*at)[n] == ' ');
    return true;
}

/* @value: NAME USERNAME HOST[:PORT] [PATH] */
static bool
compare_route(void *arg, const char *key, const char *value)
{
    struct route_search *search = arg;
    struct route route;
    char host[sizeof search->host], instance[NAME_PART_MAX + 1];
    size_t len, rank;

    if (strcmp(key, "route") != 0 ||
        !take_word(&value, route.profile, sizeof route.profile) ||
        !take_word(&value, route.username, sizeof route.username) ||
        !take_word(&value, host, sizeof host) ||
        strcmp(host, search->host) != 0)
        return true;
    len = path_leads(value, search->path, instance);
    if (len == SIZE_MAX)
        return true;
    rank = 2 * len + (instance[0] ? 1 : 2);
    if (rank > search->best &&
        settle_profile(search->index, instance, &route)) {
        route.path_len = len ? len + 1 : 0; /* with its slash */
        search->best = rank;
        *search->out = route;
    }
    return true;
}

/* "[2001:DB8:0::1]" is "[2001:db8::1]".  The result: the bytes of @host that
 * were written to @out; 0: it is no such address. */
static size_t
write_address(const char *host, char *out, size_t size)
{
    const char *stop = host[0] == '[' ? strchr(host, ']') : NULL;
    size_t n = stop ? (size_t)(stop - host) - 1 : 0;
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (n == 0 || n >= sizeof text)
        return 0;
    memcpy(text, host + 1, n);
    text[n] = '\0';
    if (inet_pton(AF_INET6, text, &address) != 1 ||
        !inet_ntop(AF_INET6, &address, out + 1, (socklen_t)size - 2))
        return 0;
    out[0] = '[';
    (void)strcat(out, "]");
    return n + 2;
}

/* As the index has it, for one host may be written in several ways. */
static bool
write_host(const char *host, char *out, size_t size)
{
    size_t n;

    out[0] = '\0';
    host += write_address(host, out, size);
    for (n = strlen(out); *host && n < size - 1; host++)
        out[n++] =
            *host >= 'A' && *host <= 'Z' ? (char)(*host - 'A' + 'a') : *host;
    out[n] = '\0';
    if (n > 4 && strcmp(out + n - 4, ":443") == 0)
        out[n - 4] = '\0';
    return n > 0 && !*host;
}

bool
route_find(const struct index *index, const char *host, const char *path,
           struct route *out)
{
    struct route found;
    struct route_search search = {.index = index, .out = &found};

    if (!write_host(host, search.host, sizeof search.host))
        return false;
    search.path = has_dot_segment(path) ? "" : path + (path[0] == '/');
    index_each(index, compare_route, &search);
    if (!search.best)
        return false;
    *out = found;
    return true;
}
