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
#include "helper/http/trust.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/base/owned_file.h"
#include "provider/base/clock.h"

#ifndef TW_CA_PATH
#define TW_CA_PATH "/etc/ssl/certs"
#endif

/* Where the links of a package's own authorities lead, which are many, and
 * what lies there is none. */
#define USUAL "/usr/share/ca-certificates/"

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

static bool
leads_out(int dir, const char *name)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(dir, name, target, sizeof target - 1);

    target[n > 0 ? n : 0] = '\0';
    return strchr(target, '/') && strncmp(target, USUAL, strlen(USUAL)) != 0;
}

enum tw_status
trust_each_link(enum tw_status (*visit)(void *arg, const char *path,
                                        struct tw_error *err),
                void *arg, struct tw_error *err)
{
    AUTO_CLOSEDIR DIR *dir = trust_directory() ? opendir(TW_CA_PATH) : NULL;
    const struct dirent *entry;
    enum tw_status status = TW_OK;
    char path[PATH_MAX];

    while (!status && dir && (entry = readdir(dir))) {
        if (leads_out(dirfd(dir), entry->d_name) &&
            snprintf(path, sizeof path, TW_CA_PATH "/%s", entry->d_name) <
                (int)sizeof path)
            status = visit(arg, path, err);
    }
    return status;
}

static enum tw_status
read_file(const char *path, struct secret *out, struct tw_error *err)
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

static enum tw_status
hold_new(const char *path, int64_t now_ms, struct trust_file **out,
         struct tw_error *err)
{
    size_t n = strlen(path) + 1;
    struct trust_file *file = calloc(1, sizeof *file + n);
    enum tw_status status;

    if (!file)
        return tw_no_memory(err);
    *file = (struct trust_file){
        .text = SECRET_INIT(TRUST_FILE_MAX), .read_ms = now_ms, .holds = 1};
    memcpy(file->path, path, n);
    status = read_file(path, &file->text, err);
    if (status)
        trust_release(file);
    else
        *out = file;
    return status;
}

enum tw_status
trust_hold(const char *path, struct trust_file **last, struct trust_file **out,
           struct tw_error *err)
{
    int64_t now_ms = clock_monotonic_ms();
    bool is_fresh = *last && strcmp((*last)->path, path) == 0 &&
                    now_ms - (*last)->read_ms < TRUST_FRESH_MS;
    struct trust_file *file = NULL;

    if (!is_fresh) {
        enum tw_status status = hold_new(path, now_ms, &file, err);

        if (status)
            return status;
        trust_release(*last);
        *last = file;
    }
    (*last)->holds++;
    *out = *last;
    return TW_OK;
}

void
trust_release(struct trust_file *file)
{
    if (!file || --file->holds)
        return;
    secret_clear(&file->text);
    free(file);
}
