/* SPDX-License-Identifier: MIT */
/*
 * index.c - see index.h.
 */
#include "provider/base/index.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "provider/base/lines.h"
#include "provider/base/own_name.h"
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

struct route_search {
    const struct index *index;
    char host[300];
    const char *path;
    struct route *out;
    size_t best; /* of the longest path so far; written out beats %i */
};

/* "/team" leads "team" and "team/repo", not "teams": the bytes of @path that
 * it is for, or SIZE_MAX.  A segment %i or %u is for any one that may name an
 * instance, the same each time, which is written to @instance. */
static size_t
path_leads(const char *pattern, const char *path, char *instance)
{
    const char *at = path;

    instance[0] = '\0';
    while (*pattern) {
        size_t n = strcspn(pattern + 1, "/"), m = strcspn(at, "/");
        char part[NAME_PART_MAX + 1];

        if (*pattern != '/')
            return SIZE_MAX;
        if (n == 2 && pattern[1] == '%' &&
            (pattern[2] == 'i' || pattern[2] == 'u') && m <= NAME_PART_MAX) {
            memcpy(part, at, m);
            part[m] = '\0';
            if (!text_is_name_part(part) ||
                (instance[0] && strcmp(instance, part) != 0))
                return SIZE_MAX;
            (void)strcpy(instance, part);
        } else if (n != m || memcmp(pattern + 1, at, n) != 0) {
            return SIZE_MAX;
        }
        pattern += n + 1;
        at += m;
        if (*pattern && *at != '/')
            return SIZE_MAX;
        at += *pattern == '/';
    }
    return (size_t)(at - path);
}

/* Also while one line of the text is cut, see each_line(). */
static bool
has_line(const struct index *index, const char *key, const char *name)
{
    const char *text = index->text.bytes, *at = text;
    const char *const parts[] = {key, "=", name, NULL};
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
    return has_line(index, "profile", name);
}

bool
index_hides(const struct index *index, const char *name)
{
    return has_line(index, "profile", name) ||
           has_line(index, "left_out", name);
}

/* Whose token a route leads to: the profile in @route, or its instance; one
 * that is written out has routes of its own. */
static bool
settle_profile(const struct index *index, const char *instance,
               struct route *route)
{
    char own[PROFILE_NAME_MAX + 1];
    char *at = strchr(route->profile, '@');
    size_t room;

    if (!at)
        return text_is_name_part(route->profile);
    if (!at[1]) {
        if (own_name(route->profile, own, NULL) ||
            (instance[0] && strcmp(strchr(own, '@') + 1, instance) != 0) ||
            has_line(index, "written", own))
            return false;
        (void)strcpy(route->profile, own);
        return true;
    }
    if (strcmp(at, "@%i") != 0)
        return text_is_profile_name(route->profile);
    room = sizeof route->profile - (size_t)(at + 1 - route->profile);
    if (!instance[0] || strlen(instance) >= room)
        return false;
    (void)strcpy(at + 1, instance);
    return index_has_profile(index, route->profile) &&
           !has_line(index, "written", route->profile);
}

/* "team/../other" is not of the team, whatever the server makes of it. */
static bool
has_dot_segment(const char *path)
{
    while (*path) {
        int dots = 0;

        for (; *path == '.' || text_begins(path, "%2e"); dots++)
            path += *path == '.' ? 1 : 3;
        if ((dots == 1 || dots == 2) && (*path == '/' || !*path))
            return true;
        path += strcspn(path, "/");
        path += *path == '/';
    }
    return false;
}

/* The word at *@at, which is moved behind it and its space. */
static bool
take_word(const char **at, char *out, size_t size)
{
    size_t n = strcspn(*at, " ");

    if (n == 0 || n >= size)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n + ((*at)[n] == ' ');
    return true;
}

/* @value: NAME USERNAME HOST[:PORT] [PATH] */
static bool
compare_route(void *arg, const char *key, const char *value)
{
    struct route_search *search = arg;
    struct route route;
    char host[sizeof search->host], instance[NAME_PART_MAX + 1];
    size_t len, rank;

    if (strcmp(key, "route") != 0 ||
        !take_word(&value, route.profile, sizeof route.profile) ||
        !take_word(&value, route.username, sizeof route.username) ||
        !take_word(&value, host, sizeof host) ||
        strcmp(host, search->host) != 0)
        return true;
    len = path_leads(value, search->path, instance);
    if (len == SIZE_MAX)
        return true;
    rank = 2 * len + (instance[0] ? 1 : 2);
    if (rank > search->best &&
        settle_profile(search->index, instance, &route)) {
        route.path_len = len ? len + 1 : 0; /* with its slash */
        search->best = rank;
        *search->out = route;
    }
    return true;
}

/* "[2001:DB8:0::1]" is "[2001:db8::1]".  The result: the bytes of @host that
 * were written to @out; 0: it is no such address. */
static size_t
write_address(const char *host, char *out, size_t size)
{
    const char *stop = host[0] == '[' ? strchr(host, ']') : NULL;
    size_t n = stop ? (size_t)(stop - host) - 1 : 0;
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (n == 0 || n >= sizeof text)
        return 0;
    memcpy(text, host + 1, n);
    text[n] = '\0';
    if (inet_pton(AF_INET6, text, &address) != 1 ||
        !inet_ntop(AF_INET6, &address, out + 1, (socklen_t)size - 2))
        return 0;
    out[0] = '[';
    (void)strcat(out, "]");
    return n + 2;
}

/* As the index has it, for one host may be written in several ways. */
static bool
write_host(const char *host, char *out, size_t size)
{
    size_t n;

    out[0] = '\0';
    host += write_address(host, out, size);
    for (n = strlen(out); *host && n < size - 1; host++)
        out[n++] =
            *host >= 'A' && *host <= 'Z' ? (char)(*host - 'A' + 'a') : *host;
    out[n] = '\0';
    if (n > 4 && strcmp(out + n - 4, ":443") == 0)
        out[n - 4] = '\0';
    return n > 0 && !*host;
}

bool
index_route(const struct index *index, const char *host, const char *path,
            struct route *out)
{
    struct route found;
    struct route_search search = {.index = index, .out = &found};

    if (!write_host(host, search.host, sizeof search.host))
        return false;
    search.path = has_dot_segment(path) ? "" : path + (path[0] == '/');
    (void)each_line(index, compare_route, &search);
    if (!search.best)
        return false;
    *out = found;
    return true;
}

void
index_clear(struct index *index)
{
    secret_clear(&index->text);
    *index = INDEX_INIT;
}
