/* SPDX-License-Identifier: MIT */
/*
 * task.h - one ward being fetched: a job on the common engine, or, where that
 * could keep everybody waiting, `tokenward-helper fetch` in a process of its
 * own.
 */
#ifndef TW_HELPER_TASK_H
#define TW_HELPER_TASK_H

#include "helper/base/loop.h"
#include "helper/fetch/job.h"
#include "helper/serve/wards.h"

#define TASK_MS 60000      /* for all requests of one exchange */
#define TASK_GRACE_MS 2000 /* then it is ended from outside */

/* A set of profiles, and how many still look at it. */
struct era {
    struct profile_set set;
    unsigned holds; /* its tasks', and the one that is current */
};

void era_release(struct era *era);

/* What all tasks share. */
struct task_context {
    const struct environment *environment;
    const struct store *store;
    struct http *http;
    struct loop *loop;
    const struct broker *broker;
    const struct wards *wards;
    struct scribe *scribe, *disk; /* or NULL */
    bool system;
};

struct task {
    struct task *next, *previous; /* kept by the caller */
    const struct task_context *context;
    struct ward *ward;
    struct lane_place place;
    bool has_left;   /* its place is another's, the endpoint has answered */
    bool is_doubted; /* lane_doubt() was told */
    struct era *era;
    uid_t uid; /* whose it was when it began, if it is one of a user's */
    struct fetch_options options; /* what the job's context borrows */
    struct job_context job_context;
    struct job job;
    int child;       /* a pidfd, or -1 */
    pid_t pid;       /* of it */
    int told;        /* what it says in the end, or -1, ... */
    char *report;    /* ... and what it has said, or NULL */
    bool is_same;    /* what it brought is the token that was kept */
    bool is_cut_off; /* it was killed, and may have done more than it said */
    int64_t began_ms, end_ms; /* monotonic: it is ended then */
    bool has_ended;
    bool is_contended; /* another process is at it: nothing came of it here */
    struct tw_error result; /* once it has ended */
};

/* task_start: begins to fetch @ward, from its @place in the lane.  It may have
 * ended at once.  NULL: out of memory. */
struct task *task_start(const struct task_context *context, struct era *era,
                        struct ward *ward, const struct lane_place *place);

/* task_turn: goes on if it wants to.  Returns when (monotonic, in ms) it wants
 * to be called again. */
int64_t task_turn(struct task *task, int64_t now_ms);

/* task_keeps: is it under way, and may its answer hold a refresh token that
 * nobody could have again? */
bool task_keeps(const struct task *task);

/* task_free: one that has ended; or any, after the engine was freed. */
void task_free(struct task *task);

#endif
