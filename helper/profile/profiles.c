/* SPDX-License-Identifier: MIT */
/*
 * profiles.c - a directory comes in, the set of its profiles goes out.
 *
 * Files are listed and opened relative to a directory that was opened and
 * checked once, so that nobody can lead the way elsewhere in between.  What
 * is broken is left out and complained about: one bad file does not take the
 * others' tokens away.  Every path that was looked at is kept with its mark,
 * also where there was nothing, so that a reader can see a change.
 */
#include "helper/profile/profiles.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/owned_file.h"
#include "helper/profile/drop_ins.h"
#include "helper/profile/profile_links.h"
#include "helper/profile/profile_set.h"
#include "provider/base/runtime.h"
#include "provider/base/text.h"

#define USER_FILE "profiles.yaml"
#define USER_MISNAMED "profiles" MISNAMED_SUFFIX
#define DROP_INS "profiles.d"
#define SYSTEM_FILES_MAX 65536

struct loader {
    const struct profile_scope *scope;
    struct modules *modules;
    struct profile_complaints complaints;
    struct profile_set *set;
    struct tw_error *err;
};

static void
auto_set(struct profile_set *set)
{
    profile_set_clear(set);
}

static void
auto_list(struct profile_list *list)
{
    profile_list_clear(list);
}

/* Complains, unless nothing can go on. */
static enum tw_status
complain(const struct loader *loader, const struct tw_error *failure)
{
    if (failure->status == TW_E_SYSTEM)
        return error_copy(loader->err, failure);
    profile_complain(&loader->complaints, NULL, failure);
    return TW_OK;
}

/* One file; that there is none is no complaint. */
static enum tw_status
load_file(const struct loader *loader, int dir, const char *name,
          const char *path, bool *is_there)
{
    AUTO(auto_list) struct profile_list list = {0};
    struct profile_source *source;
    struct tw_error failure = {0};
    enum tw_status status;

    if (stand_in_takes(loader->scope->stand_in, dir, name)) {
        name = path = loader->scope->stand_in->path;
        dir = AT_FDCWD;
    }
    source = profile_set_look(loader->set, path);
    if (!source)
        return tw_no_memory(loader->err);
    status =
        profile_file_read(loader->scope, dir, name, source, loader->modules,
                          &loader->complaints, &list, &failure);
    *is_there = status != TW_E_NOT_FOUND;
    if (status == TW_E_NOT_FOUND)
        return TW_OK;
    if (status)
        return complain(loader, &failure);
    return profile_set_add_take(loader->set, &loader->complaints, &list,
                                loader->err);
}

static enum tw_status
load_drop_in(const struct loader *loader, int fd, const char *dir,
             const char *name)
{
    char path[PATH_MAX];
    struct tw_error failure;
    bool is_there;
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);

    if (n < 0 || n >= (int)sizeof path)
        (void)tw_fail(&failure, TW_E_CONFIG, "%s: a path is too long", dir);
    else if (!text_is_line(name, strlen(name)))
        (void)tw_fail(&failure, TW_E_CONFIG,
                      "%s: a file name holds control characters", dir);
    else
        return load_file(loader, fd, name, path, &is_there);
    return complain(loader, &failure);
}

static enum tw_status
note_misnamed(const struct loader *loader, const char *dir, const char *name)
{
    char *path;

    if (loader->set->misnamed)
        return TW_OK;
    if (asprintf(&path, "%s/%s", dir, name) < 0)
        return tw_no_memory(loader->err);
    loader->set->misnamed = path;
    return TW_OK;
}

static enum tw_status
load_drop_ins(const struct loader *loader, int fd, const char *path)
{
    AUTO_DROP_INS names = {0};
    struct tw_error failure = {0};
    const size_t max =
        loader->scope->system ? SYSTEM_FILES_MAX : PROFILE_FILES_MAX;
    enum tw_status status = drop_ins_list(fd, path, max, &names, &failure);

    if (status)
        return loader->scope->system ? error_copy(loader->err, &failure)
                                     : complain(loader, &failure);
    if (names.misnamed)
        status = note_misnamed(loader, path, names.misnamed);
    for (size_t i = 0; i < names.count && !status; i++)
        status = load_drop_in(loader, fd, path, names.names[i]);
    return status;
}

static enum tw_status
open_directory(const struct loader *loader, int parent, const char *name,
               const char *path, int *out, struct tw_error *err)
{
    const struct owned_path where = {
        .dir = parent, .name = name, .path = path, .label = path};
    bool follow = !loader->scope->system && geteuid() != 0;
    struct stat st;

    if (!profile_set_look(loader->set, path))
        return tw_no_memory(err);
    return owned_directory_open(&where, follow, out, &st, err);
}

/* DIR/profiles.yaml of a user, then DIR/profiles.d; without DIR, that neither
 * is there is what was seen. */
struct places {
    char file[PATH_MAX], drop_ins[PATH_MAX];
};

static enum tw_status
name_places(const struct loader *loader, struct places *places)
{
    const char *dir = loader->scope->dir;
    int n = snprintf(places->file, sizeof places->file, "%s/" USER_FILE, dir);
    int m = snprintf(places->drop_ins, sizeof places->drop_ins, "%s/" DROP_INS,
                     dir);

    if (!dir[0])
        return runtime_no_config(loader->err);
    if (n < 0 || n >= (int)sizeof places->file || m < 0 ||
        m >= (int)sizeof places->drop_ins)
        return tw_fail(loader->err, TW_E_SYSTEM, "%s: the path is too long",
                       dir);
    if (asprintf(&loader->set->places, "%s%s%s/*" DROP_IN_SUFFIX,
                 loader->scope->system ? "" : places->file,
                 loader->scope->system ? "" : ", ", places->drop_ins) < 0) {
        loader->set->places = NULL;
        return tw_no_memory(loader->err);
    }
    return TW_OK;
}

