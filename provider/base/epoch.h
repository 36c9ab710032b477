/* SPDX-License-Identifier: MIT */
/*
 * epoch.h - a counter in a page that readers map: did anything change?
 *
 * <runtime>/epoch grows by one after every publication and every rejection.
 * A program that holds a token and sees the counter where it was needs no
 * system call to know that its token is still the one.
 */
#ifndef TW_BASE_EPOCH_H
#define TW_BASE_EPOCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define EPOCH_FILE "epoch"
#define EPOCH_SIZE 4096

struct epoch {
    const void *page; /* NULL: there is none, look at the record every time */
    dev_t dev;
    ino_t ino;
};

/* epoch_map: <@dir>/epoch, if it is a regular file of its right size that
 * belongs to @owner and that no other may write. */
void epoch_map(const char *dir, uid_t owner, struct epoch *out);
void epoch_unmap(struct epoch *epoch);

/* epoch_value: 0 while nothing is mapped. */
uint64_t epoch_value(const struct epoch *epoch);

/* epoch_is_current: is the mapped file still the one in the directory? */
bool epoch_is_current(const struct epoch *epoch, const char *dir);

/* epoch_bump: the writer's side; makes the file of @mode if it is missing.
 * The page stays mapped in this process, for the next time; not for several
 * threads at once.  A failure is not told: readers look again every few
 * seconds anyway. */
void epoch_bump(int dir, mode_t mode);

#endif
