/* SPDX-License-Identifier: MIT */
/*
 * filter.c - a phase comes in, and the kernel is given its filter, which was
 * made when this was built: filter_make.c has the lists.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "helper/fence/filter.h"

#ifdef TW_NO_SECCOMP

enum tw_status
filter_enter(enum phase phase, struct tw_error *err)
{
    (void)phase;
    (void)err;
    return TW_OK;
}

#else

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper/fence/filter_table.h"

#define FILTER(table)                          \
    {                                          \
        table, sizeof(table) / sizeof *(table) \
    }

static const struct {
    const struct sock_filter *steps;
    unsigned short count;
} FILTERS[] = {
    [PHASE_LOCAL] = FILTER(LOCAL),
    [PHASE_READING] = FILTER(READING),
    [PHASE_FETCHING] = FILTER(FETCHING),
    [PHASE_RESIDENT] = FILTER(RESIDENT),
};

enum tw_status
filter_enter(enum phase phase, struct tw_error *err)
{
    const struct sock_fprog filter = {
        FILTERS[phase].count,
        (struct sock_filter *)(uintptr_t)FILTERS[phase].steps};

    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &filter) == 0 ||
        errno == ENOSYS || errno == EINVAL)
        return TW_OK;
    return tw_fail_errno(err, TW_E_SYSTEM, errno, "seccomp");
}

#endif
