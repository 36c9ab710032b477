/* SPDX-License-Identifier: MIT */
/*
 * grant_jwt_bearer.c - the grant, under a name of its own among the others.
 */
#define tokenward_provider_v1 grant_jwt_bearer

#include "provider/grants/jwt_bearer.c"
