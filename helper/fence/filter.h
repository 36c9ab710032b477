/* SPDX-License-Identifier: MIT */
/*
 * filter.h - which system calls this process may still make; seccomp(2).
 */
#ifndef TW_HELPER_FILTER_H
#define TW_HELPER_FILTER_H

#include "provider/base/error.h"

/* Each can only be followed by one that allows less. */
enum phase {
    PHASE_LOCAL = 0, /* a command that talks to no endpoint, to its end */
    PHASE_READING,   /* before the profiles are read */
    PHASE_FETCHING,
    PHASE_RESIDENT,
};

/* filter_enter: from now on only what @phase has; for this process, its
 * threads and children, for good.  A kernel without seccomp: nothing happens.
 * Needs no_new_privs.  TW_E_SYSTEM. */
enum tw_status filter_enter(enum phase phase, struct tw_error *err);

#endif
