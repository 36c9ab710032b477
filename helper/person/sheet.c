/* SPDX-License-Identifier: MIT */
/*
 * sheet.c - see sheet.h.  Each line is written as soon as it is known: what
 * hangs afterwards hides nothing.
 */
#include "helper/person/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "helper/base/print.h"

#define LINE_MAX_BYTES 2048
#define NARROW 60  /* columns; below it, the text stands under its head */
#define LEFT 30    /* columns of mark, what, time and the spaces between */
#define LEFT_LOW 4 /* where there is no room for that */

struct look {
    const char *name, *colour;
};

static const struct look LOOKS[] = {
    [SHEET_GOOD] = {"ok", "\033[32m"},
    [SHEET_WARN] = {"warn", "\033[33m"},
    [SHEET_BAD] = {"FAIL", "\033[31m"},
    [SHEET_SKIPPED] = {"-", "\033[2m"},
};

void
sheet_open(const struct environment *environment, struct sheet *out)
{
    const char *no = environment_get(environment, "NO_COLOR");
    const char *term = environment_get(environment, "TERM");
    struct winsize size = {.ws_col = 0};

    *out = (struct sheet){.columns = 0};
    if (!isatty(STDOUT_FILENO))
        return;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        out->columns = size.ws_col;
    out->colours = !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

static void
make_printable(char *text)
{
    for (; *text; text++) {
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
    }
}

/* As much of @text as fits, up to a space if there is one. */
static size_t
fitting(const char *text, size_t width)
{
    size_t n = strlen(text);

    if (n <= width)
        return n;
    for (n = width; n > width / 3; n--) {
        if (text[n] == ' ')
            return n;
    }
    return width;
}

/* @text from the column where the cursor is, which is @left, on. */
static void
fold(const struct sheet *sheet, size_t left, const char *text)
{
    size_t width = sheet->columns > left + 16 ? sheet->columns - left
                                              : (size_t)LINE_MAX_BYTES;

    for (;;) {
        size_t n = fitting(text, width);

        (void)printf("%.*s\n", (int)n, text);
        text += n;
        while (*text == ' ')
            text++;
        if (!*text)
            return;
        (void)printf("%*s", (int)left, "");
    }
}

void
sheet_title(const struct sheet *sheet, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_printable(text);
    fold(sheet, 0, text);
    print_flush();
}

static void
put_head(const struct sheet *sheet, enum sheet_mark mark, const char *what,
         int64_t us, bool low)
{
    const struct look *look = &LOOKS[mark];
    char time[24] = "";

    if (us >= 0)
        (void)snprintf(time, sizeof time, "%lld.%lld ms",
                       (long long)(us / 1000), (long long)(us % 1000 / 100));
    (void)printf("  %s%-4s%s  %-10s %9s%s", sheet->colours ? look->colour : "",
                 look->name, sheet->colours ? "\033[0m" : "", what, time,
                 low ? "\n    " : "  ");
}

void
sheet_line(const struct sheet *sheet, enum sheet_mark mark, const char *what,
           int64_t us, const char *format, ...)
{
    bool low = sheet->columns && sheet->columns < NARROW;
    size_t left = low ? LEFT_LOW : LEFT;
    char text[LINE_MAX_BYTES], *hint;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    hint = strchr(text, '\n');
    if (hint)
        *hint++ = '\0';
    make_printable(text);
    put_head(sheet, mark, what, us, low);
    fold(sheet, left, text);
    if (hint && *hint) {
        make_printable(hint);
        (void)printf("%*s-> ", (int)left, "");
        fold(sheet, left + 3, hint);
    }
    print_flush();
}
