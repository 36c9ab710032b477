/* SPDX-License-Identifier: MIT */
/*
 * index_write.c - see index_write.h.
 */
#include "helper/index_write.h"

#include <limits.h>
#include <stdio.h>

#include "helper/replace.h"
#include "provider/base/index.h"
#include "provider/base/lines.h"

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

static bool
put_profile(const struct profile *profile, struct secret *out)
{
    char line[LINE_MAX_BYTES];

    if (!lines_put(out, "profile", profile->name))
        return false;
    for (size_t i = 0; i < profile->match_count; i++) {
        const struct profile_match *match = &profile->matches[i];
        int n = snprintf(line, sizeof line, "%s %s %s%s%s", profile->name,
                         profile->git_username, match->host,
                         match->path[0] ? " " : "", match->path);

        if (n >= (int)sizeof line || !lines_put(out, "route", line))
            return false;
    }
    return true;
}

enum tw_status
index_write(const struct profile_set *set, const struct store *store,
            struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(INDEX_MAX);
    AUTO_CLOSE int guard = -1;
    const struct profile *profile;
    bool good =
        lines_put(&text, INDEX_KEY, INDEX_VERSION) && put_sources(set, &text);
    enum tw_status status;

    for (profile = set->first; good && profile; profile = profile->next)
        good = put_profile(profile, &text);
    if (!good)
        return tw_fail(err, TW_E_CONFIG,
                       "the profiles' names and routes pass %d MiB",
                       INDEX_MAX / 1024 / 1024);
    status = replace_begin(store->root, &guard, NULL, err);
    if (status)
        return status;
    return replace_file(store->root, "index", store->system ? 0644 : 0600,
                        text.bytes, text.len, err);
}
