/* SPDX-License-Identifier: MIT */
/*
 * verdict.h - what the helper says of a request, whichever way it was asked:
 * status=, message= and hint= lines.
 */
#ifndef TW_BASE_VERDICT_H
#define TW_BASE_VERDICT_H

#include <stddef.h>

#include "provider/base/error.h"

/* verdict_read: the status that @text names, with its message in @err, control
 * characters as '?'.  Cuts @text, which must have room for one byte more at
 * @n.  TW_E_SYSTEM when it names none. */
enum tw_status verdict_read(char *text, size_t n, struct tw_error *err);

#endif
