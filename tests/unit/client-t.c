/* SPDX-License-Identifier: MIT */
/*
 * client-t.c - libtokenward over records that the test publishes itself.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/clock.h"
#include "provider/tokenward.h"
#include "tests/unit/marks.h"
#include "tests/unit/published.h"

TestSuite(client, .init = published_set_up, .fini = published_tear_down,
          .timeout = 120);

static void
expect(struct tw_handle *handle, const char *value)
{
    struct tw_token *token = NULL;
    struct tw_error err = {0};

    cr_assert_eq(tw_get(handle, TW_MIN_VALID_DEFAULT, &token, &err), TW_OK,
                 "%s", err.message);
    cr_assert_str_eq(tw_token_value(token), value);
    tw_token_free(token);
}

Test(client, gives_the_record_and_outlives_its_handle)
{
    struct tw_handle *handle;
    struct tw_token *token, *again;

    publish(1, 3600, 1000);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    cr_assert_eq(tw_get(handle, 0, &token, NULL), TW_OK);
    again = tw_token_ref(token);
    tw_close(handle);
    tw_token_free(token);
    cr_assert_str_eq(tw_token_value(again), "token-1");
    cr_assert_str_eq(tw_token_type(again), "Bearer");
    cr_assert_str_eq(tw_token_scope(again), "scope-1");
    cr_assert_gt(tw_token_expires_at(again), clock_now().wall + 3500);
    tw_token_free(again);
    tw_token_free(NULL);
    tw_close(NULL);
}

Test(client, a_new_record_is_seen_at_once_on_every_path)
{
    struct tw_handle *handle;

    publish(1, 3600, 1000);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int64_t generation = 2; generation < 50; generation++) {
        char value[64];

        publish(generation, 3600, 1000);
        (void)snprintf(value, sizeof value, "token-%ld", (long)generation);
        for (int i = 0; i < 5; i++)
            expect(handle, value);
    }
    tw_close(handle);
}

Test(client, says_what_a_caller_left_out)
{
    struct tw_handle *handle;
    struct tw_token *token;
    struct tw_error err = {0};

    publish(1, 3600, 1000);
    cr_expect_eq(tw_open("p", NULL, &err), TW_E_USAGE);
    cr_expect_str_eq(err.message, "there is no place for a handle");
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    cr_assert_eq(tw_get(handle, 0, &token, NULL), TW_OK);
    cr_expect_eq(tw_reject(NULL, token, &err), TW_E_USAGE);
    cr_expect_eq(tw_reject(handle, NULL, &err), TW_E_USAGE);
    cr_expect_str_eq(err.message, "tw_reject: bad argument");
    cr_expect_eq(tw_reject(handle, NULL, NULL), TW_E_USAGE);
    expect(handle, "token-1");
    tw_token_free(token);
    tw_close(handle);
}

Test(client, a_success_has_no_message)
{
    struct tw_error err = {.status = TW_E_DENIED, .message = "before"};
    struct tw_handle *handle;
    struct tw_token *token;

    cr_assert_eq(tw_open("p", &handle, &err), TW_OK);
    cr_expect(err.status == TW_OK && !err.message[0]);
    for (int i = 0; i < 3; i++) { /* by the record, then in hand */
        publish(1, 3600, 1000);
        err = (struct tw_error){.status = TW_E_DENIED, .message = "before"};
        cr_assert_eq(tw_get(handle, 0, &token, &err), TW_OK);
        cr_expect(err.status == TW_OK && !err.message[0], "%s", err.message);
        if (i < 2)
            tw_token_free(token);
    }
    helper_is("echo status=ok");
    cr_assert_eq(tw_reject(handle, token, &err), TW_OK);
    cr_expect(err.status == TW_OK && !err.message[0], "%s", err.message);
    tw_token_free(token);
    tw_close(handle);
}

Test(client, asks_a_helper_for_what_it_can_say)
{
    struct tw_handle *handle;
    struct tw_token *token;
    struct tw_error err;

    helper_is("echo status=denied; echo \"message=$*\"");
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    cr_assert_eq(tw_get(handle, INT64_MAX, &token, &err), TW_E_DENIED);
    cr_expect_str_eq(err.message,
                     "--detach fetch --min-valid 253402300799 -- p");
    tw_close(handle);
}

