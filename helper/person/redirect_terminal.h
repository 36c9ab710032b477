/* SPDX-License-Identifier: MIT */
/*
 * redirect_terminal.h - standard input, where a person pastes the address that
 * a browser on another host ended at.
 */
#ifndef TW_HELPER_REDIRECT_TERMINAL_H
#define TW_HELPER_REDIRECT_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "provider/base/secret.h"

struct redirect_terminal {
    bool is_there;
    bool is_changed;       /* it gives its bytes as they come */
    bool is_cut;           /* the line, by the terminal */
    struct termios before; /* it was changed */
    struct secret line;    /* as far as it is there */
};

void redirect_terminal_open(struct redirect_terminal *terminal);

/* redirect_terminal_fd: to be waited for; -1: nothing is to be read now. */
int redirect_terminal_fd(const struct redirect_terminal *terminal);

/* redirect_terminal_read: what is there, without waiting for more; true: a
 * line is whole. */
bool redirect_terminal_read(struct redirect_terminal *terminal);

/* redirect_terminal_refuse: tells that the line is none that was waited for;
 * an empty one may be. */
void redirect_terminal_refuse(struct redirect_terminal *terminal);

/* redirect_terminal_clear: the line is done with. */
void redirect_terminal_clear(struct redirect_terminal *terminal);

/* redirect_terminal_close: leaves it as it was. */
void redirect_terminal_close(struct redirect_terminal *terminal);

#endif
