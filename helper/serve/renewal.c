/* SPDX-License-Identifier: MIT */
/*
 * renewal.c - see renewal.h.
 *
 * A thread lives for one reading, and nobody else touches what it has until
 * it has said so.  The trap is one that never comes back: it keeps what it
 * needs, the providers too.
 */
#include "helper/serve/renewal.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "helper/base/thread.h"
#include "helper/module/module.h"
#include "helper/profile/specifier.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"

#define END_MS 500 /* for what is being read, at the end */

struct renewal {
    struct profile_scope scope;
    struct modules modules;
    char *dir, *preset_dir, *module_dir;
    struct loop *loop;
    renewal_told *told;
    void *arg;
    renewal_complain *complain; /* of what it reads now, or NULL */
    void *complain_arg;
    int ended; /* an eventfd, while it is busy */
    bool is_busy;
    pthread_t thread;
    struct profile_set set; /* the thread's while it is busy, and ... */
    struct tw_error err;    /* ... this */
    pthread_mutex_t mutex;  /* over all that follows */
    bool has_read, is_left;
};

static void
destroy(struct renewal *renewal)
{
    profile_set_clear(&renewal->set);
    modules_clear(&renewal->modules);
    (void)pthread_mutex_destroy(&renewal->mutex);
    free(renewal->dir);
    free(renewal->preset_dir);
    free(renewal->module_dir);
    free(renewal);
}

/* Are its instances' readers users or groups that %i names? */
static bool
names_host(const struct profile_template *template)
{
    const struct yaml_node *readers = yaml_child(template->entry, "readers");
    const struct yaml_node *users =
        readers ? yaml_child(readers, "users") : NULL;
    const struct yaml_node *groups =
        readers ? yaml_child(readers, "groups") : NULL;

    return (users && specifier_find(users, SPECIFIER_INSTANCE)) ||
           (groups && specifier_find(groups, SPECIFIER_INSTANCE));
}

/* The template remembers them; what is wrong is told when it is used. */
static void
look_up_readers(const struct profile_set *set)
{
    for (const struct profile_template *template = set->templates; template;
         template = template->next) {
        size_t count = names_host(template) ? template->count : 0;

        for (size_t i = 0; i < count; i++) {
            AUTO(auto_release) const struct profile *profile = NULL;

            (void)profiles_take(set, template, template->instances[i].name, 0,
                                &profile, NULL);
        }
    }
}

enum tw_status
renewal_read(struct renewal *renewal, renewal_complain *complain, void *arg,
             struct profile_set *out, struct tw_error *err)
{
    enum tw_status status;

    renewal->modules.begun_ms = clock_monotonic_ms();
    status = profiles_load(&renewal->scope, &renewal->modules, complain, arg,
                           out, err);
    if (status)
        return status;
    look_up_readers(out);
    *err = (struct tw_error){.status = TW_OK}; /* what was got over */
    return TW_OK;
}

/* Not of one that was left: whoever wanted to know may be gone. */
static void
complain(void *arg, const struct tw_error *err)
{
    struct renewal *renewal = arg;

    (void)pthread_mutex_lock(&renewal->mutex);
    if (renewal->complain && !renewal->is_left)
        renewal->complain(renewal->complain_arg, err);
    (void)pthread_mutex_unlock(&renewal->mutex);
}

static void *
work(void *arg)
{
    struct renewal *renewal = arg;
    const uint64_t one = 1;
    bool is_left;

    (void)renewal_read(renewal, complain, renewal, &renewal->set,
                       &renewal->err);
    (void)pthread_mutex_lock(&renewal->mutex);
    is_left = renewal->is_left;
    renewal->has_read = true;
    if (!is_left)
        (void)!write(renewal->ended, &one, sizeof one);
    (void)pthread_mutex_unlock(&renewal->mutex);
    if (is_left) /* nobody else has it now */
        destroy(renewal);
    return NULL;
}

static void
be_told_no_more(struct renewal *renewal)
{
    if (renewal->ended >= 0)
        (void)loop_watch(renewal->loop, renewal->ended, 0, NULL, NULL);
    auto_close(&renewal->ended);
}

static void
on_ended(void *arg, int fd, uint32_t events)
{
    struct renewal *renewal = arg;
    struct profile_set set;
    uint64_t count;

    (void)events;
    if (read(fd, &count, sizeof count) < 0)
        return;
    (void)pthread_join(renewal->thread, NULL);
    be_told_no_more(renewal);
    renewal->is_busy = false;
    set = renewal->set;
    renewal->set = (struct profile_set){0};
    renewal->told(renewal->arg, &set, &renewal->err);
}

static bool
copy(const char *text, char **out)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

static bool
keep(struct renewal *renewal, const struct profile_scope *scope,
     const struct modules *modules)
{
    if (!copy(scope->dir, &renewal->dir) ||
        !copy(scope->preset_dir, &renewal->preset_dir) ||
        !copy(modules->dir, &renewal->module_dir))
        return false;
    renewal->scope = (struct profile_scope){.system = scope->system,
                                            .dir = renewal->dir,
                                            .preset_dir = renewal->preset_dir};
    renewal->modules.dir = renewal->module_dir;
    renewal->modules.broker = modules->broker;
    return true;
}

struct renewal *
renewal_open(struct loop *loop, const struct profile_scope *scope,
             const struct modules *modules, renewal_told *told, void *arg)
{
    struct renewal *renewal = calloc(1, sizeof *renewal);

    if (!renewal)
        return NULL;
    renewal->loop = loop;
    renewal->told = told;
    renewal->arg = arg;
    renewal->ended = -1;
    (void)pthread_mutex_init(&renewal->mutex, NULL);
    if (keep(renewal, scope, modules))
        return renewal;
    destroy(renewal);
    return NULL;
}

bool
renewal_start(struct renewal *renewal, renewal_complain *complain_to,
              void *arg)
{
    renewal->complain = complain_to;
    renewal->complain_arg = arg;
    renewal->has_read = false;
    renewal->ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    renewal->is_busy = renewal->ended >= 0 &&
                       loop_watch(renewal->loop, renewal->ended, EPOLLIN,
                                  on_ended, renewal) &&
                       thread_start(&renewal->thread, 0, work, renewal);
    if (!renewal->is_busy)
        be_told_no_more(renewal);
    return renewal->is_busy;
}

bool
renewal_is_busy(const struct renewal *renewal)
{
    return renewal->is_busy;
}

/* One that is about to end shall not work on while the process ends. */
void
renewal_close(struct renewal *renewal)
{
    struct pollfd told = {.events = POLLIN};
    pthread_t thread;
    bool has_read;

    if (!renewal)
        return;
    if (!renewal->is_busy) {
        destroy(renewal);
        return;
    }
    told.fd = renewal->ended;
    (void)poll(&told, 1, END_MS);
    thread = renewal->thread;
    (void)pthread_mutex_lock(&renewal->mutex);
    be_told_no_more(renewal);
    has_read = renewal->has_read;
    renewal->is_left = true;
    (void)pthread_mutex_unlock(&renewal->mutex);
    if (!has_read) { /* the thread frees it */
        (void)pthread_detach(thread);
        return;
    }
    (void)pthread_join(thread, NULL);
    destroy(renewal);
}
