/* SPDX-License-Identifier: MIT */
/*
 * exchange_host.h - what a module is shown of an exchange: its options, the
 * last answer, never a secret or a token.
 */
#ifndef TW_HELPER_EXCHANGE_HOST_H
#define TW_HELPER_EXCHANGE_HOST_H

#include "helper/base/arena.h"
#include "helper/exchange/keeper.h"
#include "helper/exchange/reply.h"
#include "helper/profile/profile.h"

struct exchange_host {
    struct tw_host table;
    const struct profile *profile;
    const struct keeper *keeper; /* or NULL */
    const struct reply *answer;  /* the last one; its json may be NULL */
    struct arena texts;          /* numbers as text, for one call */
};

/* exchange_host_init: borrows all for as long as the module is called. */
void exchange_host_init(struct exchange_host *host,
                        const struct profile *profile,
                        const struct keeper *keeper,
                        const struct reply *answer);

/* exchange_host_return: the call is over, and with it what was lent. */
void exchange_host_return(struct exchange_host *host);

#endif