static enum tw_status
load_absent(const struct loader *loader, const struct places *places)
{
    if ((!loader->scope->system &&
         !profile_set_look(loader->set, places->file)) ||
        !profile_set_look(loader->set, places->drop_ins))
        return tw_no_memory(loader->err);
    return TW_OK;
}

static enum tw_status
load_places(const struct loader *loader, int dir, const struct places *places)
{
    AUTO_CLOSE int drop_ins = -1;
    struct tw_error failure = {0};
    enum tw_status status = TW_OK;
    bool is_there;

    if (!loader->scope->system)
        status = load_file(loader, dir, USER_FILE, places->file, &is_there);
    if (!status && !loader->scope->system &&
        faccessat(dir, USER_MISNAMED, F_OK, 0) == 0)
        status = note_misnamed(loader, loader->scope->dir, USER_MISNAMED);
    if (status)
        return status;
    status = open_directory(loader, dir, DROP_INS, places->drop_ins, &drop_ins,
                            &failure);
    if (status == TW_E_NOT_FOUND)
        return TW_OK;
    if (status && loader->scope->system)
        return error_copy(loader->err, &failure);
    if (status)
        return complain(loader, &failure);
    return load_drop_ins(loader, drop_ins, places->drop_ins);
}

/* The set is @out's, with what it needed to be read freed. */
static enum tw_status
conclude(const struct loader *loader, bool whole, struct profile_set *out)
{
    struct profile_set *set = loader->set;
    enum tw_status status =
        profile_links_check(set, whole, &loader->complaints, loader->err);

    if (!status && set->is_short)
        status = tw_no_memory(loader->err);
    if (status)
        return status;
    yaml_document_free(TAKE_POINTER(set->document));
    arena_clear(&set->scratch);
    *out = *set;
    *set = (struct profile_set){0};
    return TW_OK;
}

enum tw_status
profiles_load(const struct profile_scope *scope, struct modules *modules,
              void (*tell)(void *arg, const struct tw_error *err), void *arg,
              struct profile_set *out, struct tw_error *err)
{
    AUTO(auto_set) struct profile_set set = {.arena = {.is_large = true}};
    AUTO_CLOSE int dir = -1;
    const struct loader loader = {.scope = scope,
                                  .modules = modules,
                                  .complaints = {tell, arg, &set},
                                  .set = &set,
                                  .err = err};
    struct places places;
    enum tw_status status = name_places(&loader, &places);

    if (status)
        return status;
    status =
        open_directory(&loader, AT_FDCWD, scope->dir, scope->dir, &dir, err);
    if (status == TW_E_NOT_FOUND)
        status = load_absent(&loader, &places);
    else if (!status)
        status = load_places(&loader, dir, &places);
    return status ? status : conclude(&loader, true, out);
}

enum tw_status
profiles_load_file(const struct profile_scope *scope, const char *path,
                   struct modules *modules,
                   void (*tell)(void *arg, const struct tw_error *err),
                   void *arg, struct profile_set *out, struct tw_error *err)
{
    AUTO(auto_set) struct profile_set set = {.places = strdup(path)};
    const struct loader loader = {.scope = scope,
                                  .modules = modules,
                                  .complaints = {tell, arg, &set},
                                  .set = &set,
                                  .err = err};
    bool is_there = false;
    enum tw_status status;

    if (!set.places)
        return tw_no_memory(err);
    status = load_file(&loader, AT_FDCWD, path, path, &is_there);
    if (!status && !is_there)
        return tw_fail(err, TW_E_NOT_FOUND, "%s: does not exist", path);
    return status ? status : conclude(&loader, false, out);
}

/* The name of @path in the directory @dir, or NULL if it is in none or in
 * another one. */
static const char *
name_in(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    return strncmp(path, dir, n) == 0 && path[n] == '/' &&
                   !strchr(path + n + 1, '/')
               ? path + n + 1
               : NULL;
}

static enum tw_status
load_place(const struct loader *loader, int dir, const struct places *places,
           const char *path)
{
    AUTO_CLOSE int drop_ins = -1;
    const char *name = name_in(path, places->drop_ins);
    enum tw_status status;
    bool is_there;

    if (!loader->scope->system && strcmp(path, places->file) == 0)
        return load_file(loader, dir, USER_FILE, path, &is_there);
    if (!name || !drop_ins_takes(name))
        return tw_fail(loader->err, TW_E_NOT_FOUND, "%s: is not one of %s",
                       path, loader->set->places);
    status = open_directory(loader, dir, DROP_INS, places->drop_ins, &drop_ins,
                            loader->err);
    return status ? status
                  : load_drop_in(loader, drop_ins, places->drop_ins, name);
}

enum tw_status
profiles_load_one(const struct profile_scope *scope, const char *path,
                  struct modules *modules, struct profile_set *out,
                  struct tw_error *err)
{
    AUTO(auto_set) struct profile_set set = {0};
    AUTO_CLOSE int dir = -1;
    const struct loader loader = {.scope = scope,
                                  .modules = modules,
                                  .complaints = {NULL, NULL, &set},
                                  .set = &set,
                                  .err = err};
    struct places places;
    enum tw_status status = name_places(&loader, &places);

    if (!status)
        status = open_directory(&loader, AT_FDCWD, scope->dir, scope->dir,
                                &dir, err);
    if (!status)
        status = load_place(&loader, dir, &places, path);
    return status ? status : conclude(&loader, false, out);
}
