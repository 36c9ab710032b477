/* SPDX-License-Identifier: MIT */
/*
 * environment.h - the few environment variables that mean something here.
 *
 * At start the process's environment is replaced by the documented few, so
 * that SSLKEYLOGFILE, OPENSSL_CONF and their like reach no library.  What was
 * there is kept aside for secrets named {env: NAME} and for nothing else.
 */
#ifndef TW_HELPER_ENVIRONMENT_H
#define TW_HELPER_ENVIRONMENT_H

#include <stdbool.h>

#include "provider/base/error.h"

struct environment {
    char **given;   /* what the process was started with, for {env: NAME} */
    char **allowed; /* NAME=VALUE, NULL-ended; also what commands get */
};

/* environment_settle: fills @out and makes the allowed few the process's own.
 * As @system, proxies are not among them.  Called once, by main, first. */
enum tw_status environment_settle(bool system, struct environment *out,
                                  struct tw_error *err);

/* environment_get: from what the process was started with; NULL when unset. */
const char *environment_get(const struct environment *environment,
                            const char *name);

void environment_clear(struct environment *environment);

#endif
