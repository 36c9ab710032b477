/* SPDX-License-Identifier: MIT */
/*
 * job_source.h - what job.c and the other files of its name have of each
 * other: a job that holds its lock and may ask, until what it brought is kept.
 */
#ifndef TW_HELPER_JOB_SOURCE_H
#define TW_HELPER_JOB_SOURCE_H

#include "helper/fetch/job.h"

/* job_source_ask: begins a request for the job's token to the first of its
 * sources that may be asked, or ends the job. */
void job_source_ask(struct job *job);

/* job_source_next: the same, from the source after this one on; nothing of
 * the last one is on the stack any more. */
void job_source_next(struct job *job);

/* job_source_keeps: does the one that is asked keep a refresh token? */
bool job_source_keeps(const struct job *job);

/* job_source_expire: the source has brought the job's result: it was too
 * late, also for any other. */
void job_source_expire(struct job *job);

/* job_source_exchange: begins, or begins again, the exchange with the source
 * that is asked, once its endpoint is known. */
void job_source_exchange(struct job *job);

/* job_source_note: the source has brought the job's result, a failure, which
 * is noted.  @mark: of the secrets that were sent, or NULL; @retry_after: what
 * the server said, or -1. */
void job_source_note(struct job *job, const struct secret *mark,
                     int64_t retry_after);

/* job_source_look: reads the note of one of several sources. */
void job_source_look(struct job *job);

/* job_is_login: does a person log in, or has one brought a refresh token?
 * job_is_refused_login: and was that refused? */
bool job_is_login(const struct job *job);
bool job_is_refused_login(const struct job *job);

/* job_begin_login: where a person is there, or has brought a refresh token,
 * this is the login of the source that is asked.  Fails as
 * keeper_begin_login(). */
enum tw_status job_begin_login(struct job *job, struct tw_error *err);

/* job_lacks_person: does it take one, and none is there?  Then why is the
 * job's result. */
bool job_lacks_person(struct job *job);

/* job_awaits_person: is nothing under way that was asked for their login?
 * job_rest: then nothing is held any more; it ends if they have logged out
 * since.  job_resume: all is held, and what may be another by now was looked
 * at; else it has ended, or is to be called again. */
bool job_awaits_person(const struct job *job);
void job_rest(struct job *job);
bool job_resume(struct job *job, int64_t now_ms);

/* job_hand_over: to the thread of @scribe, one of the job's context, which
 * calls @work; @done is called by the loop's when it is done, at once where
 * there is no scribe. */
void job_hand_over(struct job *job, struct scribe *scribe,
                   void (*work)(void *job), void (*done)(void *job));

/* job_write: keeps the token that @outcome has brought, and ends the job. */
void job_write(struct job *job, const struct outcome *outcome);

/* job_settle: the refresh token that was brought is on the disk before @done
 * is called. */
void job_settle(struct job *job, void (*done)(void *job));

/* job_end: with the result it has; job_end_with: with this one. */
void job_end(struct job *job);
void job_end_with(struct job *job, const struct tw_error *err);

/* job_check_readers: are those the readers still whom this process has read
 * of?  Others are not to have what it brings.  TW_E_RETRY. */
enum tw_status job_check_readers(const struct job *job, struct tw_error *err);

/* job_hold: the source's refresh token.  Fails as keeper_open(). */
enum tw_status job_hold(struct job *job, struct tw_error *err);

/* job_give_way: another process holds what it needs, or that is out of reach,
 * for the reason in @why: it is to be begun again later, or has ended. */
void job_give_way(struct job *job, const struct tw_error *why);

/* job_look: reads what is kept, and the note. */
void job_look(struct job *job);

/* job_is_done_by_another: is a good token kept by now?  Then the job has
 * ended, with that. */
bool job_is_done_by_another(struct job *job);

/* job_refuse: says why no request is made, unless a living token is answer
 * enough.  Always false. */
bool job_refuse(struct job *job, struct now now);

#endif
