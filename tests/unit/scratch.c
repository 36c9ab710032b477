/* SPDX-License-Identifier: MIT */
/*
 * scratch.c - see scratch.h.
 */
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char root[] = "/tmp/tokenward-test-XXXXXX";

const char *
scratch_path(const char *name)
{
    static char paths[4][PATH_MAX];
    static size_t next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, PATH_MAX, "%s%s%s", root, name[0] ? "/" : "", name);
    return path;
}

void
scratch_put(const char *name, mode_t mode, const char *text, size_t n)
{
    FILE *file;

    (void)unlink(scratch_path(name)); /* it may be read-only */
    file = fopen(scratch_path(name), "w");
    cr_assert(file, "%s", scratch_path(name));
    cr_assert_eq(fwrite(text, 1, n, file), n);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(chmod(scratch_path(name), mode), 0);
}

static struct timespec
time_of_new_file(void)
{
    struct stat st;

    scratch_put(".tick", 0600, "", 0);
    cr_assert_eq(stat(scratch_path(".tick"), &st), 0);
    cr_assert_eq(unlink(scratch_path(".tick")), 0);
    return st.st_mtim;
}

void
scratch_tick(void)
{
    const struct timespec before = time_of_new_file();
    struct timespec now;

    do
        now = time_of_new_file();
    while (now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void
scratch_make(void)
{
    (void)umask(022);
    cr_assert(mkdtemp(root));
    cr_assert_eq(chmod(root, 0755), 0);
}

void
scratch_remove(void)
{
    (void)!seteuid(getuid());
    (void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
scratch_expand(const char *text, char *out, size_t size)
{
    size_t used = 0;

    while (*text && used + sizeof root < size) {
        if (text[0] == '%' && text[1] == 's') {
            memcpy(out + used, root, sizeof root - 1);
            used += sizeof root - 1;
            text += 2;
        } else {
            out[used++] = *text++;
        }
    }
    out[used] = '\0';
}
