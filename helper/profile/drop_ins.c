/* SPDX-License-Identifier: MIT */
/*
 * drop_ins.c - see drop_ins.h.
 */
#include "helper/profile/drop_ins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "provider/base/text.h"

void
drop_ins_clear(struct drop_ins *drop_ins)
{
    for (size_t i = 0; i < drop_ins->count; i++)
        free(drop_ins->names[i]);
    free(drop_ins->names);
    free(drop_ins->misnamed);
    *drop_ins = (struct drop_ins){.names = NULL};
}

static bool
ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);

    return name[0] != '.' && n > m && strcmp(name + n - m, suffix) == 0;
}

bool
drop_ins_takes(const char *name)
{
    return ends_with(name, DROP_IN_SUFFIX);
}

static bool
add_name(struct drop_ins *drop_ins, const char *name)
{
    if (drop_ins->count == drop_ins->capacity) {
        size_t capacity = drop_ins->capacity ? drop_ins->capacity * 2 : 32;
        char **larger =
            reallocarray(drop_ins->names, capacity, sizeof *larger);

        if (!larger)
            return false;
        drop_ins->names = larger;
        drop_ins->capacity = capacity;
    }
    drop_ins->names[drop_ins->count] = strdup(name);
    return drop_ins->names[drop_ins->count++] != NULL;
}

static int
compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum tw_status
drop_ins_list(int fd, const char *path, size_t max, struct drop_ins *out,
              struct tw_error *err)
{
    AUTO_CLOSE int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    AUTO_CLOSEDIR DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;

    if (!dir)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", path);
    copy = -1;
    for (errno = 0; (entry = readdir(dir)); errno = 0) {
        if (!out->misnamed && ends_with(entry->d_name, MISNAMED_SUFFIX) &&
            text_is_line(entry->d_name, strlen(entry->d_name)) &&
            !(out->misnamed = strdup(entry->d_name)))
            return tw_no_memory(err);
        if (!drop_ins_takes(entry->d_name))
            continue;
        if (out->count == max)
            return tw_fail(err, TW_E_CONFIG,
                           "%s: more than %zu files; put several profiles "
                           "into one",
                           path, max);
        if (!add_name(out, entry->d_name))
            return tw_no_memory(err);
    }
    if (errno)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", path);
    if (out->count)
        qsort(out->names, out->count, sizeof *out->names, compare);
    return TW_OK;
}
