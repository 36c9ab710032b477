/* SPDX-License-Identifier: MIT */
/*
 * foreground.h - whose a terminal is just now: a person at work at its shell
 * wants to be left alone.
 */
#ifndef TW_HELPER_FOREGROUND_H
#define TW_HELPER_FOREGROUND_H

#include <stdbool.h>

/* foreground_is: is the terminal @fd ours?  So is one without a shell that
 * looks after it, and what is no terminal. */
bool foreground_is(int fd);

#endif
