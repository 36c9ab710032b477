/* SPDX-License-Identifier: MIT */
/*
 * renewal.h - profiles are read again by who may not wait: ten thousand files
 * take their time, and the names of readers are the user database's, which
 * may hang.
 */
#ifndef TW_HELPER_RENEWAL_H
#define TW_HELPER_RENEWAL_H

#include "helper/base/loop.h"
#include "helper/profile/profiles.h"

#define RENEWAL_LATE_MS 5000 /* one that takes so long may never end */

struct renewal;

/* What was read, as by profiles_load(): @set is to be taken or cleared, and
 * empty if @err is one. */
typedef void renewal_told(void *arg, struct profile_set *set,
                          const struct tw_error *err);

/* What is broken in what is read, one by one, or NULL. */
typedef void renewal_complain(void *arg, const struct tw_error *err);

/* renewal_open: of @scope, with providers of its own as @modules would give
 * them, which live as long as it does; all strings are copied.  NULL: out of
 * memory. */
struct renewal *renewal_open(struct loop *loop,
                             const struct profile_scope *scope,
                             const struct modules *modules, renewal_told *told,
                             void *arg);

/* renewal_read: profiles_load() by the caller, who waits; not while it is
 * busy.  The user database is asked for readers that instances name, so that
 * whoever makes one of them later does not ask.  @err is none if it succeeds.
 */
enum tw_status renewal_read(struct renewal *renewal,
                            renewal_complain *complain, void *arg,
                            struct profile_set *out, struct tw_error *err);

/* renewal_start: the same by a thread, which calls @complain; the loop tells
 * when it is done.  False: there is no thread or descriptor to be had.  The
 * thread keeps what this process may do now. */
bool renewal_start(struct renewal *renewal, renewal_complain *complain,
                   void *arg);

/* renewal_is_busy: it was started, and its end was not told yet. */
bool renewal_is_busy(const struct renewal *renewal);

/* renewal_close: after every set that it read was cleared.  Waits for half a
 * second at most: a thread may hang. */
void renewal_close(struct renewal *renewal);

#endif
