/* SPDX-License-Identifier: MIT */
/*
 * namer.h - what users are called, for who may not wait long: the user
 * database may be a slow server's, or one that hangs.
 */
#ifndef TW_HELPER_NAMER_H
#define TW_HELPER_NAMER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "provider/base/text.h"

#define NAMER_NAMES 256    /* that are remembered */
#define NAMER_MS 60000     /* for so long */
#define NAMER_WAIT_MS 1000 /* at most ... */
#define NAMER_LATE_MS 20   /* and so long after an answer that took more */

struct namer;

/* namer_open: starts a thread that asks.  To be called when this process has
 * given up what it will.  NULL: there is none. */
struct namer *namer_open(void);

/* namer_name: the name of @uid; "": it has none that could be an instance's.
 * False: the user database has not answered yet.  By NULL it is waited for,
 * however long.  @now_ms: of one clock. */
bool namer_name(struct namer *namer, uid_t uid, int64_t now_ms,
                char out[static NAME_PART_MAX + 1]);

/* namer_close: does not wait for a database that hangs. */
void namer_close(struct namer *namer);

#endif
