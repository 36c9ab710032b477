/* SPDX-License-Identifier: MIT */
/*
 * status.c - tokenward status: gathers one row for each profile, then prints
 * them as a table or as JSON.  A token is never part of a row.
 */
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
#include "provider/cli/command.h"
#include "provider/cli/status_row.h"
#include "provider/cli/terminal.h"

#define OUTPUT_MAX (64 * 1024 * 1024)

struct gather {
    const struct runtime *runtime;
    struct status_row *rows;
    size_t count, room;
};

static void
look_at(const struct runtime *runtime, struct status_row *row)
{
    AUTO_RECORD record = RECORD_INIT;
    struct now now = clock_now();
    struct backoff note;
    char path[PATH_MAX + 128];

    (void)snprintf(path, sizeof path, "%s/%s/backoff",
                   row->system ? runtime->system : runtime->user, row->name);
    backoff_read(AT_FDCWD, path, &note);
    row->failed_at = note.failed_at;
    row->retry_in = backoff_left(&note, now);
    memcpy(row->error, note.message, sizeof row->error);
    row->error[strcspn(row->error, "\n")] = '\0';
    row->state = STATUS_NONE;
    if (look_record(runtime, row->name, &record, &row->system, NULL))
        return;
    row->generation = record.generation;
    row->expires_at = record.expires.wall;
    row->left = record_left(&record, now);
    (void)snprintf(row->scope, sizeof row->scope, "%s", record.scope);
    if (!record.token)
        row->state = STATUS_REJECTED;
    else if (row->left <= 0)
        row->state = STATUS_EXPIRED;
    else if (record.refresh_at <= now.wall)
        row->state = STATUS_DUE;
    else
        row->state = STATUS_VALID;
}

static bool
add(struct gather *gather, const char *name, bool system)
{
    struct status_row *row;

    if (!text_is_profile_name(name))
        return true;
    for (size_t i = 0; i < gather->count; i++) {
        if (strcmp(gather->rows[i].name, name) == 0)
            return true;
    }
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

/* Profiles that are gone may still have a token. */
static void
add_kept(struct gather *gather, const char *dir)
{
    AUTO_CLOSEDIR DIR *list = dir[0] ? opendir(dir) : NULL;
    const struct dirent *entry;
    struct stat st;

    while (list && (entry = readdir(list))) {
        if (fstatat(dirfd(list), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
                0 &&
            S_ISDIR(st.st_mode))
            (void)add(gather, entry->d_name, false);
    }
}

static void
gather_all(struct gather *gather)
{
    AUTO_INDEX user = INDEX_INIT;
    AUTO_INDEX system = INDEX_INIT;

    if (!index_open(gather->runtime->user, true, true, &user, NULL))
        index_each(&user, add_of_user, gather);
    if (!index_open(gather->runtime->system, false, false, &system, NULL))
        index_each(&system, add_of_system, gather);
    add_kept(gather, gather->runtime->user);
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

/* Keeps the rows that are named; the name that none has, or NULL. */
static const char *
select_rows(struct gather *gather, int argc, char **argv)
{
    size_t kept = 0;

    for (int i = 0; i < argc; i++) {
        bool found = false;

        for (size_t j = 0; j < gather->count; j++)
            found = found || strcmp(gather->rows[j].name, argv[i]) == 0;
        if (!found)
            return argv[i];
    }
    for (size_t i = 0; i < gather->count; i++) {
        if (is_named(&gather->rows[i], argc, argv))
            gather->rows[kept++] = gather->rows[i];
    }
    gather->count = kept;
    return NULL;
}

enum tw_status
command_status(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    AUTO_SECRET out = SECRET_INIT(OUTPUT_MAX);
    struct runtime runtime;
    struct gather gather = {.runtime = &runtime};
    const char *missing;
    bool good;

    (void)exit_code;
    runtime_find(&runtime, NULL);
    gather_all(&gather);
    missing = select_rows(&gather, options->name_count, options->names);
    if (missing) {
        free(gather.rows);
        return tw_fail(err, TW_E_NOT_FOUND, "no profile '%s'", missing);
    }
    good = options->json ? status_put_json(gather.rows, gather.count, &out)
                         : status_put_table(gather.rows, gather.count, &out);
    free(gather.rows);
    return good ? terminal_answer(&out, err) : tw_no_memory(err);
}
