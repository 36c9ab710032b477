/* SPDX-License-Identifier: MIT */
/*
 * reply-rules-t.c - answers that are read only because the profile says so,
 * and never without; expiry in every form.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/exchange/reply.h"
#include "helper/exchange/reply_form.h"
#include "helper/text/instant.h"

#define NOW 1790000000 /* 2026-09-21T14:13:20Z */
#define TOKEN "\"access_token\":\"tok\",\"token_type\":\"Bearer\""

static enum reply_class
read_by(const struct reply_rules *rules, int status, const char *body,
        struct reply *out)
{
    struct http_reply http = {.status = status,
                              .retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX)};

    cr_assert(secret_append_text(&http.body, body));
    reply_read_by(rules, NOW, &http, NULL, out);
    secret_clear(&http.body);
    cr_expect_eq(out->class == REPLY_TOKEN, out->token.len > 0);
    return out->class;
}

/* The lifetime read, or 0 for an answer that is refused. */
static int64_t
lifetime(const struct reply_rules *rules, const char *body)
{
    struct reply reply;
    int64_t seconds = 0;

    if (read_by(rules, 200, body, &reply) == REPLY_TOKEN)
        seconds = reply.lifetime;
    reply_clear(&reply);
    return seconds;
}

static const struct {
    const char *value;
    int64_t lifetime; /* 0: refused */
} MEMBERS[] = {
    {"3600", 3600},
    {"\"3600\"", 3600},
    {"3600.9", 3600},
    {"1790003600", 3600},
    {"\"1790003600\"", 3600},
    {"1790003600.5", 3600},
    {"1790003600000", 3600},
    {"\"1790003600999\"", 3600},
    {"\"2026-09-21T15:13:20Z\"", 3600},
    {"\"2026-09-21T15:13:20.123456Z\"", 3600},
    {"\"2026-09-21 17:13:20 +02:00\"", 3600},
    {"\"2026-09-21T13:13:20-0200\"", 3600},
    {"\"9/21/2026 3:13:20 PM +00:00\"", 3600},
    {"\"09/21/2026 15:13:20 PM +00:00\"", 3600},
    {"999999999999999999", LIFETIME_MAX},
    {"1e400", LIFETIME_MAX},
    {"null", LIFETIME_UNKNOWN},
    {"0", 0},
    {"-5", 0},
    {"1789999999", 0},
    {"\"2026-09-21T14:13:20Z\"", 0},
    {"\"2026-09-21T15:13:20\"", 0},
    {"\"2026-09-31T15:13:20Z\"", 0},
    {"\"2026-09-21T25:13:20Z\"", 0},
    {"\"2026-09-21T15:13:20Z \"", 0},
    {"\"tomorrow\"", 0},
    {"\"\"", 0},
    {"true", 0},
    {"{}", 0},
};

Test(reply_rules, a_named_member)
{
    const struct reply_rules named = {.expires_member = (char *)"expires_at",
                                      .scope_separator = ' '};
    const struct reply_rules none = {.scope_separator = ' '};
    char body[256];

    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        (void)snprintf(body, sizeof body, "{" TOKEN ",\"expires_at\":%s}",
                       MEMBERS[i].value);
        cr_expect_eq(lifetime(&named, body), MEMBERS[i].lifetime, "%s: %jd",
                     MEMBERS[i].value, (intmax_t)lifetime(&named, body));
        cr_expect_eq(lifetime(&none, body), LIFETIME_UNKNOWN, "%s",
                     MEMBERS[i].value);
    }
    cr_expect_eq(lifetime(&named,
                          "{" TOKEN
                          ",\"expires_in\":60,\"expires_at\":1790003600}"),
                 3600);
    cr_expect_eq(lifetime(&named, "{" TOKEN ",\"expires_in\":60}"), 60);
    (void)snprintf(body, sizeof body, "{" TOKEN ",\"expires_in\":%jd}",
                   (intmax_t)LIFETIME_MAX + 1);
    cr_expect_eq(lifetime(&none, body), LIFETIME_MAX);
}

