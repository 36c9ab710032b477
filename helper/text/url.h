/* SPDX-License-Identifier: MIT */
/*
 * url.h - is this a URL that a secret may be sent to?
 *
 * Stricter than RFC 3986: what two parsers could read in two ways is refused,
 * so that the host a person reviews is the host that is asked.
 */
#ifndef TW_HELPER_URL_H
#define TW_HELPER_URL_H

#include <stdbool.h>
#include <stddef.h>

#define URL_MAX 2048       /* bytes */
#define URL_HOST_MAX 253   /* bytes of a host's name (RFC 1035) */
#define URL_MATCH_MAX 1000 /* bytes; a route is one line of the index */

/* Each returns NULL when all is well, else what is wrong and what to do, as
 * the rest of a sentence that begins with the key; never the URL itself. */

/* url_endpoint_problem: https://HOST[:PORT][/PATH][?QUERY]; as
 * @allow_loopback also http to 127.0.0.0/8, [::1] or localhost. */
const char *url_endpoint_problem(const char *text, size_t n,
                                 bool allow_loopback);

/* url_absolute_problem: any absolute URI without a fragment (RFC 3986 4.3). */
const char *url_absolute_problem(const char *text, size_t n);

/* url_match_problem: https://HOST[:PORT][/PATH], taken apart and normalised
 * when it is well: @host in lower case with ":PORT" unless that is 443; @path
 * "" or "/..." without a slash at its end. */
struct url_match {
    char host[URL_HOST_MAX + sizeof ":65535"];
    char path[URL_MATCH_MAX + 1];
};
const char *url_match_problem(const char *text, size_t n,
                              struct url_match *out);

/* url_authority: HOST[:PORT], @n bytes, of a URL that was checked before. */
const char *url_authority(const char *url, size_t *n);

/* url_origin: the length of the same with SCHEME:// before it. */
size_t url_origin(const char *url);

#endif
