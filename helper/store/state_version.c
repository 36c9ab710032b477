/* SPDX-License-Identifier: MIT */
/*
 * state_version.c - see state_version.h.  Only the first line counts, for what
 * stands behind it may be in any format, and of any length.
 */
#include "helper/store/state_version.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "helper/store/state_text.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

#define KEY STATE_TEXT_KEY "="
#define LINE_MAX_BYTES 64

/* @line has no LF and is no more than the key where a write was cut. */
static bool
is_later(const char *line)
{
    int64_t version;

    return strncmp(line, KEY, strlen(KEY)) == 0 &&
           text_to_int64(line + strlen(KEY), &version) &&
           version > STATE_TEXT_VERSION;
}

enum tw_status
state_version_check(int dir, const char *name, const char *path,
                    struct tw_error *err)
{
    AUTO_CLOSE int fd =
        openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char line[LINE_MAX_BYTES + 1];
    ssize_t got = fd < 0 ? -1 : pread(fd, line, LINE_MAX_BYTES, 0);
    char *stop = got > 0 ? memchr(line, '\n', (size_t)got) : NULL;

    if (!stop)
        return TW_OK;
    *stop = '\0';
    if (strlen(line) != (size_t)(stop - line) || !is_later(line))
        return TW_OK;
    return tw_fail(err, TW_E_ACCESS,
                   "%s/%s: was written by a later version of tokenward, and "
                   "is left as it is\n"
                   "install that version again, or remove the file and log in "
                   "anew",
                   path, name);
}
