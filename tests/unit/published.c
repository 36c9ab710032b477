/* SPDX-License-Identifier: MIT */
/*
 * published.c - see published.h.
 */
#include "tests/unit/published.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/base/replace.h"
#include "provider/base/epoch.h"
#include "provider/base/record.h"

char published_top[64];
int published_place = -1;
static int root = -1;

void
published_set_up(void)
{
    char path[128];

    strcpy(published_top, "/tmp/tokenward-client.XXXXXX");
    cr_assert(mkdtemp(published_top));
    (void)snprintf(path, sizeof path, "%s/tokenward", published_top);
    cr_assert_eq(mkdir(path, 0700), 0);
    root = open(path, O_RDONLY | O_DIRECTORY);
    cr_assert_eq(mkdirat(root, "p", 0700), 0);
    published_place = openat(root, "p", O_RDONLY | O_DIRECTORY);
    (void)setenv("XDG_RUNTIME_DIR", published_top, 1);
    (void)setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    (void)setenv("TOKENWARD_HELPER", "/bin/false", 1);
}

void
published_tear_down(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf %s", published_top);
    (void)!system(command);
}

void
publish_token(const char *token, int64_t generation, int64_t lifetime,
              int64_t refresh)
{
    AUTO_SECRET text = SECRET_INIT(RECORD_MAX);
    struct now now = clock_now();
    char scope[64];
    struct record record = {.profile = "p",
                            .generation = generation,
                            .token_type = "Bearer",
                            .token = token,
                            .scope = scope,
                            .issued_at = now.wall,
                            .expires = moment_after(now, lifetime),
                            .lifetime = lifetime > 0 ? lifetime : 1,
                            .refresh_at = now.wall + refresh};

    (void)snprintf(scope, sizeof scope, "scope-%ld", (long)generation);
    cr_assert(record_format(&record, &text));
    cr_assert_eq(replace_file(published_place, "record", 0600, text.bytes,
                              text.len, NULL),
                 TW_OK);
    epoch_bump(root, 0600);
}

void
publish(int64_t generation, int64_t lifetime, int64_t refresh)
{
    char token[64];

    (void)snprintf(token, sizeof token, "token-%ld", (long)generation);
    publish_token(token, generation, lifetime, refresh);
}

void
helper_is(const char *script)
{
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/helper", published_top);
    file = fopen(path, "we");
    cr_assert(file);
    (void)fprintf(file, "#!/bin/sh\necho >>%s/starts\n%s\n", published_top,
                  script);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(chmod(path, 0700), 0);
    (void)setenv("TOKENWARD_HELPER", path, 1);
}

int
helper_starts(void)
{
    char path[128];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/starts", published_top);
    return stat(path, &st) == 0 ? (int)st.st_size : 0;
}
