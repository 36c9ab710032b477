/* SPDX-License-Identifier: MIT */
/*
 * plain.c - see criterion/criterion.h.
 */
#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIPPED 77

static struct plain_test *tests, *suites;
static int failures;

/* In the order of the file: constructors run in it. */
void
plain_add(struct plain_test *test)
{
    struct plain_test **at = test->run ? &tests : &suites;

    while (*at)
        at = &(*at)->next;
    *at = test;
}

void
plain_check(bool holds, bool fatal, const char *file, int line,
            const char *what)
{
    if (holds)
        return;
    failures++;
    (void)printf("# %s:%d: %s\n", file, line, what);
    if (fatal)
        exit(1);
}

void
plain_skip(void)
{
    exit(SKIPPED);
}

static const struct plain_options *
options_of(const struct plain_test *test)
{
    static const struct plain_options NONE;

    for (const struct plain_test *suite = suites; suite; suite = suite->next) {
        if (strcmp(suite->suite, test->suite) == 0)
            return &suite->options;
    }
    return &NONE;
}

_Noreturn static void
run(const struct plain_test *test)
{
    const struct plain_options *of_suite = options_of(test);
    void (*init)(void) =
        test->options.init ? test->options.init : of_suite->init;
    void (*fini)(void) =
        test->options.fini ? test->options.fini : of_suite->fini;

    if (init)
        init();
    test->run();
    if (fini)
        fini();
    exit(failures > 0);
}

/* The status of the fork; 128 and more: it was killed. */
static int
run_forked(const struct plain_test *test)
{
    int status;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0)
        run(test);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
main(void)
{
    int number = 0, failed = 0;

    for (const struct plain_test *test = tests; test; test = test->next) {
        int status = run_forked(test);

        failed += status != 0 && status != SKIPPED;
        (void)printf("%sok %d - %s::%s%s",
                     status && status != SKIPPED ? "not " : "", ++number,
                     test->suite, test->name,
                     status == SKIPPED ? " # SKIP\n" : "");
        if (status != SKIPPED)
            (void)printf(status ? " (status %d)\n" : "\n", status);
    }
    (void)printf("1..%d\n", number);
    return failed > 0;
}
