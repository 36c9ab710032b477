/* SPDX-License-Identifier: MIT */
/*
 * claim.c - an address that a peer has bound: a unit's name and a profile's,
 * each whole, or nothing.
 */
#include "helper/claim.h"

#include <string.h>

#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

void
fuzz_claim(const uint8_t *data, size_t n)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct claim claim = {.unit = "", .profile = ""};
    struct tw_error err = {0};

    if (n > sizeof address.sun_path)
        n = sizeof address.sun_path;
    memcpy(address.sun_path, data, n);
    if (claim_parse(&address,
                    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n),
                    &claim, &err)) {
        fuzz_check_message(&err);
        return;
    }
    FUZZ_CHECK(unit_name_is(claim.unit) &&
               strlen(claim.unit) <= UNIT_NAME_MAX);
    FUZZ_CHECK(text_is_profile_name(claim.profile));
    FUZZ_CHECK(memmem(data, n, claim.unit, strlen(claim.unit)) &&
               memmem(data, n, claim.profile, strlen(claim.profile)));
}
