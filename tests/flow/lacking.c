/* SPDX-License-Identifier: MIT */
/*
 * lacking.c - runs a program as on a kernel that lacks something.
 *
 * usage: lacking [--landlock] [--seccomp] [--pidfd] [--random] PROGRAM
 *                [ARGUMENT...]
 *        lacking --tell: what this kernel has: "landlock VERSION seccomp 0|1"
 *
 * landlock: its system calls answer ENOSYS; seccomp: a second filter is
 * refused with EINVAL, as where there are none; pidfd: pidfd_open(2) answers
 * ENOSYS; random: getrandom(2) answers EPERM, as in some sandboxes.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LANDLOCK_FIRST 444
#define LANDLOCK_LAST 446
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

static int
tell(void)
{
    long version = syscall(LANDLOCK_FIRST, NULL, 0, 1u);
    unsigned action = SECCOMP_RET_ALLOW;

    return printf("landlock %ld seccomp %d\n", version > 0 ? version : 0,
                  syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0u,
                          &action) == 0) < 0;
}

static int
refuse(unsigned first, unsigned last, unsigned error)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, REFUSE(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof steps / sizeof *steps, steps};

    return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &filter) == 0;
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--tell") == 0)
        return tell();
    for (argv++; *argv && strncmp(*argv, "--", 2) == 0; argv++) {
        if (strcmp(*argv, "--landlock") == 0
                ? refuse(LANDLOCK_FIRST, LANDLOCK_LAST, ENOSYS)
            : strcmp(*argv, "--pidfd") == 0
                ? refuse(SYS_pidfd_open, SYS_pidfd_open, ENOSYS)
            : strcmp(*argv, "--random") == 0
                ? refuse(SYS_getrandom, SYS_getrandom, EPERM)
                : strcmp(*argv, "--seccomp") == 0 &&
                      refuse(SYS_seccomp, SYS_seccomp, EINVAL))
            continue;
        (void)fprintf(stderr, "lacking: %s: %s\n", *argv, strerror(errno));
        return 99;
    }
    if (*argv)
        (void)execvp(*argv, argv);
    perror("lacking");
    return 99;
}
