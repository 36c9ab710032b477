/* SPDX-License-Identifier: MIT */
/*
 * serve.h - the resident helper: profiles in care, refreshed ahead of time,
 * until it is told to end.
 */
#ifndef TW_HELPER_SERVE_H
#define TW_HELPER_SERVE_H

#include <dirent.h>

#include "helper/base/log.h"
#include "helper/base/loop.h"
#include "helper/serve/audit.h"
#include "helper/serve/bell.h"
#include "helper/serve/credential.h"
#include "helper/serve/hooks.h"
#include "helper/serve/metrics.h"
#include "helper/serve/namer.h"
#include "helper/serve/notify.h"
#include "helper/serve/renewal.h"
#include "helper/serve/serve_revoke.h"
#include "helper/serve/task.h"
#include "helper/serve/watch.h"
#include "helper/session.h"

#define SERVE_SETTLE_MS 100 /* from the last change to the reload, and ... */
#define SERVE_SETTLE_MAX_MS 2000 /* ... from the first one, at most */
#define SERVE_END_MS 1500 /* for what is under way, at the end, and ... */
/* ... then for refresh tokens to come: as long as they can.  The units'
 * TimeoutStopSec is longer than both. */
#define SERVE_KEEP_MS (TASK_MS + TASK_GRACE_MS)
/* Fetches that have left their lane, and are being written. */
#define SERVE_WRITING_MAX 64
#define SERVE_CONTENDED_S 1    /* until a lock that another holds is tried */
#define SERVE_UNNAMED_MS 20000 /* for a name: less than a reader waits */

struct serve {
    struct session *session;
    struct store store;
    int lock; /* one resident helper for each runtime directory */
    struct loop loop;
    struct bell bell;
    struct credential credential;
    struct hooks hooks;
    struct log log;
    struct audit audit;
    uint64_t reloads;                   /* that were told of */
    uint64_t fetches[METRICS_STATUSES]; /* that ended, by status */
    struct span_counts fetch_spans, wait_spans;
    int64_t started_at;    /* wall clock */
    int64_t metrics_ms;    /* before this they are not written again */
    uint64_t metrics_told; /* the sum of counts when that went well */
    bool metrics_failed;   /* the last time */
    struct notify notify;
    struct watch watch;
    int signals;
    struct http *http;
    int64_t http_ms; /* when the engine wants its turn; of loop_now_ms() */
    struct scribe *scribe, *disk;
    struct withdrawals revokes;
    struct task_context tasks;
    struct task *running;
    size_t running_count, writing_count;
    struct renewal *renewal;
    struct era *era; /* the current one */
    struct wards wards;
    struct ward *unlooked; /* it and those behind it, since the last reload */
    int64_t admit_ms;  /* when readers that could not be set are, or never */
    DIR *strays;       /* the same of what is nobody's, or NULL */
    int64_t strays_ms; /* when that is looked at again */
    struct namer *namer;
    struct timed_list unnamed; /* callers who wait for it */
    int64_t absent_ms; /* when the next one who was nobody is asked for */
    struct schedule schedule;
    int64_t reload_ms;       /* LOOP_NEVER: nothing changed */
    int64_t settled_ms;      /* else: until then a change puts it off */
    int64_t again_ms;        /* LOOP_NEVER: nor was the host too short */
    bool is_again;           /* it is being read for that alone */
    int64_t watch_ms;        /* LOOP_NEVER: it is watched */
    int64_t index_ms;        /* LOOP_NEVER: the index is the set's */
    int64_t late_ms;         /* LOOP_NEVER: it was told that a reload is */
    int64_t ping_ms;         /* of the watchdog */
    int64_t end_ms;          /* LOOP_NEVER: not told to end */
    bool ends_soon;          /* and nothing lengthens that any more */
    struct tw_error refused; /* why the last reload was */
    struct tw_error gone;    /* what it lives by: it ends as if told to */
    struct tw_error broken;  /* it cannot go on, and ends at once */
};

/* serve_load: the first set: what is good of it is taken.  None is if this one
 * is told to end meanwhile. */
enum tw_status serve_load(struct serve *serve, struct tw_error *err);

/* serve_reload: all or nothing: a set with anything broken in it leaves the
 * old one in place, and its complaint is told.  The system's is there when
 * serve_reloaded() is told, a user's at once. */
void serve_reload(struct serve *serve);

/* serve_reloaded: for the renewal, @arg is the struct serve. */
void serve_reloaded(void *arg, struct profile_set *set,
                    const struct tw_error *err);

/* serve_reload_fault: why the profiles are not as their files say: the last
 * reload was refused, or the start left some out.  Of TW_OK: they are. */
const struct tw_error *serve_reload_fault(const struct serve *serve);

/* serve_reload_turn: reloads if it is time to.  Returns when it wants the next
 * turn. */
int64_t serve_reload_turn(struct serve *serve, int64_t now_ms);

/* serve_look_again, serve_look_turn: everything kept is to be looked at, and
 * some of it is.  Returns when it wants the next turn (LOOP_NEVER: all was).
 */
void serve_look_again(struct serve *serve);
int64_t serve_look_turn(struct serve *serve);

/* serve_admit: @ward's readers may read what is kept of it, and no others.
 * What fails is told, and tried again by serve_admit_turn(), which returns
 * when it wants the next turn. */
enum tw_status serve_admit(struct serve *serve, struct ward *ward,
                           struct tw_error *err);
int64_t serve_admit_turn(struct serve *serve, int64_t now_ms);

/* serve_strays_again, serve_strays_turn: whatever is kept of profiles that are
 * gone is to be closed to its readers, or removed when it is of no use any
 * more, and some of it is.  Returns when it wants the next turn. */