Test(reply_rules, zero_says_nothing)
{
    const struct reply_rules rules = {.zero_lifetime = true};
    const struct reply_rules none = {.zero_lifetime = false};

    cr_expect_eq(lifetime(&rules, "{" TOKEN ",\"expires_in\":0}"),
                 LIFETIME_UNKNOWN);
    cr_expect_eq(lifetime(&none, "{" TOKEN ",\"expires_in\":0}"), 0);
    cr_expect_eq(lifetime(&rules, "{" TOKEN ",\"expires_in\":-1}"), 0);
}

/* {"exp":1790000900}, {"exp":1789990000}, {"exp":"x"} between two dots. */
Test(reply_rules, a_jwt_knows_its_end)
{
    const struct reply_rules none = {.scope_separator = ' '};

    cr_expect_eq(lifetime(&none, "{\"access_token\":"
                                 "\"e30.eyJleHAiOjE3OTAwMDA5MDB9.x\"}"),
                 900);
    cr_expect_eq(lifetime(&none, "{\"access_token\":"
                                 "\"e30.eyJleHAiOjE3ODk5OTAwMDB9.x\"}"),
                 LIFETIME_UNKNOWN);
    cr_expect_eq(lifetime(&none, "{\"access_token\":"
                                 "\"e30.eyJleHAiOiJ4In0.x\"}"),
                 LIFETIME_UNKNOWN);
    cr_expect_eq(lifetime(&none, "{\"access_token\":"
                                 "\"e30.eyJleHAiOjE3OTAwMDA5MDB9.x\","
                                 "\"expires_in\":60}"),
                 60);
}

Test(reply_rules, a_form)
{
    const struct reply_rules form = {.form = true,
                                     .expires_member = (char *)"expires",
                                     .scope_separator = ','};
    const struct reply_rules none = {.scope_separator = ' '};
    static const char GOOD[] =
        "access_token=t%6Fk%2B1&token_type=bearer&expires=5183&scope=a%2Cb\n";
    static const char *const BAD[] = {
        "access_token=tok&access_token=tok",
        "access_token=t%zz",
        "access_token=t%00k",
        "access_token=a+b",
        "access_token",
        "access_token=tok&&a=b",
        "=tok",
        "a=\"&access_token=%ff",
        "access_token=tok&error=invalid_scope",
        "access_token=tok%4",
        "access_token=tok%3z",
        "access_token=tok%",
        "access_token=tok\ra=b",
    };
    struct reply reply;

    cr_expect_eq(read_by(&form, 200, GOOD, &reply), REPLY_TOKEN);
    cr_expect_str_eq(secret_text(&reply.token), "tok+1");
    cr_expect_eq(reply.lifetime, 5183);
    cr_expect_str_eq(reply.scope, "a b");
    reply_clear(&reply);
    cr_expect_eq(read_by(&none, 200, GOOD, &reply), REPLY_MALFORMED_RESPONSE);
    reply_clear(&reply);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cr_expect_neq(read_by(&form, 200, BAD[i], &reply), REPLY_TOKEN, "%s",
                      BAD[i]);
        reply_clear(&reply);
    }
    cr_expect_eq(read_by(&form, 400,
                         "error=invalid_scope&"
                         "error_description=not+that%22",
                         &reply),
                 REPLY_INVALID_SCOPE);
    cr_expect_str_eq(reply.description.text, "not that\"");
    reply_clear(&reply);
}