Test(client, in_hand_it_needs_no_file)
{
    struct tw_handle *handle;

    publish(1, 3600, 1000);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int i = 0; i < 3; i++)
        expect(handle, "token-1");
    cr_assert_eq(unlinkat(published_place, "record", 0), 0);
    expect(handle, "token-1");
    tw_close(handle);
}

/* A handle that has its token in hand, and the epoch mapped if there is one.
 */
static struct tw_handle *
hold(const char *value)
{
    struct tw_handle *handle;

    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int i = 0; i < 3; i++)
        expect(handle, value);
    return handle;
}

static void
expect_none(struct tw_handle *handle, int64_t min_valid)
{
    struct tw_token *token = NULL;

    cr_assert_neq(tw_get(handle, min_valid, &token, NULL), TW_OK);
    cr_assert_null(token);
}

/* There is no record, so only what is in hand can be given. */
static struct tw_handle *
hold_alone(const char *value)
{
    struct tw_handle *handle = hold(value);

    cr_assert_eq(unlinkat(published_place, "record", 0), 0);
    expect(handle, value);
    return handle;
}

Test(client, what_is_in_hand_is_given_no_longer_than_it_lives)
{
    struct tw_handle *handle;

    publish(1, 2, 1000);
    handle = hold_alone("token-1");
    sleep(3);
    expect_none(handle, TW_MIN_VALID_DEFAULT);
    tw_close(handle);
}

Test(client, what_is_in_hand_is_given_to_those_it_lives_long_enough_for)
{
    struct tw_handle *handle;

    publish(1, 4, 1000);
    handle = hold_alone("token-1");
    sleep(2); /* half of its life is all that can be wanted */
    expect_none(handle, 3600);
    tw_close(handle);
}

Test(client, a_record_is_looked_at_when_its_refresh_is_due)
{
    struct tw_handle *handle;

    publish(1, 3600, 2);
    handle = hold_alone("token-1");
    sleep(3);
    expect_none(handle, TW_MIN_VALID_DEFAULT);
    tw_close(handle);
}

/* Once a second, however often it is asked for. */
Test(client, a_token_is_given_while_its_refresh_is_begun)
{
    int64_t begun_ms = clock_monotonic_ms();
    struct tw_handle *handle;

    publish(1, 3600, -10);
    helper_is("echo status=retry; echo message=down");
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int round = 0; round < 2; round++) {
        int before = helper_starts();

        for (int i = 0; i < 3; i++)
            expect(handle, "token-1");
        cr_expect_gt(helper_starts(), before);
        cr_expect_leq(helper_starts(),
                      1 + (clock_monotonic_ms() - begun_ms) / 1000);
        (void)usleep(1100000);
    }
    tw_close(handle);
}

/* A late rejection of an older token is none of the one in hand. */
Test(client, a_rejected_token_is_no_longer_in_hand)
{
    struct tw_handle *handle;
    struct tw_token *first, *second;

    publish(1, 3600, 1000);
    handle = hold("token-1");
    cr_assert_eq(tw_get(handle, 0, &first, NULL), TW_OK);
    publish(2, 3600, 1000);
    expect(handle, "token-2");
    cr_assert_eq(tw_get(handle, 0, &second, NULL), TW_OK);
    cr_assert_eq(unlinkat(published_place, "record", 0), 0);
    (void)tw_reject(handle, first, NULL);
    expect(handle, "token-2");
    (void)tw_reject(handle, second, NULL);
    expect_none(handle, TW_MIN_VALID_DEFAULT);
    tw_token_free(first);
    tw_token_free(second);
    tw_close(handle);
}

static bool
epoch_is_there(void)
{
    char path[128];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/tokenward/epoch", published_top);
    return lstat(path, &st) == 0 && st.st_size == 4096;
}

/* The runtime directory may be cleaned while the helper that writes there and
 * the programs that read there live on. */
Test(client, an_epoch_that_was_removed_is_made_anew)
{
    struct tw_handle *handle;
    char path[128];

    publish(1, 3600, 1000);
    (void)snprintf(path, sizeof path, "%s/tokenward/epoch", published_top);
    cr_assert_eq(unlink(path), 0);
    publish(2, 3600, 1000);
    cr_assert(epoch_is_there());
    handle = hold("token-2");
    publish(3, 3600, 1000);
    expect(handle, "token-3");
    tw_close(handle);
}

