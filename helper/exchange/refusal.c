/* SPDX-License-Identifier: MIT */
/*
 * refusal.c - see refusal.h.  Marks of secrets are compared, by a salted tag:
 * a note on disk holds no secret.
 */
#include "helper/exchange/refusal.h"

#include <string.h>

#include "helper/exchange/client_auth.h"
#include "helper/http/http.h"
#include "helper/profile/fingerprint.h"
#include "helper/store/secret_looks.h"

static bool
is_noted(const struct backoff *note, const struct secret *mark)
{
    char tag[SECRET_TAG_SIZE];

    return secret_tag(note->salt, mark, tag) &&
           strcmp(tag, note->secret_tag) == 0;
}

/* One that cannot be read is new, unless it could not be when that was told:
 * its reading says why. */
static bool
has_new_secret(const struct backoff *note, const struct profile *profile,
               const struct secret_context *secrets)
{
    AUTO_SECRET form = SECRET_INIT(HTTP_FORM_MAX);
    AUTO_CLIENT_PROOF proof = {.has_identity = false};
    AUTO_SECRET mark = SECRET_INIT(LOOKS_MAX + 2 * PROOF_MARK_MAX);
    int last =
        profile_secret_next(profile)->kind ? AUTH_SECRET_NEXT : AUTH_SECRET;

    if (!note->secret_tag[0] || !secret_looks(profile, secrets, &mark) ||
        is_noted(note, &mark))
        return false;
    client_proof_init(&proof);
    /* Refused was none yet, the first alone, or it and then the next. */
    for (int which = AUTH_SECRET; which <= last; which++) {
        (void)client_auth_apply(profile, secrets, (enum auth_secret)which,
                                &form, &proof, NULL);
        if (!secret_append(&mark, secret_text(&proof.mark), proof.mark.len))
            return true;
        if (is_noted(note, &mark))
            return false;
    }
    return true;
}

bool
refusal_is_over(const struct backoff *note, const struct profile *profile,
                const struct secret_context *secrets)
{
    enum tw_status status;

    return status_from_name(note->status, &status) &&
           status_is_refusal(status) && has_new_secret(note, profile, secrets);
}
