/* SPDX-License-Identifier: MIT */
/*
 * environment-t.c - what stays in the environment, and what is put aside.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/base/environment.h"

static char secret_variable[] = "ACME_SECRET=s3cret";

/* At file scope, so that the texts live as long as the array. */
static char *variables[] = {secret_variable,
                            (char[]){"PATH=/usr/bin"},
                            (char[]){"PATH=/second"},
                            (char[]){"HOME=/home/u"},
                            (char[]){"TOKENWARD_X=1"},
                            (char[]){"TOKENWAR=1"},
                            (char[]){"https_proxy=http://p"},
                            (char[]){"NO_PROXY=*"},
                            (char[]){"HTTP_PROXY=http://cgi"},
                            (char[]){"http_proxy=http://p"},
                            (char[]){"SSLKEYLOGFILE=/tmp/x"},
                            (char[]){"OPENSSL_CONF=/tmp/x"},
                            (char[]){"LD_PRELOAD=/tmp/x"},
                            (char[]){"PATHX=1"},
                            (char[]){"HOME"},
                            (char[]){"XDG_RUNTIME_DIR=/run/user/1"},
                            (char[]){"CREDENTIALS_DIRECTORY=/run/c"},
                            NULL};

static void
setup(void)
{
    environ = variables;
}

TestSuite(environment, .init = setup);

static void
expect_allowed(const struct environment *environment,
               const char *const *expected)
{
    size_t i = 0;

    for (; environment->allowed[i] && expected[i]; i++)
        cr_expect_str_eq(environment->allowed[i], expected[i]);
    cr_expect_null(environment->allowed[i]);
    cr_expect_null(expected[i]);
    cr_expect_eq(environ, environment->allowed);
}

Test(environment, of_a_user)
{
    static const char *const EXPECTED[] = {"PATH=/usr/bin",
                                           "HOME=/home/u",
                                           "TOKENWARD_X=1",
                                           "https_proxy=http://p",
                                           "NO_PROXY=*",
                                           "XDG_RUNTIME_DIR=/run/user/1",
                                           "CREDENTIALS_DIRECTORY=/run/c",
                                           NULL};
    struct environment environment = {0};

    cr_assert_eq(environment_settle(false, &environment, NULL), TW_OK);
    expect_allowed(&environment, EXPECTED);
    cr_expect_str_eq(environment_get(&environment, "ACME_SECRET"), "s3cret");
    cr_expect_str_eq(environment_get(&environment, "PATH"), "/usr/bin");
    cr_expect_null(environment_get(&environment, "ACME"));
    cr_expect_null(environment_get(&environment, "HOME="));
    cr_expect_null(getenv("ACME_SECRET"));
    cr_expect_null(getenv("SSLKEYLOGFILE"));
    cr_expect_str_eq(getenv("PATH"), "/usr/bin");
    environment_clear(&environment);
    cr_expect_null(environ);
    cr_expect_null(environment.given);
}

Test(environment, of_the_system_has_no_proxies)
{
    static const char *const EXPECTED[] = {"PATH=/usr/bin",
                                           "HOME=/home/u",
                                           "TOKENWARD_X=1",
                                           "XDG_RUNTIME_DIR=/run/user/1",
                                           "CREDENTIALS_DIRECTORY=/run/c",
                                           NULL};
    struct environment environment = {0};

    cr_assert_eq(environment_settle(true, &environment, NULL), TW_OK);
    expect_allowed(&environment, EXPECTED);
    environment_clear(&environment);
}

/* /proc/PID/environ shows where they came from. */
Test(environment, leaves_no_second_copy)
{
    struct environment environment = {0};

    cr_assert_eq(environment_settle(false, &environment, NULL), TW_OK);
    cr_expect_arr_eq(secret_variable, "ACME_SECRET\0\0\0\0\0\0\0",
                     sizeof secret_variable);
    environment_clear(&environment);
}

Test(environment, may_be_empty)
{
    struct environment environment = {0};

    environ = NULL;
    cr_assert_eq(environment_settle(false, &environment, NULL), TW_OK);
    cr_expect_null(environment.allowed[0]);
    cr_expect_null(environment_get(&environment, "PATH"));
    environment_clear(&environment);
}
