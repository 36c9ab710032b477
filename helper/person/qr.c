/* SPDX-License-Identifier: MIT */
/*
 * qr.c - see qr.h.  Two rows of the code are one line of text; around it is
 * the quiet zone that a scanner needs.
 */
#include "helper/person/qr.h"

#include <qrencode.h>
#include <string.h>

#define QUIET 4 /* modules (ISO/IEC 18004 6.3.8) */
#define BLACK_ON_WHITE "\033[30;47m"
#define RESET "\033[0m"

static void
auto_code(QRcode **code)
{
    QRcode_free(*code);
}

static bool
is_dark(const QRcode *code, int x, int y)
{
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1);
}

static bool
append_line(struct secret *out, const QRcode *code, int y, bool colour)
{
    static const char *const BLOCKS[] = {" ", "\u2580", "\u2584", "\u2588"};
    bool good = !colour || secret_append_text(out, BLACK_ON_WHITE);

    for (int x = -QUIET; good && x < code->width + QUIET; x++) {
        bool upper = is_dark(code, x, y) == colour;
        bool lower = is_dark(code, x, y + 1) == colour;

        good = secret_append_text(out, BLOCKS[upper + 2 * lower]);
    }
    return good && (!colour || secret_append_text(out, RESET)) &&
           secret_append_text(out, "\n");
}

bool
qr_append(struct secret *out, const char *text, unsigned columns, bool colour)
{
    AUTO(auto_code) QRcode *code = NULL;
    AUTO_SECRET lines = SECRET_INIT(QR_SIZE_MAX);
    bool good;

    if (strlen(text) > QR_TEXT_MAX)
        return false;
    code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    good = code && (unsigned)code->width + 2 * QUIET <= columns;
    for (int y = -QUIET; good && y < code->width + QUIET; y += 2)
        good = append_line(&lines, code, y, colour);
    return good && secret_append(out, lines.bytes, lines.len);
}
