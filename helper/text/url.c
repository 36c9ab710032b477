/* SPDX-License-Identifier: MIT */
/*
 * url.c - a text comes in, what is wrong with it as a URL goes out (RFC 3986,
 * RFC 6749 3.2).
 *
 * The whole text is checked against the characters a URL may have before it
 * is taken apart, and the parts are cut where every parser cuts them: a
 * backslash, a second @, a number that only some resolvers take for an
 * address, none of them comes through.
 */
#include "helper/text/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define HEX DIGITS "abcdefABCDEF"
#define LABEL_MAX 63

/* A URL in pieces, borrowed from the text. */
struct parts {
    bool is_http;
    const char *host; /* without the brackets of an IPv6 address */
    size_t host_len;
    bool is_ipv6;
    unsigned port;                  /* 0: not said */
    const char *path, *query, *end; /* query: at its '?', or end */
};

static bool
is_made_of(const char *text, size_t n, const char *characters)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\0' || !strchr(characters, text[i]))
            return false;
    }
    return true;
}

/* What no URL of ours may hold, wherever it stands. */
static const char *
character_problem(const char *text, size_t n)
{
    if (n == 0)
        return "must not be empty";
    if (n > URL_MAX)
        return "must not be longer than 2048 bytes";
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if ((c >= '.' && c <= ':') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            continue; /* nearly all are digits, letters, '.', '/' or ':' */
        if (c < 0x20 || c == 0x7f)
            return "must not hold control characters or line breaks";
        if (c == ' ')
            return "must not hold a space (write %20)";
        if (c == '\\')
            return "must not hold a backslash (write /)";
        if (c >= 0x80)
            return "must be ASCII (write other characters as %XX, a host as "
                   "xn--...)";
        if (c == '#')
            return "must not hold a fragment (#)";
        if (strchr("\"<>^`{|}", c))
            return "must not hold any of \" < > ^ ` { | } (write %XX)";
        if (c == '%' && (n - i < 3 || !is_made_of(text + i + 1, 2, HEX)))
            return "has a % without two hexadecimal digits";
    }
    return NULL;
}

static bool
is_ipv4(const char *host, size_t n)
{
    char copy[INET_ADDRSTRLEN];
    struct in_addr address;

    if (n >= sizeof copy)
        return false;
    memcpy(copy, host, n);
    copy[n] = '\0';
    return inet_pton(AF_INET, copy, &address) == 1;
}

static bool
read_ipv6(const char *host, size_t n, struct in6_addr *out)
{
    char copy[INET6_ADDRSTRLEN];

    if (n >= sizeof copy)
        return false;
    memcpy(copy, host, n);
    copy[n] = '\0';
    return inet_pton(AF_INET6, copy, out) == 1;
}

/* A last label that begins with a digit would be taken for an address by some
 * resolvers ("0x7f.1", "2130706433"): then it has to be one, in full. */
static const char *
name_problem(const char *host, size_t n)
{
    const char *label = host, *end = host + n;

    if (n == 0)
        return "has no host";
    if (n > URL_HOST_MAX)
        return "has a host longer than 253 bytes";
    if (is_ipv4(host, n))
        return NULL;
    for (;;) {
        const char *dot = memchr(label, '.', (size_t)(end - label));
        size_t len = (size_t)((dot ? dot : end) - label);

        if (len == 0 || len > LABEL_MAX || label[0] == '-' ||
            !is_made_of(label, len, LETTERS DIGITS "-_"))
            return "has a host that is no name: letters, digits and '-' "
                   "between dots";
        if (!dot)
            break;
        label = dot + 1;
    }
    if (label[0] >= '0' && label[0] <= '9')
        return "has a host that is neither a name nor an address in full "
               "(like 192.0.2.1)";
    return NULL;
}

