/* SPDX-License-Identifier: MIT */
/*
 * qr.h - a text as a QR code (ISO/IEC 18004) of half-block characters.
 * libqrencode is known to qr.c alone.
 */
#ifndef TW_HELPER_QR_H
#define TW_HELPER_QR_H

#include "provider/base/secret.h"

#define QR_TEXT_MAX 512   /* bytes; a longer text makes too large a code */
#define QR_SIZE_MAX 65536 /* bytes of what is appended */

/* qr_append: lines of UTF-8 for a terminal of @columns; as @colour black on
 * white whatever the terminal's colours are, else for a dark one.  False, and
 * nothing appended, when the text is too long for it. */
bool qr_append(struct secret *out, const char *text, unsigned columns,
               bool colour);

#endif
