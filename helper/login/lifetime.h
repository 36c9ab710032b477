/* SPDX-License-Identifier: MIT */
/*
 * lifetime.h - does a token of a login outlive the user's last session?
 */
#ifndef TW_HELPER_LIFETIME_H
#define TW_HELPER_LIFETIME_H

#include "helper/profile/profile.h"

/* lifetime_lingers: does the login manager keep the services of @user, a name
 * or NULL, without a session? */
bool lifetime_lingers(const char *user);

/* lifetime_is_over: at the end of the last session of a user who @lingers. */
bool lifetime_is_over(enum login_lifetime lifetime, bool lingers);

#endif
