/* SPDX-License-Identifier: MIT */
/*
 * trust.c - see trust.h.  Reading the whole bundle of certificates costs
 * 17 ms of every process; a hashed directory costs the one file that is
 * needed.
 */
#include "helper/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "provider/base/auto.h"

#ifndef TW_CA_PATH
#define TW_CA_PATH "/etc/ssl/certs"
#endif

/* openssl-rehash(1): eight hexadecimal digits, a dot, a number. */
static bool
is_hashed(const char *name)
{
    return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' &&
           name[9] >= '0' && name[9] <= '9';
}

static bool
has_hashed(const char *path)
{
    AUTO_CLOSEDIR DIR *dir = opendir(path);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        if (is_hashed(entry->d_name))
            return true;
    }
    return false;
}

const char *
trust_directory(void)
{
    static int known; /* 1: yes, -1: no */

    if (!known)
        known = has_hashed(TW_CA_PATH) ? 1 : -1;
    return known > 0 ? TW_CA_PATH : NULL;
}

enum tw_status
trust_check_file(const char *path, struct tw_error *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_CONFIG, errno, "ca_file %s", path);
    if (!S_ISREG(st.st_mode) || st.st_size == 0)
        return tw_fail(err, TW_E_CONFIG,
                       "ca_file %s: is not a file with certificates", path);
    return TW_OK;
}
