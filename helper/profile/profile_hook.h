/* SPDX-License-Identifier: MIT */
/*
 * profile_hook.h - on_refresh, as a profile says it: a program, a unit that is
 * told, or a process that is sent a signal.
 */
#ifndef TW_HELPER_PROFILE_HOOK_H
#define TW_HELPER_PROFILE_HOOK_H

/* Of a profile; all zero: there is none. */
struct hook {
    char **argv;   /* NULL-ended, or NULL: a signal */
    char *pidfile; /* absolute; with signal */
    int signal;
};

#endif
