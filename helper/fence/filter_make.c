/* SPDX-License-Identifier: MIT */
/*
 * filter_make.c - run when tokenward is built: the lists below come in, each
 * phase's filter goes out as a table of C on stdout; the one file that knows
 * libseccomp.  Made when the helper starts it would take 1.5 ms of a fetch.
 *
 * What is not listed fails with ENOSYS: the C library of tomorrow then takes
 * the way it has for older kernels, where a kill or EPERM would end a fetch
 * over a harmless novelty.  So clone3(2), whose flags a filter cannot see, is
 * not listed, and clone(2) makes threads (libcurl resolves names in one) and
 * no processes.  No phase has execve(2): programs are started by the broker,
 * which was there before.  Nor tgkill(2): abort(3) then ends by the trap that
 * it has for this case.
 *
 * The trap: the list is of what the kernel is asked, not of what the source
 * calls: a newer C library asks for the same thing by a newer call, so old
 * and new names stand side by side.
 *
 * Where the C library makes sockets by socketcall(2), which is i386 alone, the
 * family lies in memory that no filter sees, and is free.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "helper/fence/filter.h"
#include "provider/base/auto.h"

/* Sets of phases. */
#define LOCAL (1u << PHASE_LOCAL)
#define READING (1u << PHASE_READING)
#define FETCHING (1u << PHASE_FETCHING)
#define RESIDENT (1u << PHASE_RESIDENT)
#define NETWORK (READING | FETCHING | RESIDENT)
#define ALL (LOCAL | NETWORK)
#define THREAD 0x00010000u /* CLONE_THREAD of linux/sched.h */

/* Which argument of clone(2) has the flags: on s390 the stack is first. */
#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* A call, in which phases, and what its arguments must look like. */
struct row {
    int call;
    unsigned phases;
    unsigned count;
    struct scmp_arg_cmp arguments[2];
};

#define CALL(name, phases)         \
    {                              \
        SCMP_SYS(name), phases, 0, \
        {                          \
            {                      \
                0                  \
            }                      \
        }                          \
    }
#define CALL_IF(name, phases, argument, mask, value)          \
    {                                                         \
        SCMP_SYS(name), phases, 1,                            \
        {                                                     \
            {                                                 \
                argument, SCMP_CMP_MASKED_EQ, (mask), (value) \
            }                                                 \
        }                                                     \
    }
#define INT UINT32_MAX /* the upper half of an int's register is anything */
#define WX ((scmp_datum_t)(PROT_WRITE | PROT_EXEC))

/* Memory is never both written and run. */
#define CALL_NO_WX(name)                                                 \
    CALL_IF(name, ALL, 2, WX, 0), CALL_IF(name, ALL, 2, WX, PROT_WRITE), \
        CALL_IF(name, ALL, 2, WX, PROT_EXEC)

