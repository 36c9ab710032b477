/* SPDX-License-Identifier: MIT */
/*
 * claim-t.c - what a manager's address says, which units there are, and which
 * of them a rule means.
 */
#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>

#include "helper/base/readers.h"
#include "helper/serve/claim.h"

struct row {
    const char *address; /* behind the NUL */
    const char *unit;    /* NULL: refused */
    const char *profile;
};

static const struct row ROWS[] = {
    {"1/unit/shop.service/pay", "shop.service", "pay"},
    {"0123456789abcdef/unit/a@b:c.service/x.y-z", "a@b:c.service", "x.y-z"},
    {"f/unit/dev-sda\\x2d1.swap/pay", "dev-sda\\x2d1.swap", "pay"},
    {"0123456789abcdef0/unit/shop.service/pay", NULL, NULL},
    {"/unit/shop.service/pay", NULL, NULL},
    {"G/unit/shop.service/pay", NULL, NULL},
    {"1/Unit/shop.service/pay", NULL, NULL},
    {"1/unit/shop.service/", NULL, NULL},
    {"1/unit//pay", NULL, NULL},
    {"1/unit/shop.service/pay/", NULL, NULL},
    {"1/unit/shop.service/a b", NULL, NULL},
    {"1/unit/shop.service/..", NULL, NULL},
    {"1/unit/shop.target/pay", NULL, NULL},
    {"1/unit/shop\n.service/pay", NULL, NULL},
    {"1/unit/shop.service", NULL, NULL},
    {"", NULL, NULL},
};

static enum tw_status
parse(const char *text, size_t n, struct claim *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct tw_error err;

    memcpy(address.sun_path + 1, text, n);
    return claim_parse(
        &address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n),
        out, &err);
}

Test(claim, what_an_address_says)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct claim claim = {.unit = "untouched"};
        enum tw_status status =
            parse(ROWS[i].address, strlen(ROWS[i].address), &claim);

        cr_expect_eq(status, ROWS[i].unit ? TW_OK : TW_E_USAGE, "row %zu", i);
        cr_expect_str_eq(claim.unit,
                         ROWS[i].unit ? ROWS[i].unit : "untouched");
        if (ROWS[i].unit)
            cr_expect_str_eq(claim.profile, ROWS[i].profile);
    }
}

Test(claim, the_length_says_where_it_ends)
{
    static const char TWO[] = "1/unit/shop.service/pay\0x";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct claim claim;
    char longest[sizeof address.sun_path - 1];
    size_t n = strlen("1/unit/");

    cr_expect_eq(parse(TWO, sizeof TWO - 1, &claim), TW_E_USAGE, "a NUL");
    cr_expect_eq(parse(TWO, strlen(TWO), &claim), TW_OK);
    cr_expect_eq(parse(TWO, strlen(TWO) - 1, &claim), TW_OK);
    cr_expect_str_eq(claim.profile, "pa", "no byte behind the length counts");
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "1/unit/", n);
    memcpy(longest + sizeof longest - 10, ".service/p", 10);
    cr_expect_eq(parse(longest, sizeof longest, &claim), TW_OK,
                 "as long as an address can be");
    (void)strcpy(address.sun_path, "/1/unit/shop.service/pay");
    cr_expect_eq(claim_parse(&address, sizeof address, &claim, NULL),
                 TW_E_USAGE, "a path is no abstract address");
    n = offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path);
    cr_expect_eq(claim_parse(&address, (socklen_t)n, &claim, NULL), TW_E_USAGE,
                 "nor without its NUL");
    cr_expect_eq(
        claim_parse(&address, sizeof address.sun_family, &claim, NULL),
        TW_E_USAGE, "nor is none");
}

Test(claim, is_an_address_of_this_host_alone)
{
    static const char GOOD[] = "1/unit/shop.service/pay";
    struct sockaddr_un address = {.sun_family = AF_INET};
    struct claim claim;
    const socklen_t n = offsetof(struct sockaddr_un, sun_path) + sizeof GOOD;

    memcpy(address.sun_path + 1, GOOD, sizeof GOOD - 1);
    cr_expect_eq(claim_parse(&address, n, &claim, NULL), TW_E_USAGE);
    address.sun_family = AF_UNIX;
    cr_expect_eq(claim_parse(&address, n, &claim, NULL), TW_OK);
}

Test(unit_name, which_there_are)
{
    char longest[UNIT_NAME_MAX + 2];

    static const char *const GOOD[] = {"a.service", "a@.service", "a@b.socket",
                                       "a-b_c:d.mount", "x\\x2dy.swap"};
    static const char *const BAD[] = {
        "",          "a",           ".service",    "a.target",
        "*.service", "a b.service", "a/b.service", "@a.service"};

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        cr_expect(unit_name_is(GOOD[i]), "%s", GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect_not(unit_name_is(BAD[i]), "%s", BAD[i]);
    memset(longest, 'a', sizeof longest);
    (void)strcpy(longest + sizeof longest - sizeof ".service", ".service");
    cr_expect_not(unit_name_is(longest), "one byte too long");
    cr_expect(unit_name_is(longest + 1));
}

Test(unit_name, which_a_rule_means)
{
    char *units[] = {(char *)"shop.service", (char *)"worker@.service",
                     (char *)"one@x.service"};
    const struct readers readers = {.units = units, .unit_count = 3};

    cr_expect(readers_has_unit(&readers, "shop.service"));
    cr_expect(readers_has_unit(&readers, "worker@1.service"));
    cr_expect(readers_has_unit(&readers, "one@x.service"));
    cr_expect_not(readers_has_unit(&readers, "one@y.service"));
    cr_expect_not(readers_has_unit(&readers, "one@yx.service"));
    cr_expect_not(readers_has_unit(&readers, "shop.socket"));
    cr_expect_not(readers_has_unit(&readers, "worker.service"));
    cr_expect_not(readers_has_unit(&readers, "worker@1.socket"));
    cr_expect_not(readers_has_unit(&readers, "worker@one.socket"));
    cr_expect_not(readers_has_unit(&readers, "xworker@1.service"));
    cr_expect_not(readers_has_unit(&readers, "shop.service.service"));
}
