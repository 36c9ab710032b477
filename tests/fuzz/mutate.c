/* SPDX-License-Identifier: MIT */
/*
 * mutate.c - half of the changes are libFuzzer's own; the other half keep
 * lines whole, for most of what we read is made of them: a line is taken out,
 * doubled, moved behind another, indented or cut.
 */
#include <string.h>

#include "tests/fuzz/engine.h"

#define LINES_MAX 256

struct span {
    const uint8_t *at;
    size_t n; /* with its LF, if it has one */
};

static size_t
split(const uint8_t *data, size_t n, struct span *out)
{
    const uint8_t *end = data + n;
    size_t count = 0;

    while (data < end && count < LINES_MAX) {
        const uint8_t *stop = memchr(data, '\n', (size_t)(end - data));
        size_t length =
            stop ? (size_t)(stop - data) + 1 : (size_t)(end - data);

        if (count == LINES_MAX - 1)
            length = (size_t)(end - data);
        out[count++] = (struct span){data, length};
        data += length;
    }
    return count;
}

static unsigned
next(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

/* What stands where line @i stood. */
static size_t
put_changed(const struct span *lines, size_t count, size_t i, unsigned *seed,
            uint8_t *out)
{
    static const char *const INDENTS[] = {" ", "    ", "- ", "\t"};
    const struct span line = lines[i], other = lines[next(seed) % count];
    const char *indent = INDENTS[next(seed) % 4];
    size_t cut = line.n ? next(seed) % line.n : 0, from;

    switch (next(seed) % 5) {
    case 0: /* out */
        return 0;
    case 1: /* another behind it */
        memcpy(out, line.at, line.n);
        memcpy(out + line.n, other.at, other.n);
        return line.n + other.n;
    case 2: /* another's end on its begin */
        memcpy(out, line.at, cut);
        from = other.n ? next(seed) % other.n : 0;
        memcpy(out + cut, other.at + from, other.n - from);
        return cut + other.n - from;
    case 3: /* deeper */
        memcpy(out, indent, strlen(indent));
        memcpy(out + strlen(indent), line.at, line.n);
        return strlen(indent) + line.n;
    default: /* cut */
        memcpy(out, line.at, cut);
        return cut;
    }
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned seed)
{
    struct span lines[LINES_MAX];
    size_t count = split(data, n, lines), used = 0, which;
    uint8_t *out;

    if (count < 2 || next(&seed) % 2)
        return LLVMFuzzerMutate(data, n, max);
    out = calloc(3, n + 8);
    if (!out)
        return n;
    which = next(&seed) % count;
    for (size_t i = 0; i < count; i++) {
        if (i == which) {
            used += put_changed(lines, count, i, &seed, out + used);
        } else {
            memcpy(out + used, lines[i].at, lines[i].n);
            used += lines[i].n;
        }
    }
    if (used > max)
        used = max;
    memcpy(data, out, used);
    free(out);
    return used;
}
