/* SPDX-License-Identifier: MIT */
/*
 * sourced.c - see sourced.h.
 */
#include "tests/unit/sourced.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/clock.h"
#include "tests/unit/brokered.h"
#include "tests/unit/soon.h"

char sourced_variable[PATH_MAX + 64];
static char *given[] = {(char[]){"ACME_SECRET=s3cret"}, (char[]){"EMPTY="},
                        (char[]){"TWO_LINES=s3cret\nX: y"}, sourced_variable,
                        NULL};
static char *allowed[] = {(char[]){"PATH=relative:/usr/bin:/bin"},
                          (char[]){"HOME=/nowhere"}, NULL};
const struct environment SOURCED_ENVIRONMENT = {.given = given,
                                                .allowed = allowed};

const struct store *sourced_store;

void
sourced_set_up(void)
{
    scratch_make();
    (void)snprintf(sourced_variable, sizeof sourced_variable,
                   "CREDENTIALS_DIRECTORY=%s", scratch_path(""));
}

struct secret_source
source_of(enum secret_kind kind, const char *text)
{
    return (struct secret_source){.kind = kind,
                                  .text = (char *)(uintptr_t)text,
                                  .file = "/c/p.yaml",
                                  .line = 5,
                                  .column = 20};
}

static struct broker
broker_of(const struct secret_source *source)
{
    return source->kind == SECRET_COMMAND
               ? brokered(source->argv, &SOURCED_ENVIRONMENT)
               : BROKER_INIT;
}

void
expect_secret(const struct secret_source *source, bool system,
              const char *expected)
{
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);
    struct broker broker = broker_of(source);
    const struct secret_context context = {.environment = &SOURCED_ENVIRONMENT,
                                           .store = sourced_store,
                                           .system = system,
                                           .broker = &broker};
    struct tw_error err = {0};

    cr_expect_eq(secret_source_read(source, &context, &secret, &err), TW_OK,
                 "%s", err.message);
    cr_expect_str_eq(secret_text(&secret), expected);
    broker_close(&broker);
}

struct refused {
    const struct secret_source *source;
    bool system;
    enum tw_status status;
    const char *message;
};

static int64_t
refuse(void *arg)
{
    const struct refused *refused = arg;
    const struct secret_source *source = refused->source;
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);
    struct broker broker = broker_of(source);
    const struct secret_context context = {.environment = &SOURCED_ENVIRONMENT,
                                           .store = sourced_store,
                                           .system = refused->system,
                                           .broker = &broker};
    struct tw_error err = {0};
    char expected[sizeof err.message];
    int64_t start = clock_monotonic_ms();

    scratch_expand(refused->message, expected, sizeof expected);
    cr_expect_eq(secret_source_read(source, &context, &secret, &err),
                 refused->status, "%s", expected);
    cr_expect_eq(err.status, (int32_t)refused->status);
    cr_expect_str_eq(err.message, expected);
    cr_expect_null(strstr(err.message, "s3cret"));
    cr_expect_eq(secret.len, 0);
    broker_close(&broker);
    return clock_monotonic_ms() - start;
}

void
expect_refusal(const struct secret_source *source, bool system,
               enum tw_status status, const char *message)
{
    struct refused refused = {source, system, status, message};
    int64_t took_ms;

    cr_expect(is_soon(refuse, &refused, 1000, &took_ms), "%s: %jd ms", message,
              (intmax_t)took_ms);
}

struct secret_source
command_of(char **argv)
{
    struct secret_source source = source_of(SECRET_COMMAND, NULL);

    source.argv = argv;
    return source;
}