void serve_strays_again(struct serve *serve);
int64_t serve_strays_turn(struct serve *serve, int64_t now_ms);

/* serve_stray: the same of @name, where a fetch has just written that began
 * when it was a profile's. */
void serve_stray(struct serve *serve, const char *name);

/* serve_asked, serve_left: the bell's host, @arg is the struct serve. */
void serve_asked(void *arg, struct caller *caller,
                 const struct bell_request *request);
void serve_left(struct waiter *waiter);

/* serve_act: the same, whether it is known what the caller is called or not.
 */
void serve_act(struct serve *serve, struct caller *caller,
               const struct peer *peer, const struct bell_request *request);

/* serve_puts_off: @request waits for the caller's name, true, or need not. */
bool serve_puts_off(struct serve *serve, struct caller *caller,
                    const struct peer *peer,
                    const struct bell_request *request);

/* serve_named: for the namer, @arg is the struct serve. */
void serve_named(void *arg, uid_t uid);

/* serve_name_next: whoever waits for a name has it asked for. */
void serve_name_next(struct serve *serve);

/* serve_absent_again: names of readers that are nobody's in the current set
 * are asked for again, from now on. */
void serve_absent_again(struct serve *serve);

/* serve_absent_turn: one of them is, if it is time to.  Returns when it wants
 * the next turn (LOOP_NEVER: there are none). */
int64_t serve_absent_turn(struct serve *serve, int64_t now_ms);

/* serve_found: for the namer, @arg is the struct serve. */
void serve_found(void *arg, enum host_name kind, const char *name,
                 unsigned id);

/* serve_unnamed_turn: who has waited for long enough is told so.  Returns when
 * it wants the next turn. */
int64_t serve_unnamed_turn(struct serve *serve, int64_t now_ms);

/* serve_loads, serve_load_vain: the host of what LoadCredential= asks, @arg is
 * the struct serve. */
void serve_loads(void *arg, struct load *load);
void serve_load_vain(void *arg, const struct tw_error *err);

/* serve_is_good: the kept token is this profile's and lives for long enough.
 */
bool serve_is_good(const struct serve *serve, const struct profile *profile,
                   int64_t min_valid);

/* serve_alive: the kept record, if its token is this profile's and alive. */
bool serve_alive(const struct serve *serve, const struct profile *profile,
                 struct record *out);

/* serve_await: @waiter is told when a fetch of @ward has ended, or left. */
void serve_await(struct serve *serve, struct ward *ward, struct waiter *waiter,
                 int64_t min_valid);

/* serve_user: may @peer have the instance of a users' template that @request
 * names, or, to leave, give up what is kept of it?  @ward: its, or NULL, then
 * one is made.  TW_E_NOT_FOUND: no such template; TW_E_ACCESS; TW_E_RETRY: who
 * that is is not known yet; TW_E_SYSTEM. */
enum tw_status serve_user(struct serve *serve, const struct peer *peer,
                          const struct bell_request *request,
                          struct ward **ward, struct tw_error *err);

/* serve_user_leaves: what a login had kept as @ward (or NULL), its user gives
 * up, a reader still or no more, whatever they are called. */
bool serve_user_leaves(const struct peer *peer, const struct ward *ward,
                       const struct bell_request *request);

/* serve_user_is_unnamed: would it take what @peer is called, which is not
 * known yet? */
bool serve_user_is_unnamed(struct serve *serve, const struct peer *peer,
                           const struct bell_request *request);

/* serve_resume_users: at its start: users' instances of which a token is kept
 * that lives are as if their users had just asked for them. */
void serve_resume_users(struct serve *serve);

/* serve_leave: the last session of @peer has ended, for whom @ward's instance
 * of a template with login: true was kept: it is removed, unless its lifetime
 * says that it stays.  TW_E_ACCESS: it is nothing of this caller's login;
 * TW_E_SYSTEM: it could not be removed. */
enum tw_status serve_leave(struct serve *serve, const struct peer *peer,
                           struct ward *ward, const struct profile *profile,
                           struct tw_error *err);

/* serve_leave_ends: does the last logout end what is kept as the instance
 * @name, of @profile or of the template whose sample that is? */
bool serve_leave_ends(const struct profile *profile, const char *name);

/* serve_leave_after: @task, which was under way then, has ended: what it
 * brought is removed, too, unless the user came back. */
void serve_leave_after(struct serve *serve, const struct task *task);

/* serve_answer: all who wait for @ward. */
void serve_answer(struct serve *serve, struct ward *ward,
                  const struct tw_error *result);

/* serve_end: as serve->gone says; but what may hold the only good refresh
 * token is waited for. */
void serve_end(struct serve *serve);

/* serve_check_place: ends it all if others do not see its directory, or the
 * sockets that it made, any more; tells of those that it was handed. */
void serve_check_place(struct serve *serve);

/* serve_put_back: @ward, of which @task has ended, is due when what is kept
 * and noted says so. */
void serve_put_back(struct serve *serve, struct ward *ward,
                    const struct task *task);

/* serve_tell: that @task has ended, and whether it @brought a token. */
void serve_tell(struct serve *serve, const struct task *task, bool brought);

/* serve_tell_anew: what fails next is news, whatever it is. */
void serve_tell_anew(const struct ward *ward);

/* serve_metrics_turn: writes them when something was counted.  Returns when it
 * wants the next turn (LOOP_NEVER: it does not). */
int64_t serve_metrics_turn(struct serve *serve, int64_t now_ms);

/* serve_turn: everything that is to be done now.  Returns when it wants the
 * next turn, of loop_now_ms(). */
int64_t serve_turn(struct serve *serve);

#endif
