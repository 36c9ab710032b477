/* SPDX-License-Identifier: MIT */
/*
 * links.c - see links.h.
 *
 * realpath(3) says where it ends and not what was on the way.
 */
#include "helper/serve/links.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as many as the kernel follows */

/* Puts where the link leads, whose name is from @begin to @end of @path, in
 * its place.  False: it is no link, or too long. */
static bool
put_target(char path[static PATH_MAX], size_t *begin, size_t end)
{
    char target[PATH_MAX], after = path[end];
    size_t at, rest_len = strlen(path + end);
    ssize_t n;

    path[end] = '\0';
    n = readlink(path, target, sizeof target);
    path[end] = after;
    at = n > 0 && target[0] == '/' ? 0 : *begin;
    if (n <= 0 || at + (size_t)n + rest_len >= PATH_MAX)
        return false;
    memmove(path + at + n, path + end, rest_len + 1);
    memcpy(path + at, target, (size_t)n);
    *begin = at;
    return true;
}

void
links_follow(const char *path, links_told *told, void *arg)
{
    char at[PATH_MAX], link[PATH_MAX];
    size_t begin = 0, end;
    int links = 0;

    if (strlen(path) >= sizeof at)
        return;
    (void)strcpy(at, path);
    for (;;) {
        begin += strspn(at + begin, "/");
        end = begin + strcspn(at + begin, "/");
        if (end == begin)
            break;
        (void)snprintf(link, sizeof link, "%.*s", (int)end, at);
        if (!put_target(at, &begin, end)) {
            begin = end;
            continue;
        }
        told(arg, link);
        if (++links == LINKS_MAX)
            return;
    }
    if (links)
        told(arg, at);
}
