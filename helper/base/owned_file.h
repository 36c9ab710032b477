/* SPDX-License-Identifier: MIT */
/*
 * owned_file.h - open first, then check what was opened.
 *
 * The one place that decides whether a file or directory is ours to believe:
 * profiles, secrets and credentials come through here.
 */
#ifndef TW_HELPER_OWNED_FILE_H
#define TW_HELPER_OWNED_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

struct owned_rule {
    bool root_too;     /* root may own it, besides the effective user */
    bool follow;       /* a symbolic link at the end of the path is followed */
    mode_t forbidden;  /* permission bits that it may not have */
    mode_t wanted;     /* what a message tells to chmod to; 0: as it is, less
                          what is forbidden */
    const mode_t *as;  /* this mode counts, and is told of; NULL: its own */
    const char *owner; /* to whom a hint gives it; NULL: the effective user */
};

/* A path as it is opened and as it is called.  @label begins every message:
 * the path, or the place that names it and what it is. */
struct owned_path {
    int dir; /* or AT_FDCWD */
    const char *name;
    const char *path, *label;
};

/* owned_path_is_link: stands a symbolic link there? */
bool owned_path_is_link(const struct owned_path *path);

/* owned_file_open: a regular file of the right owner and mode; never blocks.
 * TW_E_NOT_FOUND when there is none, TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status owned_file_open(const struct owned_path *path,
                               const struct owned_rule *rule, int *out,
                               struct stat *st, struct tw_error *err);

/* owned_directory_open: the effective user's or root's, and nobody else may
 * write it. */
enum tw_status owned_directory_open(const struct owned_path *path, bool follow,
                                    int *out, struct stat *st,
                                    struct tw_error *err);

/* owned_file_read: the whole of it.  More than @out's maximum is TW_E_CONFIG;
 * a file that is not as long as @st says, or changed since, TW_E_RETRY. */
enum tw_status owned_file_read(int fd, const char *label,
                               const struct stat *st, struct secret *out,
                               struct tw_error *err);

/* owned_file_load: opens and reads one that a profile names.  That it is not
 * there is the profile's fault, TW_E_CONFIG; that it changes meanwhile its
 * owner's, TW_E_ACCESS. */
enum tw_status owned_file_load(const struct owned_path *path,
                               const struct owned_rule *rule,
                               struct secret *out, struct tw_error *err);

/* owned_file_is_named: is what @fd was opened as what @dir calls @name by now,
 * and no link to it? */
bool owned_file_is_named(int fd, int dir, const char *name);

#endif
