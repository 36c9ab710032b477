/* SPDX-License-Identifier: MIT */
/*
 * quota.c - see quota.h.
 *
 * The file is a ring of lines of one length, each the time of one fetch; a
 * fetch writes its line over one that no longer counts, by one pwrite(2), so
 * whatever is killed at any moment at worst leaves a line that is none.
 * A time ahead of the clock (which was set back) counts as now, and is
 * corrected: else a wrong clock would forbid fetches for years.
 */
#include "helper/store/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "helper/base/own_directory.h"
#include "helper/store/state.h"
#include "provider/base/date.h"
#include "provider/base/text.h"

#define NAME_PREFIX STATE_FETCHES_PREFIX
#define LINE 16 /* bytes, with its end */
#define LINES_MAX PROFILE_FETCHES_MAX

/* The fetches that are known, in the file's order; 0: none. */
struct ring {
    int fd;
    size_t count;
    int64_t times[LINES_MAX];
};

static bool
is_ours(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_uid == geteuid() && st.st_nlink == 1 &&
           !(st.st_mode & (S_IRWXG | S_IRWXO));
}

static enum tw_status
open_ring(const struct profile *profile, bool system, struct ring *ring,
          struct tw_error *err)
{
    AUTO_CLOSE int dir = -1;
    AUTO_CLOSE int fd = -1;
    char path[PATH_MAX], name[sizeof NAME_PREFIX + PROFILE_NAME_MAX];
    const struct own_directory state = {
        .at = AT_FDCWD,
        .name = path,
        .path = path,
        .mode = 0700,
        .forbidden = S_IRWXG | S_IRWXO,
        .lasts = true,
        .else_where = system ? "STATE_DIRECTORY" : "XDG_STATE_HOME"};
    enum tw_status status = state_path(system, path, err);

    if (!status)
        status = own_directory_open(&state, &dir, err);
    if (status)
        return status;
    (void)snprintf(name, sizeof name, NAME_PREFIX "%s", profile->name);
    fd = openat(dir, name,
                O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s/%s", path, name);
    if (!is_ours(fd))
        return tw_fail(err, TW_E_ACCESS,
                       "%s/%s: is not a plain file of ours\n"
                       "see who made it, then remove it",
                       path, name);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return tw_fail(err, TW_E_RETRY,
                       "the fetches of '%s' are being counted by another "
                       "process",
                       profile->name);
    ring->fd = take_fd(&fd);
    return TW_OK;
}

static bool
write_line(const struct ring *ring, size_t i, int64_t when)
{
    char line[32];

    (void)snprintf(line, sizeof line, "%015" PRId64 "\n", when);
    return pwrite(ring->fd, line, LINE, (off_t)(i * LINE)) == LINE;
}

static void
read_ring(struct ring *ring, int64_t now)
{
    char line[LINE + 1] = "";

    for (size_t i = 0; i < LINES_MAX; i++) {
        int64_t when = 0;

        if (pread(ring->fd, line, LINE, (off_t)(i * LINE)) != LINE)
            break;
        ring->count = i + 1;
        if (line[LINE - 1] != '\n')
            continue;
        line[LINE - 1] = '\0';
        if (!text_to_int64(line, &when) || when < 0)
            continue;
        ring->times[i] = when;
        if (when > now) {
            ring->times[i] = now;
            (void)write_line(ring, i, now); /* who only looks cannot */
        }
    }
}

static int
compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* What is the same in each second is told apart from what is not. */
static enum tw_status
refuse(const struct profile *profile, int64_t next, int64_t now,
       struct tw_error *err)
{
    const struct profile_request *request = &profile->request;
    char text[DATE_MAX];

    date_text(next, ' ', text);
    return tw_fail(err, TW_E_RETRY,
                   "%s:%u: profile '%s': max_fetches is used up: %d in the "
                   "last %jd s\nthe next fetch is allowed in %jd s, at %s",
                   profile->file, request->max_fetches_line, profile->name,
                   request->max_fetches, (intmax_t)request->max_fetches_s,
                   (intmax_t)(next - now), text);
}

/* TW_E_RETRY: there are as many as there may be, until @next. */
static enum tw_status
check_count(const struct profile *profile, const struct ring *ring,
            int64_t now, int64_t *next, struct tw_error *err)
{
    const struct profile_request *request = &profile->request;
    int64_t counted[LINES_MAX] = {0};
    size_t count = 0;

    for (size_t i = 0; i < ring->count; i++) {
        if (ring->times[i] > now - request->max_fetches_s)
            counted[count++] = ring->times[i];
    }
    qsort(counted, count, sizeof *counted, compare);
    if (count < (size_t)request->max_fetches)
        return TW_OK;
    *next =
        counted[count - (size_t)request->max_fetches] + request->max_fetches_s;
    return refuse(profile, *next, now, err);
}

/* The first line that no longer counts, or a new one behind the last. */
static size_t
find_free(const struct ring *ring, int64_t since)
{
    size_t i = 0;

    while (i < ring->count && ring->times[i] > since)
        i++;
    return i;
}

static void
auto_ring(struct ring *ring)
{
    if (ring->fd >= 0)
        (void)close(ring->fd);
}

enum tw_status
quota_take(const struct profile *profile, bool system, int64_t now,
           struct tw_error *err)
{
    AUTO(auto_ring) struct ring ring = {.fd = -1};
    int64_t since = now - profile->request.max_fetches_s, next;
    enum tw_status status = open_ring(profile, system, &ring, err);

    if (status)
        return status;
    read_ring(&ring, now);
    status = check_count(profile, &ring, now, &next, err);
    if (status)
        return status;
    if (!write_line(&ring, find_free(&ring, since), now) ||
        fdatasync(ring.fd) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno,
                             "the fetches of '%s' cannot be counted, so none "
                             "is made",
                             profile->name);
    return TW_OK;
}

enum tw_status
quota_look(const struct profile *profile, bool system, int64_t now,
           int64_t *next, struct tw_error *err)
{
    AUTO(auto_ring) struct ring ring = {.fd = -1};
    char dir[PATH_MAX], path[PATH_MAX + sizeof NAME_PREFIX + PROFILE_NAME_MAX];

    if (!profile->request.max_fetches || state_path(system, dir, NULL))
        return TW_OK;
    (void)snprintf(path, sizeof path, "%s/" NAME_PREFIX "%s", dir,
                   profile->name);
    ring.fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (ring.fd < 0 || !is_ours(ring.fd))
        return TW_OK;
    read_ring(&ring, now);
    return check_count(profile, &ring, now, next, err);
}

void
quota_forget(int state, const char *name)
{
    char file[sizeof NAME_PREFIX + PROFILE_NAME_MAX];

    (void)snprintf(file, sizeof file, NAME_PREFIX "%s", name);
    (void)unlinkat(state, file, 0);
}
