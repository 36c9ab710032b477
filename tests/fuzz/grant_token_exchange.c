/* SPDX-License-Identifier: MIT */
/*
 * grant_token_exchange.c - the grant, under a name of its own among the
 * others.
 */
#define tokenward_provider_v1 grant_token_exchange

#include "provider/grants/token_exchange.c"
