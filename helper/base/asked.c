/* SPDX-License-Identifier: MIT */
/*
 * asked.c - see asked.h: a page that both processes have.  Nothing can be
 * written once a signal has come, so the name is there before.
 */
#include "helper/base/asked.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "provider/base/text.h"

static char *shared;

void
asked_share(void)
{
    void *page = mmap(NULL, ASKED_NAME_SIZE, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    shared = page == MAP_FAILED ? NULL : page;
}

void
asked_begin(const char *provider)
{
    if (shared)
        (void)snprintf(shared, ASKED_NAME_SIZE, "%s", provider);
}

void
asked_end(void)
{
    if (shared)
        shared[0] = '\0';
}

void
asked_name(char out[static ASKED_NAME_SIZE])
{
    memset(out, 0, ASKED_NAME_SIZE);
    if (shared)
        memcpy(out, shared, ASKED_NAME_SIZE - 1);
    if (!text_is_module_name(out))
        out[0] = '\0';
}
