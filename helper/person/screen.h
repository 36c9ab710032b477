/* SPDX-License-Identifier: MIT */
/*
 * screen.h - what a person at `tokenward login` sees: an address, a code, and
 * how long it is good.  On a terminal one line counts down and a QR code is
 * drawn where it can be; elsewhere all is plain lines.
 */
#ifndef TW_HELPER_SCREEN_H
#define TW_HELPER_SCREEN_H

#include "helper/base/environment.h"
#include "helper/person/person.h"

struct screen {
    const char *profile;
    bool terminal, utf8, colour;
    unsigned columns;
    int64_t end_ms;  /* monotonic: what is shown is good until then; 0: there
                        is nothing, or it was not said */
    int64_t next_ms; /* when the countdown is written next */
    bool counting;   /* the last line is the countdown's */
};

/* screen_open: of standard output, as it is. */
void screen_open(const struct environment *environment, const char *profile,
                 struct screen *out);

/* screen_show: for struct person; @arg is a struct screen. */
void screen_show(void *arg, const struct tell *tell);

/* screen_tick: writes the countdown when it is time to. */
void screen_tick(struct screen *screen, int64_t now_ms);

/* screen_end: takes the countdown away, and says this instead (NULL: nothing).
 */
void screen_end(struct screen *screen, const char *text);

#endif
