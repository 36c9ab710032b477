/* SPDX-License-Identifier: MIT */
/*
 * metadata_kept.c - see metadata_kept.h.  The file is read as if a stranger
 * had written it: opened without following or blocking, and held against the
 * rule that an answer from the network is held against.
 */
#include "helper/store/metadata_kept.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "helper/base/replace.h"
#include "helper/store/store.h"
#include "provider/base/auto.h"

#define KEPT_FILE "metadata"

bool
metadata_recall(int dir, const struct metadata_rule *rule, int64_t now,
                struct metadata *out)
{
    AUTO_CLOSE int fd =
        openat(dir, KEPT_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    AUTO_FREE char *text = malloc(METADATA_KEPT_MAX + 1);
    ssize_t n = fd >= 0 && text ? read(fd, text, METADATA_KEPT_MAX) : -1;
    int64_t fetched_at;

    if (n <= 0 || !metadata_parse(rule, text, (size_t)n, &fetched_at, out))
        return false;
    if (fetched_at <= now && now - fetched_at < METADATA_LIFE_S)
        return true;
    metadata_clear(out);
    return false;
}

void
metadata_keep(int dir, const struct metadata_rule *rule,
              const struct metadata *metadata, int64_t now)
{
    AUTO_SECRET text = SECRET_INIT(METADATA_KEPT_MAX);
    const struct replace_place place = {
        .dir = dir, .lock = STORE_LOCK, .held = -1};
    AUTO_GUARD guard = REPLACE_GUARD_INIT;

    if (metadata_format(rule, metadata, now, &text) &&
        !replace_begin(&place, &guard, NULL))
        (void)replace_file(dir, KEPT_FILE, 0600, text.bytes, text.len, NULL);
}

void
metadata_forget(int dir)
{
    (void)unlinkat(dir, KEPT_FILE, 0);
}
