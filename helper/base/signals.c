/* SPDX-License-Identifier: MIT */
/*
 * signals.c - see signals.h.
 */
#include "helper/base/signals.h"

#include <stddef.h>

static unsigned holds;
static sigset_t before; /* the first of them */

void
signals_ending(sigset_t *out)
{
    static const int SIGNALS[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    (void)sigemptyset(out);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++) {
        struct sigaction action;

        /* nohup(1) and shells say what shall not end it. */
        if (sigaction(SIGNALS[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            (void)sigaddset(out, SIGNALS[i]);
    }
}

void
signals_hold(void)
{
    sigset_t ending;

    signals_ending(&ending);
    if (holds++ == 0)
        (void)sigprocmask(SIG_BLOCK, &ending, &before);
}

void
signals_let_go(void)
{
    if (--holds == 0)
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
}
