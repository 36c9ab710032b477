/* SPDX-License-Identifier: MIT */
/*
 * grant_refresh_token.c - the grant, under a name of its own among the others.
 */
#define tokenward_provider_v1 grant_refresh_token

#include "provider/grants/refresh_token.c"
