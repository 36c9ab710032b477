/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - see fuzz.h.
 */
#include "tests/fuzz/fuzz.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider/base/text.h"

_Noreturn void
fuzz_fail(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

char *
fuzz_text(const uint8_t *data, size_t n)
{
    return fuzz_between("", data, n, "");
}

char *
fuzz_between(const char *before, const uint8_t *data, size_t n,
             const char *after)
{
    size_t head = strlen(before), tail = strlen(after);
    char *text = malloc(head + n + tail + 1);

    FUZZ_CHECK(text);
    memcpy(text, before, head);
    if (n)
        memcpy(text + head, data, n);
    memcpy(text + head + n, after, tail + 1);
    return text;
}

void
fuzz_input(int fd, const uint8_t *data, size_t n)
{
    static int memory = -1;

    if (memory < 0) {
        memory = memfd_create("input", MFD_CLOEXEC);
        FUZZ_CHECK(memory >= 0 && dup2(memory, fd) == fd);
    }
    FUZZ_CHECK(ftruncate(memory, 0) == 0 &&
               pwrite(memory, data, n, 0) == (ssize_t)n &&
               lseek(memory, 0, SEEK_SET) == 0);
}

void
fuzz_check_message(const struct tw_error *err)
{
    const char *stop = strchr(err->message, '\n');
    size_t n = stop ? (size_t)(stop - err->message) : strlen(err->message);

    FUZZ_CHECK(memchr(err->message, '\0', sizeof err->message));
    FUZZ_CHECK(err->status != TW_OK && n > 0);
    FUZZ_CHECK(text_is_line(err->message, n));
    FUZZ_CHECK(!stop || text_is_line(stop + 1, strlen(stop + 1)));
}

void
fuzz_check_line(const char *value)
{
    FUZZ_CHECK(value && !strpbrk(value, "\r\n"));
}

bool
fuzz_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool
fuzz_host(const char *url, const char *host)
{
    CURLU *handle = curl_url();
    char *read = NULL, *port = NULL, *both = NULL;
    bool same;

    FUZZ_CHECK(handle);
    if (curl_url_set(handle, CURLUPART_URL, url, 0) ||
        curl_url_get(handle, CURLUPART_HOST, &read, 0)) {
        curl_url_cleanup(handle);
        return false;
    }
    (void)curl_url_get(handle, CURLUPART_PORT, &port, 0);
    FUZZ_CHECK(asprintf(&both, "%s%s%s", read, port ? ":" : "",
                        port ? port : "") > 0);
    same = strcasecmp(both, host) == 0;
    free(both);
    curl_free(port);
    curl_free(read);
    curl_url_cleanup(handle);
    return same;
}
