/* SPDX-License-Identifier: MIT */
/*
 * namer.c - see namer.h.
 *
 * One question at a time goes to the thread, and one answer comes back, under
 * one lock and with a word to the loop.  The trap is a database that hangs:
 * nobody waits in here, and a thread that never comes back keeps what it
 * needs.
 */
#include "helper/serve/namer.h"

#include <errno.h>
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helper/base/thread.h"
#include "provider/base/auto.h"
#include "provider/base/own_name.h"

#define ENTRY_MAX 65536 /* bytes of one of the user database */

struct known {
    uid_t uid;
    int64_t until_ms;
    char text[NAME_PART_MAX + 1];
};

/* What a user is called (HOST_NOBODY), or whose a name is. */
struct question {
    enum host_name kind;
    uid_t uid;
    char name[NAMER_FIND_MAX + 1];
};

struct answer {
    bool is_known; /* of a uid: what is in text */
    char text[NAME_PART_MAX + 1];
    enum host_name found;
    unsigned id;
};

struct namer {
    struct known names[NAMER_NAMES]; /* the asking thread's alone, ... */
    struct loop *loop;
    struct namer_host host;
    int64_t asked_ms;      /* LOOP_NEVER: nothing is */
    struct question asked; /* ... up to here: that is */
    pthread_t thread;
    int answered;          /* an eventfd */
    pthread_mutex_t mutex; /* over all that follows */
    pthread_cond_t work;
    bool has_question, is_busy, ends;
    struct question question;
    struct answer answer;
};

static bool
ask_name(uid_t uid, char out[static NAME_PART_MAX + 1])
{
    AUTO_FREE char *entry = malloc(ENTRY_MAX);
    struct passwd user, *found = NULL;
    int rc = entry ? getpwuid_r(uid, &user, entry, ENTRY_MAX, &found) : ENOMEM;

    out[0] = '\0';
    if (rc == 0 && found && text_is_name_part(found->pw_name))
        (void)strcpy(out, found->pw_name);
    return own_name_told(rc);
}

static void
ask(const struct question *question, struct answer *out)
{
    *out = (struct answer){.found = HOST_NOBODY};
    if (question->kind == HOST_NOBODY)
        out->is_known = ask_name(question->uid, out->text);
    else
        out->found =
            host_names_ask(question->kind, question->name, &out->id, NULL);
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
        struct question question;
        struct answer answer;

        while (!namer->has_question && !namer->ends)
            (void)pthread_cond_wait(&namer->work, &namer->mutex);
        if (namer->ends)
            break;
        question = namer->question;
        namer->has_question = false;
        namer->is_busy = true;
        (void)pthread_mutex_unlock(&namer->mutex);
        ask(&question, &answer);
        (void)pthread_mutex_lock(&namer->mutex);
        namer->is_busy = false;
        if (namer->ends) { /* without waiting: nobody else has it now */
            (void)pthread_mutex_unlock(&namer->mutex);
            destroy(namer);
            return NULL;
        }
        namer->answer = answer;
        (void)!write(namer->answered, &one, sizeof one);
    }
    (void)pthread_mutex_unlock(&namer->mutex);
    return NULL;
}

static void
on_answered(void *arg, int fd, uint32_t events)
{
    struct namer *namer = arg;
    const struct question asked = namer->asked;
    struct answer answer;
    struct known *known;
    uint64_t count;

    (void)events;
    if (read(fd, &count, sizeof count) < 0)
        return;
    (void)pthread_mutex_lock(&namer->mutex);
    answer = namer->answer;
    (void)pthread_mutex_unlock(&namer->mutex);
    namer->asked_ms = LOOP_NEVER;
    if (asked.kind != HOST_NOBODY) {
        namer->host.found(namer->host.arg,
                          answer.found == asked.kind ? asked.kind
                                                     : HOST_NOBODY,
                          asked.name, answer.id);
        return;
    }
    known = &namer->names[asked.uid % NAMER_NAMES];
    if (answer.is_known) {
        *known = (struct known){.uid = asked.uid,
                                .until_ms = loop_now_ms() + NAMER_MS};
        (void)strcpy(known->text, answer.text);
    }
    namer->host.named(namer->host.arg, asked.uid);
}

static void
be_told_no_more(struct namer *namer)
{
    if (namer->answered >= 0)
        (void)loop_watch(namer->loop, namer->answered, 0, NULL, NULL);
    auto_close(&namer->answered);
}

struct namer *
namer_open(struct loop *loop, const struct namer_host *host)
{
    struct namer *namer = calloc(1, sizeof *namer);

    if (!namer)
        return NULL;
    namer->loop = loop;
    namer->host = *host;
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
put_question(struct namer *namer, const struct question *question,
             int64_t now_ms)
{
    namer->asked = *question;
    namer->asked_ms = now_ms;
    (void)pthread_mutex_lock(&namer->mutex);
    namer->question = *question;
    namer->has_question = true;
    (void)pthread_cond_signal(&namer->work);
    (void)pthread_mutex_unlock(&namer->mutex);
}

bool
namer_name(struct namer *namer, uid_t uid, int64_t now_ms,
           char out[static NAME_PART_MAX + 1])
{
    const struct known *known;

    if (!namer)
        return ask_name(uid, out);
    known = &namer->names[uid % NAMER_NAMES];
    if (known->uid == uid && known->until_ms > now_ms) {
        (void)strcpy(out, known->text);
        return true;
    }
    if (namer->asked_ms == LOOP_NEVER)
        put_question(namer,
                     &(struct question){.kind = HOST_NOBODY, .uid = uid},
                     now_ms);
    return false;
}

bool
namer_find(struct namer *namer, enum host_name kind, const char *name,
           int64_t now_ms)
{
    struct question question = {.kind = kind};

    if (namer->asked_ms != LOOP_NEVER || strlen(name) > NAMER_FIND_MAX)
        return false;
    (void)strcpy(question.name, name);
    put_question(namer, &question, now_ms);
    return true;
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
