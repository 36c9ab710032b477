/* SPDX-License-Identifier: MIT */
/*
 * steering.c - see steering.h.
 */
#include "provider/base/steering.h"

#include <stddef.h>
#include <string.h>

/* One that ends in '_' is the beginning of many. */
static const char *const NAMES[] = {
    "GCONV_PATH",   "GETCONF_DIR",   "GLIBC_",  "HOSTALIASES",
    "LD_",          "LOCALDOMAIN",   "MALLOC_", "NIS_PATH",
    "OPENSSL_",     "RES_OPTIONS",   "RESOLV_", "SSLKEYLOGFILE",
    "SSL_CERT_DIR", "SSL_CERT_FILE",
};

bool
steering_has(const char *variable)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t n = strlen(NAMES[i]);

        if (strncmp(variable, NAMES[i], n) == 0 &&
            (NAMES[i][n - 1] == '_' || variable[n] == '=' || !variable[n]))
            return true;
    }
    return false;
}
