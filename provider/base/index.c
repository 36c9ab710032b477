/* SPDX-License-Identifier: MIT */
/*
 * index.c - see index.h.
 */
#include "provider/base/index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "provider/base/lines.h"
#include "provider/base/spawn.h"
#include "provider/base/text.h"

#define FIRST_LINE INDEX_KEY "=" INDEX_VERSION "\n"

/* The id that the process was started with is known without a system call;
 * whoever changed it since is asked. */
static bool
is_own(const struct stat *st)
{
    return st->st_uid == (uid_t)getauxval(AT_EUID) || st->st_uid == geteuid();
}

static enum tw_status
read_file(const char *dir, bool private, struct secret *out,
          struct tw_error *err)
{
    char path[RUNTIME_PATH_MAX];
    AUTO_CLOSE int fd = -1;
    struct stat st;
    mode_t forbidden = private ? S_IRWXG | S_IRWXO : S_IWGRP | S_IWOTH;
    const char *const parts[] = {dir, "/index", NULL};
    ssize_t got;

    if (!dir[0] || !text_join(path, sizeof path, parts))
        return tw_fail(err, TW_E_NOT_FOUND, "no runtime directory");
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_NOT_FOUND, errno, "%s", path);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
        (st.st_mode & forbidden) || (private && !is_own(&st)) ||
        st.st_size <= 0 || st.st_size > INDEX_MAX)
        return tw_fail(err, TW_E_NOT_FOUND, "%s: is no index", path);
    out->bytes = malloc((size_t)st.st_size + 1);
    if (!out->bytes)
        return tw_no_memory(err);
    out->capacity = (size_t)st.st_size + 1;
    out->bytes[0] = '\0';
    got = read(fd, out->bytes, (size_t)st.st_size);
    if (got != st.st_size)
        return tw_fail(err, TW_E_NOT_FOUND, "%s: is no index", path);
    out->len = (size_t)got;
    out->bytes[out->len] = '\0';
    return TW_OK;
}

/* A line is cut while it is visited and mended after it, so that the text can
 * be visited again; a copy on the stack would cost more than the visit. */
static bool
each_line(const struct index *index,
          bool (*visit)(void *arg, const char *key, const char *value),
          void *arg)
{
    char *text = index->text.bytes;
    bool more = true;

    while (more && text && *text) {
        char *stop = strchr(text, '\n');
        char *equals = stop ? memchr(text, '=', (size_t)(stop - text)) : NULL;

        if (!equals)
            return false;
        *equals = *stop = '\0';
        more = visit(arg, text, equals + 1);
        *equals = '=';
        *stop = '\n';
        text = stop + 1;
    }
    return true;
}

struct reading {
    struct index *index;
    const char *config;
    bool ours; /* it was made from there */
};

static bool
check_line(void *arg, const char *key, const char *value)
{
    struct reading *reading = arg;
    struct index *index = reading->index;
    const char *path;
    char mark[MARK_SIZE];

    if (reading->config && strcmp(key, "config") == 0)
        reading->ours = runtime_is_config(reading->config, value);
    if (strcmp(key, "incomplete") == 0)
        index->incomplete = true;
    if (strcmp(key, "source") == 0) {
        path = strchr(value, ' ');
        if (!path || (size_t)(path - value) >= sizeof mark) {
            index->current = false;
        } else {
            memcpy(mark, value, (size_t)(path - value));
            mark[path - value] = '\0';
            index->current = mark_is_current(path + 1, mark);
        }
    }
    return index->current;
}

static enum tw_status
open_once(const char *dir, const char *config, struct index *out,
          struct tw_error *err)
{
    AUTO_INDEX index = INDEX_INIT;
    struct reading reading = {&index, config, .ours = !config};
    enum tw_status status = read_file(dir, config, &index.text, err);

    if (status)
        return status;
    index.current = true;
    if (strncmp(index.text.bytes, FIRST_LINE, strlen(FIRST_LINE)) != 0 ||
        !each_line(&index, check_line, &reading) || !reading.ours)
        return tw_fail(err, TW_E_NOT_FOUND, "%s/index: is no index of %s", dir,
                       config ? config : "the system's profiles");
    index_clear(out);
    *out = index;
    index = INDEX_INIT;
    return TW_OK;
}

enum tw_status
index_open(const char *dir, const char *config, int wait_ms, struct index *out,
           struct tw_error *err)
{
    const char *const args[] = {"index", NULL};
    AUTO_INDEX index = INDEX_INIT;
    enum tw_status status = open_once(dir, config, &index, err);

    if (wait_ms && (status || !index.current)) {
        index_clear(&index);
        status = spawn_helper(args, wait_ms, err);
        if (!status)
            status = open_once(dir, config, &index, err);
    }
    if (status)
        return status;
    index_clear(out);
    *out = index;
    index = INDEX_INIT;
    return TW_OK;
}

void
index_each(const struct index *index,
           bool (*visit)(void *arg, const char *key, const char *value),
           void *arg)
{
    (void)each_line(index, visit, arg);
}

/* The line before it may be cut, see each_line(). */
bool
index_has_line(const struct index *index, const char *key, const char *value)
{
    const char *text = index->text.bytes, *at = text;
    const char *const parts[] = {key, "=", value, NULL};
    char line[PROFILE_NAME_MAX + 16];
    size_t n;

    if (!text || !text_join(line, sizeof line, parts))
        return false;
    n = strlen(line);
    while ((at = memmem(at, index->text.len - (size_t)(at - text), line, n))) {
        if (at > text && (at[-1] == '\n' || at[-1] == '\0') && at[n] == '\n')
            return true;
        at++;
    }
    return false;
}

bool
index_has_profile(const struct index *index, const char *name)
{
    return index_has_line(index, "profile", name);
}

bool
index_has_instance(const struct index *index, const char *name)
{
    char template[NAME_PART_MAX + 2];

    return index_has_profile(index, name) ||
           (text_template_of(name, template) &&
            index_has_profile(index, template));
}

bool
index_hides(const struct index *index, const char *name)
{
    char template[NAME_PART_MAX + 2];

    return index_has_line(index, "profile", name) ||
           index_has_line(index, "left_out", name) ||
           (text_template_of(name, template) &&
            index_has_line(index, "left_out", template));
}

void
index_clear(struct index *index)
{
    secret_clear(&index->text);
    *index = INDEX_INIT;
}
