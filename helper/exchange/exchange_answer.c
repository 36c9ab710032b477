/* SPDX-License-Identifier: MIT */
/*
 * exchange_answer.c - see exchange_answer.h.
 */
#include "helper/exchange/exchange_answer.h"

#include <stdio.h>
#include <string.h>

#include "helper/exchange/explain.h"
#include "helper/exchange/reply_answer.h"
#include "helper/store/secret_looks.h"

bool
exchange_answer_refuses(const struct reply *reply)
{
    return reply->class >= REPLY_INVALID_REQUEST &&
           reply->class <= REPLY_OTHER_ERROR;
}

/* Before anything else is done with the answer: a server that rotates does
 * not take the old one any more, whether its token is good for us or not. */
static void
keep(struct keeper *keeper, const struct exchange_sent *sent,
     struct outcome *outcome)
{
    const struct reply *reply = &outcome->reply;

    if (!keeper || sent->flags & TW_POST_ANSWER)
        return;
    if (reply->class == REPLY_TOKEN)
        (void)keeper_store(keeper, reply->json, &outcome->unkept);
    else if (reply->is_success && sent->form->has_refresh)
        keeper_rescue(keeper, reply->json);
}

/* How all looked that was sent, and the marks of both of the client's secrets,
 * one after the other, when both were used. */
static void
note_mark(const struct exchange_sent *sent, struct outcome *outcome)
{
    const struct exchange_form *form = sent->form;
    const struct secret *mark = &form->proof.mark;

    outcome->by_next = form->which == AUTH_SECRET_NEXT;
    if (!sent->is_again) {
        secret_clear(&outcome->mark);
        outcome->mark = SECRET_INIT(LOOKS_MAX + 2 * PROOF_MARK_MAX);
        (void)secret_append(&outcome->mark, secret_text(&form->looks),
                            form->looks.len);
    }
    (void)secret_append(&outcome->mark, secret_text(mark), mark->len);
}

void
exchange_answer_read(const struct exchange_context *context,
                     const struct exchange_sent *sent,
                     const struct http_reply *http, struct outcome *out)
{
    struct reply_rules rules = context->profile->reply;
    struct exchange_secrets secrets;

    exchange_form_secrets(sent->form, &secrets);
    rules.untyped = (sent->flags & TW_POST_UNTYPED) != 0;
    if (sent->flags & TW_POST_ANSWER)
        reply_read_answer(http, secrets.list, &out->reply);
    else
        reply_read_by(&rules, out->asked.wall, http, secrets.list,
                      &out->reply);
    keep(context->keeper, sent, out);
    if (context->keeper &&
        !exchange_form_has_next(sent->form, context->profile, &out->reply))
        keeper_answered(context->keeper);
    note_mark(sent, out);
}

/* A refused refresh token is of no use any more, and where one is kept it
 * takes a person to get another.  Some servers (glewlwyd) refuse it with 400
 * and no word: that may be another's answer, so it is not dropped for it. */
void
exchange_answer_explain(const struct exchange_context *context,
                        const struct exchange_sent *sent, struct outcome *out)
{
    const struct reply *reply = &out->reply;
    const struct secret *mark = &sent->form->proof.mark;
    bool has_kept = sent->form->has_kept;
    bool refused = context->keeper && reply->class == REPLY_INVALID_GRANT;
    bool bare = has_kept && reply->class == REPLY_HTTP_ERROR &&
                reply->http_status == 400;

    explain_reply(context->profile, sent->url, reply, &sent->form->proof,
                  &out->err);
    if (sent->no_next->status) {
        exchange_form_no_next(sent->no_next, &out->err);
        (void)secret_append(&out->mark, secret_text(mark), mark->len);
    }
    if (refused && has_kept)
        keeper_drop(context->keeper);
    if (refused || bare)
        explain_login(context->profile, context->secrets.system, &out->err);
}

enum tw_status
exchange_answer_outlast(const struct tw_error *before, struct tw_error *err)
{
    const char *hint = strchr(before->message, '\n');
    char text[2 * sizeof err->message];

    if (before->status == TW_E_INTERACT) {
        (void)snprintf(text, sizeof text, "%s%sno other can be sent: %.*s",
                       hint ? hint + 1 : "", hint ? "; " : "",
                       (int)strcspn(err->message, "\n"), err->message);
        *err = *before;
        error_hint(err, text);
    }
    return (enum tw_status)err->status;
}
