/* SPDX-License-Identifier: MIT */
/*
 * epoch.c - see epoch.h.  The file is linked into place when it has its size,
 * so that no reader maps a page that is not there.
 */
#include "provider/base/epoch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "provider/base/auto.h"

struct page {
    char name[64]; /* for whoever finds the file */
    _Atomic uint64_t counter;
};

static bool
is_ours(const struct stat *st, uid_t owner)
{
    return S_ISREG(st->st_mode) && st->st_uid == owner &&
           st->st_size == EPOCH_SIZE && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

void
epoch_map(const char *dir, uid_t owner, struct epoch *out)
{
    AUTO_CLOSE int fd = -1;
    char path[PATH_MAX];
    struct stat st;
    void *page;

    *out = (struct epoch){.page = NULL};
    if (!dir[0] ||
        snprintf(path, sizeof path, "%s/" EPOCH_FILE, dir) >= (int)sizeof path)
        return;
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || !is_ours(&st, owner))
        return;
    page = mmap(NULL, EPOCH_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return;
    *out = (struct epoch){.page = page, .dev = st.st_dev, .ino = st.st_ino};
}

void
epoch_unmap(struct epoch *epoch)
{
    if (epoch->page)
        (void)munmap((void *)(uintptr_t)epoch->page, EPOCH_SIZE);
    epoch->page = NULL;
}

uint64_t
epoch_value(const struct epoch *epoch)
{
    const struct page *page = epoch->page;

    return page ? atomic_load_explicit(&page->counter, memory_order_acquire)
                : 0;
}

bool
epoch_is_current(const struct epoch *epoch, const char *dir)
{
    char path[PATH_MAX];
    struct stat st;

    return epoch->page &&
           snprintf(path, sizeof path, "%s/" EPOCH_FILE, dir) <
               (int)sizeof path &&
           lstat(path, &st) == 0 && st.st_dev == epoch->dev &&
           st.st_ino == epoch->ino;
}

static int
make_file(int dir, mode_t mode)
{
    AUTO_CLOSE int fd = -1;
    char name[64];
    int made;

    (void)snprintf(name, sizeof name, ".new.%ld.epoch", (long)getpid());
    fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0600);
    if (fd < 0)
        return -1;
    if (fchmod(fd, mode) < 0 || ftruncate(fd, EPOCH_SIZE) < 0 ||
        posix_fallocate(fd, 0, EPOCH_SIZE) != 0) {
        (void)unlinkat(dir, name, 0);
        return -1;
    }
    made = linkat(dir, name, dir, EPOCH_FILE, 0);
    (void)unlinkat(dir, name, 0);
    return made == 0 ? take_fd(&fd) : -1;
}

/* What a resident helper bumps ten thousand times. */
static struct {
    struct page *page;
    dev_t dev;
    ino_t ino;
} written;

static bool
is_written(int dir)
{
    struct stat st;

    return written.page &&
           fstatat(dir, EPOCH_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           st.st_dev == written.dev && st.st_ino == written.ino &&
           is_ours(&st, geteuid());
}

/* @page instead of the one before. */
static void
set_written(struct page *page, const struct stat *st)
{
    if (written.page)
        (void)munmap(written.page, EPOCH_SIZE);
    written.page = page;
    written.dev = st->st_dev;
    written.ino = st->st_ino;
}

static void
map_written(int dir, mode_t mode)
{
    AUTO_CLOSE int fd = -1;
    struct stat st;
    struct page *page;

    for (int i = 0; i < 2 && fd < 0; i++) {
        fd = openat(dir, EPOCH_FILE,
                    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT)
            fd = make_file(dir, mode);
    }
    if (fd < 0 || fstat(fd, &st) < 0)
        return;
    if (!is_ours(&st, geteuid())) {
        /* Somebody's garbage; without it readers look every time. */
        (void)unlinkat(dir, EPOCH_FILE, 0);
        return;
    }
    page = mmap(NULL, EPOCH_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED)
        set_written(page, &st);
}

void
epoch_bump(int dir, mode_t mode)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

    (void)pthread_mutex_lock(&mutex);
    if (is_written(dir) || (map_written(dir, mode), is_written(dir)))
        (void)atomic_fetch_add(&written.page->counter, 1);
    (void)pthread_mutex_unlock(&mutex);
}
