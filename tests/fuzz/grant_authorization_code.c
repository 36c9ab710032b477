/* SPDX-License-Identifier: MIT */
/*
 * grant_authorization_code.c - the grant, under a name of its own among the
 * others.
 */
#define tokenward_provider_v1 grant_authorization_code

#include "provider/grants/authorization_code.c"
