/* SPDX-License-Identifier: MIT */
/*
 * watch.c - see watch.h.
 *
 * Directories are watched and names compared: an editor's temporary file
 * beside a profile, or a log that grows beside a secret, wakes us, and nothing
 * more.  A directory that is not there yet is waited for in its parent, by its
 * name: others make directories there, too.
 *
 * The trap is what changes while a set is read, which is known only then: the
 * watch before goes on until the new one is there, and is asked last.
 */
#include "helper/serve/watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/serve/links.h"
#include "provider/base/auto.h"

#define EVENTS                                                              \
    (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | \
     IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

struct watch_dir {
    struct watch_dir *next;
    int wd;
    bool whole;    /* any name in it that is a profile's file matters */
    bool all;      /* any name at all */
    bool followed; /* the links that lead to it matter, too */
    char path[];
};

struct watch_path {
    struct watch_path *next;
    char text[];
};

/* The root's path is "", so that a name in it has one slash. */
static int
watch_path(const struct watch *watch, const char *path)
{
    return inotify_add_watch(watch->fd, path[0] ? path : "/",
                             EVENTS | IN_ONLYDIR);
}

static struct watch_dir *
add_dir(struct watch *watch, const char *path)
{
    struct watch_dir *dir =
        (struct watch_dir *)(uintptr_t)table_find(&watch->dirs, path, "");
    size_t n = strlen(path) + 1;
    int wd;

    if (dir)
        return dir;
    wd = watch_path(watch, path);
    if (wd < 0)
        return NULL;
    dir = calloc(1, sizeof *dir + n);
    if (!dir)
        return NULL;
    memcpy(dir->path, path, n);
    dir->wd = wd;
    if (!table_add(&watch->dirs, dir->path, "", dir)) {
        free(dir);
        return NULL;
    }
    dir->next = watch->first;
    watch->first = dir;
    return dir;
}

static const char *
keep(struct watch *watch, const char *path)
{
    size_t n = strlen(path) + 1;
    struct watch_path *kept = malloc(sizeof *kept + n);

    if (!kept)
        return NULL;
    memcpy(kept->text, path, n);
    kept->next = watch->kept;
    watch->kept = kept;
    return kept->text;
}

/* It is not there yet, nor what lies in it. */
static void
await(struct watch *watch, const char *path)
{
    const char *kept =
        table_find(&watch->names, path, "") ? NULL : keep(watch, path);

    if (kept)
        (void)table_add(&watch->names, kept, "", kept);
}

/* @path matters, whatever it is or will be. */
static void
add_path(struct watch *watch, const char *path)
{
    char parent[PATH_MAX], *end;
    size_t n = strlen(path);
    const char *slash = strrchr(path, '/');

    if (n >= sizeof parent || !slash)
        return;
    memcpy(parent, path, n + 1);
    end = parent + (slash - path);
    *end = '\0';
    if (!table_find(&watch->names, path, "") &&
        !table_add(&watch->names, path, "", path))
        return;
    while (!add_dir(watch, parent) && errno == ENOENT && end > parent) {
        await(watch, parent);
        while (end > parent && *--end != '/')
            continue;
        *end = '\0';
    }
}

static bool
is_drop_ins(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && strcmp(slash, "/profiles.d") == 0;
}

static void
forget(struct watch *watch)
{
    while (watch->first) {
        struct watch_dir *dir = watch->first;

        watch->first = dir->next;
        free(dir);
    }
    table_clear(&watch->dirs);
    table_clear(&watch->names);
    while (watch->kept) {
        struct watch_path *path = watch->kept;

        watch->kept = path->next;
        free(path);
    }
    auto_close(&watch->fd);
    watch->fd = -1;
}

/* @path, which does not last, in the way of links_told. */
static void
add_passing(void *arg, const char *path)
{
    struct watch *watch = arg;
    const char *kept =
        table_find(&watch->names, path, "") ? NULL : keep(watch, path);

    if (kept)
        add_path(watch, kept);
}

/* What is changed where a link leads to, or on the way, is not seen where the
 * link lies.  Files of one directory have the way to it in common. */
static void
add_target(struct watch *watch, const char *path)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    struct watch_dir *dir;
    struct stat st;

    (void)snprintf(parent, sizeof parent, "%.*s",
                   slash ? (int)(slash - path) : 0, path);
    dir = (struct watch_dir *)(uintptr_t)table_find(&watch->dirs, parent, "");
    if (dir && dir->followed && (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode)))
        return;
    if (dir)
        dir->followed = true;
    links_follow(path, add_passing, watch);
}

static void
add_secrets(struct watch *watch, const struct profile *profile)
{
    const struct secret_source *secret;

    for (size_t i = 0; (secret = profile_secret(profile, i)); i++) {
        if (secret->kind != SECRET_FILE && secret->kind != SECRET_FOREIGN_FILE)
            continue;
        add_path(watch, secret->text);
        add_target(watch, secret->text);
    }
}

