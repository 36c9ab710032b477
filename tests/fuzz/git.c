/* SPDX-License-Identifier: MIT */
/*
 * git.c - a request of git's: what is believed of it is what the plainest
 * reader would read, and its host is a host to libcurl, too.
 */
#include <stdio.h>
#include <string.h>

#include "provider/credential/git_request.h"
#include "provider/credential/place.h"
#include "tests/fuzz/fuzz.h"

/* The last value of @key, up to the empty line; NULL: there is none. */
static char *
plain(const uint8_t *data, size_t n, const char *key)
{
    char *text = fuzz_text(data, n), *line = text, *found = NULL;
    size_t length = strlen(key);

    while (line < text + n && *line && *line != '\n') {
        char *stop = strchr(line, '\n');

        if (stop)
            *stop = '\0';
        if (strncmp(line, key, length) == 0 && line[length] == '=') {
            free(found);
            found = strdup(line + length + 1);
            FUZZ_CHECK(found);
        }
        if (!stop)
            break;
        line = stop + 1;
    }
    free(text);
    return found;
}

static void
check_value(const uint8_t *data, size_t n, const char *key, const char *value)
{
    AUTO_FREE char *expected = plain(data, n, key);

    FUZZ_CHECK(fuzz_equal(value, expected));
    if (!value)
        return;
    fuzz_check_line(value);
    FUZZ_CHECK(strlen(value) < GIT_LINE_MAX);
}

void
fuzz_git(const uint8_t *data, size_t n)
{
    AUTO_GIT_REQUEST request = GIT_REQUEST_INIT;
    AUTO_FREE char *url = NULL;
    struct tw_error err = {0};

    fuzz_input(STDIN_FILENO, data, n);
    if (git_request_read(STDIN_FILENO, &request, &err)) {
        fuzz_check_message(&err);
        return;
    }
    check_value(data, n, "protocol", request.protocol);
    check_value(data, n, "host", request.host);
    check_value(data, n, "path", request.path);
    check_value(data, n, "username", request.username);
    check_value(data, n, "password", request.password);
    if (git_request_check(&request, &err) || !git_request_is_https(&request))
        return;
    FUZZ_CHECK(place_is_host(request.host));
    FUZZ_CHECK(asprintf(&url, "https://%s/", request.host) > 0);
    (void)fuzz_host(url, request.host);
}
