/* SPDX-License-Identifier: MIT */
/*
 * fake_system.c - who this process is and whom files belong to, as a script
 * wants it; and failures of system calls.  The linker leads calls of NAME to
 * __wrap_NAME, and __real_NAME is libc's (ld(1), --wrap); see fake.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/pam/fake.h"

#define OWNED_MAX 64

struct fake fake;

static struct owned {
    dev_t dev;
    ino_t ino;
    uid_t uid;
} owned[OWNED_MAX];
static size_t owned_count;

/* gcc and clang want prototypes, and no header has these. */
#define WRAP(type, name, ...)        \
    type __real_##name(__VA_ARGS__); \
    type __wrap_##name(__VA_ARGS__); \
    type __wrap_##name(__VA_ARGS__)

/* What glibc calls these where sizes, and times, are wider than they were.
 * By the narrow names others call them, as what writes down counted lines. */
#define __real_open __real_open64
#define __wrap_open __wrap_open64
#if __TIMESIZE == 32
#define __real_fstat __real___fstat64_time64
#define __wrap_fstat __wrap___fstat64_time64
#define __real_prctl __real___prctl_time64
#define __wrap_prctl __wrap___prctl_time64
#else
#define __real_fstat __real_fstat64
#define __wrap_fstat __wrap_fstat64
#endif

uid_t __real_getuid(void);

bool
fake_fails(const char *name)
{
    for (size_t i = 0; i < fake.fault_count; i++) {
        struct fault *fault = &fake.faults[i];

        if (strcmp(fault->call, name) == 0 && ++fault->seen >= fault->from) {
            errno = fault->error;
            return true;
        }
    }
    return false;
}

void
fake_forget_owners(void)
{
    owned_count = 0;
}

void
fake_become(uid_t uid)
{
    for (int i = 0; i < 3; i++) {
        fake.uid[i] = uid;
        fake.gid[i] = uid;
    }
    fake.own_group_count = 1;
    fake.own_groups[0] = uid;
}

static struct owned *
find_owned(dev_t dev, ino_t ino)
{
    for (size_t i = 0; i < owned_count; i++) {
        if (owned[i].dev == dev && owned[i].ino == ino)
            return &owned[i];
    }
    return NULL;
}

static void
set_owner(const struct stat *st, uid_t uid)
{
    struct owned *owner = find_owned(st->st_dev, st->st_ino);

    if (!owner && owned_count == OWNED_MAX)
        abort();
    if (!owner)
        owner = &owned[owned_count++];
    *owner = (struct owned){st->st_dev, st->st_ino, uid};
}

uid_t
fake_owner(dev_t dev, ino_t ino, uid_t real)
{
    const struct owned *owner = find_owned(dev, ino);

    if (owner)
        return owner->uid;
    return real == __real_getuid() ? fake.uid[0] : real;
}

void
fake_own(const char *path, uid_t uid)
{
    struct stat st;

    if (lstat(path, &st) == 0)
        set_owner(&st, uid);
}

/* Identity. */

WRAP(uid_t, geteuid, void)
{
    return fake.uid[1];
}

WRAP(uid_t, getuid, void)
{
    return fake.uid[0];
}

WRAP(int, getresuid, uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = fake.uid[0];
    *effective = fake.uid[1];
    *saved = fake.uid[2];
    return fake_fails("getresuid") ? -1 : 0;
}

WRAP(int, getresgid, gid_t *real, gid_t *effective, gid_t *saved)
{
    *real = fake.gid[0];
    *effective = fake.gid[1];
    *saved = fake.gid[2];
    return fake_fails("getresgid") ? -1 : 0;
}

WRAP(int, getgroups, int size, gid_t *list)
{
    (void)size;
    (void)list;
    return fake_fails("getgroups") ? -1 : (int)fake.own_group_count;
}

static bool
may_change(void)
{
    if (fake.uid[1] != 0 && !fake.way_back)
        errno = EPERM;
    return fake.uid[1] == 0 || fake.way_back;
}

static long
set_groups(size_t size, const gid_t *list)
{
    if (fake_fails("setgroups") || !may_change() || size > FAKE_GROUPS_MAX)
        return -1;
    if (fake.groups_stay)
        return 0;
    for (size_t i = 0; i < size; i++)
        fake.own_groups[i] = list[i];
    fake.own_group_count = size;
    return 0;
}

static long
set_gids(gid_t real, gid_t effective, gid_t saved)
{
    if (fake_fails("setresgid") || !may_change())
        return -1;
    if (fake.gid_stays)
        return 0;
    fake.gid[0] = real;
    fake.gid[1] = effective;
    fake.gid[2] = saved;
    return 0;
}

static long
set_uids(uid_t real, uid_t effective, uid_t saved)
{
    if (fake_fails("setresuid") || !may_change())
        return -1;
    if (real != (uid_t)-1)
        fake.uid[0] = real;
    fake.uid[1] = effective;
    if (saved != (uid_t)-1)
        fake.uid[2] = saved;
    return 0;
}

