/* SPDX-License-Identifier: MIT */
/*
 * asked.c - see asked.h: a page that both processes have.  Nothing can be
 * written once a signal has come, so the name is there before.
 */
#include "helper/asked.h"

#include <stdio.h>
#include <sys/mman.h>

#define NAME_SIZE 64

static char *shared;

void
asked_share(void)
{
    void *page = mmap(NULL, NAME_SIZE, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    shared = page == MAP_FAILED ? NULL : page;
}

void
asked_begin(const char *provider)
{
    if (shared)
        (void)snprintf(shared, NAME_SIZE, "%s", provider);
}

void
asked_end(void)
{
    if (shared)
        shared[0] = '\0';
}

const char *
asked_name(void)
{
    return shared ? shared : "";
}
