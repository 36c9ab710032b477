/* SPDX-License-Identifier: MIT */
/*
 * url.c - addresses: whoever of us accepts one reads the host in it that
 * libcurl will ask, and that the others of us read.
 */
#include "helper/text/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "provider/credential/place.h"
#include "tests/fuzz/fuzz.h"

static char *
part(CURLU *handle, CURLUPart which)
{
    char *text = NULL;

    (void)curl_url_get(handle, which, &text, 0);
    return text;
}

/* Of an endpoint that was accepted. */
static void
check_endpoint(const char *text, bool loopback)
{
    CURLU *handle = curl_url();
    char *scheme, *user, *fragment, *host;

    FUZZ_CHECK(handle && !curl_url_set(handle, CURLUPART_URL, text, 0));
    scheme = part(handle, CURLUPART_SCHEME);
    user = part(handle, CURLUPART_USER);
    fragment = part(handle, CURLUPART_FRAGMENT);
    host = part(handle, CURLUPART_HOST);
    FUZZ_CHECK(!user && !fragment && host && host[0]);
    FUZZ_CHECK(strcmp(scheme, "https") == 0 || loopback);
    FUZZ_CHECK(strcmp(scheme, "https") == 0 || strncmp(host, "127.", 4) == 0 ||
               strcmp(host, "[::1]") == 0 ||
               strcasecmp(host, "localhost") == 0);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(handle);
}

/* "host:443" and "host" are one place. */
static const char *
without_port(char *host)
{
    size_t n = strlen(host);

    if (n > 4 && strcmp(host + n - 4, ":443") == 0)
        host[n - 4] = '\0';
    return host;
}

static void
check_match(const char *text, const struct url_match *match)
{
    struct place place;

    FUZZ_CHECK(place_read(text, false, &place));
    /* An address of IPv6 may be written in more than one way. */
    FUZZ_CHECK(place.host[0] == '[' ||
               strcasecmp(without_port(place.host), match->host) == 0);
    FUZZ_CHECK(!strpbrk(match->host, " /\\@?#") &&
               !strpbrk(match->path, " \\?#"));
    FUZZ_CHECK(!match->path[0] || match->path[0] == '/');
}

void
fuzz_url(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    bool whole = strlen(text) == n;
    struct url_match match;
    struct place place;

    if (!url_endpoint_problem(text, n, false)) {
        FUZZ_CHECK(whole && n <= URL_MAX && !url_absolute_problem(text, n) &&
                   !url_endpoint_problem(text, n, true));
        check_endpoint(text, false);
    } else if (!url_endpoint_problem(text, n, true)) {
        FUZZ_CHECK(whole);
        check_endpoint(text, true);
    }
    if (!url_match_problem(text, n, &match)) {
        FUZZ_CHECK(whole && n <= URL_MATCH_MAX);
        check_match(text, &match);
    }
    if (place_read(text, false, &place)) {
        FUZZ_CHECK(place_is_host(place.host));
        FUZZ_CHECK(!place.path[0] || place.path[0] == '/');
        FUZZ_CHECK(!strpbrk(place.path, "%\\?#"));
    }
}
