/* SPDX-License-Identifier: MIT */
/*
 * url-t.c - which URLs a secret may be sent to, and how a match is normalised.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/text/url.h"

#define BEGIN "must begin with https://"
#define NAME "has a host that is no name: letters, digits and '-' between dots"
#define ADDRESS                                                       \
    "has a host that is neither a name nor an address in full (like " \
    "192.0.2.1)"
#define PORT "has a port that is no number from 1 to 65535"

struct row {
    const char *url, *problem;
};

static const struct row ENDPOINTS[] = {
    {"https://as.example.test/token", NULL},
    {"HTTPS://as.example.test/token", NULL},
    {"https://as.example.test", NULL},
    {"https://as.example.test?tenant=7", NULL},
    {"https://as.example.test/token?tenant=7/?x", NULL},
    {"https://as.example.test:8443/a%20b;c=d", NULL},
    {"https://[2001:db8::1]/token", NULL},
    {"https://[2001:db8::1]:65535/token", NULL},
    {"https://192.0.2.1/token", NULL},
    {"https://a_b.xn--caf-dma.test/", NULL},
    {"", "must not be empty"},
    {"https://", "has no host"},
    {"https:///token", "has no host"},
    {"https://:443/", "has no host"},
    {"http://as.example.test/token",
     BEGIN " (http would send the secret in the clear)"},
    {"http://127.0.0.1:8080/token",
     BEGIN " (for a server on this host, add allow_http: loopback)"},
    {"ftp://as.example.test/", BEGIN},
    {"file:///etc/passwd", BEGIN},
    {"/token", BEGIN},
    {"https:/as.example.test/", BEGIN},
    {"https:as.example.test", BEGIN},
    {"https://user:pw@as.example.test/",
     "must not hold a user name or password (@)"},
    {"https://as.example.test@evil.test/",
     "must not hold a user name or password (@)"},
    {"https://as.example.test/#x", "must not hold a fragment (#)"},
    {"https://as.example.test/to ken", "must not hold a space (write %20)"},
    {"https://as.example.test\\@evil.test/",
     "must not hold a backslash (write /)"},
    {"https://as.example.test/\n",
     "must not hold control characters or line breaks"},
    {"https://as.example.test/\x7f",
     "must not hold control characters or line breaks"},
    {"https://caf\xc3\xa9.test/",
     "must be ASCII (write other characters as %XX, a host as xn--...)"},
    {"https://as.example.test/%2", "has a % without two hexadecimal digits"},
    {"https://as.example.test/%zz", "has a % without two hexadecimal digits"},
    {"https://as.example.test/{x}",
     "must not hold any of \" < > ^ ` { | } (write %XX)"},
    {"https://as.example.test/[x]",
     "must not hold [ or ] after the host (write %5B, %5D)"},
    {"https://as.example.test:0/", PORT},
    {"https://as.example.test:/", PORT},
    {"https://as.example.test:65536/", PORT},
    {"https://as.example.test:99999/", PORT},
    {"https://as.example.test:123456/", PORT},
    {"https://as.example.test:0443/", PORT},
    {"https://as.example.test:443x/", PORT},
    {"https://as.example.test:+443/", PORT},
    {"https://as.example.test:443:443/", PORT},
    {"https://[::1]x/", PORT},
    {"https://[::1/", "has a host in brackets that is no IPv6 address"},
    {"https://[fe80::1%25eth0]/",
     "has a host in brackets that is no IPv6 address"},
    {"https://[127.0.0.1]/", "has a host in brackets that is no IPv6 address"},
    {"https://as..example.test/", NAME},
    {"https://as.example.test./", NAME},
    {"https://.example.test/", NAME},
    {"https://-a.example.test/", NAME},
    {"https://as%2eexample.test/", NAME},
    {"https://a,b.example.test/", NAME},
    {"https://2130706433/", ADDRESS},
    {"https://127.1/", ADDRESS},
    {"https://0x7f.0.0.1/", ADDRESS},
    {"https://010.0.0.1/", ADDRESS},
    {"https://256.0.0.1/", ADDRESS},
};

static void
expect_same(const char *url, const char *found, const char *expected)
{
    cr_expect((!found && !expected) ||
                  (found && expected && strcmp(found, expected) == 0),
              "%s: %s, not %s", url, found ? found : "fine",
              expected ? expected : "fine");
}

Test(url, endpoint)
{
    for (size_t i = 0; i < sizeof ENDPOINTS / sizeof *ENDPOINTS; i++)
        expect_same(ENDPOINTS[i].url,
                    url_endpoint_problem(ENDPOINTS[i].url,
                                         strlen(ENDPOINTS[i].url), false),
                    ENDPOINTS[i].problem);
}

Test(url, loopback_if_allowed)
{
    static const char *const GOOD[] = {
        "http://127.0.0.1:8080/token", "http://127.255.0.9/",
        "http://[::1]:9/token", "http://localhost/", "HTTP://LocalHost:1/"};
    static const char *const BAD[] = {
        "http://128.0.0.1/",          "http://localhost.example.test/",
        "http://127.example.test",    "http://[::2]/",
        "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"};

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        expect_same(GOOD[i],
                    url_endpoint_problem(GOOD[i], strlen(GOOD[i]), true),
                    NULL);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_same(BAD[i], url_endpoint_problem(BAD[i], strlen(BAD[i]), true),
                    BEGIN " (http would send the secret in the clear)");
}

Test(url, length)
{
    char url[URL_MAX + 2];

    memset(url, 'a', sizeof url);
    memcpy(url, "https://a.test/", 15);
    expect_same("2048 bytes", url_endpoint_problem(url, URL_MAX, false), NULL);
    expect_same("2049 bytes", url_endpoint_problem(url, URL_MAX + 1, false),
                "must not be longer than 2048 bytes");
}

Test(url, nul_is_refused)
{
    expect_same("NUL", url_endpoint_problem("https://a.test/\0x", 17, false),
                "must not hold control characters or line breaks");
}

Test(url, absolute)
{
    static const char *const GOOD[] = {"https://api.example.test",
                                       "urn:example:api", "x+y-z.1:a?b"};
    static const char *const BAD[] = {
        "api", ":x", "urn:", "1a:b", "a b:c", "https://a.test/#f", "", "/a:b"};

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        cr_expect_null(url_absolute_problem(GOOD[i], strlen(GOOD[i])), "%s",
                       GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect(url_absolute_problem(BAD[i], strlen(BAD[i])), "%s", BAD[i]);
}

struct match_row {
    const char *url, *host, *path;
};

static const struct match_row MATCHES[] = {
    {"https://Git.Example.TEST", "git.example.test", ""},
    {"https://git.example.test/", "git.example.test", ""},
    {"https://git.example.test:443/Team/", "git.example.test", "/Team"},
    {"https://git.example.test:8443/a/b", "git.example.test:8443", "/a/b"},
    {"https://[2001:DB8:0::1]:444/a", "[2001:db8::1]:444", "/a"},
    {"https://192.0.2.1/a.git", "192.0.2.1", "/a.git"},
};

Test(url, match_is_normalised)
{
    for (size_t i = 0; i < sizeof MATCHES / sizeof *MATCHES; i++) {
        struct url_match match;

        cr_expect_null(
            url_match_problem(MATCHES[i].url, strlen(MATCHES[i].url), &match));
        cr_expect_str_eq(match.host, MATCHES[i].host);
        cr_expect_str_eq(match.path, MATCHES[i].path);
    }
}

Test(url, match_refused)
{
    static const char *const BAD[] = {
        "http://git.example.test/",      "http://127.0.0.1/",
        "https://git.example.test/?a",   "https://git.example.test//a",
        "https://git.example.test/a//b", "https://git.example.test/..",
        "https://git.example.test/a/./", "https://git.example.test/a/../b",
        "https://git.example.test/%61",  "https://u@git.example.test/",
        "https://*.example.test/",       "git.example.test"};

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct url_match match = {.host = "untouched"};

        cr_expect(url_match_problem(BAD[i], strlen(BAD[i]), &match), "%s",
                  BAD[i]);
        cr_expect_str_eq(match.host, "untouched");
    }
}

struct authority_row {
    const char *url, *authority;
};

static const struct authority_row AUTHORITIES[] = {
    {"https://as.example.test", "as.example.test"},
    {"https://as.example.test/token", "as.example.test"},
    {"https://as.example.test:8443/a?b", "as.example.test:8443"},
    {"https://as.example.test?to=https://b.test/", "as.example.test"},
    {"http://[::1]:9/token", "[::1]:9"},
    {"", ""},
};

Test(url, authority)
{
    for (size_t i = 0; i < sizeof AUTHORITIES / sizeof *AUTHORITIES; i++) {
        const struct authority_row *row = &AUTHORITIES[i];
        size_t n = 99;
        const char *found = url_authority(row->url, &n);

        cr_expect_eq(n, strlen(row->authority), "%s: %zu", row->url, n);
        cr_expect_eq(url_origin(row->url), (size_t)(found - row->url) + n);
        cr_expect(strncmp(found, row->authority, n) == 0, "%s", row->url);
    }
}

/* https:// and @labels of @each letters, then a last one of @last. */
static const char *
named(size_t labels, size_t each, size_t last)
{
    static char url[512];
    char *at = url + strlen(strcpy(url, "https://"));

    for (size_t i = 0; i < labels; i++) {
        memset(at, 'a', each);
        at += each;
        *at++ = '.';
    }
    memset(at, 'a', last);
    at[last] = '\0';
    return url;
}

Test(url, longest_host)
{
    static const struct {
        size_t labels, each, last;
        const char *problem;
    } ROWS[] = {
        {0, 0, 63, NULL},
        {0, 0, 64, NAME},
        {1, 64, 1, NAME},
        {3, 63, 61, NULL}, /* 253 bytes */
        {3, 63, 62, "has a host longer than 253 bytes"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *url = named(ROWS[i].labels, ROWS[i].each, ROWS[i].last);

        expect_same(url, url_endpoint_problem(url, strlen(url), false),
                    ROWS[i].problem);
    }
}
