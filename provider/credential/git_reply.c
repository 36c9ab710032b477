/* SPDX-License-Identifier: MIT */
/*
 * git_reply.c - see git_reply.h.
 *
 * "ephemeral" asks the other helpers of the chain not to keep a copy; a
 * client that knows it has announced authtype.
 */
#include "provider/credential/git_reply.h"

#include "provider/base/lines.h"
#include "provider/credential/git_request.h"

/* PROFILE=GENERATION: enough to know the token again, and no part of it. */
static bool
put_state(const struct record *record, struct secret *out)
{
    char state[sizeof GIT_STATE_PREFIX + PROFILE_NAME_MAX + 24];
    char generation[24];
    const char *const parts[] = {GIT_STATE_PREFIX, record->profile, "=",
                                 generation, NULL};

    (void)text_put_int64(generation, record->generation);
    return text_join(state, sizeof state, parts) &&
           lines_put(out, "capability[]", "state") &&
           lines_put(out, "state[]", state) && lines_put(out, "continue", "1");
}

static bool
put_bearer(const struct record *record, struct secret *out)
{
    return lines_put(out, "capability[]", "authtype") &&
           lines_put(out, "authtype", "Bearer") &&
           lines_put(out, "credential", record->token);
}

static bool
put_password(const struct record *record, const char *username,
             struct secret *out)
{
    return lines_put(out, "username", username) &&
           lines_put(out, "password", record->token);
}

bool
git_reply_put(const struct record *record, const char *username,
              unsigned flags, struct secret *out)
{
    bool authtype = flags & GIT_REPLY_AUTHTYPE;

    if (!record->token || !text_is_token(record->token, record->token_len))
        return false;
    return (authtype ? put_bearer(record, out)
                     : put_password(record, username, out)) &&
           lines_put_int64(out, "password_expiry_utc", record->expires.wall) &&
           (!authtype || lines_put(out, "ephemeral", "1")) &&
           (!(flags & GIT_REPLY_CONTINUE) || put_state(record, out));
}

bool
git_reply_put_quit(struct secret *out)
{
    return lines_put(out, "quit", "1");
}

bool
git_reply_put_capabilities(struct secret *out)
{
    return secret_append_text(out, "version 0\n"
                                   "capability authtype\n"
                                   "capability state\n");
}