static const struct row ROWS[] = {
    /* files and what is open */
    CALL(access, ALL),
    CALL(close, ALL),
    CALL(close_range, ALL),
    CALL(dup, ALL),
    CALL(dup2, ALL),
    CALL(dup3, ALL),
    CALL(faccessat, ALL),
    CALL(faccessat2, ALL),
    CALL(fadvise64, ALL),
    CALL(fallocate, ALL),
    CALL(fchmod, ALL),
    CALL(fchmodat, ALL),
    CALL(fcntl, ALL),
    CALL(fdatasync, ALL),
    CALL(fgetxattr, ALL),
    CALL(flock, ALL),
    CALL(fsetxattr, ALL),
    CALL(fremovexattr, ALL),
    CALL(fstat, ALL),
    CALL(fstatfs, ALL),
    CALL(fsync, ALL),
    CALL(ftruncate, ALL),
    CALL(getcwd, ALL),
    CALL(getdents64, ALL),
    CALL(getxattr, ALL),
    CALL(lgetxattr, ALL),
    CALL(linkat, ALL),
    CALL(lseek, ALL),
    CALL(lstat, ALL),
    CALL(mkdir, ALL),
    CALL(mkdirat, ALL),
    CALL(newfstatat, ALL),
    CALL(open, ALL),
    CALL(openat, ALL),
    CALL(openat2, ALL),
    CALL(pread64, ALL),
    CALL(preadv, ALL),
    CALL(preadv2, ALL),
    CALL(pwrite64, ALL),
    CALL(pwritev, ALL),
    CALL(pwritev2, ALL),
    CALL(read, ALL),
    CALL(readlink, ALL),
    CALL(readlinkat, ALL),
    CALL(readv, ALL),
    CALL(rename, ALL),
    CALL(renameat, ALL),
    CALL(renameat2, ALL),
    CALL(rmdir, ALL),
    CALL(setxattr, ALL),
    CALL(stat, ALL),
    CALL(statfs, ALL),
    CALL(statx, ALL),
    CALL(unlink, ALL),
    CALL(unlinkat, ALL),
    CALL(utimensat, ALL),
    CALL(write, ALL),
    CALL(writev, ALL),
    CALL_IF(ioctl, ALL, 1, INT, TCGETS),
    CALL_IF(ioctl, ALL, 1, INT, TCSETS),
    CALL_IF(ioctl, ALL, 1, INT, TCSETSW),
    CALL_IF(ioctl, ALL, 1, INT, TCSETSF),
#ifdef TCGETS2 /* glibc 2.42 asks by these, isatty(3) too */
    CALL_IF(ioctl, ALL, 1, INT, TCGETS2),
    CALL_IF(ioctl, ALL, 1, INT, TCSETS2),
    CALL_IF(ioctl, ALL, 1, INT, TCSETSW2),
    CALL_IF(ioctl, ALL, 1, INT, TCSETSF2),
#endif
    CALL_IF(ioctl, ALL, 1, INT, TIOCGWINSZ),
    CALL_IF(ioctl, NETWORK, 1, INT, TIOCGPGRP), /* a login that reads it */
    CALL_IF(ioctl, ALL, 1, INT, FIONREAD),
    CALL_IF(ioctl, ALL, 1, INT, FIONBIO),
    /* memory */
    CALL(brk, ALL),
    CALL(madvise, ALL),
    CALL(membarrier, ALL),
    CALL(mlock, ALL),
    CALL(mremap, ALL),
    CALL(msync, ALL),
    CALL(munlock, ALL),
    CALL(munmap, ALL),
#ifdef SYS_mmap2
    CALL_NO_WX(mmap2), /* mmap(2) may be one whose arguments lie in memory */
#else
    CALL_NO_WX(mmap),
#endif
    CALL_NO_WX(mprotect),
    /* this process, threads and signals */
    CALL(exit, ALL),
    CALL(exit_group, ALL),
    CALL(futex, ALL),
    CALL(get_robust_list, ALL),
    CALL(getcpu, ALL),
    CALL(getegid, ALL),
    CALL(geteuid, ALL),
    CALL(getgid, ALL),
    CALL(getgroups, ALL),
    CALL(getpgrp, ALL),
    CALL(getpid, ALL),
    CALL(getppid, ALL),
    CALL(getrandom, ALL),
    CALL(getresgid, ALL),
    CALL(getresuid, ALL),
    CALL(getrlimit, ALL),
    CALL(getrusage, ALL),
    CALL(getsid, ALL),
    CALL(gettid, ALL),
    CALL(getuid, ALL),
    CALL(prlimit64, ALL),
    CALL(restart_syscall, ALL),
    CALL(rseq, ALL),
    CALL(rt_sigaction, ALL),
    CALL(rt_sigpending, ALL),
    CALL(rt_sigprocmask, ALL),
    CALL(rt_sigreturn, ALL),
    CALL(rt_sigtimedwait, ALL),
    CALL(sched_getaffinity, ALL),
    CALL(sched_yield, ALL),
    CALL(set_robust_list, ALL),
    CALL(set_tid_address, ALL),
    CALL(setrlimit, READING | RESIDENT),
    CALL(sigaltstack, ALL),
    CALL(sysinfo, ALL),
    CALL(umask, ALL),
    CALL(uname, ALL),
    CALL_IF(clone, NETWORK, CLONE_FLAGS, THREAD, THREAD),
    /* the broker, and what it starts for us */
    CALL(pidfd_open, NETWORK),
    CALL(wait4, NETWORK),
    CALL(waitid, NETWORK),
    CALL_IF(kill, ALL, 1, INT, 0), /* is it alive? */
    CALL_IF(kill, NETWORK, 1, INT, SIGKILL),
    CALL_IF(pidfd_send_signal, NETWORK, 1, INT, SIGKILL),
    /* time and waiting */
    CALL(clock_getres, ALL),
    CALL(clock_gettime, ALL),
    CALL(clock_nanosleep, ALL),
    CALL(epoll_create1, ALL),
    CALL(epoll_ctl, ALL),
    CALL(epoll_pwait, ALL),
    CALL(epoll_pwait2, ALL),
    CALL(epoll_wait, ALL),
    CALL(eventfd2, ALL),
    CALL(gettimeofday, ALL),
    CALL(nanosleep, ALL),
    CALL(pipe, ALL),
    CALL(pipe2, ALL),
    CALL(poll, ALL),
    CALL(ppoll, ALL),
    CALL(pselect6, ALL),
    CALL(select, ALL),
    CALL(setitimer, ALL),
    CALL(signalfd4, READING | RESIDENT),
    CALL(time, ALL),
    CALL(timerfd_create, READING | RESIDENT),
    CALL(timerfd_settime, READING | RESIDENT),
    CALL(inotify_add_watch, READING | RESIDENT),
    CALL(inotify_init1, READING | RESIDENT),
    CALL(inotify_rm_watch, READING | RESIDENT),
    /* sockets: the endpoint, names of hosts and users, the doorbell */
    CALL_IF(socket, ALL, 0, INT, AF_UNIX),
    CALL_IF(socket, NETWORK, 0, INT, AF_INET),
    CALL_IF(socket, NETWORK, 0, INT, AF_INET6),
    CALL_IF(socket, NETWORK, 0, INT, AF_NETLINK),
    CALL_IF(socketpair, ALL, 0, INT, AF_UNIX),
    CALL(accept, NETWORK),
    CALL(accept4, NETWORK), /* a login's browser comes back */
    CALL(bind, NETWORK),
    CALL(connect, ALL),
    CALL(getpeername, ALL),
    CALL(getsockname, ALL),
    CALL(getsockopt, ALL),
    CALL(listen, READING | RESIDENT),
    CALL(recvfrom, ALL),
    CALL(recvmmsg, ALL),
    CALL(recvmsg, ALL),
    CALL(sendmmsg, ALL),
    CALL(sendmsg, ALL),
    CALL(sendto, ALL),
    CALL(setsockopt, ALL),
    CALL(shutdown, ALL),
    /* what was too narrow once, on a machine of 32 bits */
    CALL(_llseek, ALL),
    CALL(_newselect, ALL),
    CALL(clock_getres_time64, ALL),
    CALL(clock_gettime64, ALL),
    CALL(clock_nanosleep_time64, ALL),
    CALL(fadvise64_64, ALL),
    CALL(fcntl64, ALL),
    CALL(fstat64, ALL),
    CALL(fstatat64, ALL),
    CALL(fstatfs64, ALL),
    CALL(ftruncate64, ALL),
    CALL(futex_time64, ALL),
    CALL(getegid32, ALL),
    CALL(geteuid32, ALL),
    CALL(getgid32, ALL),
    CALL(getgroups32, ALL),
    CALL(getresgid32, ALL),
    CALL(getresuid32, ALL),
    CALL(getuid32, ALL),
    CALL(lstat64, ALL),
    CALL(ppoll_time64, ALL),
    CALL(pselect6_time64, ALL),
    CALL(recv, ALL),
    CALL(recvmmsg_time64, ALL),
    CALL(rt_sigtimedwait_time64, ALL),
    CALL(send, ALL),
    CALL(sigreturn, ALL),
    CALL(stat64, ALL),
    CALL(statfs64, ALL),
    CALL(timerfd_settime64, READING | RESIDENT),
    CALL(ugetrlimit, ALL),
    CALL(utimensat_time64, ALL),
    /* to give up more */
    CALL(landlock_add_rule, READING),
    CALL(landlock_create_ruleset, READING),
    CALL(landlock_restrict_self, READING),
    CALL(prctl, READING),
    CALL(seccomp, READING),
};

