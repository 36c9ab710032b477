/* SPDX-License-Identifier: MIT */
/*
 * json_scan.c - the strict pass in front of json-c, which lets through NaN,
 * single quotes, raw control bytes, "-01" and duplicates, and cuts keys at a
 * NUL.  Nothing is built; keys are kept as hashes, sorted once an object ends:
 * two keys of one hash are refused like two equal keys.  What json-c must make
 * of it is counted: where memory is short it drops members and parts of texts
 * without a word.
 */
#include "helper/json_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "helper/json.h"
#include "provider/base/auto.h"

#define FNV_OFFSET 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

struct scan {
    const unsigned char *at, *end;
    int depth;
    struct json_size size;
    uint64_t *keys; /* of the objects that are open, innermost last */
    size_t key_count, key_room;
};

struct text_facts {
    uint64_t hash;
    bool has_nul;
};

static bool scan_value(struct scan *scan);

static void
skip_space(struct scan *scan)
{
    while (scan->at < scan->end && *scan->at && strchr(" \t\r\n", *scan->at))
        scan->at++;
}

static bool
take(struct scan *scan, char wanted)
{
    if (scan->at >= scan->end || *scan->at != (unsigned char)wanted)
        return false;
    scan->at++;
    return true;
}

static bool
take_word(struct scan *scan, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(scan->end - scan->at) < n || memcmp(scan->at, word, n) != 0)
        return false;
    scan->at += n;
    return true;
}

