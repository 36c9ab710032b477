/* SPDX-License-Identifier: MIT */
/*
 * granted.h - the routes of the system's that may bring the caller a token.
 */
#ifndef TW_CREDENTIAL_GRANTED_H
#define TW_CREDENTIAL_GRANTED_H

#include "provider/base/index.h"

/* granted_each: calls @visit for each route in @systems whose profile the
 * caller is a reader of, or for @all, unless one of @users has its name: that
 * one hides it. */
void granted_each(const struct index *systems, const struct index *users,
                  bool all,
                  bool (*visit)(void *arg, const char *key, const char *value),
                  void *arg);

#endif
