/* SPDX-License-Identifier: MIT */
/*
 * counter.c - see counter.h.  Everything is bounded: the log is a ring, and
 * paths are known by a 64-bit hash, in a table that is never filled beyond
 * three quarters.
 */
#include "tests/sandbox/counter.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define PATH_SHOWN_MAX 200
#define STAMP_SIZE 40

struct entry {
    struct timespec at;
    uint64_t bytes;
    uint64_t connection;
    enum auth auth;
    enum manner manner;
    unsigned status;
    char method[12];
    char path[PATH_SHOWN_MAX + 1];
};

struct visits {
    uint64_t hash, n; /* n: 0 in an empty place */
};

struct counter {
    pthread_mutex_t lock;
    int file; /* -1: none */
    uint64_t tokens;
    uint64_t logged; /* entries ever; the ring holds the last of them */
    size_t paths;
    struct visits visits[COUNTER_PATHS_MAX];
    struct entry log[COUNTER_LOG_MAX];
};

enum tw_status
counter_new(const char *file, struct counter **out, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    struct counter *counter;

    if (file) {
        fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", file);
    }
    counter = calloc(1, sizeof *counter);
    if (!counter)
        return tw_no_memory(err);
    (void)pthread_mutex_init(&counter->lock, NULL);
    counter->file = take_fd(&fd);
    *out = counter;
    return TW_OK;
}

static void
unlock(pthread_mutex_t **lock)
{
    (void)pthread_mutex_unlock(*lock);
}

#define LOCKED(counter)                                       \
    AUTO(unlock) pthread_mutex_t *locked_ = &(counter)->lock; \
    (void)pthread_mutex_lock(locked_)

/* Printable, without spaces, cut: a line stays one line of seven words. */
static void
copy_word(char *to, size_t size, const char *from)
{
    size_t n = 0;

    for (; from[n] && n < size - 1; n++)
        to[n] = from[n] > 0x20 && from[n] < 0x7f ? from[n] : '?';
    to[n] = '\0';
}

static void
stamp(char out[static STAMP_SIZE], struct timespec at)
{
    struct tm tm;
    size_t n;

    (void)gmtime_r(&at.tv_sec, &tm);
    n = strftime(out, STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + n, STAMP_SIZE - n, ".%03ldZ", at.tv_nsec / 1000000);
}

void
counter_token_request(struct counter *counter, const struct request *request)
{
    if (counter->file >= 0) {
        char at[STAMP_SIZE], method[12], path[PATH_SHOWN_MAX + 1];
        char line[PATH_SHOWN_MAX + 100];
        struct timespec now;
        int n;

        (void)clock_gettime(CLOCK_REALTIME, &now);
        stamp(at, now);
        copy_word(method, sizeof method, request->method);
        copy_word(path, sizeof path, request->path);
        n = snprintf(line, sizeof line, "%s %s %s %zu\n", at, method, path,
                     request->received);
        if (write(counter->file, line, (size_t)n) != n)
            perror("sandbox: count file");
    }
    LOCKED(counter);
    counter->tokens++;
}

/* FNV-1a */
static uint64_t
hash_of(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash;
}

/* The place of a path, or the empty one where it would be. */
static struct visits *
find(struct counter *counter, const char *path)
{
    uint64_t hash = hash_of(path);
    size_t i = hash % COUNTER_PATHS_MAX;

    while (counter->visits[i].n && counter->visits[i].hash != hash)
        i = (i + 1) % COUNTER_PATHS_MAX;
    counter->visits[i].hash = hash;
    return &counter->visits[i];
}

uint64_t
counter_visit(struct counter *counter, const char *path)
{
    struct visits *visits;

    LOCKED(counter);
    visits = find(counter, path);
    if (visits->n == 0) {
        if (counter->paths == COUNTER_PATHS_MAX / 4 * 3)
            return 1;
        counter->paths++;
    }
    return ++visits->n;
}

uint64_t
counter_visits(struct counter *counter, const char *path)
{
    LOCKED(counter);
    return find(counter, path)->n;
}

uint64_t
counter_total(struct counter *counter)
{
    LOCKED(counter);
    return counter->tokens;
}

void
counter_log(struct counter *counter, const struct request *request,
            const struct answer *answer)
{
    struct entry entry = {.bytes = request->received,
                          .connection = request->connection,
                          .auth = request->auth,
                          .manner = answer->manner,
                          .status = answer->status};

    (void)clock_gettime(CLOCK_REALTIME, &entry.at);
    copy_word(entry.method, sizeof entry.method, request->method);
    copy_word(entry.path, sizeof entry.path, request->path);
    LOCKED(counter);
    counter->log[counter->logged++ % COUNTER_LOG_MAX] = entry;
}

static bool
print_entry(const struct entry *entry, struct secret *out)
{
    static const char *const auth[] = {
        [AUTH_NONE] = "none",           [AUTH_POST] = "post",
        [AUTH_BASIC] = "basic",         [AUTH_BOTH] = "both",
        [AUTH_ASSERTION] = "assertion", [AUTH_CERTIFICATE] = "certificate"};
    char at[STAMP_SIZE], status[12];
    char line[PATH_SHOWN_MAX + 100];

    stamp(at, entry->at);
    if (entry->manner == MANNER_HANG)
        (void)snprintf(status, sizeof status, "hang");
    else if (entry->manner == MANNER_RESET)
        (void)snprintf(status, sizeof status, "reset");
    else
        (void)snprintf(status, sizeof status, "%u", entry->status);
    (void)snprintf(line, sizeof line, "%s %s %s %ju %s %s %ju\n", at,
                   entry->method, entry->path, (uintmax_t)entry->bytes,
                   auth[entry->auth], status, (uintmax_t)entry->connection);
    return secret_append_text(out, line);
}

bool
counter_print(struct counter *counter, struct secret *out)
{
    uint64_t first;

    LOCKED(counter);
    first = counter->logged > COUNTER_LOG_MAX
                ? counter->logged - COUNTER_LOG_MAX
                : 0;
    for (uint64_t i = first; i < counter->logged; i++) {
        if (!print_entry(&counter->log[i % COUNTER_LOG_MAX], out))
            return false;
    }
    return true;
}

void
counter_free(struct counter *counter)
{
    if (!counter)
        return;
    auto_close(&counter->file);
    (void)pthread_mutex_destroy(&counter->lock);
    free(counter);
}
