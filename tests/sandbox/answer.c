/* SPDX-License-Identifier: MIT */
/*
 * answer.c - see answer.h.
 */
#include "tests/sandbox/answer.h"

#include "tests/sandbox/json.h"

void
answer_header(struct answer *answer, const char *name, const char *value)
{
    if (answer->header_count < ANSWER_HEADERS_MAX)
        answer->headers[answer->header_count++] = (struct header){name, value};
}

void
answer_text(struct answer *answer, unsigned status, const char *type,
            const char *text)
{
    answer->status = status;
    answer_header(answer, "Content-Type", type);
    (void)secret_append_text(&answer->body, text);
}

void
answer_error(struct answer *answer, unsigned status, const char *error,
             const char *description)
{
    answer_text(answer, status, "application/json", "{");
    if (error)
        (void)json_member(&answer->body, "error", span_of(error));
    if (description)
        (void)json_member(&answer->body, "error_description",
                          span_of(description));
    (void)secret_append_text(&answer->body, "}");
}

void
answer_clear(struct answer *answer)
{
    secret_clear(&answer->body);
    secret_clear(&answer->location);
    *answer = ANSWER_INIT;
}

void
answer_pad(struct answer *answer, int64_t size)
{
    struct secret *body = &answer->body;
    size_t n =
        size > 0 && (size_t)size > body->len ? (size_t)size - body->len : 0;
    AUTO_FREE char *space = n ? malloc(n) : NULL;

    if (space)
        (void)secret_append(body, memset(space, ' ', n), n);
}
