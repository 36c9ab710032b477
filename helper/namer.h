/* SPDX-License-Identifier: MIT */
/*
 * namer.h - what users are called, for who may not wait: the user database may
 * be a slow server's, or one that hangs.
 */
#ifndef TW_HELPER_NAMER_H
#define TW_HELPER_NAMER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "helper/loop.h"
#include "provider/base/text.h"

#define NAMER_NAMES 256    /* that are remembered */
#define NAMER_MS 60000     /* for so long */
#define NAMER_LATE_MS 5000 /* one that takes so long may never answer */

struct namer;

/* The name of @uid, which was asked for, is known, or that there is none. */
typedef void namer_told(void *arg, uid_t uid);

/* namer_open: starts a thread that asks; @told is called by the loop.  To be
 * called when this process has given up what it will.  NULL: there is none. */
struct namer *namer_open(struct loop *loop, namer_told *told, void *arg);

/* namer_name: the name of @uid; "": it has none that could be an instance's.
 * False: it is not known yet, and is asked for, unless somebody else's is:
 * then it is to be tried again when that is told.  By NULL it is waited for,
 * however long.  @now_ms: of loop_now_ms(). */
bool namer_name(struct namer *namer, uid_t uid, int64_t now_ms,
                char out[static NAME_PART_MAX + 1]);

/* namer_late_ms: when what is asked for will be late, or was; LOOP_NEVER:
 * nothing is. */
int64_t namer_late_ms(const struct namer *namer);

/* namer_close: does not wait for a database that hangs. */
void namer_close(struct namer *namer);

#endif
