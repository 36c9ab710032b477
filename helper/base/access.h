/* SPDX-License-Identifier: MIT */
/*
 * access.h - readers become a POSIX ACL on what their owner, the service user,
 * made: no privilege is needed, and the kernel enforces it.  The one place
 * that knows libacl.
 */
#ifndef TW_HELPER_ACCESS_H
#define TW_HELPER_ACCESS_H

#include "helper/base/readers.h"
#include "provider/base/error.h"

/* access_set_file: the owner reads and writes, @readers read, nobody else.
 * TW_E_SYSTEM, also where the file system has no ACLs: then nobody else may
 * read. */
enum tw_status access_set_file(int fd, const struct readers *readers,
                               struct tw_error *err);

/* access_set_directory: the same, and @readers enter it; without any it is
 * open to all, as what is in it is not. */
enum tw_status access_set_directory(int fd, const struct readers *readers,
                                    struct tw_error *err);

/* access_is_of_directory: is it as access_set_directory() leaves it for
 * @readers? */
bool access_is_of_directory(int fd, const struct readers *readers);

#endif
