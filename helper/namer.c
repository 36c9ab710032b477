/* SPDX-License-Identifier: MIT */
/*
 * namer.c - see namer.h.
 *
 * One question at a time goes to the thread, and one answer comes back, under
 * one lock and with a word to the loop.  The trap is a database that hangs:
 * nobody waits in here, and a thread that never comes back keeps what it
 * needs.
 */
#include "helper/namer.h"

#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helper/thread.h"
#include "provider/base/auto.h"

#define ENTRY_MAX 65536 /* bytes of one of the user database */

struct known {
    uid_t uid;
    int64_t until_ms;
    char text[NAME_PART_MAX + 1];
};

struct namer {
    struct known names[NAMER_NAMES]; /* the asking thread's alone, ... */
    struct loop *loop;
    namer_told *told;
    void *arg;
    int64_t asked_ms; /* LOOP_NEVER: nothing is */
    uid_t uid;        /* ... up to here: that is asked for */
    pthread_t thread;
    int answered;          /* an eventfd */
    pthread_mutex_t mutex; /* over all that follows */
    pthread_cond_t work;
    bool has_question, is_busy, ends;
    uid_t question;
    char answer[NAME_PART_MAX + 1];
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

static void
destroy(struct namer *namer)
{
    (void)pthread_cond_destroy(&namer->work);
    (void)pthread_mutex_destroy(&namer->mutex);
    free(namer);
}

static void *
work(void *arg)
{
    struct namer *namer = arg;
    const uint64_t one = 1;

    (void)pthread_mutex_lock(&namer->mutex);
    for (;;) {
        char text[NAME_PART_MAX + 1];
        uid_t uid;

        while (!namer->has_question && !namer->ends)
            (void)pthread_cond_wait(&namer->work, &namer->mutex);
        if (namer->ends)
            break;
        uid = namer->question;
        namer->has_question = false;
        namer->is_busy = true;
        (void)pthread_mutex_unlock(&namer->mutex);
        ask(uid, text);
        (void)pthread_mutex_lock(&namer->mutex);
        namer->is_busy = false;
        if (namer->ends) { /* without waiting: nobody else has it now */
            (void)pthread_mutex_unlock(&namer->mutex);
            destroy(namer);
            return NULL;
        }
        (void)strcpy(namer->answer, text);
        (void)!write(namer->answered, &one, sizeof one);
    }
    (void)pthread_mutex_unlock(&namer->mutex);
    return NULL;
}

static void
on_answered(void *arg, int fd, uint32_t events)
{
    struct namer *namer = arg;
    struct known *known = &namer->names[namer->uid % NAMER_NAMES];
    uint64_t count;

    (void)events;
    if (read(fd, &count, sizeof count) < 0)
        return;
    *known = (struct known){.uid = namer->uid,
                            .until_ms = loop_now_ms() + NAMER_MS};
    (void)pthread_mutex_lock(&namer->mutex);
    (void)strcpy(known->text, namer->answer);
    (void)pthread_mutex_unlock(&namer->mutex);
    namer->asked_ms = LOOP_NEVER;
    namer->told(namer->arg, known->uid);
}

static void
be_told_no_more(struct namer *namer)
{
    if (namer->answered >= 0)
        (void)loop_watch(namer->loop, namer->answered, 0, NULL, NULL);
    auto_close(&namer->answered);
}

struct namer *
namer_open(struct loop *loop, namer_told *told, void *arg)
{
    struct namer *namer = calloc(1, sizeof *namer);

    if (!namer)
        return NULL;
    namer->loop = loop;
    namer->told = told;
    namer->arg = arg;
    namer->asked_ms = LOOP_NEVER;
    (void)pthread_mutex_init(&namer->mutex, NULL);
    (void)pthread_cond_init(&namer->work, NULL);
    namer->answered = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (namer->answered >= 0 &&
        loop_watch(loop, namer->answered, EPOLLIN, on_answered, namer) &&
        thread_start(&namer->thread, 0, work, namer))
        return namer;
    be_told_no_more(namer);
    destroy(namer);
    return NULL;
}

static void
put_question(struct namer *namer, uid_t uid, int64_t now_ms)
{
    namer->uid = uid;
    namer->asked_ms = now_ms;
    (void)pthread_mutex_lock(&namer->mutex);
    namer->question = uid;
    namer->has_question = true;
    (void)pthread_cond_signal(&namer->work);
    (void)pthread_mutex_unlock(&namer->mutex);
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
    if (known->uid == uid && known->until_ms > now_ms) {
        (void)strcpy(out, known->text);
        return true;
    }
    if (namer->asked_ms == LOOP_NEVER)
        put_question(namer, uid, now_ms);
    return false;
}

int64_t
namer_late_ms(const struct namer *namer)
{
    return namer && namer->asked_ms != LOOP_NEVER
               ? namer->asked_ms + NAMER_LATE_MS
               : LOOP_NEVER;
}

void
namer_close(struct namer *namer)
{
    pthread_t thread;
    bool is_busy;

    if (!namer)
        return;
    thread = namer->thread;
    (void)pthread_mutex_lock(&namer->mutex);
    is_busy = namer->is_busy;
    namer->ends = true;
    be_told_no_more(namer);
    (void)pthread_cond_signal(&namer->work);
    (void)pthread_mutex_unlock(&namer->mutex);
    if (is_busy) { /* the thread frees it */
        (void)pthread_detach(thread);
        return;
    }
    (void)pthread_join(thread, NULL);
    destroy(namer);
}
