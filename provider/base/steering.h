/* SPDX-License-Identifier: MIT */
/*
 * steering.h - the variables that steer what every program is linked to.
 */
#ifndef TW_BASE_STEERING_H
#define TW_BASE_STEERING_H

#include <stdbool.h>

/* steering_has: would @variable, a name or "NAME=VALUE", steer the dynamic
 * linker, the allocator, the resolver or TLS?  It is handed on to no helper,
 * and set in no session. */
bool steering_has(const char *variable);

#endif
