/* SPDX-License-Identifier: MIT */
/*
 * stack-t.c - any_of as it is read, what each outcome does, and the words
 * about it.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/fetch/stack.h"
#include "helper/profile/fingerprint.h"
#include "provider/base/error.h"
#include "tests/unit/profile_text.h"

#define TWO                                                    \
    "    client_id: outside\n"                                 \
    "    timeout: 7\n"                                         \
    "    match: https://a.test\n"                              \
    "    any_of:\n"                                            \
    "      - name: one\n"                                      \
    "        token_endpoint: https://one.example.test/token\n" \
    "        client_secret: {file: one.secret}\n"              \
    "        actions: {denied: return}\n"                      \
    "      - token_endpoint: https://two.example.test/token\n" \
    "        client_id: inside\n"                              \
    "        client_secret: {env: TWO}\n"

Test(stack, keys_outside_are_for_all_and_those_inside_win)
{
    struct profile *one = profile_text_good(TWO), *two = one->then;

    cr_assert_not_null(two);
    cr_expect_null(two->then);
    cr_expect_str_eq(one->client_id, "outside");
    cr_expect_str_eq(two->client_id, "inside");
    cr_expect(one->timeout_s == 7 && two->timeout_s == 7);
    cr_expect(one->match_count == 1);
    cr_expect_str_eq(one->source_name, "one");
    cr_expect_null(two->source_name);
    cr_expect(one->source_number == 1 && two->source_number == 2);
    cr_expect(one->source_line == 7 && two->source_line == 11);
    cr_expect(one->line == 2 && two->line == 2);
    cr_expect_str_eq(two->name, "acme");
    cr_expect(!stack_goes_on(one, STACK_DENIED));
    cr_expect(stack_goes_on(one, STACK_UNAVAILABLE));
    cr_expect(stack_goes_on(one, STACK_NOT_CONFIGURED));
    cr_expect(!stack_goes_on(two, STACK_UNAVAILABLE));
    cr_expect_eq(profile_secret(one, 0), &one->client_secret);
}

Test(stack, every_secret_of_every_source)
{
    struct profile *one = profile_text_good(TWO);
    const struct secret_source *secret;
    bool first = false, second = false;

    for (size_t i = 0; (secret = profile_secret(one, i)); i++) {
        first = first || secret == &one->client_secret;
        second = second || secret == &one->then->client_secret;
    }
    cr_expect(first && second);
}

Test(stack, a_source_is_part_of_the_fingerprint)
{
    struct profile *one = profile_text_good(TWO);
    char whole[FINGERPRINT_SIZE], other[FINGERPRINT_SIZE],
        source[FINGERPRINT_SIZE];

    cr_assert(fingerprint_of(one, whole));
    cr_assert(fingerprint_of_source(one, source));
    cr_expect_str_neq(whole, source);
    one->then->client_id[0] = 'X';
    cr_assert(fingerprint_of(one, other));
    cr_expect_str_neq(whole, other);
    cr_assert(fingerprint_of_source(one, other));
    cr_expect_str_eq(source, other);
}

Test(stack, refused)
{
    static const struct refusal REFUSALS[] = {
        {GOOD "    any_of: x\n",
         AT(6, 13) "any_of must be a list of 1 to 8 sources"},
        {GOOD "    any_of: []\n",
         AT(6, 13) "any_of must be a list of 1 to 8 sources"},
        {GOOD "    any_of: [{}, {}, {}, {}, {}, {}, {}, {}, {}]\n",
         AT(6, 13) "any_of must be a list of 1 to 8 sources"},
        {GOOD "    any_of: [x]\n",
         AT(6, 14) "any_of: a source must be a map of keys"},
        {GOOD "    any_of: [{login: true}]\n",
         AT(6, 15) "login is the whole profile's, not one source's: write it "
                   "outside of any_of"},
        {GOOD "    any_of: [{any_of: []}]\n",
         AT(6, 15) "any_of is the whole profile's, not one source's: write it "
                   "outside of any_of"},
        {GOOD "    any_of: [{name: a}, {name: a}]\n",
         AT(6, 32) "two sources are called a; rename one"},
        {GOOD "    any_of: [{name: a b}]\n",
         AT(6, 21) "name of a source must be 1 to 32 of A-Z a-z 0-9 . _ - and "
                   "begin with a letter, a digit or _"},
        {GOOD "    any_of: [{name: a@b}]\n",
         AT(6, 21) "name of a source must be 1 to 32 of A-Z a-z 0-9 . _ - and "
                   "begin with a letter, a digit or _"},
        {GOOD "    any_of: [{actions: return}]\n",
         AT(6, 24) "actions must be a map, like {denied: return}"},
        {GOOD "    any_of: [{actions: {success: return}}]\n",
         AT(6, 25) "actions are for not_configured, unavailable and denied"},
        {GOOD "    any_of: [{actions: {denied: stop}}]\n",
         AT(6, 33) "denied must be continue or return"},
        {GOOD "    any_of: [{timeout: x}]\n",
         AT(6, 24) "timeout must be a whole number of seconds from 1 to 60"},
        {GOOD "    actions: {denied: return}\n",
         AT(6, 5) "unknown key 'actions'\ntokenward providers "
                  "client_credentials lists what there is"},
    };

    profile_text_refused(REFUSALS, sizeof REFUSALS / sizeof *REFUSALS);
}

Test(stack, outcomes)
{
    static const struct {
        enum tw_status status;
        bool asked, is_one;
        enum stack_outcome outcome;
    } ROWS[] = {
        {TW_E_RETRY, true, true, STACK_UNAVAILABLE},
        {TW_E_RETRY, false, true, STACK_UNAVAILABLE},
        {TW_E_PROTOCOL, true, true, STACK_UNAVAILABLE},
        {TW_E_DENIED, true, true, STACK_DENIED},
        {TW_E_INTERACT, false, true, STACK_DENIED},
        {TW_E_CONFIG, true, true, STACK_DENIED},
        {TW_E_CONFIG, false, false, STACK_DENIED},
        {TW_E_ACCESS, false, false, STACK_DENIED},
        {TW_E_NOT_FOUND, false, false, STACK_DENIED},
        {TW_E_MODULE, true, false, STACK_DENIED},
        {TW_E_SYSTEM, true, false, STACK_DENIED},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct tw_error err = {.status = (int32_t)ROWS[i].status};
        enum stack_outcome outcome;

        cr_expect_eq(stack_outcome(&err, ROWS[i].asked, &outcome),
                     ROWS[i].is_one, "row %zu", i);
        cr_expect(!ROWS[i].is_one || outcome == ROWS[i].outcome, "row %zu", i);
    }
}

static void
add(struct stack_account *account, const struct profile *source,
    enum stack_outcome outcome, enum tw_status status, const char *message)
{
    struct tw_error err;

    (void)tw_fail(&err, status, "%s", message);
    stack_add(account, source, outcome, &err);
}

Test(stack, the_last_that_is_configured_here_decides)
{
    struct profile *one = profile_text_good(TWO);
    struct stack_account account = {.count = 0};
    struct tw_error err;

    add(&account, one, STACK_UNAVAILABLE, TW_E_RETRY, "is down\nwait");
    add(&account, one->then, STACK_NOT_CONFIGURED, TW_E_CONFIG, "no file");
    stack_explain(&account, &err);
    cr_expect_eq(err.status, TW_E_RETRY);
    cr_expect_str_eq(err.message,
                     "is down\nsource 1 (one): unavailable; source 2: not "
                     "configured here: no file; wait");
    account = (struct stack_account){.count = 0};
    add(&account, one, STACK_NOT_CONFIGURED, TW_E_CONFIG, "no file");
    add(&account, one->then, STACK_NOT_CONFIGURED, TW_E_CONFIG, "no env");
    stack_explain(&account, &err);
    cr_expect_str_eq(err.message,
                     "no env\nsource 1 (one): not configured here: no file; "
                     "source 2: not configured here");
}

Test(stack, messages_are_bounded)
{
    struct profile *one = profile_text_good(TWO);
    struct stack_account account = {.count = 0};
    char text[sizeof((struct tw_error *)NULL)->message];
    struct tw_error err;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < PROFILE_SOURCES_MAX + 2; i++)
        add(&account, one, STACK_DENIED, TW_E_DENIED, text);
    cr_expect_eq(account.count, PROFILE_SOURCES_MAX);
    stack_explain(&account, &err);
    cr_expect_lt(strlen(err.message), sizeof err.message);
}

Test(stack, the_source_that_answered)
{
    struct profile *one = profile_text_good(TWO);

    cr_expect_eq(stack_answered(one, "1 (one)"), one);
    cr_expect_eq(stack_answered(one, "2"), one->then);
    cr_expect_eq(stack_answered(one, "2 (two)"), one->then);
    cr_expect_eq(stack_answered(one, "2 (one)"), one);
    cr_expect_eq(stack_answered(one->then, "2"), one->then);
    cr_expect_eq(stack_answered(one, "20"), one);
    cr_expect_eq(stack_answered(one, "3"), one);
    cr_expect_eq(stack_answered(one, NULL), one);
}

/* Files may be named by an address; what stands in a token or in a program's
 * hands is not looked for. */
Test(stack, a_file_that_is_named_by_an_address)
{
    cr_expect(stack_lacks_file("/nonexistent/key"));
    cr_expect(stack_lacks_file("file:/nonexistent/key"));
    cr_expect(stack_lacks_file("file:///nonexistent/key"));
    cr_expect(!stack_lacks_file("/dev/null"));
    cr_expect(!stack_lacks_file("file:/dev/null"));
    cr_expect(!stack_lacks_file("file:///dev/null"));
    cr_expect(!stack_lacks_file("pkcs11:object=key"));
}
