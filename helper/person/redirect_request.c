/* SPDX-License-Identifier: MIT */
/*
 * redirect_request.c - see redirect_request.h.
 *
 * Whoever is on this host can send it, and so can any page in the browser: a
 * request for another host's name is some site's that had its name lead here
 * (DNS rebinding), and is not looked at.  What is named twice is refused
 * (RFC 6749 3.1), so that no two readers take it in two ways.
 */
#include "helper/person/redirect_request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PORT_HTTP 80

static const char *const NAMES[REDIRECT_PARAMETERS] = {
    [REDIRECT_CODE] = "code",   [REDIRECT_STATE] = "state",
    [REDIRECT_ERROR] = "error", [REDIRECT_DESCRIPTION] = "error_description",
    [REDIRECT_ISSUER] = "iss",
};

struct span {
    const char *text;
    size_t n;
};

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Printable ASCII alone goes in: none of these may hold more (RFC 6749 A). */
static bool
decode(struct span from, struct secret *out)
{
    for (size_t i = 0; i < from.n; i++) {
        char c = from.text[i] == '+' ? ' ' : from.text[i];

        if (c == '%') {
            int high = i + 2 < from.n ? hex_digit(from.text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(from.text[i + 2]) : -1;

            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c < 0x20 || c > 0x7e || !secret_append(out, &c, 1))
            return false;
    }
    return true;
}

static struct span
take_until(struct span *rest, char end)
{
    const char *at = memchr(rest->text, end, rest->n);
    struct span taken = {rest->text, at ? (size_t)(at - rest->text) : rest->n};
    size_t step = taken.n + (at != NULL);

    *rest = (struct span){rest->text + step, rest->n - step};
    return taken;
}

static bool
is(struct span span, const char *text)
{
    return span.n == strlen(text) && memcmp(span.text, text, span.n) == 0;
}

/* What a server says for a person to read may hold more; it is not worth
 * losing the answer over. */
static bool
take_value(enum redirect_parameter i, struct span value,
           struct redirect_answer *out)
{
    if (out->has[i])
        return false;
    out->has[i] = true;
    if (decode(value, &out->values[i]))
        return true;
    secret_clear(&out->values[i]);
    return i == REDIRECT_DESCRIPTION;
}

static bool
read_query(struct span query, struct redirect_answer *out)
{
    while (query.n) {
        struct span value = take_until(&query, '&');
        struct span name = take_until(&value, '=');

        for (int i = 0; i < REDIRECT_PARAMETERS; i++) {
            if (is(name, NAMES[i]) &&
                !take_value((enum redirect_parameter)i, value, out))
                return false;
        }
    }
    return true;
}

static struct span
next_line(struct span *rest)
{
    struct span line = take_until(rest, '\n');

    if (line.n && line.text[line.n - 1] == '\r')
        line.n--;
    return line;
}

/* Exactly one, and it names us. */
static bool
is_for(const struct redirect_place *place, struct span headers)
{
    char ours[sizeof place->host + 8];
    int count = 0;

    (void)snprintf(ours, sizeof ours, "%s:%u", place->host,
                   (unsigned)place->port);
    while (headers.n) {
        struct span value = next_line(&headers);
        struct span name = take_until(&value, ':');

        if (name.n != 4 || strncasecmp(name.text, "host", 4) != 0)
            continue;
        while (value.n && (*value.text == ' ' || *value.text == '\t'))
            value = (struct span){value.text + 1, value.n - 1};
        while (value.n && (value.text[value.n - 1] == ' ' ||
                           value.text[value.n - 1] == '\t'))
            value.n--;
        if (!is(value, ours) &&
            !(place->port == PORT_HTTP && is(value, place->host)))
            return false;
        count++;
    }
    return count == 1;
}

static bool
is_whole(struct span head)
{
    while (head.n) {
        const char *end = memchr(head.text, '\n', head.n);

        if (!end)
            return false;
        if (next_line(&head).n == 0)
            return true;
    }
    return false;
}

enum redirect_kind
redirect_request_read(const struct redirect_place *place, const char *head,
                      size_t n, struct redirect_answer *out)
{
    struct span rest = {head, n}, line, method, target, path;

    if (!is_whole(rest))
        return REDIRECT_INCOMPLETE;
    line = next_line(&rest);
    method = take_until(&line, ' ');
    target = take_until(&line, ' ');
    if (!is(line, "HTTP/1.1") && !is(line, "HTTP/1.0"))
        return REDIRECT_BROKEN;
    if (!is(method, "GET"))
        return REDIRECT_NO_GET;
    path = take_until(&target, '?');
    if (!is(path, place->path[0] ? place->path : "/") || !is_for(place, rest))
        return REDIRECT_ELSEWHERE;
    return read_query(target, out) ? REDIRECT_HERE : REDIRECT_BROKEN;
}

bool
redirect_address_read(const char *text, struct redirect_answer *out)
{
    const char *query = strchr(text, '?');
    struct span span;

    if (!query)
        return false;
    span = (struct span){query + 1, strcspn(query + 1, "# \t\r\n")};
    return read_query(span, out);
}

void
redirect_answer_init(struct redirect_answer *answer)
{
    *answer = (struct redirect_answer){.has = {false}};
    for (int i = 0; i < REDIRECT_PARAMETERS; i++)
        answer->values[i] = SECRET_INIT(REDIRECT_VALUE_MAX);
}

void
redirect_answer_clear(struct redirect_answer *answer)
{
    for (int i = 0; i < REDIRECT_PARAMETERS; i++) {
        secret_clear(&answer->values[i]);
        answer->has[i] = false;
    }
}
