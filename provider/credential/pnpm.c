/* SPDX-License-Identifier: MIT */
/*
 * pnpm.c - pnpm's tokenHelper: the value of an Authorization on stdout.
 *
 * It is started by an absolute path, without a word and without being told
 * which registry it is for, so that the profile stands in the link's name.
 */
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define MARGIN_S 60 /* no expiry can be told; an installation's downloads */

/* The profile that the link or the only word names; NULL for anything else. */
static const char *
profile_of(const struct call *call)
{
    if (call->suffix[0])
        return call->count == 0 ? call->suffix : NULL;
    return call->count == 1 ? call->args[0] : NULL;
}

enum tw_status
pnpm_run(const struct call *call, struct secret *out, int *exit_code,
         struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    const char *profile = profile_of(call);
    struct target target;
    enum tw_status status;

    (void)exit_code;
    if (!profile)
        return tw_fail(err, TW_E_USAGE,
                       "usage: tokenward-credential pnpm PROFILE");
    status = target_name(profile, &target, err);
    if (!status)
        status = target_demand(&target, 2 * MARGIN_S, &answer, err);
    if (status)
        return status;
    return secret_append_text(out, "Bearer ") &&
                   secret_append(out, answer.record.token,
                                 answer.record.token_len) &&
                   secret_append(out, "\n", 1)
               ? TW_OK
               : tw_no_memory(err);
}
