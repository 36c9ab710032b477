/* SPDX-License-Identifier: MIT */
/*
 * namer.h - what users are called, and whose a name is, for who may not wait:
 * the user database may be a slow server's, or one that hangs.
 */
#ifndef TW_HELPER_NAMER_H
#define TW_HELPER_NAMER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "helper/base/host_names.h"
#include "helper/base/loop.h"
#include "provider/base/text.h"

#define NAMER_NAMES 256    /* that are remembered */
#define NAMER_MS 60000     /* for so long */
#define NAMER_FIND_MAX 255 /* bytes of a name that is asked for */
#define NAMER_LATE_MS 5000 /* one that takes so long may never answer */

struct namer;

struct namer_host {
    /* The name of @uid, which was asked for, is known, or that there is none;
     * or the user database failed: then it is not, and may be asked again. */
    void (*named)(void *arg, uid_t uid);
    /* @name, which was asked for, is this @id's; or nobody's: HOST_NOBODY. */
    void (*found)(void *arg, enum host_name kind, const char *name,
                  unsigned id);
    void *arg;
};

/* namer_open: starts a thread that asks; its host is told by the loop.  To be
 * called when this process has given up what it will.  NULL: there is none. */
struct namer *namer_open(struct loop *loop, const struct namer_host *host);

/* namer_name: the name of @uid; "": it has none that could be an instance's.
 * False: it is not known yet, and is asked for, unless somebody else's is:
 * then it is to be tried again when that is told.  By NULL it is waited for,
 * however long; false: the user database failed.  @now_ms: of loop_now_ms().
 */
bool namer_name(struct namer *namer, uid_t uid, int64_t now_ms,
                char out[static NAME_PART_MAX + 1]);

/* namer_find: asks for the user or group @name.  False: something else is
 * asked for, or it is too long. */
bool namer_find(struct namer *namer, enum host_name kind, const char *name,
                int64_t now_ms);

/* namer_late_ms: when what is asked for will be late, or was; LOOP_NEVER:
 * nothing is. */
int64_t namer_late_ms(const struct namer *namer);

/* namer_close: does not wait for a database that hangs. */
void namer_close(struct namer *namer);

#endif
