/* SPDX-License-Identifier: MIT */
/*
 * place.h - where a client wants to go: a host, and perhaps a path.
 *
 * The place decides who is given a token, so what is read as one host here and
 * as another by the client is refused: user names before the host,
 * backslashes, bytes that are no part of a host's name.
 */
#ifndef TW_CREDENTIAL_PLACE_H
#define TW_CREDENTIAL_PLACE_H

#include <stdbool.h>

#define PLACE_HOST_MAX 300
#define PLACE_PATH_MAX 1024

struct place {
    char host[PLACE_HOST_MAX]; /* "host", "host:port" or "[address]:port" */
    char path[PLACE_PATH_MAX]; /* with its first '/'; "": unknown */
};

/* place_is_host: nothing but a host with perhaps a port. */
bool place_is_host(const char *text);

/* place_read: "https://HOST[:PORT][/PATH]", or without the "https://" if
 * @bare.  A query is left away; a path that is longer than the maximum or
 * holds '%', a backslash or a control character is as good as unknown.  False,
 * and @out is as it was: not https, or no host. */
bool place_read(const char *text, bool bare, struct place *out);

#endif
