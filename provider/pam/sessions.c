/* SPDX-License-Identifier: MIT */
/*
 * sessions.c - see sessions.h; proc(5).
 */
#include "provider/pam/sessions.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>

#include <security/pam_ext.h>

#include "provider/base/clock.h"
#include "provider/base/text.h"
#include "provider/pam/place.h"

#define SESSIONS_DIR ".sessions" /* no number, so nobody's directory */
#define MANAGER_SERVICE "systemd-user"
#define STAT_MAX 1024
#define STARTTIME_FIELD 22
#define AGAIN_MS 10

/* The kernel's line about @pid; the name in it may hold anything. */
static bool
start_time(pid_t pid, char *out, size_t size)
{
    char path[40], line[STAT_MAX];
    AUTO_CLOSE int fd = -1;
    const char *at;
    ssize_t got;
    size_t n;

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    got = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
    if (got <= 0)
        return false;
    line[got] = '\0';
    at = strrchr(line, ')');
    for (int field = 2; at && field < STARTTIME_FIELD; field++)
        at = strchr(at + 1, ' ');
    n = at ? strspn(at + 1, "0123456789") : 0;
    if (n == 0 || n >= size)
        return false;
    memcpy(out, at + 1, n);
    out[n] = '\0';
    return true;
}

static bool
name_process(pid_t pid, char out[SESSION_NAME_MAX])
{
    char started[24];

    if (!start_time(pid, started, sizeof started))
        return false;
    (void)snprintf(out, SESSION_NAME_MAX, "%ld.%s", (long)pid, started);
    return true;
}

bool
sessions_name(char out[SESSION_NAME_MAX])
{
    return name_process(getpid(), out);
}

static bool
is_alive(const char *name)
{
    char now[SESSION_NAME_MAX];
    char *end = NULL;
    long pid = strtol(name, &end, 10);

    return pid > 0 && end && *end == '.' && name_process((pid_t)pid, now) &&
           strcmp(now, name) == 0;
}

bool
sessions_counts(const pam_handle_t *pamh)
{
    const void *service = NULL;

    return pam_get_item(pamh, PAM_SERVICE, &service) != PAM_SUCCESS ||
           !service || strcmp(service, MANAGER_SERVICE) != 0;
}

int
sessions_open(pam_handle_t *pamh, const struct person *person, int users)
{
    AUTO_CLOSE int all = -1;
    AUTO_CLOSE int fd = -1;
    char name[24];

    if (users < 0)
        return -1;
    (void)text_put_unsigned(name, person->uid, 1);
    all = place_own_directory(users, SESSIONS_DIR, 0, 0, 0700);
    if (all >= 0)
        fd = place_own_directory(all, name, 0, 0, 0700);
    if (fd < 0)
        pam_syslog(pamh, LOG_ERR, "sessions cannot be counted: %m");
    return take_fd(&fd);
}

bool
sessions_lock(int sessions, int64_t deadline_ms)
{
    while (flock(sessions, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK || clock_monotonic_ms() >= deadline_ms)
            return false;
        (void)poll(NULL, 0, AGAIN_MS);
    }
    return true;
}

bool
sessions_add(int sessions, const char *name)
{
    AUTO_CLOSE int fd =
        openat(sessions, name,
               O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

    return fd >= 0;
}

/* @visit for each entry until it returns false; whether all were visited. */
static bool
each(int sessions, bool (*visit)(void *arg, int sessions, const char *name),
     void *arg)
{
    AUTO_CLOSEDIR DIR *entries = NULL;
    AUTO_CLOSE int own = openat(sessions, ".", O_RDONLY | O_CLOEXEC);
    const struct dirent *entry;
    unsigned count = 0;

    if (own < 0 || !(entries = fdopendir(own)))
        return false;
    (void)take_fd(&own);
    while (count++ < SESSIONS_MAX && (entry = readdir(entries))) {
        if (entry->d_name[0] != '.' && !visit(arg, sessions, entry->d_name))
            return false;
    }
    return true;
}

/* Its process is gone, and has been for so long that nobody closes it. */
static bool
is_lost(int sessions, const char *name)
{
    struct stat st;

    return fstatat(sessions, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           st.st_mtime < time(NULL) - SESSION_DEAD_S && !is_alive(name);
}

/* One that is lost is not the one that ends now. */
static bool
remove_dead(void *arg, int sessions, const char *name)
{
    (void)arg;
    return is_alive(name) || is_lost(sessions, name) ||
           unlinkat(sessions, name, 0) < 0;
}

void
sessions_remove(int sessions, const char *name)
{
    if (unlinkat(sessions, name, 0) < 0)
        (void)each(sessions, remove_dead, NULL);
}

static bool
count_one(void *arg, int sessions, const char *name)
{
    unsigned *count = arg;

    if (is_lost(sessions, name))
        (void)unlinkat(sessions, name, 0);
    else
        (*count)++;
    return true;
}

unsigned
sessions_count(int sessions)
{
    unsigned count = 0;

    (void)each(sessions, count_one, &count);
    return count;
}