static void
auto_release(scmp_filter_ctx *context)
{
    if (*context)
        seccomp_release(*context);
}

static int
add_row(scmp_filter_ctx context, const struct row *row)
{
    int rc = seccomp_rule_add_array(context, SCMP_ACT_ALLOW, row->call,
                                    row->count, row->arguments);

    /* One that this machine does not have, or that libseccomp is too old to
     * know here: nobody can make it either. */
    return rc == -EDOM || rc == -EFAULT ? 0 : rc;
}

static int
make(enum phase phase, FILE *out)
{
    AUTO(auto_release)
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int rc = context ? seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
                     : -ENOMEM;

    for (size_t i = 0; !rc && i < sizeof ROWS / sizeof *ROWS; i++) {
        if (ROWS[i].phases & 1u << phase)
            rc = add_row(context, &ROWS[i]);
    }
    return rc ? rc : seccomp_export_bpf(context, fileno(out));
}

/* The filter in @in, as the table @name. */
static void
print(const char *name, FILE *in)
{
    struct sock_filter step;

    rewind(in);
    (void)printf("static const struct sock_filter %s[] = {\n", name);
    while (fread(&step, sizeof step, 1, in) == 1)
        (void)printf("    {0x%04x, %u, %u, 0x%08x},\n", step.code, step.jt,
                     step.jf, step.k);
    (void)printf("};\n");
}

int
main(void)
{
    static const struct {
        enum phase phase;
        const char *name;
    } PHASES[] = {{PHASE_LOCAL, "LOCAL"},
                  {PHASE_READING, "READING"},
                  {PHASE_FETCHING, "FETCHING"},
                  {PHASE_RESIDENT, "RESIDENT"}};

    for (size_t i = 0; i < sizeof PHASES / sizeof *PHASES; i++) {
        AUTO_FCLOSE FILE *filter = tmpfile();
        int rc = filter ? make(PHASES[i].phase, filter) : -errno;

        if (rc) {
            (void)fprintf(stderr, "filter_make: %s: error %d\n",
                          PHASES[i].name, -rc);
            return 1;
        }
        print(PHASES[i].name, filter);
    }
    return fflush(stdout) ? 1 : 0;
}
