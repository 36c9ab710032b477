/* SPDX-License-Identifier: MIT */
/*
 * reply.c - a token endpoint's answer, as it comes over the wire: a status
 * line, fields, an empty line and a body.  A byte before "HTTP/" says by which
 * rules it is read.
 */
#include "helper/exchange/reply.h"

#include <stdio.h>
#include <string.h>

#include "helper/exchange/reply_answer.h"
#include "helper/http/http_answer.h"
#include "helper/http/http_easy.h"
#include "provider/base/clock.h"
#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

#define CANARY "CANARY-client-secret-7f3a"

/* Hands the fields to the engine's callbacks, as libcurl does. */
static void
receive(char *text, size_t n, struct transfer *transfer)
{
    char *end = text + n, *line = text;
    bool more = n > 0;

    (void)sscanf(text, "HTTP/%*15s %d", &transfer->reply.status);
    while (more) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length =
            stop ? (size_t)(stop - line) + 1 : (size_t)(end - line);

        more = http_answer_header(line, 1, length, transfer) == length &&
               line + length < end && *line != '\r' && *line != '\n';
        line += length;
    }
    if (line < end)
        (void)http_answer_body(line, 1, (size_t)(end - line), transfer);
    if (transfer->reply.status < 100 || transfer->reply.status > 599)
        transfer->reply.status = 200;
}

static struct reply_rules
rules_of(unsigned bits)
{
    static char member[] = "expires";

    return (struct reply_rules){
        .expires_member = bits & 1 ? member : NULL,
        .success_status = bits & 2 ? 201 : 0,
        .form = bits & 4,
        .bearer = bits & 8,
        .zero_lifetime = bits & 16,
        .untyped = bits & 32,
        .scope_separator = bits & 64 ? ',' : 0,
    };
}

static void
check_token(const struct reply *reply, int64_t longest)
{
    FUZZ_CHECK(text_is_token(reply->token.bytes, reply->token.len));
    FUZZ_CHECK(strcmp(reply->token_type, "Bearer") == 0 ||
               strcmp(reply->token_type, "N_A") == 0);
    FUZZ_CHECK(reply->lifetime == LIFETIME_UNKNOWN ||
               (reply->lifetime >= 1 && reply->lifetime <= longest));
    FUZZ_CHECK(reply->has_scope == (reply->scope != NULL));
    FUZZ_CHECK(!reply->scope ||
               text_is_line(reply->scope, strlen(reply->scope)));
}

/* Where the server was sent it, it does not come back. */
static void
check_scrubbed(const struct reply *reply)
{
    FUZZ_CHECK(!strstr(reply->error, CANARY) &&
               !strstr(reply->description.text, CANARY));
}

static void
check(const struct reply *reply, int64_t longest)
{
    FUZZ_CHECK(reply->class <= REPLY_ANSWER && reply_class_name(reply->class));
    FUZZ_CHECK(reply->retry_after >= -1 &&
               reply->retry_after <= RETRY_AFTER_MAX);
    FUZZ_CHECK(text_is_line(reply->error, strlen(reply->error)));
    FUZZ_CHECK(text_is_line(reply->description.text,
                            strlen(reply->description.text)));
    if (reply->class == REPLY_TOKEN)
        check_token(reply, longest);
    else
        FUZZ_CHECK(!reply->token.len);
    FUZZ_CHECK((reply_status(reply) == TW_OK) ==
               (reply->class == REPLY_TOKEN || reply->class == REPLY_ANSWER));
}

void
fuzz_reply(const uint8_t *data, size_t n)
{
    AUTO_SECRET canary = SECRET_INIT(64);
    const struct secret *const scrub[] = {&canary, NULL};
    unsigned bits = n && data[0] != 'H' ? data[0] : 0;
    struct reply_rules rules = rules_of(bits);
    AUTO_FREE char *text = NULL;
    struct transfer transfer = {
        .reply = {.retry_after = -1, .body = SECRET_INIT(HTTP_BODY_MAX)}};
    struct reply reply = {.token = SECRET_INIT(TOKEN_MAX)};

    data += bits > 0;
    n -= bits > 0;
    text = fuzz_text(data, n);
    FUZZ_CHECK(secret_append_text(&canary, CANARY));
    receive(text, n, &transfer);
    FUZZ_CHECK(transfer.reply.retry_after >= -1);
    reply_read_by(&rules, 1800000000, &transfer.reply, scrub, &reply);
    check(&reply, LIFETIME_MAX);
    check_scrubbed(&reply);
    reply_clear(&reply);
    reply_read_answer(&transfer.reply, scrub, &reply);
    check(&reply, LIFETIME_MAX);
    check_scrubbed(&reply);
    reply_clear(&reply);
    reply_read_text(&rules, 1800000000, &transfer.reply.body, &reply);
    check(&reply, TIME_MAX_S); /* its age is not taken from it yet */
    reply_clear(&reply);
    secret_clear(&transfer.reply.body);
}
