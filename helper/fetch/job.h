/* SPDX-License-Identifier: MIT */
/*
 * job.h - one profile being fetched: is it needed, may it be, do it, keep it.
 */
#ifndef TW_HELPER_JOB_H
#define TW_HELPER_JOB_H

#include "helper/base/scribe.h"
#include "helper/exchange/discovery.h"
#include "helper/exchange/exchange.h"
#include "helper/fetch/fetch.h"
#include "helper/fetch/stack.h"
#include "helper/profile/fingerprint.h"
#include "helper/store/retry.h"

struct job_context {
    const struct fetch_options *options;
    const struct store *store;
    const struct person *person; /* NULL: nobody is there */
    const struct secret *given;  /* a refresh token to keep and use, or NULL */
    struct secret_context secrets;
    struct scribe *scribe; /* or NULL */
    struct scribe *disk;   /* another, for what waits for one; or NULL */
};

enum job_state { JOB_IDLE = 0, JOB_BUSY, JOB_CONTENDED, JOB_ENDED };

struct job {
    const struct job_context *context;
    const struct profile *profile;
    const struct profile *source; /* the one that is asked, while busy */
    struct http *http;            /* while it is busy */
    enum job_state state;
    int64_t lock_deadline_ms; /* until when others' locks are waited for */
    struct store_profile place;
    struct record kept;
    int64_t expected;           /* generation of the kept record, 0: none */
    struct backoff note;        /* of the whole profile */
    bool has_note;              /* one is kept, be it about another profile */
    struct backoff source_note; /* of the source, if it is one of several */
    int64_t soonest; /* seconds until one of the sources may be asked */
    struct stack_account account; /* of the sources before it */
    bool was_asked;               /* an endpoint was, by one of the sources */
    bool goes_on; /* with the source after it, by the next job_turn() */
    struct keeper keeper; /* while it is busy, if the provider keeps one */
    char fingerprint[FINGERPRINT_SIZE], source_fingerprint[FINGERPRINT_SIZE],
        server[FINGERPRINT_SIZE];
    struct discovery *discovery; /* NULL: the profile names its endpoint */
    struct exchange *exchange;
    struct exchange
        *retired;     /* the try before; it may still be on the stack */
    bool is_writing;  /* the scribe is at its files; nothing else goes on */
    bool is_rescuing; /* it is so, and another source may be asked then */
    bool is_counting; /* it is at its quota: the same */
    struct scribe_order order;
    struct store_change change; /* its token stays if it was not kept */
    enum tw_status worked;      /* what came of that, and why it failed: */
    struct tw_error why;
    struct {
        bool sent;
        int64_t lifetime;
        struct tw_error unkept;
    } outcome;             /* what there is to know of it then */
    bool published;        /* what it brought is the current one */
    struct record brought; /* then: its record, without the texts */
    bool is_told; /* and that is all there is to know: no note was written,
                     and nothing is watched */
    bool is_moot; /* set from outside: whom it is for is gone, so that nothing
                     is published any more, or tried again */
    bool has_refresh_token; /* one is kept, now that it has ended well */
    bool is_resting;  /* a login waits for its person, and holds nothing: */
    int64_t again_ms; /* when it tries again to go on, and ... */
    struct tw_error held_up; /* ... why it could not, if it could not */
    int tries;
    struct tw_error result;
};

/* job_init: of a job that is all zero. */
void job_init(struct job *job, const struct job_context *context,
              const struct profile_set *set, const char *name);

/* job_init_with: the same of a profile that was found already; the job
 * releases it. */
void job_init_with(struct job *job, const struct job_context *context,
                   const struct profile *profile);

/* job_begin: takes the lock (waiting until @lock_deadline_ms; 0: not at all)
 * and, if a request is needed and may be made, starts it on @http. */
void job_begin(struct job *job, struct http *http, int64_t lock_deadline_ms);

/* job_wants: would job_begin() ask somebody, were the lock free? */
bool job_wants(struct job *job);

/* job_block: ends a job whose secret is @needed's token, if that has failed
 * and no living token is left of it, unless it has other sources. */
void job_block(struct job *job, const struct job *needed);

bool job_is_busy(const struct job *job);

/* job_keeps: may an answer that is to come, or being written, hold a refresh
 * token to be kept? */
bool job_keeps(const struct job *job);
bool job_is_writing(const struct job *job);
bool job_has_answer(const struct job *job); /* which is being written */
bool job_has_ended(const struct job *job);
bool job_is_contended(const struct job *job);
int64_t job_wake_ms(const struct job *job);
void job_turn(struct job *job, int64_t now_ms);
void job_expire(struct job *job); /* the deadline has come */

/* job_held_up: why a login waits though its person may have done their part,
 * be it here or at the server, which has an outage; or NULL. */
const struct tw_error *job_held_up(const struct job *job);

/* job_stop: ends it, with no request under way, for a reason that is not the
 * server's: nothing is noted. */
void job_stop(struct job *job, const struct tw_error *why);
const struct tw_error *job_result(const struct job *job);
void job_clear(struct job *job);

#endif
