/* SPDX-License-Identifier: MIT */
/*
 * index_write.c - see index_write.h.
 */
#include "helper/store/index_write.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/replace.h"
#include "provider/base/index.h"
#include "provider/base/lines.h"
#include "provider/base/session_word.h"

#define LINE_MAX_BYTES (PATH_MAX + MARK_SIZE) /* the longest has a source */

static bool
put_sources(const struct profile_set *set, struct secret *out)
{
    char line[LINE_MAX_BYTES];
    const struct profile_source *source;

    for (source = set->sources; source; source = source->next) {
        int n = snprintf(line, sizeof line, "%s %s", source->mark.text,
                         source->path);

        if (n >= (int)sizeof line || !lines_put(out, "source", line))
            return false;
    }
    return true;
}

/* A name that stands in another place, too, is there.  Of a template nobody
 * knows which instances it would have had, also where another one of its name
 * is there. */
static bool
put_left_out(const struct profile_set *set, struct secret *out)
{
    const char *name;
    bool good = true;

    for (size_t i = 0; good && (name = table_text(&set->lost, i)); i++)
        good = !(text_is_profile_name(name) || text_is_template_name(name)) ||
               table_find(&set->names, name, "") ||
               lines_put(out, "left_out", name);
    return good;
}

/* Of a sample with %i or %u where SPECIFIER_SEGMENT stands. */
static void
write_path(const char *path, const char *specifier, char *out, size_t size)
{
    const char *at;
    size_t used = 0;

    while ((at = specifier[0] ? strstr(path, "/" SPECIFIER_SEGMENT) : NULL) &&
           used < size) {
        used += (size_t)snprintf(out + used, size - used, "%.*s/%s",
                                 (int)(at - path), path, specifier);
        path = at + strlen("/" SPECIFIER_SEGMENT);
    }
    if (used < size)
        (void)snprintf(out + used, size - used, "%s", path);
}

/* The same of a user name, in which any other % is %%. */
static void
write_username(const char *name, const char *specifier, char *out, size_t size)
{
    size_t used = 0;

    while (*name && used < size) {
        size_t n = 1;

        if (text_begins(name, SPECIFIER_SEGMENT)) {
            n = strlen(SPECIFIER_SEGMENT);
            used += (size_t)snprintf(out + used, size - used, "%s", specifier);
        } else {
            used += (size_t)snprintf(out + used, size - used, "%s%c",
                                     *name == '%' ? "%" : "", *name);
        }
        name += n;
    }
}

/* Without them nobody is told that there is a token to be had: an index is
 * everybody's to read, and the profiles are not. */
static bool
put_readers(const struct readers *readers, const char *name,
            struct secret *out)
{
    char line[LINE_MAX_BYTES];
    int n = snprintf(line, sizeof line, "%s", name);

    for (size_t i = 0; i < readers->user_count; i++)
        n += snprintf(line + n, sizeof line - (size_t)n, " u%u",
                      (unsigned)readers->users[i]);
    for (size_t i = 0; i < readers->group_count; i++)
        n += snprintf(line + n, sizeof line - (size_t)n, " g%u",
                      (unsigned)readers->groups[i]);
    return readers->user_count + readers->group_count == 0 ||
           lines_put(out, "readers", line);
}

/* @specifier: "" of a profile that is written out. */
static bool
put_routes(const struct profile *profile, const char *name,
           const char *specifier, struct secret *out)
{
    char line[LINE_MAX_BYTES], path[LINE_MAX_BYTES / 2], username[512];

    if (profile->match_count &&
        !put_readers(profile_readers(profile), name, out))
        return false;
    if (specifier[0])
        write_username(profile->git_username, specifier, username,
                       sizeof username);
    for (size_t i = 0; i < profile->match_count; i++) {
        const struct profile_match *match = &profile->matches[i];
        int n;

        write_path(match->path, specifier, path, sizeof path);
        n = snprintf(line, sizeof line, "%s %s %s%s%s", name,
                     specifier[0] ? username : profile->git_username,
                     match->host, path[0] ? " " : "", path);
        if (n >= (int)sizeof line || !lines_put(out, "route", line))
            return false;
    }
    return true;
}

/* Whose login a users' template is for, and which variables are to name the
 * token's file: nobody but the service can read the profile itself. */
static bool
put_login(const struct profile *sample, const char *name, struct secret *out)
{
    const struct readers *readers = profile_readers(sample);
    bool good = lines_put(out, "login", name);

    for (size_t i = 0; i < readers->user_count && good; i++)
        good = lines_put_int64(out, "login_user", readers->users[i]);
    for (size_t i = 0; i < readers->group_count && good; i++)
        good = lines_put_int64(out, "login_group", readers->groups[i]);
    for (size_t i = 0; i < sample->export_count && good; i++)
        good = sample->exports[i].kind != EXPORT_FILE ||
               !session_system_variable(sample->exports[i].name) ||
               lines_put(out, "login_variable", sample->exports[i].name);
    return good;
}

/* A template's routes are written once for all its instances; where users have
 * one each, its own name stands for that of whoever reads it. */
static bool
put_template(const struct profile_template *template, struct secret *out)
{
    const struct profile *sample = template->sample;
    char name[PROFILE_NAME_MAX + 1];

    if (template->of_users)
        return lines_put(out, "profile", template->name) &&
               (!sample->login || put_login(sample, template->name, out)) &&
               put_routes(sample, template->name, "%u", out);
    (void)snprintf(name, sizeof name, "%s%%i", template->name);
    return put_routes(sample, name, "%i", out);
}

/* One that is written out, as it stands there. */
static bool
put_written(const struct profile_set *set, const struct profile *profile,
            struct secret *out)
{
    return (!profiles_template(set, profile->name) ||
            lines_put(out, "written", profile->name)) &&
           put_routes(profile, profile->name, "", out);
}

/* Templates first, so that who looks for a login's need not go through all of
 * a million instances. */
static bool
put_all(const struct profile_set *set, struct secret *out)
{
    struct profile_cursor cursor = {.set = set};
    bool good = true;

    for (const struct profile_template *template = set->templates;
         good && template; template = template->next)
        good = put_template(template, out);
    while (good && profiles_next(&cursor))
        good = lines_put(out, "profile", cursor.name) &&
               (cursor.instance || put_written(set, cursor.profile, out));
    return good;
}

enum tw_status
index_write(const struct profile_set *set, const struct profile_scope *scope,
            const struct store *store, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(INDEX_MAX);
    const struct replace_place place = {
        .dir = store->root, .lock = "guard", .held = -1};
    AUTO_GUARD guard = REPLACE_GUARD_INIT;
    bool good = lines_put(&text, INDEX_KEY, INDEX_VERSION) &&
                (scope->system || lines_put(&text, "config", scope->dir)) &&
                (!set->broken.status || lines_put(&text, "incomplete", "1")) &&
                put_sources(set, &text) && put_left_out(set, &text) &&
                put_all(set, &text);
    enum tw_status status;

    if (!good)
        return tw_fail(err, TW_E_CONFIG,
                       "the profiles' names and routes pass %d MiB",
                       INDEX_MAX / 1024 / 1024);
    status = replace_begin(&place, &guard, err);
    if (status)
        return status;
    return replace_file(store->root, "index", store->system ? 0644 : 0600,
                        text.bytes, text.len, err);
}