/* Who holds the page of one that was removed looks at the record after ten
 * seconds, and from then on at the new page. */
Test(client, an_epoch_that_was_replaced_is_found)
{
    struct tw_handle *handle;
    char path[128];

    publish(1, 3600, 1000);
    handle = hold("token-1");
    (void)snprintf(path, sizeof path, "%s/tokenward/epoch", published_top);
    cr_assert_eq(unlink(path), 0);
    publish(2, 3600, 1000);
    sleep(11);
    expect(handle, "token-2");
    publish(3, 3600, 1000);
    expect(handle, "token-3");
    tw_close(handle);
}

/* What is no epoch is believed by nobody, goes, and is replaced. */
Test(client, what_is_no_epoch_makes_no_token_stay)
{
    struct tw_handle *handle;
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/tokenward/epoch", published_top);
    file = fopen(path, "we");
    cr_assert(file);
    (void)fputs("no page", file);
    cr_assert_eq(fclose(file), 0);
    publish(1, 3600, 1000);
    cr_assert_neq(access(path, F_OK), 0);
    handle = hold("token-1");
    publish(2, 3600, 1000);
    cr_assert(epoch_is_there());
    expect(handle, "token-2");
    expect(handle, "token-2");
    publish(3, 3600, 1000);
    expect(handle, "token-3");
    tw_close(handle);
}

Test(client, a_dead_token_is_never_given)
{
    struct tw_handle *handle;
    struct tw_token *token = NULL;
    struct tw_error err = {0};

    publish(1, -5, 1000);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    cr_assert_neq(tw_get(handle, 0, &token, &err), TW_OK);
    cr_assert_null(token);
    cr_assert_neq(err.message[0], '\0');
    tw_close(handle);
}

Test(client, what_is_no_record_is_neither_believed_nor_waited_for)
{
    struct tw_handle *handle;
    struct tw_token *token = NULL;
    int64_t start = clock_monotonic_ms();

    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    publish(1, 3600, 1000);
    cr_assert_eq(fchmodat(published_place, "record", 0644, 0), 0);
    cr_assert_neq(tw_get(handle, 0, &token, NULL), TW_OK);
    cr_assert_eq(renameat(published_place, "record", published_place, "real"),
                 0);
    cr_assert_eq(fchmodat(published_place, "real", 0600, 0), 0);
    cr_assert_eq(symlinkat("real", published_place, "record"), 0);
    cr_assert_neq(tw_get(handle, 0, &token, NULL), TW_OK);
    cr_assert_eq(unlinkat(published_place, "record", 0), 0);
    cr_assert_eq(mkfifoat(published_place, "record", 0600), 0);
    cr_assert_neq(tw_get(handle, 0, &token, NULL), TW_OK);
    cr_assert_null(token);
    cr_assert_lt(clock_monotonic_ms() - start, 5000);
    tw_close(handle);
}

Test(client, bad_arguments_are_told)
{
    static const char *const NAMES[] = {"", "..", "a/b", "-x", ".a"};
    struct tw_handle *handle = NULL;
    struct tw_token *token;

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        cr_assert_eq(tw_open(NAMES[i], &handle, NULL), TW_E_USAGE);
    cr_assert_eq(tw_open(NULL, &handle, NULL), TW_E_USAGE);
    cr_assert_eq(tw_get(NULL, 0, &token, NULL), TW_E_USAGE);
    cr_assert_str_eq(tw_status_name(TW_E_RETRY), "retry");
    cr_assert_str_eq(tw_status_name(99), "unknown");
}

Test(client, the_last_holder_wipes)
{
    char mark[MARK_LEN + 1] = "";
    struct tw_handle *handle;
    struct tw_token *token, *again;

    if (!WIPES)
        cr_skip_test("the allocator is the sanitizer's");
    write_mark(mark);
    publish_token(mark, 1, 3600, 1000);
    explicit_bzero(mark, sizeof mark);
    cr_assert_eq(count_marks(), 0);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    cr_assert_eq(tw_get(handle, 0, &token, NULL), TW_OK);
    again = tw_token_ref(token);
    tw_token_free(token);
    tw_close(handle);
    cr_assert_eq(count_marks(), 1);
    tw_token_free(again);
    cr_assert_eq(count_marks(), 0);
}
