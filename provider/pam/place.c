/* SPDX-License-Identifier: MIT */
/*
 * place.c - see place.h.  Each step is one name below a directory that was
 * opened and checked; /run/tokenward is the service user's, who could put
 * anything there, so what lies below must be root's.
 */
#include "provider/pam/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include <security/pam_ext.h>
#include <security/pam_modutil.h>

#include "provider/base/text.h"

#define MANAGER_DIR "/run/user"

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static void
name_of(const struct person *person, char out[24])
{
    (void)text_put_unsigned(out, person->uid, 1);
}

/* A directory where only @owner or root writes; sets errno when it is not. */
static bool
is_safe(int fd, uid_t owner)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return false;
    if (S_ISDIR(st.st_mode) && (st.st_uid == owner || st.st_uid == 0) &&
        !(st.st_mode & OTHERS_WRITE))
        return true;
    errno = EPERM;
    return false;
}

int
place_own_directory(int dir, const char *name, uid_t owner, gid_t group,
                    mode_t mode)
{
    bool made = mkdirat(dir, name, 0700) == 0;
    AUTO_CLOSE int fd = -1;
    struct stat st;

    if (!made && errno != EEXIST)
        return -1;
    fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -1;
    /* What a process left that was killed between mkdir(2) and chown(2). */
    if (st.st_uid == geteuid() && (st.st_mode & 07777) == 0700)
        made = true;
    if (made && (fchown(fd, owner, group) < 0 || fchmod(fd, mode) < 0 ||
                 fstat(fd, &st) < 0))
        return -1;
    if (st.st_uid != owner || (st.st_mode & 07777 & ~mode)) {
        errno = EPERM;
        return -1;
    }
    return take_fd(&fd);
}

int
place_users(pam_handle_t *pamh)
{
    const struct passwd *service;
    AUTO_CLOSE int run = -1;
    AUTO_CLOSE int system = -1;
    const char *slash = strrchr(TW_SYSTEM_RUNTIME_DIR, '/');
    char above[sizeof TW_SYSTEM_RUNTIME_DIR];
    uid_t owner = 0;
    int fd = -1;

    if (geteuid() != 0)
        return -1;
    service = pam_modutil_getpwnam(pamh, TW_SERVICE_USER);
    if (service)
        owner = service->pw_uid;
    (void)snprintf(above, sizeof above, "%.*s",
                   (int)(slash - TW_SYSTEM_RUNTIME_DIR),
                   TW_SYSTEM_RUNTIME_DIR);
    run = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run >= 0 && is_safe(run, 0)) {
        if (mkdirat(run, slash + 1, 0700) == 0) {
            system = place_own_directory(run, slash + 1, owner,
                                         service ? service->pw_gid : 0, 0755);
        } else if (errno == EEXIST) {
            system = openat(run, slash + 1,
                            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        }
    }
    if (system >= 0 && is_safe(system, owner))
        fd = place_own_directory(system, "user", 0, 0, 0755);
    if (fd < 0)
        pam_syslog(pamh, LOG_ERR,
                   TW_SYSTEM_RUNTIME_DIR "/user: is no directory of root's, "
                                         "closed to others: %m");
    return fd;
}

/* AT_STATX_DONT_SYNC: a file system of the user's (FUSE) that lies there is
 * not asked, and cannot keep us waiting. */
static bool
has_manager(const struct person *person, char out[64])
{
    AUTO_CLOSE int dir = open(MANAGER_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char name[24];
    struct statx st;

    name_of(person, name);
    if (dir < 0 || !is_safe(dir, 0) ||
        statx(dir, name,
              AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
              STATX_TYPE | STATX_MODE | STATX_UID, &st) < 0 ||
        !S_ISDIR(st.stx_mode) || st.stx_uid != person->uid ||
        (st.stx_mode & OTHERS_WRITE))
        return false;
    (void)snprintf(out, 64, MANAGER_DIR "/%s", name);
    return true;
}

bool
place_find(pam_handle_t *pamh, const struct person *person, int users,
           bool make, struct place *out)
{
    AUTO_CLOSE int fd = -1;
    struct place place = {0};
    struct stat st;
    char name[24];

    *out = place;
    if (has_manager(person, place.manager)) {
        (void)snprintf(place.tokens, sizeof place.tokens, "%s/tokenward",
                       place.manager);
        *out = place;
        return true;
    }
    name_of(person, name);
    if (users < 0 ||
        (!make && fstatat(users, name, &st, AT_SYMLINK_NOFOLLOW) < 0))
        return false;
    fd = place_own_directory(users, name, person->uid, person->gid, 0700);
    if (fd < 0) {
        pam_syslog(pamh, LOG_ERR,
                   TW_SYSTEM_RUNTIME_DIR "/user/%s: is no directory of that "
                                         "user's, closed to others: %m",
                   name);
        return false;
    }
    (void)snprintf(place.tokens, sizeof place.tokens,
                   TW_SYSTEM_RUNTIME_DIR "/user/%s", name);
    *out = place;
    return true;
}

void
place_leave(const struct person *person, int users)
{
    char name[24];

    name_of(person, name);
    (void)unlinkat(users, name, AT_REMOVEDIR);
}
