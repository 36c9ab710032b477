/* SPDX-License-Identifier: MIT */
/*
 * module-check-t.c - a provider's table, from its module or told as text by a
 * process that loaded it: every bound from both sides.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/module/module_check.h"
#include "helper/module/module_table.h"

/* What nobody calls. */
static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    (void)host;
    (void)state;
    (void)event;
    (void)action;
    return -1;
}

static const struct tw_provider_v1 GOOD = {.version = TW_PROVIDER_VERSION,
                                           .size = sizeof GOOD,
                                           .name = "acme",
                                           .summary = "s",
                                           .advance = advance};

static void
expect_checked(const struct tw_provider_v1 *table, const char *complaint)
{
    struct tw_provider_v1 out;
    struct tw_error err = {.status = TW_OK};
    enum tw_status status = module_check(table, "/m", "acme", &out, &err);

    cr_expect_eq(status, complaint ? TW_E_MODULE : TW_OK, "%s: %s",
                 complaint ? complaint : "good", err.message);
    if (complaint)
        cr_expect_not_null(strstr(err.message, complaint), "%s", err.message);
}

Test(module_check, as_much_as_the_first_release_had)
{
    struct tw_provider_v1 table = GOOD;

    expect_checked(&table, NULL);
    table.size =
        offsetof(struct tw_provider_v1, advance) + sizeof table.advance;
    expect_checked(&table, NULL);
    table.size--;
    expect_checked(&table, "built for provider ABI 1");
}

Test(module_check, a_summary_and_a_bounded_state)
{
    struct tw_provider_v1 table = GOOD;

    table.summary = NULL;
    expect_checked(&table, "calls itself by another name");
    table = GOOD;
    table.state_size = 64 * 1024;
    expect_checked(&table, NULL);
    table.state_size++;
    expect_checked(&table, "wants too much state");
}

Test(module_check, types_of_options_that_there_are)
{
    static const struct {
        uint32_t type;
        const char *complaint;
    } TYPES[] = {{TW_OPTION_TEXT - 1, "row 1 "},
                 {TW_OPTION_TEXT, NULL},
                 {TW_OPTION_ENDPOINT, NULL},
                 {TW_OPTION_ENDPOINT + 1, "row 1 "}};

    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        const struct tw_option option = {
            .name = "a", .type = TYPES[i].type, .help = "h"};
        struct tw_provider_v1 table = GOOD;

        table.options = &option;
        table.option_count = 1;
        expect_checked(&table, TYPES[i].complaint);
    }
}

Test(module_check, so_many_options)
{
    static struct tw_option options[MODULE_OPTIONS_MAX + 1];
    static char names[MODULE_OPTIONS_MAX + 1][8];
    struct tw_provider_v1 table = GOOD;

    for (size_t i = 0; i <= MODULE_OPTIONS_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "o%02zu", i);
        options[i] = (struct tw_option){
            .name = names[i], .type = TW_OPTION_TEXT, .help = "h"};
    }
    table.options = options;
    table.option_count = MODULE_OPTIONS_MAX;
    expect_checked(&table, NULL);
    table.option_count++;
    expect_checked(&table, "its table of options is broken");
}

/* The resident helper loads ours into itself, and nobody else's. */
Test(module_check, ours_are_known_by_their_whole_names)
{
    static const char *const OURS[] = {"authorization_code",
                                       "client_credentials", "exec", "file",
                                       "token_exchange"};
    static const char *const OTHERS[] = {
        "token", "exchange", "credentials", "client_credential", "fil",
        "ile",   "provider", "grants",      "grants/fi",         "acme"};

    for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++)
        cr_expect(module_is_our_name(OURS[i]), "%s", OURS[i]);
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        cr_expect_not(module_is_our_name(OTHERS[i]), "%s", OTHERS[i]);
}

