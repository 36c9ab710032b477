/* SPDX-License-Identifier: MIT */
/*
 * claim.c - see claim.h; systemd.exec(5), LoadCredential=:
 *
 *   NUL, random hexadecimal digits, "/unit/", UNIT, "/", ID
 *
 * An abstract address has no NUL at its end, and may have some within: the
 * length alone says where it ends.
 */
#include "helper/serve/claim.h"

#include <stddef.h>
#include <string.h>

#define RANDOM_MAX 16 /* digits of 64 bits */

/* Cuts @text at the first '/', and gives what is behind it; or NULL. */
static char *
cut(char *text)
{
    char *slash = strchr(text, '/');

    if (slash)
        *slash++ = '\0';
    return slash;
}

static bool
is_random(const char *text)
{
    size_t n = strlen(text);

    return n > 0 && n <= RANDOM_MAX && strspn(text, "0123456789abcdef") == n;
}

enum tw_status
claim_parse(const struct sockaddr_un *address, socklen_t n, struct claim *out,
            struct tw_error *err)
{
    const size_t begin = offsetof(struct sockaddr_un, sun_path) + 1;
    char text[sizeof address->sun_path] = "";
    char *word, *unit, *id;

    if (n > begin && n <= sizeof *address && address->sun_family == AF_UNIX &&
        address->sun_path[0] == '\0' &&
        !memchr(address->sun_path + 1, '\0', n - begin))
        memcpy(text, address->sun_path + 1, n - begin);
    word = cut(text);
    unit = word ? cut(word) : NULL;
    id = unit ? cut(unit) : NULL;
    if (!id || !is_random(text) || strcmp(word, "unit") != 0 ||
        !unit_name_is(unit) || !text_is_profile_name(id))
        return tw_fail(err, TW_E_USAGE,
                       "the caller is no LoadCredential= of a unit with a "
                       "profile's name for its id");
    (void)strcpy(out->unit, unit);
    (void)strcpy(out->profile, id);
    return TW_OK;
}
