/* SPDX-License-Identifier: MIT */
/*
 * torn-t.c - readers against a writer that never rests: every read is one
 * whole record, of one generation.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "provider/base/record.h"
#include "tests/unit/figure.h"
#include "tests/unit/published.h"

#define READERS 4
#define READS 250000 /* by each */
#define REWRITES 10000
#define LONG 30000

static atomic_int torn;
static atomic_bool ended;

TestSuite(torn, .init = published_set_up, .fini = published_tear_down,
          .timeout = 300);

/* Short and long ones in turn, each made of one letter only. */
static void
publish_letter(int64_t generation)
{
    static char token[LONG + 1];
    size_t n = generation % 2 ? LONG : 100;

    memset(token, 'a' + (int)(generation % 26), n);
    token[n] = '\0';
    publish_token(token, generation, 3600, 1000);
}

static bool
is_whole(const struct record *record)
{
    char letter = (char)('a' + record->generation % 26), scope[32];

    (void)snprintf(scope, sizeof scope, "scope-%ld", (long)record->generation);
    return strcmp(record->scope, scope) == 0 &&
           record->token_len == (record->generation % 2 ? LONG : 100) &&
           record->token[0] == letter &&
           record->token[record->token_len - 1] == letter;
}

static void *
read_many(void *unused)
{
    (void)unused;
    for (int i = 0; i < READS; i++) {
        AUTO_RECORD record = RECORD_INIT;

        torn += record_read(published_place, "record", geteuid(), true,
                            &record, NULL) != TW_OK ||
                !is_whole(&record);
    }
    return NULL;
}

static void *
rewrite(void *count)
{
    int64_t generation = 1;

    while (!ended || generation <= REWRITES)
        publish_letter(++generation);
    *(int64_t *)count = generation;
    return NULL;
}

Test(torn, a_million_reads_against_ten_thousand_rewrites)
{
    pthread_t readers[READERS], writer;
    int64_t rewrites = 0;

    publish_letter(1);
    cr_assert_eq(pthread_create(&writer, NULL, rewrite, &rewrites), 0);
    for (int i = 0; i < READERS; i++)
        cr_assert_eq(pthread_create(&readers[i], NULL, read_many, NULL), 0);
    for (int i = 0; i < READERS; i++)
        (void)pthread_join(readers[i], NULL);
    ended = true;
    (void)pthread_join(writer, NULL);
    figure("torn-read %d of %d reads against %ld rewrites", torn,
           READERS * READS, (long)rewrites);
    cr_assert_eq(torn, 0);
    cr_assert_geq(rewrites, REWRITES);
}
