/* SPDX-License-Identifier: MIT */
/*
 * client-t.c - libtokenward over records that the test publishes itself.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/replace.h"
#include "provider/base/epoch.h"
#include "provider/base/record.h"

#define THREADS 8
#define GETS 20000
#define REWRITES 300

static char top[64];
static int root = -1, place = -1;

static void
set_up(void)
{
    char path[128];

    strcpy(top, "/tmp/tokenward-client.XXXXXX");
    cr_assert(mkdtemp(top));
    (void)snprintf(path, sizeof path, "%s/tokenward", top);
    cr_assert_eq(mkdir(path, 0700), 0);
    root = open(path, O_RDONLY | O_DIRECTORY);
    cr_assert_eq(mkdirat(root, "p", 0700), 0);
    place = openat(root, "p", O_RDONLY | O_DIRECTORY);
    (void)setenv("XDG_RUNTIME_DIR", top, 1);
    (void)setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    (void)setenv("TOKENWARD_HELPER", "/bin/false", 1);
}

static void
tear_down(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf %s", top);
    (void)!system(command);
}

TestSuite(client, .init = set_up, .fini = tear_down, .timeout = 120);

/* Token and scope of one generation go together, so a mix would show. */
static void
publish(int64_t generation, int64_t lifetime)
{
    AUTO_SECRET text = SECRET_INIT(RECORD_MAX);
    struct now now = clock_now();
    char token[64], scope[64];
    struct record record = {.profile = "p",
                            .generation = generation,
                            .token_type = "Bearer",
                            .token = token,
                            .scope = scope,
                            .issued_at = now.wall,
                            .expires = moment_after(now, lifetime),
                            .lifetime = lifetime > 0 ? lifetime : 1,
                            .refresh_at = now.wall + 1000};

    (void)snprintf(token, sizeof token, "token-%ld", (long)generation);
    (void)snprintf(scope, sizeof scope, "scope-%ld", (long)generation);
    cr_assert(record_format(&record, &text));
    cr_assert_eq(
        replace_file(place, "record", 0600, text.bytes, text.len, NULL),
        TW_OK);
    epoch_bump(root, 0600);
}

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

    publish(1, 3600);
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

    publish(1, 3600);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int64_t generation = 2; generation < 50; generation++) {
        char value[64];

        publish(generation, 3600);
        (void)snprintf(value, sizeof value, "token-%ld", (long)generation);
        for (int i = 0; i < 5; i++)
            expect(handle, value);
    }
    tw_close(handle);
}

Test(client, in_hand_it_needs_no_file)
{
    struct tw_handle *handle;

    publish(1, 3600);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int i = 0; i < 3; i++)
        expect(handle, "token-1");
    cr_assert_eq(unlinkat(place, "record", 0), 0);
    expect(handle, "token-1");
    tw_close(handle);
}

Test(client, a_dead_token_is_never_given)
{
    struct tw_handle *handle;
    struct tw_token *token = NULL;
    struct tw_error err = {0};

    publish(1, -5);
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
    publish(1, 3600);
    cr_assert_eq(fchmodat(place, "record", 0644, 0), 0);
    cr_assert_neq(tw_get(handle, 0, &token, NULL), TW_OK);
    cr_assert_eq(renameat(place, "record", place, "real"), 0);
    cr_assert_eq(fchmodat(place, "real", 0600, 0), 0);
    cr_assert_eq(symlinkat("real", place, "record"), 0);
    cr_assert_neq(tw_get(handle, 0, &token, NULL), TW_OK);
    cr_assert_eq(unlinkat(place, "record", 0), 0);
    cr_assert_eq(mkfifoat(place, "record", 0600), 0);
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

static atomic_int failures;

static void *
get_many(void *handle)
{
    for (int i = 0; i < GETS; i++) {
        struct tw_token *token;

        if (tw_get(handle, 0, &token, NULL)) {
            failures++;
            continue;
        }
        if (strcmp(tw_token_value(token) + strlen("token-"),
                   tw_token_scope(token) + strlen("scope-")) != 0)
            failures++;
        tw_token_free(token);
    }
    return NULL;
}

Test(client, threads_share_a_handle_while_records_change)
{
    struct tw_handle *handle;
    pthread_t threads[THREADS];

    publish(1, 3600);
    cr_assert_eq(tw_open("p", &handle, NULL), TW_OK);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, get_many, handle), 0);
    for (int64_t generation = 2; generation < REWRITES; generation++)
        publish(generation, 3600);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    cr_assert_eq(failures, 0);
    tw_close(handle);
}
