/* SPDX-License-Identifier: MIT */
/*
 * trades.h - grants that give something for the token: a password (RFC 6749
 * 4.3), an assertion (RFC 7523 2.1), another token (RFC 8693).
 */
#ifndef TW_SANDBOX_TRADES_H
#define TW_SANDBOX_TRADES_H

#include "tests/sandbox/purchase.h"

/* The one resource owner; README.md documents them. */
#define OWNER_NAME "ada"
#define OWNER_PASSWORD "correct horse battery staple"

/* The one service that tokens are exchanged for. */
#define EXCHANGE_AUDIENCE "ledger"

/* trade_assertion: the assertion says who the client is. */
void trade_assertion(struct purchase *purchase, struct answer *answer);
void trade_password(struct purchase *purchase, struct answer *answer);
void trade_token(struct purchase *purchase, struct answer *answer);

#endif
