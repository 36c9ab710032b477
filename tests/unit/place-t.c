/* SPDX-License-Identifier: MIT */
/*
 * place-t.c - which host an address names, and which addresses name none.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "provider/credential/place.h"

Test(place, reads_host_and_path)
{
    const struct {
        const char *text, *host, *path;
    } rows[] = {
        {"https://h.test", "h.test", ""},
        {"HTTPS://h.test/", "h.test", "/"},
        {"https://h.test:8443/a/b?c=/d#e", "h.test:8443", "/a/b"},
        {"https://h.test?x/y", "h.test", ""},
        {"https://h.test#x/y", "h.test", ""},
        {"https://h.test/a#b%2f", "h.test", "/a"},
        {"https://h.test:1/", "h.test:1", "/"},
        {"https://h.test:65535/", "h.test:65535", "/"},
        {"https://[::1]:5000/v1/", "[::1]:5000", "/v1/"},
        {"https://[2001:DB8::Af]", "[2001:DB8::Af]", ""},
        {"https://[::ffff:192.0.2.1]/", "[::ffff:192.0.2.1]", "/"},
        {"https://a_b.h-1.test/", "a_b.h-1.test", "/"},
        {"https://h.test/a%2fb", "h.test", ""},
        {"https://h.test/a\\..\\b", "h.test", ""},
        {"https://h.test/a?%2f", "h.test", "/a"},
        {"https://h.test/a\33[31mb", "h.test", ""},
        {"https://h.test/a\n", "h.test", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place;

        cr_assert(place_read(rows[i].text, false, &place), "%s", rows[i].text);
        cr_assert_str_eq(place.host, rows[i].host);
        cr_assert_str_eq(place.path, rows[i].path);
    }
}

Test(place, refuses_what_names_no_host_or_two)
{
    const char *const bad[] = {
        "",
        "https://",
        "https:///a",
        "http://h.test/",
        "ftp://h.test/",
        "https:/h.test",
        "https://h.test@other.test/",
        "https://other.test\\@h.test/",
        "https://h.test:/",
        "https://h.test:123456/",
        "https://h.test:80:80/",
        "https://h test/",
        "https://h.test\n/",
        "https://h\xc3\xa9.test/",
        "https://h%2etest/",
        "https://[::1/",
        "https://[]/",
        "https://[]:5000/",
        "https://[fe80::1%25ed0]/",
        "https://[::1]x/",
        " https://h.test",
    };
    struct place place;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(!place_read(bad[i], true, &place), "%s", bad[i]);
    cr_assert(place_read("h.test:5000/x", true, &place));
    cr_assert_str_eq(place.host, "h.test:5000");
    cr_assert(!place_read("h.test:5000/x", false, &place));
}

Test(place, holds_its_limits)
{
    char text[4096] = "https://";
    struct place place;

    memset(text + 8, 'h', PLACE_HOST_MAX);
    cr_assert(!place_read(text, false, &place));
    text[8 + PLACE_HOST_MAX - 1] = '\0';
    cr_assert(place_read(text, false, &place));
    (void)strcpy(text, "https://h/");
    memset(text + 10, 'p', PLACE_PATH_MAX - 1);
    cr_assert(place_read(text, false, &place));
    cr_assert_str_eq(place.path, "");
    text[9 + PLACE_PATH_MAX - 1] = '\0';
    cr_assert(place_read(text, false, &place));
    cr_assert_eq(strlen(place.path), PLACE_PATH_MAX - 1);
}
