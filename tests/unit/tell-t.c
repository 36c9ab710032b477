/* SPDX-License-Identifier: MIT */
/*
 * tell-t.c - what a server wants a person to see: shown as it is, or not.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/exchange/exchange_tell.h"
#include "helper/person/screen.h"
#include "provider/base/auto.h"

#define GOOD "https://a.test/device"

static struct module module = {
    .provider = {.needs = TW_KEEPS_REFRESH_TOKEN | TW_NEEDS_PERSON}};
static char name[] = "p";
static struct profile profile = {
    .name = name, .file = "/c/p.yaml", .line = 3, .module = &module};
static struct tell shown;
static char text[256], scan[256];
static int shown_count;

static void
show(void *arg, const struct tell *tell)
{
    (void)arg;
    shown = *tell;
    (void)snprintf(text, sizeof text, "%s", tell->text ? tell->text : "");
    (void)snprintf(scan, sizeof scan, "%s", tell->scan ? tell->scan : "");
    shown_count++;
}

static const struct person PERSON = {.show = show};

static void
expect(struct tw_action action, enum tw_status status, const char *word)
{
    const struct exchange_context context = {.profile = &profile,
                                             .person = &PERSON};
    struct tw_error err = {0};

    shown_count = 0;
    cr_expect_eq(exchange_tell(&context, &action, &err), status, "%s",
                 err.message);
    cr_expect(strstr(err.message, word), "%s", err.message);
    cr_expect_eq(shown_count, status == TW_OK);
}

Test(tell, shows_an_address_and_a_code)
{
    expect((struct tw_action){.url = GOOD, .code = "AB CD", .valid_s = 60},
           TW_OK, "");
    cr_expect_str_eq(shown.url, GOOD);
    cr_expect_str_eq(shown.code, "AB CD");
    cr_expect_eq(shown.valid_s, 60);
    expect((struct tw_action){.url = GOOD, .valid_s = -1}, TW_OK, "");
    cr_expect_null(shown.code);
    cr_expect_eq(shown.valid_s, 0);
}

Test(tell, shows_printable_text)
{
    expect((struct tw_action){.url = GOOD, .text = "a\x1b[2Jb"}, TW_OK, "");
    cr_expect_str_eq(text, "a?[2Jb");
}

Test(tell, shows_no_address_that_is_not_one)
{
    static const char *const BAD[] = {"http://a.test/device",
                                      "http://127.0.0.1/device",
                                      "javascript:alert(1)",
                                      "https://a.test/\x1b[2J",
                                      "https://a.test/a b",
                                      "https://user@a.test/",
                                      "https://a.test/\xe2\x80\xae",
                                      "a.test/device",
                                      ""};

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect((struct tw_action){.url = BAD[i]}, TW_E_PROTOCOL,
               "/c/p.yaml:3: profile 'p': the server's address");
    expect((struct tw_action){.code = "AB"}, TW_E_PROTOCOL, "no address");
}

Test(tell, shows_no_code_that_cannot_be_typed)
{
    static const char *const BAD[] = {
        "",
        " AB",
        "AB ",
        "A\nB",
        "A\x1b[2JB",
        "\xe2\x84\xab",
        "0123456789012345678901234567890123456789012345678901234567890123456"};

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect((struct tw_action){.url = GOOD, .code = BAD[i]}, TW_E_PROTOCOL,
               "can be typed");
}

Test(tell, scans_good_addresses_alone)
{
    expect((struct tw_action){.url = GOOD, .scan = GOOD "?c=AB"}, TW_OK, "");
    cr_expect_str_eq(scan, GOOD "?c=AB");
    expect((struct tw_action){.url = GOOD, .scan = "http://b.test/"}, TW_OK,
           "");
    cr_expect_str_eq(scan, "");
}

Test(tell, says_what_to_do_when_nobody_is_there)
{
    struct exchange_context context = {.profile = &profile};
    const struct tw_action action = {.url = GOOD};
    AUTO_KEEPER keeper = KEEPER_INIT;
    struct tw_error err = {0};

    cr_expect_eq(exchange_tell(&context, &action, &err), TW_E_INTERACT);
    cr_expect(strstr(err.message, "\nrun: tokenward login p"));
    context.secrets.system = true;
    cr_expect_eq(exchange_tell(&context, &action, &err), TW_E_INTERACT);
    cr_expect(strstr(err.message, "\nrun: tokenward login --system p"));
    context.keeper = &keeper;
    cr_expect(exchange_lacks_person(&context, &err));
    cr_assert(secret_append_text(&keeper.token, "kept"));
    cr_expect_not(exchange_lacks_person(&context, &err));
    keeper_forget(&keeper);
    context.person = &PERSON;
    cr_expect_not(exchange_lacks_person(&context, &err));
}

/* What is on standard output, which is no terminal, after @tell was shown. */
static const char *
page_of(struct screen *screen, const struct tell *tell)
{
    static char page[1024];
    AUTO_CLOSE int kept = dup(STDOUT_FILENO);
    int ends[2];
    ssize_t n;

    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    (void)dup2(ends[1], STDOUT_FILENO);
    screen_show(screen, tell);
    (void)dup2(kept, STDOUT_FILENO);
    n = read(ends[0], page, sizeof page - 1);
    page[n > 0 ? n : 0] = '\0';
    (void)close(ends[0]);
    (void)close(ends[1]);
    return page;
}

Test(tell, is_a_page_for_a_person)
{
    struct screen screen = {.profile = "p"};
    struct tell tell = {.url = GOOD, .code = "AB CD", .text = "Hurry."};
    int64_t before_ms = clock_monotonic_ms();

    cr_expect_str_eq(page_of(&screen, &tell),
                     "To log in for 'p', open\n\n    " GOOD "\n\n"
                     "and enter the code\n\n    AB CD\n\n"
                     "The server says: Hurry.\n\n");
    cr_expect_eq(screen.end_ms, 0, "nobody said for how long");
    tell = (struct tell){.url = GOOD, .valid_s = INT64_MAX};
    cr_expect_str_eq(page_of(&screen, &tell),
                     "To log in for 'p', open\n\n    " GOOD "\n\n");
    cr_expect_geq(screen.end_ms, before_ms + 86400000, "a day at most");
    cr_expect_leq(screen.end_ms, clock_monotonic_ms() + 86400000);
}
