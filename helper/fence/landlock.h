/* SPDX-License-Identifier: MIT */
/*
 * landlock.h - which files, ports and sockets the kernel still gives this
 * process and its children; landlock(7).
 */
#ifndef TW_HELPER_LANDLOCK_H
#define TW_HELPER_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/base/error.h"

enum landlock_use {
    LANDLOCK_READ = 0, /* files, and what lies below a directory */
    LANDLOCK_DEVICE,   /* read, written and asked by ioctl(2) */
    LANDLOCK_PUT,      /* files made, replaced and removed, and not read */
    LANDLOCK_KEEP,     /* read; files and directories made and removed */
};

/* A set of rules that is being made. */
struct landlock {
    int ruleset;    /* -1: the kernel has no Landlock, and nothing is ruled */
    uint64_t files; /* what is forbidden unless a rule allows it */
    bool connects;  /* so are connections to ports */
};

#define LANDLOCK_INIT ((struct landlock){.ruleset = -1})

/* landlock_begin: no file may be run, no TCP port listened to, no socket with
 * an abstract name reached, and whatever else @scope has.  Without Landlock,
 * or with an older one, as much of it as the kernel knows.  TW_E_SYSTEM. */
struct landlock_scope {
    bool reads, writes; /* files */
    bool connects;      /* to TCP ports */
    bool signals;       /* to processes outside */
};
enum tw_status landlock_begin(const struct landlock_scope *scope,
                              struct landlock *out, struct tw_error *err);

/* landlock_allow: but @path, and what lies below it.  One that is not there,
 * or that we may not open, stays forbidden. */
enum tw_status landlock_allow(const struct landlock *landlock,
                              const char *path, enum landlock_use use,
                              struct tw_error *err);

/* landlock_allow_open: the same for what is open as @fd. */
enum tw_status landlock_allow_open(const struct landlock *landlock, int fd,
                                   enum landlock_use use,
                                   struct tw_error *err);

/* landlock_allow_port: connections to this one, if they were forbidden. */
enum tw_status landlock_allow_port(const struct landlock *landlock,
                                   uint16_t port, struct tw_error *err);

/* landlock_enforce: from now on, and for good; needs no_new_privs. */
enum tw_status landlock_enforce(const struct landlock *landlock,
                                struct tw_error *err);

void landlock_end(struct landlock *landlock);
#define AUTO_LANDLOCK AUTO(landlock_end) struct landlock

#endif