static void
add_whole(struct watch *watch, const char *path)
{
    struct watch_dir *dir = add_dir(watch, path);

    if (dir)
        dir->all = true;
}

/* Each instance has secrets of its own, all in one directory. */
static void
add_directories(struct watch *watch, const struct profile *sample)
{
    const struct secret_source *secret;

    for (size_t i = 0; (secret = profile_secret(sample, i)); i++) {
        char path[PATH_MAX];
        const char *slash = secret->text ? strrchr(secret->text, '/') : NULL;

        if ((secret->kind != SECRET_FILE &&
             secret->kind != SECRET_FOREIGN_FILE) ||
            !slash || slash == secret->text)
            continue;
        (void)snprintf(path, sizeof path, "%.*s", (int)(slash - secret->text),
                       secret->text);
        add_passing(watch, path);
        add_whole(watch, path);
        add_target(watch, path);
    }
}

/* @path: its, which lasts. */
static void
add_source(struct watch *watch, const struct profile_source *source,
           const char *path)
{
    struct watch_dir *dir;

    add_path(watch, path);
    add_target(watch, path);
    if (is_drop_ins(path) && (dir = add_dir(watch, path)))
        dir->whole = true;
    if (source->whole)
        add_whole(watch, path);
}

static enum tw_status
look_at(struct watch *watch, const struct profile_set *set,
        struct tw_error *err)
{
    const struct profile_source *source;
    const struct profile *profile;

    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "inotify");
    for (source = set->sources; source; source = source->next)
        add_source(watch, source, source->path);
    for (profile = set->first; profile; profile = profile->next)
        add_secrets(watch, profile);
    for (const struct profile_template *template = set->templates; template;
         template = template->next)
        add_directories(watch, template->sample);
    return TW_OK;
}

static bool
is_profile_file(const char *name)
{
    size_t n = strlen(name);

    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".yaml") == 0;
}

static bool
matters_in(const struct watch *watch, const struct watch_dir *dir,
           const struct inotify_event *event)
{
    char path[PATH_MAX];
    size_t n, m;

    if (dir->all || (dir->whole && is_profile_file(event->name)))
        return true;
    n = strlen(dir->path);
    m = strlen(event->name);
    if (n + m + 2 > sizeof path)
        return false;
    memcpy(path, dir->path, n);
    path[n] = '/';
    memcpy(path + n + 1, event->name, m + 1);
    return table_find(&watch->names, path, "") != NULL;
}

/* One directory may be known by several paths, like "a" and "a/b/..". */
static bool
matters(const struct watch *watch, const struct inotify_event *event)
{
    const struct watch_dir *dir;

    if (event->mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF))
        return true;
    for (dir = event->len ? watch->first : NULL; dir; dir = dir->next) {
        if (dir->wd == event->wd && matters_in(watch, dir, event))
            return true;
    }
    return false;
}

bool
watch_read(struct watch *watch)
{
    _Alignas(struct inotify_event) char buffer[8192];
    bool result = false;
    ssize_t n;

    while ((n = read(watch->fd, buffer, sizeof buffer)) > 0) {
        const char *at = buffer, *end = buffer + n;

        while (at < end) {
            const struct inotify_event *event = (const void *)at;

            result = matters(watch, event) || result;
            at += sizeof *event + event->len;
        }
    }
    return result;
}

static bool
is_as_it_was_read(const struct profile_set *set)
{
    for (const struct profile_source *source = set->sources; source;
         source = source->next) {
        if (!mark_is_current(source->path, source->mark.text))
            return false;
    }
    return true;
}

enum tw_status
watch_set(struct watch *watch, const struct profile_set *set, bool *missed,
          struct tw_error *err)
{
    struct watch before = *watch;
    enum tw_status status;

    *watch = WATCH_INIT;
    status = look_at(watch, set, err);
    *missed = before.fd >= 0 ? watch_read(&before) : !is_as_it_was_read(set);
    forget(&before);
    return status;
}

/* Another may have taken the place of a directory, or is waited for. */
static void
look_anew(struct watch *watch)
{
    for (struct watch_dir *dir = watch->first; dir; dir = dir->next) {
        int wd = watch_path(watch, dir->path);

        if (wd >= 0)
            dir->wd = wd;
        else
            add_path(watch, dir->path);
        dir->followed = false;
    }
}

bool
watch_also(struct watch *watch, const struct profile_set *set)
{
    look_anew(watch);
    for (const struct profile_source *source = set->sources;
         source && watch->fd >= 0; source = source->next) {
        const char *path = table_find(&watch->names, source->path, "")
                               ? NULL
                               : keep(watch, source->path);

        if (path)
            add_source(watch, source, path);
        else
            add_target(watch, source->path);
    }
    return !is_as_it_was_read(set);
}

void
watch_close(struct watch *watch)
{
    forget(watch);
}