/* Bytes that JSON escapes, and no field too many. */
Test(reply_rules, a_form_of_any_bytes)
{
    const struct reply_rules form = {.form = true, .scope_separator = ','};
    char many[1024] = "access_token=tok";
    struct reply reply;

    cr_expect_eq(read_by(&form, 200,
                         "access_token=tok&a\\=%C3%A9%1f\\&scope=a%20b,c\r\n",
                         &reply),
                 REPLY_TOKEN);
    cr_expect_str_eq(json_string(reply.json, "a\\", &(size_t){0}),
                     "\xc3\xa9\x1f\\");
    cr_expect_str_eq(reply.scope, "a b c");
    reply_clear(&reply);
    for (int i = 1; i < REPLY_FORM_FIELDS_MAX; i++)
        (void)snprintf(many + strlen(many), sizeof many - strlen(many),
                       "&f%d=x", i);
    cr_expect_eq(read_by(&form, 200, many, &reply), REPLY_TOKEN);
    reply_clear(&reply);
    (void)strcat(many, "&g=x");
    cr_expect_eq(read_by(&form, 200, many, &reply), REPLY_MALFORMED_RESPONSE);
    reply_clear(&reply);
    cr_expect_eq(read_by(&form, 302, "error=invalid_client", &reply),
                 REPLY_REDIRECT_REFUSED);
    reply_clear(&reply);
}

Test(reply_rules, statuses_and_types)
{
    const struct reply_rules rules = {.success_status = 201, .bearer = true};
    const struct reply_rules none = {.bearer = false};
    static const char EBAY[] = "{\"access_token\":\"tok\",\"token_type\":"
                               "\"Application Access Token\"}";
    struct reply reply;

    cr_expect_eq(read_by(&rules, 201, EBAY, &reply), REPLY_TOKEN);
    cr_expect_str_eq(reply.token_type, "Bearer");
    reply_clear(&reply);
    cr_expect_eq(read_by(&rules, 200, EBAY, &reply), REPLY_TOKEN);
    reply_clear(&reply);
    cr_expect_eq(read_by(&rules, 202, EBAY, &reply), REPLY_MALFORMED_RESPONSE);
    reply_clear(&reply);
    cr_expect_eq(read_by(&none, 200, EBAY, &reply),
                 REPLY_UNSUPPORTED_TOKEN_TYPE);
    reply_clear(&reply);
    cr_expect_eq(read_by(&none, 201, "{" TOKEN "}", &reply),
                 REPLY_MALFORMED_RESPONSE);
    reply_clear(&reply);
}

Test(reply_rules, words_wherever_they_stand)
{
    const struct reply_rules none = {.scope_separator = ' '};
    static const char *const BODIES[] = {
        "{\"error\":{\"code\":403,\"message\":\"no way\"}}",
        "{\"errors\":[{\"errorType\":\"x\",\"message\":\"no way\"}]}",
        "{\"fault\":{\"faultstring\":\"no way\"}}",
        "{\"message\":\"no way\"}",
        "{\"detail\":\"no way\",\"errors\":[]}",
    };
    struct reply reply;

    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        cr_expect_eq(read_by(&none, 401, BODIES[i], &reply),
                     REPLY_INVALID_CLIENT);
        cr_expect_str_eq(reply.description.text, "no way", "%s", BODIES[i]);
        reply_clear(&reply);
    }
}

#define NO_TOKEN "its access_token is not there, is none, or is too long"

Test(reply_rules, a_malformed_answer_says_where)
{
    static const struct {
        const char *body, *said;
    } ROWS[] = {
        {"{}", NO_TOKEN},
        {"{\"access_token\":7}", NO_TOKEN},
        {"{" TOKEN ",\"expires_in\":0}", "its lifetime is none, or is over"},
        {"{" TOKEN ",\"expires_in\":\"\"}",
         "its lifetime is none, or is over"},
        {"{" TOKEN ",\"scope\":7}", "its scope is none"},
        {"{" TOKEN "}", ""},
        {"", ""},
    };
    const struct reply_rules none = {.scope_separator = ' '};

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct reply reply;

        (void)read_by(&none, 200, ROWS[i].body, &reply);
        cr_expect_str_eq(reply.problem ? reply.problem : "", ROWS[i].said,
                         "%s", ROWS[i].body);
        cr_expect_str_eq(reply.description.text, "");
        reply_clear(&reply);
    }
}
