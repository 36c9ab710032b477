/* SPDX-License-Identifier: MIT */
/*
 * claim.h - who a service manager says it comes for.  Pure.
 */
#ifndef TW_HELPER_CLAIM_H
#define TW_HELPER_CLAIM_H

#include <sys/socket.h>
#include <sys/un.h>

#include "helper/base/unit_name.h"
#include "provider/base/error.h"
#include "provider/base/text.h"

struct claim {
    char unit[UNIT_NAME_MAX + 1];
    char profile[PROFILE_NAME_MAX + 1]; /* the credential's id */
};

/* claim_parse: the address that the peer has bound its end to, as
 * getpeername(2) gave it with its length.  A claim only: anybody may bind any
 * abstract address, so who the peer is must be known before.  TW_E_USAGE. */
enum tw_status claim_parse(const struct sockaddr_un *address, socklen_t n,
                           struct claim *out, struct tw_error *err);

#endif
