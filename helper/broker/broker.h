/* SPDX-License-Identifier: MIT */
/*
 * broker.h - starts programs for a process that may not.
 *
 * What the kernel forbids a process it forbids its children, and a program
 * that has a secret (a password manager, a cloud's command) needs what a
 * fetch does not.  So another process starts them: the supervisor, or one of
 * its own for the resident helper.  It was there before the profiles were
 * read, talks to nobody else, and starts what was allowed before the network
 * was touched, or `tokenward-helper fetch`, `hook` or `module`, and nothing
 * else.
 */
#ifndef TW_HELPER_BROKER_H
#define TW_HELPER_BROKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "helper/base/environment.h"
#include "provider/base/error.h"

#define BROKER_WORDS_MAX 65536 /* bytes of a command with its arguments */

/* What a broker may be asked for. */
enum broker_kind {
    BROKER_COMMANDS = 1, /* commands that profiles name */
    BROKER_FETCHES,      /* this very program, to fetch one profile or to
                            load one module */
};

struct broker_command;

/* The broker's side. */
struct broker_office {
    int fd; /* -1: there is none */
    enum broker_kind kind;
    const struct environment *environment;
    bool system;
    bool sealed;
    struct broker_command *allowed;
    pid_t asker; /* whose end is not for its own asking */
};
#define BROKER_OFFICE_INIT ((struct broker_office){.fd = -1})

/* The side of whoever asks; several threads may. */
struct broker {
    int fd;    /* -1: there is none */
    pid_t pid; /* of a process of its own, or 0 */
};
#define BROKER_INIT ((struct broker){.fd = -1})

/* broker_open: both sides, in one process that will be two.  Commands have the
 * variables that @environment allows, fetches those that were given to us, for
 * secrets that are in them.  It is borrowed.  TW_E_SYSTEM. */
enum tw_status broker_open(enum broker_kind kind,
                           const struct environment *environment, bool system,
                           struct broker *out, struct broker_office *office,
                           struct tw_error *err);

/* broker_turn: obeys one order, without waiting for what it starts.  False:
 * nobody is there any more. */
bool broker_turn(struct broker_office *office);
void broker_office_close(struct broker_office *office);

/* broker_settle: gives @office a process of its own.  TW_E_SYSTEM. */
enum tw_status broker_settle(struct broker *broker,
                             struct broker_office *office,
                             struct tw_error *err);

/* broker_allow: this command, once it is sealed.  TW_E_CONFIG: it is too long;
 * TW_E_SYSTEM. */
enum tw_status broker_allow(const struct broker *broker, char *const *argv,
                            struct tw_error *err);

/* broker_seal: no other command from now on. */
enum tw_status broker_seal(const struct broker *broker, struct tw_error *err);

/* broker_run: starts @argv, in a process group of its own, with nothing on
 * stdin and @output as stdout.  Returns an errno: EPERM if it was not allowed,
 * ENOENT if there is no such program, or what execve(2) said. */
int broker_run(const struct broker *broker, char *const *argv, int output,
               pid_t *pid);

/* broker_fetch: starts a fetch of one profile, with a supervisor of its own.
 * Returns an errno. */
struct broker_fetch {
    const char *name;
    int64_t min_valid; /* -1: its default */
    bool background;
    int output; /* its stdout, where it reports; -1: ours */
};
int broker_fetch(const struct broker *broker, const struct broker_fetch *fetch,
                 pid_t *pid);

/* broker_hook: starts `tokenward-helper hook` for the profile @name, with a
 * supervisor of its own.  Returns an errno. */
int broker_hook(const struct broker *broker, const char *name, pid_t *pid);

/* broker_module: starts `tokenward-helper module` for the provider @name, with
 * a supervisor of its own and @output as stdout.  Returns an errno. */
int broker_module(const struct broker *broker, const char *name, int output,
                  pid_t *pid);

/* broker_wait: how @pid, which was started and has ended, ended: as waitpid(2)
 * tells it.  Returns an errno, and leaves @state: EAGAIN if it runs. */
int broker_wait(const struct broker *broker, pid_t pid, int *state);

/* broker_await: the same, once it has ended; EAGAIN if it runs at
 * @deadline_ms, of the monotonic clock. */
int broker_await(const struct broker *broker, pid_t pid, int64_t deadline_ms,
                 int *state);

/* broker_end: @pid, which was started, is killed.  Waits until it is gone, for
 * a second at most.  Returns as broker_wait(). */
int broker_end(const struct broker *broker, pid_t pid, int *state);

/* broker_close: nothing more is asked.  Idempotent. */
void broker_close(struct broker *broker);

#endif