WRAP(int, getgrouplist, const char *user, gid_t group, gid_t *groups,
     int *count)
{
    int room = *count;

    (void)user;
    (void)group;
    if (fake_fails("getgrouplist"))
        return -1; /* and no count: for ever too few */
    *count = (int)fake.group_count;
    if (room < *count)
        return -1;
    for (size_t i = 0; i < fake.group_count; i++)
        groups[i] = fake.groups[i];
    return *count;
}

/* Files: those below /run are the scratch directory's. */

WRAP(int, open, const char *path, int flags, ...)
{
    char moved[PATH_MAX * 2];
    mode_t mode = 0;
    va_list arguments;

    va_start(arguments, flags);
    if (flags & O_CREAT)
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (strncmp(path, "/run", 4) != 0)
        return fake_fails("open") ? -1 : __real_open(path, flags, mode);
    if (fake_fails("open /run"))
        return -1;
    (void)snprintf(moved, sizeof moved, "%s%s", fake.root, path);
    return __real_open(moved, flags, mode);
}

WRAP(int, fstat, int fd, struct stat *st)
{
    if (fake_fails("fstat") || __real_fstat(fd, st) < 0)
        return -1;
    st->st_uid = fake_owner(st->st_dev, st->st_ino, st->st_uid);
    return 0;
}

WRAP(int, statx, int dir, const char *path, int flags, unsigned mask,
     struct statx *out)
{
    struct stat st;

    if (fake_fails("statx") || __real_statx(dir, path, flags, mask, out) < 0 ||
        fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    out->stx_uid = fake_owner(st.st_dev, st.st_ino, st.st_uid);
    return 0;
}

/* A new directory may have the number of one that is gone. */
WRAP(int, mkdirat, int dir, const char *path, mode_t mode)
{
    struct stat st;

    if (fake_fails("mkdirat") || __real_mkdirat(dir, path, mode) < 0)
        return -1;
    if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        set_owner(&st, fake.uid[1]);
    return 0;
}

WRAP(int, fchown, int fd, uid_t uid, gid_t gid)
{
    struct stat st;

    (void)gid;
    if (fake_fails("fchown") || __real_fstat(fd, &st) < 0)
        return -1;
    set_owner(&st, uid);
    return 0;
}

#define WRAP_FAULT(type, name, parameters, ...) \
    type __real_##name parameters;              \
    type __wrap_##name parameters;              \
    type __wrap_##name parameters               \
    {                                           \
        if (fake_fails(#name))                  \
            return -1;                          \
        return __real_##name(__VA_ARGS__);      \
    }

WRAP_FAULT(int, chdir, (const char *path), path)
WRAP_FAULT(int, dup2, (int fd, int wanted), fd, wanted)
WRAP_FAULT(int, fchmod, (int fd, mode_t mode), fd, mode)
WRAP_FAULT(int, flock, (int fd, int how), fd, how)
WRAP_FAULT(int, pipe2, (int ends[2], int flags), ends, flags)
WRAP_FAULT(pid_t, setsid, (void), )
WRAP_FAULT(pid_t, _Fork, (void), )

WRAP(int, prctl, int option, unsigned long two, unsigned long three,
     unsigned long four, unsigned long five)
{
    return fake_fails("prctl") ? -1
                               : __real_prctl(option, two, three, four, five);
}

/* Those that are made without a function of libc's. */
#ifdef SYS_setresuid32
#define CALL(name) SYS_##name##32
#else
#define CALL(name) SYS_##name
#endif

WRAP(long, syscall, long number, ...)
{
    va_list arguments;
    long argument[5];

    va_start(arguments, number);
    for (int i = 0; i < 5; i++)
        argument[i] = va_arg(arguments, long);
    va_end(arguments);
    switch (number) {
    case CALL(setgroups):
        return set_groups((size_t)argument[0], (const gid_t *)argument[1]);
    case CALL(setresgid):
        return set_gids((gid_t)argument[0], (gid_t)argument[1],
                        (gid_t)argument[2]);
    case CALL(setresuid):
        return set_uids((uid_t)argument[0], (uid_t)argument[1],
                        (uid_t)argument[2]);
    case CALL(setuid):
        return may_change() ? 0 : -1;
    default:
        break;
    }
    if (fake_fails(number == SYS_capset  ? "capset"
                   : number == SYS_clone ? "clone"
                                         : "close_range"))
        return -1;
    return __real_syscall(number, argument[0], argument[1], argument[2],
                          argument[3], argument[4]);
}

WRAP(int, execve, const char *path, char *const *argv,
     char *const *environment)
{
    if (fake_fails("execve"))
        return -1;
    if (strcmp(path, TW_HELPER_PATH) != 0) {
        errno = ENOENT;
        return -1;
    }
    fake_helper(argv, environment);
}
