/* SPDX-License-Identifier: MIT */
/*
 * denied.c - a program that logs people in where a security module says no:
 * one system call is forbidden to it, and to all that it starts, once libpam
 * has loaded its modules.
 *
 *   denied             prints the calls' names
 *   denied CALL EACCES|EPERM SERVICE USER    a session opens and closes
 *
 * Status 0: both went well; what took longest stands on stdout, in ms.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_appl.h>

/* What the module asks the kernel for, in libpam and after it. */
static const struct {
    const char *name;
    unsigned number;
} CALLS[] = {
#define CALL(name)        \
    {                     \
#name, SYS_##name \
    }
    CALL(capset),         CALL(chdir),
    CALL(clone),          CALL(close_range),
    CALL(connect),        CALL(dup3),
#ifdef SYS_dup2
    CALL(dup2),
#endif
    CALL(execve),         CALL(faccessat),
    CALL(fchmod),         CALL(fchown),
    CALL(fcntl),          CALL(flock),
    CALL(fstat),          CALL(ftruncate),
    CALL(getdents64),     CALL(getgroups),
    CALL(getresgid),      CALL(getresuid),
    CALL(kill),           CALL(landlock_restrict_self),
    CALL(linkat),         CALL(mkdirat),
    CALL(openat),         CALL(pipe2),
#ifdef SYS_newfstatat
    CALL(newfstatat),
#else /* a machine of 32 bits: what was once too narrow has another name */
    CALL(fcntl64),        CALL(fstatat64),
    CALL(ppoll_time64),
#endif
#ifdef SYS_setresuid32
    CALL(fchown32),       CALL(getgroups32),
    CALL(getresgid32),    CALL(getresuid32),
    CALL(setgroups32),    CALL(setresgid32),
    CALL(setresuid32),
#endif
#ifdef SYS_socketcall
    CALL(socketcall),
#endif
#ifdef SYS_open
    CALL(access),         CALL(mkdir),
    CALL(open),           CALL(poll),
    CALL(rename),         CALL(unlink),
#endif
    CALL(ppoll),          CALL(prctl),
    CALL(pwrite64),       CALL(read),
    CALL(renameat2),      CALL(rt_sigaction),
    CALL(rt_sigprocmask), CALL(seccomp),
    CALL(sendto),         CALL(setgroups),
    CALL(setresgid),      CALL(setresuid),
    CALL(setsid),         CALL(socket),
    CALL(socketpair),     CALL(statx),
    CALL(unlinkat),       CALL(wait4),
    CALL(write),
};

static int
converse(int count, const struct pam_message **messages,
         struct pam_response **responses, void *arg)
{
    (void)count;
    (void)messages;
    (void)responses;
    (void)arg;
    return PAM_CONV_ERR;
}

static bool
deny(unsigned number, int error)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K,
                 SECCOMP_RET_ERRNO | ((uint32_t)error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof steps / sizeof *steps,
                                .filter = steps};

    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The result is told by what is allowed, whatever is not. */
static int
tell(bool good, int64_t took_ms, unsigned denied)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%lld\n", (long long)took_ms);

    if (denied != SYS_write)
        (void)!write(STDOUT_FILENO, text, (size_t)n);
    return !good;
}

static int
log_in_and_out(unsigned number, int error, const char *service,
               const char *user)
{
    const struct pam_conv conversation = {.conv = converse};
    pam_handle_t *pamh = NULL;
    int64_t begun, opened, closed;
    bool good;

    if (pam_start(service, user, &conversation, &pamh) != PAM_SUCCESS ||
        !deny(number, error))
        return 70;
    begun = now_ms();
    good = pam_open_session(pamh, 0) == PAM_SUCCESS;
    opened = now_ms();
    good = pam_close_session(pamh, 0) == PAM_SUCCESS && good;
    closed = now_ms();
    (void)pam_end(pamh, PAM_SUCCESS);
    return tell(good,
                opened - begun > closed - opened ? opened - begun
                                                 : closed - opened,
                number);
}

int
main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++) {
        if (argc == 1)
            (void)puts(CALLS[i].name);
        else if (argc == 5 && strcmp(argv[1], CALLS[i].name) == 0)
            return log_in_and_out(CALLS[i].number,
                                  strcmp(argv[2], "EPERM") == 0 ? EPERM
                                                                : EACCES,
                                  argv[3], argv[4]);
    }
    return argc == 1 ? fflush(stdout) != 0 : 64;
}
