/* SPDX-License-Identifier: MIT */
/*
 * tend.h - a token that is kept fresh for as long as one process lives.
 */
#ifndef TW_CLI_TEND_H
#define TW_CLI_TEND_H

#include "provider/base/ask.h"

/* tend_begin: starts a process of its own that has @profile's token renewed
 * whenever it is due, until the calling process ends, whatever that has
 * become by execve(2).  It holds none of the caller's descriptors, belongs to
 * a session of its own and is nobody's child; its copy of @held is wiped.
 * Where it cannot be started the token is as fresh as it is, which is told on
 * standard error and is no failure. */
void tend_begin(const struct runtime *runtime, const char *profile,
                struct answer *held);

#endif
