/* SPDX-License-Identifier: MIT */
/*
 * confine.c - see confine.h; prctl(2), capabilities(7), setresuid(2).
 */
#include "helper/base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool
drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version =
                                                  _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};

    return syscall(SYS_capset, &header, none) == 0;
}

enum tw_status
confine_start(struct tw_error *err)
{
    (void)umask(077);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null",
                 (fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) | O_CLOEXEC) != fd)
            return tw_fail_errno(err, TW_E_SYSTEM, errno, "/dev/null");
    }
    return TW_OK;
}

enum tw_status
confine_process(struct tw_error *err)
{
    static const struct rlimit NO_CORE = {0, 0};

    if (setrlimit(RLIMIT_CORE, &NO_CORE) < 0 ||
        prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 || !drop_capabilities())
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "giving up privileges");
    return TW_OK;
}

enum tw_status
confine_to_service(struct tw_error *err)
{
    const struct passwd *user;

    if (geteuid() != 0)
        return TW_OK;
    user = getpwnam(TW_SERVICE_USER);
    if (!user || user->pw_uid == 0)
        return tw_fail(err, TW_E_CONFIG,
                       "--system as root needs the service user '%s'\n"
                       "create it: useradd --system --home /nonexistent "
                       "--shell /usr/sbin/nologin %s",
                       TW_SERVICE_USER, TW_SERVICE_USER);
    if (initgroups(user->pw_name, user->pw_gid) < 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "becoming '%s'",
                             TW_SERVICE_USER);
    if (setuid(0) == 0 || geteuid() == 0 || getegid() == 0)
        return tw_fail(err, TW_E_SYSTEM, "becoming '%s' did not last",
                       TW_SERVICE_USER);
    return TW_OK;
}
