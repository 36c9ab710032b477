/* SPDX-License-Identifier: MIT */
/*
 * trust.c - see trust.h.  Reading the whole bundle of certificates costs
 * 17 ms of every process; a hashed directory costs the one file that is
 * needed.
 *
 * Who may write a ca_file may have the secret: he names the authority that
 * certifies his own server.  So it is opened, checked and read here, and
 * libcurl gets the bytes and never the path.
 */
#include "helper/trust.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "helper/owned_file.h"

#ifndef TW_CA_PATH
#define TW_CA_PATH "/etc/ssl/certs"
#endif

#define LABEL_MAX 320 /* a message is not longer */

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
trust_read_file(const char *path, struct secret *out, struct tw_error *err)
{
    static const struct owned_rule RULE = {
        .root_too = true, .follow = true, .forbidden = 022, .wanted = 0644};
    char label[LABEL_MAX];
    struct owned_path where = {
        .dir = AT_FDCWD, .name = path, .path = path, .label = label};
    AUTO_CLOSE int fd = -1;
    enum tw_status status;
    struct stat st;

    (void)snprintf(label, sizeof label, "ca_file %s", path);
    status = owned_file_open(&where, &RULE, &fd, &st, err);
    if (status == TW_E_NOT_FOUND)
        return tw_fail(err, TW_E_CONFIG, "%s: does not exist", label);
    if (!status)
        status = owned_file_read(fd, label, &st, out, err);
    if (!status && !out->len)
        status = tw_fail(err, TW_E_CONFIG, "%s: is empty", label);
    return status;
}