static enum tw_status
read_told(const char *text, struct module **out, struct tw_error *err)
{
    struct secret told = SECRET_INIT(MODULE_TABLE_MAX);
    enum tw_status status;

    cr_assert(secret_append_text(&told, text));
    status = module_table_read("/m", "acme", &told, out, err);
    secret_clear(&told);
    return status;
}

Test(module_table, says_what_was_put)
{
    static const struct tw_option OPTIONS[] = {
        {"a", TW_OPTION_SECRET, TW_OPTION_REQUIRED, "one, with spaces"},
        {"b", TW_OPTION_URL, 0, "two"}};
    struct tw_provider_v1 table = GOOD;
    struct secret told = SECRET_INIT(MODULE_TABLE_MAX);
    struct module *module = NULL;
    struct tw_error err = {.status = TW_OK};

    table.needs = TW_NEEDS_ENDPOINT | TW_NEEDS_PERSON;
    table.options = OPTIONS;
    table.option_count = 2;
    cr_assert(module_table_put(&table, &told));
    cr_assert_eq(module_table_read("/m", "acme", &told, &module, &err), TW_OK,
                 "%s", err.message);
    cr_expect_str_eq(module->provider.name, "acme");
    cr_expect_str_eq(module->provider.summary, "s");
    cr_expect_eq(module->provider.needs, TW_NEEDS_ENDPOINT | TW_NEEDS_PERSON);
    cr_assert_eq(module->provider.option_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct tw_option *option = &module->provider.options[i];

        cr_expect_str_eq(option->name, OPTIONS[i].name);
        cr_expect_eq(option->type, OPTIONS[i].type);
        cr_expect_eq(option->flags, OPTIONS[i].flags);
        cr_expect_str_eq(option->help, OPTIONS[i].help);
        cr_expect_eq(module_option(module, option->name), option);
    }
    cr_expect_null(module_option(module, "aa"));
    cr_expect_null(module_option(module, ""));
    module_free(module);
    secret_clear(&told);
}

Test(module_table, what_is_told_is_checked_as_a_modules_own)
{
    static const struct {
        const char *text, *complaint;
    } BAD[] = {
        {"needs=1\n", "cannot be read"},
        {"summary=s\nno line\n", "cannot be read"},
        {"summary=s\noption=a\n", "cannot be read"},
        {"summary=s\noption=a 1\n", "cannot be read"},
        {"summary=s\noption=a 1 x h\n", "cannot be read"},
        {"summary=s\noption=a -1 0 h\n", "cannot be read"},
        {"summary=s\noption=a 4294967297 0 h\n", "cannot be read"},
        {"summary=s\noption=a 1 4294967296 h\n", "cannot be read"},
        {"summary=s\noption=a 99 0 h\n", "row 1 of its table"},
        {"summary=s\noption=b 1 0 h\noption=a 1 0 h\n", "row 2 of its table"},
        {"summary=s\nneeds=2147483648\n", "needs what this tokenward"},
    };

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct module *module = NULL;
        struct tw_error err = {.status = TW_OK};

        cr_expect_eq(read_told(BAD[i].text, &module, &err), TW_E_MODULE, "%s",
                     BAD[i].text);
        cr_expect_not_null(strstr(err.message, BAD[i].complaint), "%s: %s",
                           BAD[i].text, err.message);
        cr_expect_null(module);
    }
}

Test(module_table, no_more_options_than_there_may_be)
{
    struct module *module = NULL;
    struct tw_error err = {.status = TW_OK};
    char text[4096] = "summary=s\n";
    size_t n = strlen(text);

    for (int i = 0; i < MODULE_OPTIONS_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "option=o%02d 1 0 h\n", i);
    cr_expect_eq(read_told(text, &module, &err), TW_OK, "%s", err.message);
    module_free(module);
    (void)snprintf(text + n, sizeof text - n, "option=p 1 0 h\n");
    cr_expect_eq(read_told(text, &module, &err), TW_E_MODULE);
    cr_expect_not_null(strstr(err.message, "cannot be read"), "%s",
                       err.message);
}