static bool
is_digit(const struct scan *scan)
{
    return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

static bool
take_digits(struct scan *scan)
{
    if (!is_digit(scan))
        return false;
    while (is_digit(scan))
        scan->at++;
    return true;
}

static bool
scan_number(struct scan *scan)
{
    (void)take(scan, '-');
    if (!take(scan, '0') && !take_digits(scan))
        return false;
    if (take(scan, '.') && !take_digits(scan))
        return false;
    if (take(scan, 'e') || take(scan, 'E')) {
        if (!take(scan, '+'))
            (void)take(scan, '-');
        return take_digits(scan);
    }
    return true;
}

/* A name ends at its first NUL, as json-c has it. */
static void
add_byte(struct scan *scan, struct text_facts *facts, unsigned byte)
{
    if (facts)
        facts->has_nul = facts->has_nul || byte == 0;
    if (facts && facts->has_nul)
        return;
    scan->size.bytes++;
    if (facts)
        facts->hash = (facts->hash ^ byte) * FNV_PRIME;
}

static void
add_character(struct scan *scan, struct text_facts *facts, uint32_t character)
{
    if (character < 0x80) {
        add_byte(scan, facts, character);
    } else if (character < 0x800) {
        add_byte(scan, facts, 0xc0 | character >> 6);
        add_byte(scan, facts, 0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        add_byte(scan, facts, 0xe0 | character >> 12);
        add_byte(scan, facts, 0x80 | (character >> 6 & 0x3f));
        add_byte(scan, facts, 0x80 | (character & 0x3f));
    } else {
        add_byte(scan, facts, 0xf0 | character >> 18);
        add_byte(scan, facts, 0x80 | (character >> 12 & 0x3f));
        add_byte(scan, facts, 0x80 | (character >> 6 & 0x3f));
        add_byte(scan, facts, 0x80 | (character & 0x3f));
    }
}

static bool
take_hex(struct scan *scan, uint32_t *out)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        static const char DIGITS[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit;

        if (scan->at >= scan->end || !*scan->at ||
            !(digit = strchr(DIGITS, *scan->at)))
            return false;
        value = value << 4 | ((uint32_t)(digit - DIGITS) & 15);
        scan->at++;
    }
    *out = value;
    return true;
}

static bool
scan_escape(struct scan *scan, struct text_facts *facts)
{
    static const char NAMES[] = "\"\\/bfnrt", VALUES[] = "\"\\/\b\f\n\r\t";
    uint32_t high, low;
    const char *name;

    if (take(scan, 'u')) {
        if (!take_hex(scan, &high) || (high >= 0xdc00 && high <= 0xdfff))
            return false;
        if (high >= 0xd800 && high <= 0xdbff) {
            if (!take(scan, '\\') || !take(scan, 'u') ||
                !take_hex(scan, &low) || low < 0xdc00 || low > 0xdfff)
                return false;
            high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        }
        add_character(scan, facts, high);
        return true;
    }
    if (scan->at >= scan->end || !*scan->at ||
        !(name = strchr(NAMES, *scan->at)))
        return false;
    add_byte(scan, facts, (unsigned char)VALUES[name - NAMES]);
    scan->at++;
    return true;
}

/* One character of more than one byte (RFC 3629): shortest form, no
 * surrogates, nothing above U+10FFFF. */
static bool
scan_utf8(struct scan *scan, struct text_facts *facts)
{
    unsigned first = *scan->at;
    size_t n = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    uint32_t value = first & (0x3fu >> n);

    if (first < 0xc2 || first > 0xf4 || (size_t)(scan->end - scan->at) <= n)
        return false;
    for (size_t i = 1; i <= n; i++) {
        if ((scan->at[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (scan->at[i] & 0x3f);
    }
    if ((n == 2 && value < 0x800) || (n == 3 && value < 0x10000) ||
        value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return false;
    add_character(scan, facts, value);
    scan->at += n + 1;
    return true;
}

/* Is one of eight bytes no plain character of a string?  In each byte's top
 * bit: what was there, and what a subtraction has borrowed. */
static bool
has_special(const unsigned char *bytes)
{
    const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
    uint64_t word, quote, escape;

    memcpy(&word, bytes, sizeof word);
    quote = word ^ ones * '"';
    escape = word ^ ones * '\\';
    return ((word | (word - ones * 0x20) | (quote - ones) | (escape - ones)) &
            tops) != 0;
}

/* Over what stands for itself, which is nearly all of a token. */
static void
skip_plain(struct scan *scan)
{
    const unsigned char *at = scan->at;

    while (scan->end - at >= 8 && !has_special(at))
        at += 8;
    while (at < scan->end && *at >= 0x20 && *at < 0x80 && *at != '"' &&
           *at != '\\')
        at++;
    scan->size.bytes += (size_t)(at - scan->at);
    scan->at = at;
}

/* @facts of a name; NULL: of a value, where nobody asks. */
static bool
scan_string(struct scan *scan, struct text_facts *facts)
{
    if (facts)
        *facts = (struct text_facts){.hash = FNV_OFFSET};
    if (!take(scan, '"'))
        return false;
    if (!facts)
        skip_plain(scan);
    while (scan->at < scan->end) {
        unsigned char byte = *scan->at;

        if (byte == '"') {
            scan->at++;
            return true;
        }
        if (byte < 0x20)
            return false;
        if (byte == '\\') {
            scan->at++;
            if (!scan_escape(scan, facts))
                return false;
        } else if (byte < 0x80) {
            add_byte(scan, facts, byte);
            scan->at++;
        } else if (!scan_utf8(scan, facts)) {
            return false;
        }
    }
    return false;
}

static bool
scan_array(struct scan *scan)
{
    skip_space(scan);
    if (take(scan, ']'))
        return true;
    for (;;) {
        if (!scan_value(scan))
            return false;
        if (take(scan, ']'))
            return true;
        if (!take(scan, ','))
            return false;
    }
}

static bool
keep_key(struct scan *scan, uint64_t hash)
{
    if (scan->key_count == scan->key_room) {
        size_t room = scan->key_room ? scan->key_room * 2 : 64;
        uint64_t *keys = realloc(scan->keys, room * sizeof *keys);

        if (!keys)
            return false;
        scan->keys = keys;
        scan->key_room = room;
    }
    scan->keys[scan->key_count++] = hash;
    return true;
}

static int
compare(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static bool
are_different(uint64_t *keys, size_t n)
{
    qsort(keys, n, sizeof *keys, compare);
    for (size_t i = 1; i < n; i++) {
        if (keys[i] == keys[i - 1])
            return false;
    }
    return true;
}

static bool
scan_member(struct scan *scan)
{
    struct text_facts facts;

    skip_space(scan);
    if (!scan_string(scan, &facts) || (facts.has_nul && scan->depth == 1) ||
        !keep_key(scan, facts.hash))
        return false;
    skip_space(scan);
    return take(scan, ':') && scan_value(scan);
}

static bool
scan_object(struct scan *scan)
{
    size_t first = scan->key_count;
    bool good;

    skip_space(scan);
    if (take(scan, '}'))
        return true;
    do
        good = scan_member(scan);
    while (good && take(scan, ','));
    if (!good || !take(scan, '}') ||
        !are_different(scan->keys + first, scan->key_count - first))
        return false;
    scan->key_count = first;
    return true;
}

/* A value and the white space on both sides of it. */
static bool
scan_value(struct scan *scan)
{
    bool good;

    skip_space(scan);
    if (scan->depth >= JSON_DEPTH_MAX ||
        scan->size.values >= JSON_VALUES_MAX || scan->at >= scan->end)
        return false;
    scan->size.values++;
    scan->depth++;
    switch (*scan->at) {
    case '{':
        scan->at++;
        good = scan_object(scan);
        break;
    case '[':
        scan->at++;
        good = scan_array(scan);
        break;
    case '"':
        good = scan_string(scan, NULL);
        break;
    case 't':
        good = take_word(scan, "true");
        break;
    case 'f':
        good = take_word(scan, "false");
        break;
    case 'n':
        good = take_word(scan, "null");
        break;
    default:
        good = scan_number(scan);
        break;
    }
    scan->depth--;
    skip_space(scan);
    return good;
}

bool
json_scan(const char *text, size_t n, struct json_size *out)
{
    const unsigned char *bytes = (const unsigned char *)text;
    struct scan scan = {.at = bytes, .end = bytes + n};
    bool good;

    skip_space(&scan);
    good = scan.at < scan.end && *scan.at == '{' && scan_value(&scan) &&
           scan.at == scan.end;
    free(scan.keys);
    if (good)
        *out = scan.size;
    return good;
}
