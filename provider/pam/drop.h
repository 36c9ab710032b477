/* SPDX-License-Identifier: MIT */
/*
 * drop.h - a process becomes the user, for good.
 */
#ifndef TW_PAM_DROP_H
#define TW_PAM_DROP_H

#include "provider/pam/person.h"

/* drop_to: groups, gids and uids of @person, no capability, none to be had
 * again, and the way back tried.  0 or an errno, and then the process must
 * end.  Makes system calls and nothing else, as a child of a program with
 * threads must. */
int drop_to(const struct person *person);

#endif
