/* SPDX-License-Identifier: MIT */
/*
 * module-lack-t.c - what the host is short of is no fault of a provider.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "helper/module/module.h"

#define ROOM_ENOUGH 16

static struct rlimit before;

static void
allow(rlim_t descriptors)
{
    const struct rlimit limit = {.rlim_cur = descriptors,
                                 .rlim_max = before.rlim_max};

    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Wherever on the way they end. */
Test(module_lack, of_descriptors_is_told_as_what_it_is)
{
    const char *given = getenv("TOKENWARD_MODULE_DIR");
    struct modules modules = {.dir = given ? given : "provider/grants/.libs"};
    const struct module *module;
    struct tw_error err = {0};
    int first = open("/dev/null", O_RDONLY | O_CLOEXEC), room = 0;
    enum tw_status status;

    cr_assert_geq(first, 0);
    (void)close(first);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    do {
        allow((rlim_t)(first + room));
        status = modules_get(&modules, "client_credentials", &module, &err);
        if (status)
            cr_expect_eq(status, TW_E_SYSTEM, "room for %d: %s", room,
                         err.message);
    } while (status && ++room < ROOM_ENOUGH);
    cr_expect_eq(status, TW_OK, "%s", err.message);
    cr_expect_geq(room, 2);
    allow(before.rlim_cur);
    modules_clear(&modules);
}
