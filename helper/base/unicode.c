/* SPDX-License-Identifier: MIT */
/*
 * unicode.c - bytes in; the first that a reviewer would not see as it is
 * parsed out.
 *
 * UTF-8 is decoded as RFC 3629 says: no overlong form, no surrogate, nothing
 * above U+10FFFF.  Then a table says which characters a configuration file
 * may not hold: those that reach a terminal as commands, those that show text
 * in another order than it is parsed, and the line ends of YAML 1.1 that no
 * editor shows.
 */
#include "helper/base/unicode.h"

#include <string.h>

struct range {
    uint32_t first, last;
    const char *what;
};

#define CONTROL "a control character"
#define DIRECTION "a character that changes the direction of writing"
#define LINE_END "a line end that editors don't show"
#define NO_CHARACTER "a code that is no character"

static const struct range REFUSED[] = {
    {0x00, 0x08, CONTROL},
    {0x0b, 0x1f, CONTROL},
    {0x7f, 0x9f, CONTROL},
    {0x061c, 0x061c, DIRECTION},
    {0x200e, 0x200f, DIRECTION},
    {0x2028, 0x2029, LINE_END},
    {0x202a, 0x202e, DIRECTION},
    {0x2066, 0x2069, DIRECTION},
    {0xfeff, 0xfeff, "a byte order mark inside"},
    {0xfffe, 0xffff, NO_CHARACTER},
};

#define REFUSED_COUNT (sizeof REFUSED / sizeof *REFUSED)

static const char *
refusal(uint32_t character)
{
    for (size_t i = 0; i < REFUSED_COUNT; i++) {
        if (character >= REFUSED[i].first && character <= REFUSED[i].last)
            return REFUSED[i].what;
    }
    return NULL;
}

/* The length of the character at @text, 0 when the bytes are no UTF-8. */
static size_t
decode(const unsigned char *text, size_t n, uint32_t *out)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = text[0] < 0x80             ? 1
                 : (text[0] & 0xe0) == 0xc0 ? 2
                 : (text[0] & 0xf0) == 0xe0 ? 3
                 : (text[0] & 0xf8) == 0xf0 ? 4
                                            : 0;
    uint32_t character;

    if (len == 0 || len > n)
        return 0;
    character = len == 1 ? text[0] : text[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3fu);
    }
    if (character < LEAST[len] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff))
        return 0;
    *out = character;
    return len;
}

typedef unsigned char block __attribute__((vector_size(16)));

/* Are these sixteen bytes printable ASCII and ends of lines? */
static bool
is_plain_block(const char *text)
{
    uint64_t halves[2];
    block bytes, bad;

    memcpy(&bytes, text, sizeof bytes);
    bad = (block)(((bytes < ' ') & (bytes != '\n')) | (bytes > '~'));
    memcpy(halves, &bad, sizeof halves);
    return !(halves[0] | halves[1]);
}

bool
unicode_check(const char *text, size_t n, bool crlf,
              struct unicode_fault *fault)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < n;) {
        uint32_t character = 0;
        const char *what;
        size_t len;

        if (n - i >= sizeof(block) && is_plain_block(text + i)) {
            i += sizeof(block);
            continue;
        }
        if (bytes[i] >= 0x20 && bytes[i] < 0x7f) {
            i++;
            continue;
        }
        if (crlf && bytes[i] == '\r' && i + 1 < n && bytes[i + 1] == '\n') {
            i += 2;
            continue;
        }
        len = decode(bytes + i, n - i, &character);
        what = len ? refusal(character) : "";
        if (what) {
            *fault = (struct unicode_fault){.offset = i,
                                            .is_utf8 = len > 0,
                                            .character = character,
                                            .what = what};
            return false;
        }
        i += len;
    }
    return true;
}

void
unicode_show(char *text, size_t n)
{
    struct unicode_fault fault;
    size_t at = 0;

    while (!unicode_check(text + at, n - at, false, &fault)) {
        at += fault.offset;
        text[at++] = '?';
    }
}

void
unicode_place(const char *text, size_t offset, uint32_t *line,
              uint32_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            *line += 1;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            *column += 1;
        }
    }
}

size_t
unicode_offset(const char *text, size_t n, uint32_t line, uint32_t column)
{
    size_t at = 0;

    while (line > 1 && at < n) {
        const char *end = memchr(text + at, '\n', n - at);

        at = end ? (size_t)(end - text) + 1 : n;
        line--;
    }
    while (column > 1 && at < n && text[at] != '\n') {
        at++;
        while (at < n && ((unsigned char)text[at] & 0xc0) == 0x80)
            at++;
        column--;
    }
    return at;
}
