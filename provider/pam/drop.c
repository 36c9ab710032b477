/* SPDX-License-Identifier: MIT */
/*
 * drop.c - see drop.h; capabilities(7), setresuid(2).
 *
 * The order: what needs privileges first, then groups, gids, uids.  Then each
 * is read back, and root is asked for again: getting it is the failure.
 *
 * Until it is the helper the process is a copy of the host's memory, a
 * password in it perhaps, and the user may send it signals: it leaves no core
 * and nobody looks into it, whatever fs.suid_dumpable says.
 *
 * libc's own set*id functions are not called.  They change all threads of a
 * process, and wait for those of the host, which are not in this one, and for
 * a lock that one of them may have held: the login would stand still until its
 * deadline.
 */
#include "provider/pam/drop.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAPABILITIES_MAX 64

/* Those with ids of 32 bits, where an architecture has both. */
#ifdef SYS_setresuid32
#define CALL(name) SYS_##name##32
#else
#define CALL(name) SYS_##name
#endif

/* What host and container left: the bounding and the ambient set, and the
 * bits that let capabilities outlive a change of uid. */
static int
drop_bounds(void)
{
    for (unsigned long cap = 0; cap < CAPABILITIES_MAX; cap++) {
        int in = prctl(PR_CAPBSET_READ, cap, 0L, 0L, 0L);

        if (in < 0)
            break; /* the last one was before it */
        if (in && prctl(PR_CAPBSET_DROP, cap, 0L, 0L, 0L) < 0 &&
            errno != EPERM)
            return errno;
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) < 0 &&
        errno != EINVAL)
        return errno;
    return prctl(PR_SET_KEEPCAPS, 0L, 0L, 0L, 0L) < 0 && errno != EPERM ? errno
                                                                        : 0;
}

static int
drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version =
                                                  _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};

    return syscall(SYS_capset, &header, none) < 0 ? errno : 0;
}

static int
become(const struct person *person)
{
    if (syscall(CALL(setgroups), person->group_count, person->groups) < 0 ||
        syscall(CALL(setresgid), person->gid, person->gid, person->gid) < 0 ||
        syscall(CALL(setresuid), person->uid, person->uid, person->uid) < 0)
        return errno;
    return 0;
}

static int
verify(const struct person *person)
{
    uid_t uid[3];
    gid_t gid[3];

    if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 ||
        getresgid(&gid[0], &gid[1], &gid[2]) < 0)
        return errno;
    for (int i = 0; i < 3; i++) {
        if (uid[i] != person->uid || gid[i] != person->gid)
            return EPERM;
    }
    if (getgroups(0, NULL) != (int)person->group_count)
        return EPERM;
    if (syscall(CALL(setuid), 0) == 0 ||
        syscall(CALL(setresuid), (uid_t)-1, 0, (uid_t)-1) == 0 ||
        syscall(CALL(setgroups), 0L, NULL) == 0)
        return EPERM;
    return 0;
}

int
drop_to(const struct person *person)
{
    int error = 0;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
        return errno;
    if (person->groups) {
        error = drop_bounds();
        if (!error)
            error = become(person);
    }
    if (!error && prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) < 0)
        error = errno;
    if (!error)
        error = drop_capabilities();
    if (!error && person->groups)
        error = verify(person);
    return error;
}
