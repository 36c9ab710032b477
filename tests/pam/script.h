/* SPDX-License-Identifier: MIT */
/*
 * script.h - what is to be done with the module, and what must come of it, as
 * text.
 *
 *   # what this is about
 *   [options]      words behind pam_tokenward.so, one a line
 *   [user]         name=, uid=, gid=, home=, groups=, pam_user= (%0a is a
 *                  byte), no pam_user, service=, euid=, ruid= (after that),
 *                  service_uid=, way back, gid stays, groups stay
 *   [setup]        dir PATH MODE UID | link PATH TARGET | file PATH AGE,
 *                  whose last word may be SELF or REUSED
 *   [fail]         CALL ERRNO [from the Nth]
 *   [fetch]        what the helper does then; fake_helper.c has the verbs.
 *   [leave]        Without these sections it says ready and done
 *   [run]          CALL(FLAGS) = RESULT, for libpam's names; before it
 *                  "child" for a process of its own, which keeps the handle,
 *                  or "without N..." for one that has closed
 *                  these descriptors; "handle" begins a new one,
 *                  "await" lets a helper that nobody waits for begin
 * and what is left at the end, each a whole:
 *   [exec]         what the helper was started with: its arguments, then "as
 *                  usual", which stands for alice in all her ids, or what it
 *                  was instead
 *   [environment]  the session's
 *   [log]
 *   [tree]         PATH MODE UID of what is below the scratch directory; not
 *                  looked at when the section is missing
 *   [left]         how many processes
 */
#ifndef TW_TESTS_SCRIPT_H
#define TW_TESTS_SCRIPT_H

#include "tests/pam/fake.h"

enum section {
    SECTION_NONE,
    SECTION_ENVIRONMENT,
    SECTION_EXEC,
    SECTION_FAIL,
    SECTION_FETCH,
    SECTION_LEAVE,
    SECTION_LEFT,
    SECTION_LOG,
    SECTION_OPTIONS,
    SECTION_RUN,
    SECTION_SETUP,
    SECTION_TREE,
    SECTION_USER,
    SECTION_COUNT
};

struct script {
    struct lines_of sections[SECTION_COUNT];
    bool has[SECTION_COUNT];
};

/* script_read: exits with a word about what is no script. */
struct script *script_read(const char *path);
void script_free(struct script *script);

/* script_joined: a section's lines, each with its end. */
void script_joined(const struct lines_of *lines, char *out, size_t size);

/* script_world: makes the world of [user], [setup] and [fail] below
 * fake.root; returns PAM_USER, to be freed, or NULL. */
char *script_world(const struct script *script);

/* script_die: says what is wrong with @line, and ends. */
_Noreturn void script_die(const char *what, const char *line);

#endif
