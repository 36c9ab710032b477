/* SPDX-License-Identifier: MIT */
/*
 * landlock.c - see landlock.h.
 *
 * There is no library for it, and the headers of a build host may be older
 * than the kernel this runs on: numbers and structures of the kernel's
 * interface stand here, up to its version 6 (linux/landlock.h).  Each version
 * forbids more, so what a kernel does not know yet is taken out of the
 * request; one that has no Landlock, or was told to leave it off, answers
 * ENOSYS or EOPNOTSUPP.
 *
 * The trap: a right that can only be had on directories makes the kernel
 * refuse a rule about a file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "helper/fence/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "provider/base/auto.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define ASK_VERSION 1u
#define RULE_PATH 1
#define RULE_PORT 2

#define FILE_EXECUTE (UINT64_C(1) << 0)
#define FILE_WRITE (UINT64_C(1) << 1)
#define FILE_READ (UINT64_C(1) << 2)
#define DIR_READ (UINT64_C(1) << 3)
#define FILE_REMOVE (UINT64_C(1) << 5)
#define DIR_REMOVE (UINT64_C(3) << 4) /* a directory, a file */
#define MAKE_DIRECTORY (UINT64_C(1) << 7)
#define MAKE_FILE (UINT64_C(1) << 8)
#define FILE_TRUNCATE (UINT64_C(1) << 14)
#define DEVICE_IOCTL (UINT64_C(1) << 15)

#define PORT_BIND (UINT64_C(1) << 0)
#define PORT_CONNECT (UINT64_C(1) << 1)

#define SCOPE_ABSTRACT (UINT64_C(1) << 0)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

#define PORTS_SINCE 4
#define SCOPES_SINCE 6

struct ruleset {
    uint64_t files, ports, scopes;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

struct port_rule {
    uint64_t allowed, port;
};

/* What can be forbidden about files, by version. */
static const uint64_t KNOWN[] = {
    [0] = 0,
    [1] = (UINT64_C(1) << 13) - 1,
    [2] = (UINT64_C(1) << 14) - 1, /* to move between directories */
    [3] = (UINT64_C(1) << 15) - 1,
    [4] = (UINT64_C(1) << 15) - 1,
    [5] = (UINT64_C(1) << 16) - 1,
};
#define KNOWN_MAX (int)(sizeof KNOWN / sizeof *KNOWN - 1)

static const uint64_t USES[] = {
    [LANDLOCK_READ] = FILE_READ | DIR_READ,
    [LANDLOCK_DEVICE] = FILE_READ | FILE_WRITE | DEVICE_IOCTL,
    [LANDLOCK_PUT] = FILE_WRITE | FILE_REMOVE | MAKE_FILE,
    [LANDLOCK_KEEP] = FILE_READ | DIR_READ | FILE_WRITE | FILE_TRUNCATE |
                      DIR_REMOVE | MAKE_DIRECTORY | MAKE_FILE,
};
#define READS (FILE_READ | DIR_READ)
#define WRITES (~READS & ~FILE_EXECUTE)
#define FILE_RIGHTS \
    (FILE_EXECUTE | FILE_WRITE | FILE_READ | FILE_TRUNCATE | DEVICE_IOCTL)

static int
ask_version(void)
{
#ifdef TW_NO_LANDLOCK
    return 0;
#else
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

    return version > 0 ? (int)version : 0;
#endif
}

enum tw_status
landlock_begin(const struct landlock_scope *scope, struct landlock *out,
               struct tw_error *err)
{
    int version = ask_version();
    struct ruleset wanted = {
        .files = KNOWN[version < KNOWN_MAX ? version : KNOWN_MAX] &
                 ~(scope->reads ? 0 : READS) & ~(scope->writes ? 0 : WRITES)};
    size_t size = sizeof wanted.files; /* an older kernel knows no more */

    *out = LANDLOCK_INIT;
    if (version == 0)
        return TW_OK;
    if (version >= PORTS_SINCE) {
        wanted.ports = PORT_BIND | (scope->connects ? PORT_CONNECT : 0);
        size = offsetof(struct ruleset, scopes);
    }
    if (version >= SCOPES_SINCE) {
        wanted.scopes = SCOPE_ABSTRACT | (scope->signals ? SCOPE_SIGNAL : 0);
        size = sizeof wanted;
    }
    out->files = wanted.files;
    out->connects = (wanted.ports & PORT_CONNECT) != 0;
    out->ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0u);
    if (out->ruleset < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "Landlock");
    return TW_OK;
}

enum tw_status
landlock_allow(const struct landlock *landlock, const char *path,
               enum landlock_use use, struct tw_error *err)
{
    AUTO_CLOSE int fd =
        landlock->ruleset < 0 ? -1 : open(path, O_PATH | O_CLOEXEC);

    return fd < 0 ? TW_OK : landlock_allow_open(landlock, fd, use, err);
}

enum tw_status
landlock_allow_open(const struct landlock *landlock, int fd,
                    enum landlock_use use, struct tw_error *err)
{
    struct path_rule rule = {.allowed = USES[use] & landlock->files,
                             .parent = fd};
    struct stat st;

    if (landlock->ruleset < 0)
        return TW_OK;
    if (fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "Landlock");
    if (!S_ISDIR(st.st_mode))
        rule.allowed &= FILE_RIGHTS;
    if (rule.allowed && syscall(SYS_landlock_add_rule, landlock->ruleset,
                                RULE_PATH, &rule, 0u) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "Landlock");
    return TW_OK;
}

enum tw_status
landlock_allow_port(const struct landlock *landlock, uint16_t port,
                    struct tw_error *err)
{
    const struct port_rule rule = {.allowed = PORT_CONNECT, .port = port};

    if (landlock->ruleset >= 0 && landlock->connects &&
        syscall(SYS_landlock_add_rule, landlock->ruleset, RULE_PORT, &rule,
                0u) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "Landlock: port %u",
                             port);
    return TW_OK;
}

enum tw_status
landlock_enforce(const struct landlock *landlock, struct tw_error *err)
{
    if (landlock->ruleset >= 0 &&
        syscall(SYS_landlock_restrict_self, landlock->ruleset, 0u) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "Landlock");
    return TW_OK;
}

void
landlock_end(struct landlock *landlock)
{
    auto_close(&landlock->ruleset);
    *landlock = LANDLOCK_INIT;
}
