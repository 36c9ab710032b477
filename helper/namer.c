/* SPDX-License-Identifier: MIT */
/*
 * namer.c - see namer.h.
 *
 * One question at a time goes to the thread, and one answer comes back, under
 * one lock.  The trap is a database that hangs: whoever waits for it keeps all
 * others waiting.  So once it was late it is hardly waited for, until it has
 * answered in time again.
 */
#include "helper/namer.h"

#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define ENTRY_MAX 65536 /* bytes of one of the user database */

struct known {
    uid_t uid;
    int64_t until_ms;
    char text[NAME_PART_MAX + 1];
};

struct namer {
    struct known names[NAMER_NAMES]; /* the asking thread's alone */
    bool is_late;                    /* and this, too */
    pthread_t thread;
    pthread_mutex_t mutex; /* over all that follows */
    pthread_cond_t work, answered;
    bool is_busy, has_answer, ends;
    uid_t uid; /* that is asked for, or was */
    char text[NAME_PART_MAX + 1];
    bool was_late;
};

static void
ask(uid_t uid, char out[static NAME_PART_MAX + 1])
{
    AUTO_FREE char *entry = malloc(ENTRY_MAX);
    struct passwd user, *found = NULL;

    out[0] = '\0';
    if (entry && !getpwuid_r(uid, &user, entry, ENTRY_MAX, &found) && found &&
        text_is_name_part(found->pw_name))
        (void)strcpy(out, found->pw_name);
}

static void *
work(void *arg)
{
    struct namer *namer = arg;

    (void)pthread_mutex_lock(&namer->mutex);
    for (;;) {
        char text[NAME_PART_MAX + 1];
        int64_t began_ms;
        uid_t uid;

        while (!namer->is_busy && !namer->ends)
            (void)pthread_cond_wait(&namer->work, &namer->mutex);
        if (namer->ends)
            break;
        uid = namer->uid;
        (void)pthread_mutex_unlock(&namer->mutex);
        began_ms = clock_monotonic_ms();
        ask(uid, text);
        (void)pthread_mutex_lock(&namer->mutex);
        (void)strcpy(namer->text, text);
        namer->was_late = clock_monotonic_ms() - began_ms >= NAMER_WAIT_MS;
        namer->has_answer = true;
        namer->is_busy = false;
        (void)pthread_cond_signal(&namer->answered);
    }
    (void)pthread_mutex_unlock(&namer->mutex);
    return NULL;
}

static bool
start(struct namer *namer)
{
    pthread_condattr_t monotonic;
    sigset_t all, before;
    bool good;

    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&namer->mutex, NULL);
    (void)pthread_cond_init(&namer->work, NULL);
    (void)pthread_cond_init(&namer->answered, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    good = !pthread_create(&namer->thread, NULL, work, namer);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

static void
destroy(struct namer *namer)
{
    (void)pthread_cond_destroy(&namer->answered);
    (void)pthread_cond_destroy(&namer->work);
    (void)pthread_mutex_destroy(&namer->mutex);
    free(namer);
}

struct namer *
namer_open(void)
{
    struct namer *namer = calloc(1, sizeof *namer);

    if (namer && !start(namer))
        destroy(TAKE_POINTER(namer));
    return namer;
}

/* Under the lock. */
static void
take_answer(struct namer *namer, int64_t now_ms)
{
    struct known *known = &namer->names[namer->uid % NAMER_NAMES];

    if (!namer->has_answer)
        return;
    namer->has_answer = false;
    namer->is_late = namer->was_late;
    *known = (struct known){.uid = namer->uid, .until_ms = now_ms + NAMER_MS};
    (void)strcpy(known->text, namer->text);
}

/* Under the lock: until the thread has nothing to do, or it takes too long. */
static void
wait_for_answer(struct namer *namer, const struct timespec *until,
                int64_t now_ms)
{
    while (namer->is_busy &&
           !pthread_cond_timedwait(&namer->answered, &namer->mutex, until))
        ;
    namer->is_late = namer->is_late || namer->is_busy;
    take_answer(namer, now_ms);
}

/* Under the lock.  It may be at another question yet. */
static void
ask_thread(struct namer *namer, uid_t uid, int64_t now_ms)
{
    int64_t until_ms = clock_monotonic_ms() +
                       (namer->is_late ? NAMER_LATE_MS : NAMER_WAIT_MS);
    const struct timespec until = {.tv_sec = until_ms / 1000,
                                   .tv_nsec = until_ms % 1000 * 1000000};

    wait_for_answer(namer, &until, now_ms);
    if (namer->is_busy)
        return;
    namer->uid = uid;
    namer->is_busy = true;
    (void)pthread_cond_signal(&namer->work);
    wait_for_answer(namer, &until, now_ms);
}

bool
namer_name(struct namer *namer, uid_t uid, int64_t now_ms,
           char out[static NAME_PART_MAX + 1])
{
    const struct known *known;

    if (!namer) {
        ask(uid, out);
        return true;
    }
    known = &namer->names[uid % NAMER_NAMES];
    (void)pthread_mutex_lock(&namer->mutex);
    take_answer(namer, now_ms);
    if (known->uid != uid || known->until_ms <= now_ms)
        ask_thread(namer, uid, now_ms);
    (void)pthread_mutex_unlock(&namer->mutex);
    if (known->uid != uid || known->until_ms <= now_ms)
        return false;
    (void)strcpy(out, known->text);
    return true;
}

void
namer_close(struct namer *namer)
{
    bool is_busy;

    if (!namer)
        return;
    (void)pthread_mutex_lock(&namer->mutex);
    is_busy = namer->is_busy;
    namer->ends = true;
    (void)pthread_cond_signal(&namer->work);
    (void)pthread_mutex_unlock(&namer->mutex);
    if (is_busy) { /* it keeps what it needs */
        (void)pthread_detach(namer->thread);
        return;
    }
    (void)pthread_join(namer->thread, NULL);
    destroy(namer);
}
