/* SPDX-License-Identifier: MIT */
/*
 * manners.h - what a server in particular wants, checked; see misbehave.h.
 */
#ifndef TW_SANDBOX_MANNERS_H
#define TW_SANDBOX_MANNERS_H

#include "tests/sandbox/purchase.h"

purchase_check manners_check_way;    /* `auth` */
purchase_check manners_check_header; /* `want-header` */
purchase_check manners_check_fields; /* `want`, `lack` */

#endif
