/* SPDX-License-Identifier: MIT */
/*
 * storing.c - see storing.h.
 */
#include "tests/unit/storing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char storing_top[64], storing_root[80];

void
storing_set_up(void)
{
    strcpy(storing_top, "/tmp/tokenward-store.XXXXXX");
    cr_assert_not_null(mkdtemp(storing_top));
    (void)snprintf(storing_root, sizeof storing_root, "%s/tokenward",
                   storing_top);
}

void
storing_tear_down(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf %s", storing_top);
    (void)!system(command);
}

const char *
in_profile(const char *file)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/p/%s", storing_root, file);
    return path;
}

struct record
a_record(const char *token, int64_t generation)
{
    struct now now = clock_now();

    return (struct record){.profile = "p",
                           .generation = generation,
                           .token_type = "Bearer",
                           .token = token,
                           .token_len = token ? strlen(token) : 0,
                           .issued_at = now.wall,
                           .expires = moment_after(now, 100),
                           .lifetime = 100,
                           .refresh_at = now.wall + 75};
}

void
open_both(struct store *store, struct store_profile *place)
{
    struct tw_error err = {0};

    cr_assert_eq(store_open(storing_root, false, store, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(store_enter(store, "p", place, &err), TW_OK, "%s",
                 err.message);
}

void
check_published(const struct store_profile *place, const char *token,
                int64_t generation)
{
    AUTO_RECORD kept = RECORD_INIT;

    cr_assert_eq(store_record(place, &kept, NULL), TW_OK);
    cr_assert_str_eq(kept.token, token);
    cr_assert_eq(kept.generation, generation);
}
