/* SPDX-License-Identifier: MIT */
/*
 * guard.h - what a process that holds a token keeps from its neighbours.
 */
#ifndef TW_CLI_GUARD_H
#define TW_CLI_GUARD_H

/* guard_begin: from here on the process leaves no core file, and another of
 * the same user can neither attach to it nor read its memory; and a file that
 * may not grow fails a write and ends no process.  The first thing in main().
 * A kernel that forbids it is no reason to give no token. */
void guard_begin(void);

/* guard_end: the limit on core files and the signal are again what they were,
 * for a command that takes this process's place; the rest ends with execve(2)
 * by itself. */
void guard_end(void);

#endif
