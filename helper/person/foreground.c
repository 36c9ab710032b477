/* SPDX-License-Identifier: MIT */
/*
 * foreground.c - see foreground.h.  Whoever reads a terminal, or changes it,
 * while it is another's, is stopped (SIGTTIN, SIGTTOU).
 */
#include "helper/person/foreground.h"

#include <unistd.h>

bool
foreground_is(int fd)
{
    pid_t group = tcgetpgrp(fd);

    return group < 0 || group == getpgrp();
}
