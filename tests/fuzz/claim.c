/* SPDX-License-Identifier: MIT */
/*
 * claim.c - an address that a peer has bound: a unit's name and a profile's,
 * each whole, or nothing.
 */
#include "helper/serve/claim.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

/* "worker@.service" of "worker@7.service"; false: @unit is no instance. */
static bool
write_template(const char *unit, char out[static UNIT_NAME_MAX + 1])
{
    const char *at = strchr(unit, '@'), *suffix = strrchr(unit, '.');

    if (!at || suffix <= at + 1)
        return false;
    (void)sprintf(out, "%.*s%s", (int)(at + 1 - unit), unit, suffix);
    return true;
}

/* A unit is itself and, if it is an instance, its template's; no template is
 * its instances'. */
static void
check_matches(const char *unit)
{
    char template[UNIT_NAME_MAX + 1], other[UNIT_NAME_MAX + 2];

    FUZZ_CHECK(unit_name_matches(unit, unit));
    (void)sprintf(other, "x%s", unit);
    FUZZ_CHECK(!unit_name_matches(unit, other) &&
               !unit_name_matches(other, unit));
    if (write_template(unit, template))
        FUZZ_CHECK(unit_name_is(template) &&
                   unit_name_matches(template, unit) &&
                   !unit_name_matches(unit, template));
}

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
    check_matches(claim.unit);
    FUZZ_CHECK(text_is_profile_name(claim.profile));
    FUZZ_CHECK(memmem(data, n, claim.unit, strlen(claim.unit)) &&
               memmem(data, n, claim.profile, strlen(claim.profile)));
}
