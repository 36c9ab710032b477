/* SPDX-License-Identifier: MIT */
/*
 * loopback.h - addresses where a program on the person's own host waits.
 */
#ifndef TW_SANDBOX_LOOPBACK_H
#define TW_SANDBOX_LOOPBACK_H

#include "tests/sandbox/span.h"

/* loopback_is_uri: http on 127.0.0.1, [::1] or localhost, with any port, path
 * and query (RFC 8252 7.3, 8.3), but no fragment (RFC 6749 3.1.2); nothing in
 * it but printable ASCII. */
bool loopback_is_uri(struct span uri);

#endif
