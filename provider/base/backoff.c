/* SPDX-License-Identifier: MIT */
/*
 * backoff.c - see backoff.h.  A note that cannot be read holds nobody back.
 */
#include "provider/base/backoff.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "provider/base/lines.h"
#include "provider/base/text.h"

#define LEFT_MAX_S 3600

struct field {
    const char *key;
    size_t offset;
    size_t size; /* of a text; 0: a number */
};

#define NUMBER(name, member)                      \
    {                                             \
        name, offsetof(struct backoff, member), 0 \
    }
#define TEXT(member)                               \
    {                                              \
#member, offsetof(struct backoff, member), \
            sizeof((struct backoff *)NULL)->member \
    }

static const struct field FIELDS[] = {
    NUMBER("failures", failures),
    NUMBER("rejections", rejections),
    NUMBER("failed_at", failed_at),
    NUMBER("not_before", not_before.wall),
    NUMBER("boottime_not_before", not_before.boot),
    {"boot_id", offsetof(struct backoff, not_before.boot_id), BOOT_ID_LEN + 1},
    TEXT(status),
    TEXT(message),
    TEXT(fingerprint),
    TEXT(secret_tag),
    TEXT(salt),
};

/* A count, or a time: seconds can be added to it and taken from it. */
static bool
set_number(const char *value, int64_t *out)
{
    return text_to_int64(value, out) && *out >= 0 && *out <= TIME_MAX_S;
}

static bool
set_field(struct backoff *out, const struct field *field, const char *value)
{
    char *at = (char *)out + field->offset;
    size_t n = strlen(value);

    if (!field->size)
        return set_number(value, (int64_t *)(void *)at);
    if (n >= field->size || !text_is_line(value, n))
        return false;
    memcpy(at, value, n + 1);
    return true;
}

bool
backoff_parse(char *text, size_t n, struct backoff *out)
{
    struct backoff backoff = {0};
    struct lines lines;
    const char *key, *value;
    size_t used;

    memset(out, 0, sizeof *out);
    lines_begin(&lines, text, n);
    while (lines_next(&lines, &key, &value)) {
        for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
            if (strcmp(FIELDS[i].key, key) == 0 &&
                !set_field(&backoff, &FIELDS[i], value))
                return false;
        }
        used = strlen(backoff.message);
        if (strcmp(key, "hint") == 0 && used &&
            !strchr(backoff.message, '\n') &&
            text_is_line(value, strlen(value)) &&
            used + strlen(value) + 2 < sizeof backoff.message) {
            backoff.message[used] = '\n';
            memcpy(backoff.message + used + 1, value, strlen(value) + 1);
        }
    }
    if (lines.broken)
        return false;
    *out = backoff;
    return true;
}

static bool
put_message(const char *message, struct secret *out)
{
    const char *stop = strchr(message, '\n');
    char line[sizeof((struct backoff *)NULL)->message];

    if (!stop)
        return lines_put(out, "message", message);
    memcpy(line, message, (size_t)(stop - message));
    line[stop - message] = '\0';
    return lines_put(out, "message", line) && lines_put(out, "hint", stop + 1);
}

bool
backoff_format(const struct backoff *backoff, struct secret *out)
{
    bool good = true;

    for (size_t i = 0; good && i < sizeof FIELDS / sizeof *FIELDS; i++) {
        const char *at = (const char *)backoff + FIELDS[i].offset;

        if (!FIELDS[i].size)
            good = lines_put_int64(out, FIELDS[i].key,
                                   *(const int64_t *)(const void *)at);
        else if (at == backoff->message)
            good = put_message(at, out);
        else
            good = lines_put(out, FIELDS[i].key, at);
    }
    return good;
}

void
backoff_read(int dir_fd, const char *path, struct backoff *out)
{
    AUTO_CLOSE int fd =
        openat(dir_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char text[BACKOFF_MAX + 1];
    ssize_t n;

    memset(out, 0, sizeof *out);
    if (fd < 0)
        return;
    n = read(fd, text, BACKOFF_MAX);
    if (n > 0)
        (void)backoff_parse(text, (size_t)n, out);
}

int64_t
backoff_left(const struct backoff *backoff, struct now now)
{
    int64_t left =
        backoff->not_before.wall ? moment_left(&backoff->not_before, now) : 0;

    if (left < 0)
        return 0;
    return left < LEFT_MAX_S ? left : LEFT_MAX_S;
}

int64_t
backoff_age(const struct backoff *backoff, struct now now)
{
    return now.wall > backoff->failed_at ? now.wall - backoff->failed_at : 0;
}
