/* SPDX-License-Identifier: MIT */
/*
 * deliver.h - an answer on its way through libmicrohttpd.
 */
#ifndef TW_SANDBOX_DELIVER_H
#define TW_SANDBOX_DELIVER_H

#include <microhttpd.h>

#include "tests/sandbox/answer.h"

/* deliver: for MANNER_WHOLE, _CUT and _ENDLESS; @answer must live until the
 * request is completed. */
enum MHD_Result deliver(struct MHD_Connection *connection,
                        struct answer *answer);

#endif
