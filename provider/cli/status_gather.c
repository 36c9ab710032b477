/* SPDX-License-Identifier: MIT */
/*
 * status_gather.c - see status_gather.h.  A token is never part of a row.
 */
#include "provider/cli/status_gather.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/ask.h"
#include "provider/base/backoff.h"
#include "provider/base/index.h"
#include "provider/base/own_name.h"

/* Also true of what this process may not look at. */
static bool
is_there(const struct runtime *runtime, bool system, const char *name,
         const char *file)
{
    char path[PATH_MAX + 128];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/%s/%s",
                   system ? runtime->system : runtime->user, name, file);
    return lstat(path, &st) == 0 || errno == EACCES;
}

/* One of a token before this one's is no news. */
static void
look_at_hook(const struct runtime *runtime, struct status_row *row,
             const struct record *record, struct now now)
{
    char path[PATH_MAX + 128];
    struct backoff note;
    enum tw_status status;

    (void)snprintf(path, sizeof path, "%s/%s/hook",
                   row->system ? runtime->system : runtime->user, row->name);
    backoff_read(AT_FDCWD, path, &note);
    if (note.failed_at < record->issued_at ||
        !status_from_name(note.status, &status))
        return;
    (void)tw_fail(&row->hook, status, "%s", note.message);
    row->hook_failures = note.failures;
    row->hook_failed_at = note.failed_at;
    row->hook_age = backoff_age(&note, now);
}

static void
look_at_note(const struct runtime *runtime, struct status_row *row,
             struct now now)
{
    char path[PATH_MAX + 128];

    (void)snprintf(path, sizeof path, "%s/%s/backoff",
                   row->system ? runtime->system : runtime->user, row->name);
    backoff_read(AT_FDCWD, path, &row->note);
    row->age = backoff_age(&row->note, now);
    row->retry_in = backoff_left(&row->note, now);
    row->next_retry = row->retry_in ? now.wall + row->retry_in : 0;
}

static enum status_state
state_of(const struct record *record, int64_t left, struct now now)
{
    if (!record->token)
        return STATUS_REJECTED;
    if (left <= 0)
        return STATUS_EXPIRED;
    return record_refresh_left(record, now) <= 0 ? STATUS_DUE : STATUS_VALID;
}

static void
look_at(const struct runtime *runtime, struct status_row *row)
{
    AUTO_RECORD record = RECORD_INIT;
    struct now now = clock_now();
    enum tw_status status = look_record_in(runtime, row->system, row->name,
                                           &record, &row->problem);

    look_at_note(runtime, row, now);
    if (status == TW_E_NOT_FOUND &&
        !is_there(runtime, row->system, row->name, "record")) {
        row->state = STATUS_NONE;
        return;
    }
    if (status) {
        row->state = STATUS_UNREADABLE;
        return;
    }
    row->generation = record.generation;
    row->expires_at = record.expires.wall;
    row->left = record_left(&record, now);
    row->state = state_of(&record, row->left, now);
    if (row->left > 0 && record_refresh_left(&record, now) > 0)
        row->refresh_in = record_refresh_left(&record, now);
    row->scope = record.scope[0] ? strdup(record.scope) : NULL;
    (void)snprintf(row->answered_by, sizeof row->answered_by, "%s",
                   record.answered_by);
    (void)snprintf(row->warning, sizeof row->warning, "%s", record.warning);
    look_at_hook(runtime, row, &record, now);
}

static bool
add(struct gather *gather, const char *name, bool system)
{
    const size_t seen = gather->seen.count;
    char own[PROFILE_NAME_MAX + 1];
    struct status_row *row;

    if (own_name(name, own, NULL))
        return true;
    name = own;
    if (system && names_hide(&gather->left_out, name))
        return true;
    if (!names_add(&gather->seen, name))
        return false;
    if (gather->seen.count == seen)
        return true;
    if (gather->count == gather->room) {
        size_t room = gather->room ? 2 * gather->room : 16;
        void *rows = reallocarray(gather->rows, room, sizeof *gather->rows);

        if (!rows)
            return false;
        gather->rows = rows;
        gather->room = room;
    }
    row = &gather->rows[gather->count++];
    *row = (struct status_row){.system = system};
    memcpy(row->name, name, strlen(name) + 1);
    look_at(gather->runtime, row);
    if (gather->readable_only &&
        (row->state == STATUS_NONE || row->state == STATUS_UNREADABLE)) {
        status_row_clear(row);
        gather->count--;
    }
    return true;
}

static bool
add_of_user(void *arg, const char *key, const char *value)
{
    return strcmp(key, "profile") != 0 || add(arg, value, false);
}

