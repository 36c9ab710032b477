/* SPDX-License-Identifier: MIT */
/*
 * lines.c - see lines.h.  A bare CR is no line end (CVE-2024-52006): a value
 * with one breaks the text, in both directions.
 */
#include "provider/base/lines.h"

#include <string.h>

#include "provider/base/text.h"

/* The first byte that no line may hold, from @from on. */
static const char *
find_bad(const char *from, const char *end)
{
    const char *nul = memchr(from, '\0', (size_t)(end - from));
    const char *cr;

    if (!nul)
        nul = end;
    cr = memchr(from, '\r', (size_t)(nul - from));
    return cr ? cr : nul;
}

void
lines_begin(struct lines *lines, char *text, size_t n)
{
    /* No offset, not even 0, of a NULL, which an empty text may be. */
    *lines = (struct lines){.next = text, .end = n ? text + n : text};
    lines->bad = n ? find_bad(text, lines->end) : lines->end;
}

static bool
broken(struct lines *lines)
{
    lines->broken = true;
    lines->next = lines->end;
    return false;
}

/* Where the line ends: its LF, or the end of the text. */
static char *
end_of(const struct lines *lines, char *from)
{
    char *stop = memchr(from, '\n', (size_t)(lines->end - from));

    return stop ? stop : lines->end;
}

static bool
cut(struct lines *lines, char *stop)
{
    if (lines->bad < stop)
        return broken(lines);
    *stop = '\0';
    lines->next = stop < lines->end ? stop + 1 : lines->end;
    return true;
}

bool
lines_next(struct lines *lines, const char **key, const char **value)
{
    char *line = lines->next, *stop, *equals;

    if (line >= lines->end)
        return false;
    stop = end_of(lines, line);
    if (stop == line) {
        lines->next = lines->end;
        return false;
    }
    equals = memchr(line, '=', (size_t)(stop - line));
    if (!equals || equals == line)
        return broken(lines);
    if (!cut(lines, stop))
        return false;
    *equals = '\0';
    *key = line;
    *value = equals + 1;
    return true;
}

bool
lines_next_is(struct lines *lines, const char *key, size_t key_len,
              const char **value)
{
    char *at = lines->next;

    if ((size_t)(lines->end - at) <= key_len || at[key_len] != '=' ||
        memcmp(at, key, key_len) != 0)
        return false;
    at += key_len;
    if (!cut(lines, end_of(lines, at)))
        return false;
    *at = '\0';
    *value = at + 1;
    return true;
}

bool
lines_left(const struct lines *lines)
{
    return lines->next < lines->end;
}

bool
lines_put(struct secret *out, const char *key, const char *value)
{
    size_t before = out->len;

    if (!strpbrk(value, "\r\n") && secret_append_text(out, key) &&
        secret_append(out, "=", 1) && secret_append_text(out, value) &&
        secret_append(out, "\n", 1))
        return true;
    if (out->bytes) {
        explicit_bzero(out->bytes + before, out->len - before);
        out->len = before;
    }
    return false;
}

bool
lines_put_int64(struct secret *out, const char *key, int64_t value)
{
    char text[24];

    (void)text_put_int64(text, value);
    return lines_put(out, key, text);
}