static const char *
split_port(const char *text, const char *end, struct parts *parts)
{
    size_t n = (size_t)(end - text);
    unsigned port = 0;
    bool good = n >= 2 && n <= 6 && text[0] == ':' && text[1] != '0';

    if (n == 0)
        return NULL;
    for (size_t i = 1; good && i < n; i++) {
        good = text[i] >= '0' && text[i] <= '9';
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    if (!good || port > 65535)
        return "has a port that is no number from 1 to 65535";
    parts->port = port;
    return NULL;
}

/* HOST[:PORT] between the two slashes and the path. */
static const char *
split_authority(const char *text, const char *end, struct parts *parts)
{
    struct in6_addr address;
    const char *stop;
    const char *problem;

    if (memchr(text, '@', (size_t)(end - text)))
        return "must not hold a user name or password (@)";
    if (text < end && text[0] == '[') {
        stop = memchr(text, ']', (size_t)(end - text));
        if (!stop || !read_ipv6(text + 1, (size_t)(stop - text) - 1, &address))
            return "has a host in brackets that is no IPv6 address";
        parts->is_ipv6 = true;
        parts->host = text + 1;
        parts->host_len = (size_t)(stop - text) - 1;
        return split_port(stop + 1, end, parts);
    }
    stop = memchr(text, ':', (size_t)(end - text));
    if (!stop)
        stop = end;
    parts->host = text;
    parts->host_len = (size_t)(stop - text);
    problem = name_problem(parts->host, parts->host_len);
    return problem ? problem : split_port(stop, end, parts);
}

static const char *
split(const char *text, size_t n, struct parts *parts)
{
    const char *problem = character_problem(text, n);
    const char *end = text + n, *authority;

    if (problem)
        return problem;
    *parts = (struct parts){.end = end};
    if (n >= 8 && strncasecmp(text, "https://", 8) == 0) {
        authority = text + 8;
    } else if (n >= 7 && strncasecmp(text, "http://", 7) == 0) {
        authority = text + 7;
        parts->is_http = true;
    } else {
        return "must begin with https://";
    }
    parts->path = authority;
    while (parts->path < end && *parts->path != '/' && *parts->path != '?')
        parts->path++;
    problem = split_authority(authority, parts->path, parts);
    if (problem)
        return problem;
    parts->query = parts->path;
    while (parts->query < end && *parts->query != '?')
        parts->query++;
    if (memchr(parts->path, '[', (size_t)(end - parts->path)) ||
        memchr(parts->path, ']', (size_t)(end - parts->path)))
        return "must not hold [ or ] after the host (write %5B, %5D)";
    return NULL;
}

static bool
is_loopback(const struct parts *parts)
{
    struct in6_addr address;

    if (parts->is_ipv6)
        return read_ipv6(parts->host, parts->host_len, &address) &&
               IN6_IS_ADDR_LOOPBACK(&address);
    if (parts->host_len == strlen("localhost") &&
        strncasecmp(parts->host, "localhost", parts->host_len) == 0)
        return true;
    return is_ipv4(parts->host, parts->host_len) &&
           strncmp(parts->host, "127.", 4) == 0;
}

const char *
url_endpoint_problem(const char *text, size_t n, bool allow_loopback)
{
    struct parts parts;
    const char *problem = split(text, n, &parts);

    if (problem || !parts.is_http)
        return problem;
    if (!is_loopback(&parts))
        return "must begin with https:// (http would send the secret in the "
               "clear)";
    if (!allow_loopback)
        return "must begin with https:// (for a server on this host, add "
               "allow_http: loopback)";
    return NULL;
}

const char *
url_absolute_problem(const char *text, size_t n)
{
    const char *problem = character_problem(text, n);
    const char *colon;

    if (problem)
        return problem;
    colon = memchr(text, ':', n);
    if (!colon || colon == text || colon + 1 == text + n ||
        !strchr(LETTERS, text[0]) ||
        !is_made_of(text, (size_t)(colon - text), LETTERS DIGITS "+-."))
        return "must be an absolute URI (like https://api.example.com)";
    return NULL;
}

static void
write_host(const struct parts *parts, struct url_match *out)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    size_t n = parts->host_len;

    if (parts->is_ipv6 && read_ipv6(parts->host, n, &address) &&
        inet_ntop(AF_INET6, &address, text, sizeof text)) {
        n = (size_t)snprintf(out->host, sizeof out->host, "[%s]", text);
    } else {
        for (size_t i = 0; i < n; i++)
            out->host[i] = parts->host[i] >= 'A' && parts->host[i] <= 'Z'
                               ? (char)(parts->host[i] - 'A' + 'a')
                               : parts->host[i];
        out->host[n] = '\0';
    }
    if (parts->port && parts->port != 443)
        (void)snprintf(out->host + n, sizeof out->host - n, ":%u",
                       parts->port);
}

/* Every segment as git would ask for it: none that leads elsewhere. */
static const char *
path_problem(const char *path, const char *end)
{
    if (memchr(path, '%', (size_t)(end - path)))
        return "must not hold a % in its path (git asks for decoded paths)";
    while (path < end) {
        const char *next = memchr(path + 1, '/', (size_t)(end - path) - 1);
        size_t n = (size_t)((next ? next : end) - path) - 1;

        if ((n == 0 && next) || (n == 1 && path[1] == '.') ||
            (n == 2 && path[1] == '.' && path[2] == '.'))
            return "must not hold //, /. or /.. in its path";
        path += n + 1;
    }
    return NULL;
}

const char *
url_match_problem(const char *text, size_t n, struct url_match *out)
{
    struct parts parts;
    const char *problem = split(text, n, &parts);
    size_t path_len;

    if (problem)
        return problem;
    if (n > URL_MATCH_MAX)
        return "must not be longer than 1000 bytes";
    if (parts.is_http)
        return "must begin with https:// (no token is handed out for http)";
    if (parts.query != parts.end)
        return "must not hold a query (?)";
    problem = path_problem(parts.path, parts.end);
    if (problem)
        return problem;
    write_host(&parts, out);
    path_len = (size_t)(parts.end - parts.path);
    if (path_len && parts.path[path_len - 1] == '/')
        path_len--;
    memcpy(out->path, parts.path, path_len);
    out->path[path_len] = '\0';
    return NULL;
}

const char *
url_authority(const char *url, size_t *n)
{
    const char *mark = strstr(url, "://");
    const char *host = mark ? mark + strlen("://") : url;

    *n = strcspn(host, "/?");
    return host;
}

size_t
url_origin(const char *url)
{
    size_t n;
    const char *host = url_authority(url, &n);

    return (size_t)(host - url) + n;
}
