/* SPDX-License-Identifier: MIT */
/*
 * sale.h - a token changes hands, whatever it was paid with.
 */
#ifndef TW_SANDBOX_SALE_H
#define TW_SANDBOX_SALE_H

#include "tests/sandbox/purchase.h"

/* What is sold. */
struct sale {
    struct span scope;
    const uint64_t *family;    /* NULL: it belongs to no login */
    struct span refresh_token; /* absent: none is sold */
    struct span issued;        /* issued_token_type; absent: not said */
    bool is_no_access_token;
};

/* sale_close: the good answer, with what misbehaviour makes of it. */
void sale_close(const struct purchase *purchase, const struct sale *sale,
                struct answer *answer);

#endif
