/* SPDX-License-Identifier: MIT */
/*
 * grant_device_code.c - the grant, under a name of its own among the others.
 */
#define tokenward_provider_v1 grant_device_code

#include "provider/grants/device_code.c"
