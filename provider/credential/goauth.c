/* SPDX-License-Identifier: MIT */
/*
 * goauth.c - a command of the go command's GOAUTH: blocks of URL prefixes and
 * header lines on stdout (go help goauth).
 *
 * It is started without a word first, and could then name every host that has
 * a token; we name none.  After an answer of 4xx it is started with the URL,
 * and the answer's head on stdin.  A server that says there that the token is
 * invalid (RFC 6750 3.1) was brought the kept one, unless that is newer.
 */
#include <string.h>

#include "provider/credential/input.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define HEAD_MAX (256 * 1024) /* bytes of an answer's status and headers */
#define MARGIN_S 60           /* no expiry can be told; a module's download */

/* A token younger than this was not yet the one refused, or the next would be
 * refused as well. */
#define YOUNG_S 30

#define CHALLENGE "www-authenticate:"
#define INVALID "invalid_token"

/* Does a challenge in @head say that the token is no good? */
static bool
is_refusal(const char *head)
{
    size_t n;

    for (; *head; head += n + (head[n] == '\n')) {
        const char *found;

        n = strcspn(head, "\n");
        if (!text_begins(head, CHALLENGE))
            continue;
        found = memmem(head, n, INVALID, strlen(INVALID));
        if (found)
            return true;
    }
    return false;
}

static bool
is_old(const void *arg, const struct record *record)
{
    const struct now *now = arg;

    return now->wall - record->issued_at >= YOUNG_S;
}

static enum tw_status
ask(const struct target *target, bool *given, struct answer *out,
    struct tw_error *err)
{
    AUTO_SECRET head = SECRET_INIT(HEAD_MAX);
    struct now now = clock_now();
    enum tw_status status =
        input_read(STDIN_FILENO, INPUT_MS, NULL, &head, err);

    if (!status && is_refusal(secret_text(&head)))
        status = target_reject(target, is_old, &now, err);
    return status ? status : target_ask(target, 2 * MARGIN_S, given, out, err);
}

/* Both empty lines are wanted, the last one too. */
static bool
put_block(const struct place *place, const struct target *target,
          const struct record *record, struct secret *out)
{
    return secret_append_text(out, "https://") &&
           secret_append_text(out, place->host) &&
           secret_append(out, place->path, target->route.path_len) &&
           secret_append_text(out, "\n\nAuthorization: Bearer ") &&
           secret_append(out, record->token, record->token_len) &&
           secret_append_text(out, "\n\n");
}

enum tw_status
goauth_run(const struct call *call, struct secret *out, int *exit_code,
           struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    struct place place;
    struct target target;
    bool given = false;
    enum tw_status status;

    (void)exit_code;
    if (call->count > 1)
        return tw_fail(err, TW_E_USAGE, "goauth: one URL at a time");
    if (call->count == 0 || !place_read(call->args[0], false, &place))
        return TW_OK;
    status = target_find(place.host, place.path, &target, err);
    if (!status && target.found)
        status = ask(&target, &given, &answer, err);
    if (status || !given)
        return status;
    return put_block(&place, &target, &answer.record, out) ? TW_OK
                                                           : tw_no_memory(err);
}
