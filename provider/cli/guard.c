/* SPDX-License-Identifier: MIT */
/*
 * guard.c - see guard.h; prctl(2), getrlimit(2), signal(7).
 *
 * Not being dumpable is what counts: a core_pattern that is a pipe does not
 * ask the limit.  Only the soft limit is lowered, since a hard one could not
 * be given back to the command that exec runs.
 */
#include "provider/cli/guard.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static struct rlimit before; /* one process has one */
static int lowered;
static void (*on_size)(int);

void
guard_begin(void)
{
    struct rlimit none;

    (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
    on_size = signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_CORE, &before) < 0 || before.rlim_cur == 0)
        return;
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    lowered = setrlimit(RLIMIT_CORE, &none) == 0;
}

void
guard_end(void)
{
    (void)signal(SIGXFSZ, on_size);
    if (lowered)
        (void)setrlimit(RLIMIT_CORE, &before);
}
