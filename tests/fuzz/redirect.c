/* SPDX-License-Identifier: MIT */
/*
 * redirect.c - what comes to the port of a login: the first line is where that
 * is, the rest a request, or an address that is pasted.  What is taken from
 * either is what the plainest reader takes.
 */
#include <string.h>

#include "helper/person/redirect_request.h"
#include "helper/text/url.h"
#include "tests/fuzz/fuzz.h"

static const char *const NAMES[REDIRECT_PARAMETERS] = {
    "code", "state", "error", "error_description", "iss"};

/* How often @name stands in front of a value of @query. */
static int
count_of(const char *query, size_t n, const char *name)
{
    size_t length = strlen(name), at = 0;
    int count = 0;

    while (at < n) {
        const char *end = memchr(query + at, '&', n - at);
        size_t part = end ? (size_t)(end - query) - at : n - at;

        count += part >= length && memcmp(query + at, name, length) == 0 &&
                 (part == length || query[at + length] == '=');
        at += part + 1;
    }
    return count;
}

static void
check(const struct redirect_answer *answer, const char *query, size_t n)
{
    for (int i = 0; i < REDIRECT_PARAMETERS; i++) {
        const struct secret *value = &answer->values[i];

        FUZZ_CHECK(answer->has[i] == count_of(query, n, NAMES[i]));
        FUZZ_CHECK(answer->has[i] || !value->len);
        FUZZ_CHECK(value->len <= REDIRECT_VALUE_MAX);
        for (size_t j = 0; j < value->len; j++)
            FUZZ_CHECK(value->bytes[j] >= 0x20 && value->bytes[j] <= 0x7e);
    }
}

static void
check_request(const struct redirect_place *place, const char *text, size_t n)
{
    struct redirect_answer answer;
    enum redirect_kind kind;
    const char *query, *end;

    redirect_answer_init(&answer);
    kind = redirect_request_read(place, text, n, &answer);
    if (kind == REDIRECT_INCOMPLETE) /* then so is less of it */
        FUZZ_CHECK(redirect_request_read(place, text, n / 2, &answer) == kind);
    if (kind == REDIRECT_HERE) {
        FUZZ_CHECK(strncmp(text, "GET /", 5) == 0);
        end = memchr(text + 4, ' ', n - 4);
        FUZZ_CHECK(end);
        query = memchr(text, '?', (size_t)(end - text));
        if (query)
            check(&answer, query + 1, (size_t)(end - query) - 1);
        else
            check(&answer, "", 0);
    }
    redirect_answer_clear(&answer);
}

void
fuzz_redirect(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    char *line = strchr(text, '\n');
    struct redirect_answer answer;
    struct redirect_place place = {.host = "127.0.0.1", .port = 8401};

    if (line) {
        *line++ = '\0';
        if (!redirect_place_problem(text, strlen(text), &place)) {
            FUZZ_CHECK(!url_endpoint_problem(text, strlen(text), true));
            FUZZ_CHECK(!place.path[0] || place.path[0] == '/');
            FUZZ_CHECK(strstr(text, place.host) == text + 7);
        }
        check_request(&place, line, n - (size_t)(line - text));
    }
    redirect_answer_init(&answer);
    if (redirect_address_read(text, &answer)) {
        const char *query = strchr(text, '?') + 1;

        check(&answer, query, strcspn(query, "# \t\r\n"));
    }
    redirect_answer_clear(&answer);
}