static bool
add_of_system(void *arg, const char *key, const char *value)
{
    return strcmp(key, "profile") != 0 || add(arg, value, true);
}

struct sought {
    const char *name;
    bool found;
};

static bool
is_sought(void *arg, const char *key, const char *value)
{
    struct sought *sought = arg;

    sought->found =
        strcmp(key, "profile") == 0 && strcmp(value, sought->name) == 0;
    return !sought->found;
}

/* Does @index know of all profiles, and none of that @name, nor a template
 * that any user may have such an instance of? */
static bool
is_gone(const struct index *index, const char *name)
{
    char template[NAME_PART_MAX + 2];
    struct sought sought = {.name = template};

    if (!index->current || index->incomplete)
        return false;
    if (text_template_of(name, template))
        index_each(index, is_sought, &sought);
    return !sought.found;
}

/* Profiles that no index names and that have a token or a failure all the
 * same: they are gone, or the index is. */
static void
add_kept(struct gather *gather, const struct index *index, bool system)
{
    const struct runtime *runtime = gather->runtime;
    const char *dir = system ? runtime->system : runtime->user;
    AUTO_CLOSEDIR DIR *list = dir[0] ? opendir(dir) : NULL;
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        const size_t count = gather->count;

        if (text_is_profile_name(entry->d_name) &&
            (is_there(runtime, system, entry->d_name, "record") ||
             is_there(runtime, system, entry->d_name, "backoff")) &&
            add(gather, entry->d_name, system) && gather->count > count)
            gather->rows[count].gone = is_gone(index, entry->d_name);
    }
}

static void
add_systems(struct gather *gather)
{
    AUTO_INDEX index = INDEX_INIT;

    if (!index_open(gather->runtime->system, NULL, 0, &index, NULL))
        index_each(&index, add_of_system, gather);
    add_kept(gather, &index, true);
}

static void
begin(struct gather *gather)
{
    while (gather->count)
        status_row_clear(&gather->rows[--gather->count]);
    names_clear(&gather->seen);
    names_clear(&gather->left_out);
}

void
gather_system(struct gather *gather)
{
    struct stat st;

    begin(gather);
    gather->readable_only =
        geteuid() != 0 &&
        (lstat(gather->runtime->system, &st) < 0 || st.st_uid != geteuid());
    add_systems(gather);
}

/* The user's come first: a user's profile hides the system's, and of one that
 * something is wrong with what is kept is shown. */
void
gather_all(struct gather *gather, struct tw_error *why)
{
    AUTO_INDEX user = INDEX_INIT;

    begin(gather);
    if (!index_open(gather->runtime->user, gather->runtime->config,
                    INDEX_WAIT_MS, &user, why)) {
        index_each(&user, add_of_user, gather);
        why->status = TW_OK;
        names_warn(&user, why);
    }
    add_kept(gather, &user, false);
    (void)names_add_left_out(&gather->left_out, &user);
    add_systems(gather);
}

void
gather_again(struct gather *gather)
{
    for (size_t i = 0; i < gather->count; i++) {
        struct status_row *row = &gather->rows[i], fresh = {.state = 0};

        memcpy(fresh.name, row->name, sizeof fresh.name);
        fresh.system = row->system;
        fresh.gone = row->gone;
        look_at(gather->runtime, &fresh);
        status_row_clear(row);
        *row = fresh;
    }
}

static bool
is_named(const struct status_row *row, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], row->name) == 0)
            return true;
    }
    return argc == 0;
}

static enum tw_status
fail_missing(const struct gather *gather, const char *name,
             struct tw_error *err)
{
    return names_hide(&gather->left_out, name)
               ? tw_fail(err, TW_E_CONFIG,
                         "something is wrong with the profile '%s'\n"
                         "tokenward explain %s tells what",
                         name, name)
               : tw_fail(err, TW_E_NOT_FOUND, "no profile '%s'", name);
}

enum tw_status
gather_select(struct gather *gather, int count, char **names,
              struct tw_error *err)
{
    size_t kept = 0;

    for (int i = 0; i < count; i++) {
        bool found = false;

        for (size_t j = 0; j < gather->count; j++)
            found = found || strcmp(gather->rows[j].name, names[i]) == 0;
        if (!found)
            return fail_missing(gather, names[i], err);
    }
    for (size_t i = 0; i < gather->count; i++) {
        if (is_named(&gather->rows[i], count, names))
            gather->rows[kept++] = gather->rows[i];
        else
            status_row_clear(&gather->rows[i]);
    }
    gather->count = kept;
    return TW_OK;
}

void
gather_clear(struct gather *gather)
{
    begin(gather);
    free(gather->rows);
    gather->rows = NULL;
    gather->room = 0;
}
