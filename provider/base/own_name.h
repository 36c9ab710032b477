/* SPDX-License-Identifier: MIT */
/*
 * own_name.h - "NAME@": the instance of a template that is the caller's own.
 */
#ifndef TW_BASE_OWN_NAME_H
#define TW_BASE_OWN_NAME_H

#include "provider/base/error.h"
#include "provider/base/text.h"

/* own_name: NAME@ becomes NAME@USER, by the name of the effective user; any
 * other name of a profile stays as it is.  TW_E_USAGE: @name is none;
 * TW_E_NOT_FOUND: the user has no name here that could be an instance's;
 * TW_E_RETRY, TW_E_SYSTEM: nobody could be asked. */
enum tw_status own_name(const char *name,
                        char out[static PROFILE_NAME_MAX + 1],
                        struct tw_error *err);

/* own_name_told: is what getpwuid_r(3) and its like returned an answer, be it
 * that there is nobody?  All else says that nobody could be asked; an entry
 * that is too long is none. */
bool own_name_told(int rc);

#endif
