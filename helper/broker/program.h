/* SPDX-License-Identifier: MIT */
/*
 * program.h - somebody else's program, started without a shell: in a process
 * group of its own, with nothing on stdin, no descriptor of ours, default
 * signals, no variable but those it is given, and the root for its directory:
 * the caller's may be anybody's, and some programs load what they find there.
 */
#ifndef TW_HELPER_PROGRAM_H
#define TW_HELPER_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "provider/base/error.h"

/* One under way. */
struct program {
    pid_t pid;  /* 0: none, or reaped */
    int exited; /* readable once it ended */
    int output; /* what it prints; does not block */
};

#define PROGRAM_DIRECTORY "/"
#define PROGRAM_INIT ((struct program){.exited = -1, .output = -1})

struct program_call {
    char *const *argv;
    char *const *variables;
    const char *label; /* begins every message */
    bool complaints;   /* its stderr comes with its output, else it is lost */
};

/* program_find: which file @name is: itself if it has a '/', else what
 * the absolute directories of @variables' PATH have.  False: there is no such
 * program, or it may not be run. */
bool program_find(const char *name, char *const *variables,
                  char out[static PATH_MAX]);

/* program_start: TW_E_CONFIG: there is none; else as program_unstarted(). */
enum tw_status program_start(const struct program_call *call,
                             struct program *out, struct tw_error *err);

/* program_unstarted: why it was not started, by an errno.  TW_E_SYSTEM: this
 * host has no room for one more; TW_E_CONFIG: it is none that can be. */
enum tw_status program_unstarted(int error, const char *label,
                                 struct tw_error *err);

/* program_reap: of one that has exited.  TW_E_CONFIG says how it failed; what
 * it left in its group is killed then. */
enum tw_status program_reap(struct program *program, const char *label,
                            struct tw_error *err);

/* program_judge: of one that was waited for, with the state that waitpid(2)
 * told: the same. */
enum tw_status program_judge(pid_t pid, int state, const char *label,
                             struct tw_error *err);

/* program_clear: kills its group, if it has not been reaped, and closes. */
void program_clear(struct program *program);

#endif
