/* SPDX-License-Identifier: MIT */
/*
 * criterion.h - as much of Criterion as our unit tests use, in its place where
 * it cannot run: under ThreadSanitizer and valgrind, which bear neither its
 * arena at a fixed address nor its processes.  plain.c runs the tests, each in
 * a fork, and speaks TAP.
 */
#ifndef TW_TESTS_PLAIN_CRITERION_H
#define TW_TESTS_PLAIN_CRITERION_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plain_options {
    void (*init)(void), (*fini)(void);
    double timeout; /* is the harness's to keep */
};

struct plain_test {
    const char *suite, *name;
    void (*run)(void); /* NULL: it is the suite */
    struct plain_options options;
    struct plain_test *next;
};

void plain_add(struct plain_test *test);

/* plain_check: says where it did not hold; ends the test if it is @fatal. */
void plain_check(bool holds, bool fatal, const char *file, int line,
                 const char *what);
_Noreturn void plain_skip(void);

static inline bool
plain_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

#define PLAIN_ADD(id, suite_, name_, run_, ...)                   \
    static void __attribute__((constructor)) plain_add_##id(void) \
    {                                                             \
        static struct plain_test test = {                         \
            suite_, name_, run_, {__VA_ARGS__}, NULL};            \
                                                                  \
        plain_add(&test);                                         \
    }                                                             \
    struct plain_test
#define TestSuite(suite, ...) PLAIN_ADD(suite, #suite, NULL, NULL, __VA_ARGS__)
#define Test(suite, name, ...)                                     \
    static void suite##_##name##_run(void);                        \
    PLAIN_ADD(suite##_##name, #suite, #name, suite##_##name##_run, \
              __VA_ARGS__);                                        \
    static void suite##_##name##_run(void)

#define PLAIN(fatal, condition) \
    plain_check(condition, fatal, __FILE__, __LINE__, #condition)
#define cr_assert(condition, ...) PLAIN(true, (condition) ? true : false)
#define cr_assert_not(condition, ...) PLAIN(true, !(condition))
#define cr_assert_eq(a, b, ...) PLAIN(true, (a) == (b))
#define cr_assert_neq(a, b, ...) PLAIN(true, (a) != (b))
#define cr_assert_lt(a, b, ...) PLAIN(true, (a) < (b))
#define cr_assert_leq(a, b, ...) PLAIN(true, (a) <= (b))
#define cr_assert_gt(a, b, ...) PLAIN(true, (a) > (b))
#define cr_assert_geq(a, b, ...) PLAIN(true, (a) >= (b))
#define cr_assert_null(a, ...) PLAIN(true, (a) == NULL)
#define cr_assert_not_null(a, ...) PLAIN(true, (a) != NULL)
#define cr_assert_str_eq(a, b, ...) PLAIN(true, plain_same(a, b))
#define cr_assert_str_empty(a, ...) PLAIN(true, plain_same(a, ""))
#define cr_expect(condition, ...) PLAIN(false, (condition) ? true : false)
#define cr_expect_not(condition, ...) PLAIN(false, !(condition))
#define cr_expect_eq(a, b, ...) PLAIN(false, (a) == (b))
#define cr_expect_neq(a, b, ...) PLAIN(false, (a) != (b))
#define cr_expect_lt(a, b, ...) PLAIN(false, (a) < (b))
#define cr_expect_leq(a, b, ...) PLAIN(false, (a) <= (b))
#define cr_expect_gt(a, b, ...) PLAIN(false, (a) > (b))
#define cr_expect_geq(a, b, ...) PLAIN(false, (a) >= (b))
#define cr_expect_null(a, ...) PLAIN(false, (a) == NULL)
#define cr_expect_not_null(a, ...) PLAIN(false, (a) != NULL)
#define cr_expect_str_eq(a, b, ...) PLAIN(false, plain_same(a, b))
#define cr_expect_str_neq(a, b, ...) PLAIN(false, !plain_same(a, b))
#define cr_expect_arr_eq(a, b, n, ...) PLAIN(false, memcmp(a, b, n) == 0)
#define cr_skip(...) plain_skip()
#define cr_skip_test(...) plain_skip()

#endif
