/* SPDX-License-Identifier: MIT */
/*
 * signals.h - what a person, a terminal or a service manager ends a program
 * by.
 */
#ifndef TW_HELPER_SIGNALS_H
#define TW_HELPER_SIGNALS_H

#include <signal.h>

/* signals_ending: those that are not ignored. */
void signals_ending(sigset_t *out);

/* signals_hold: they wait until signals_let_go() was called as often, by the
 * same thread. */
void signals_hold(void);
void signals_let_go(void);

#endif
