/* SPDX-License-Identifier: MIT */
/*
 * fake.h - a world for pam_tokenward's own objects, on one scratch directory.
 *
 * fake_pam.c is the libpam they are linked with, fake_system.c stands before
 * the system calls that tell and change who this process is (the linker's
 * --wrap), fake_helper.c is what execve(2) leads to.  So the real code runs
 * as root of nobody's machine, needs no privilege, and each of its calls can
 * be made to fail.
 */
#ifndef TW_TESTS_FAKE_H
#define TW_TESTS_FAKE_H

#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define FAKE_GROUPS_MAX 256
#define FAKE_LINES_MAX 96
#define FAKE_FAULTS_MAX 8
#define FAKE_TEXT_MAX 16384

/* Lines, as a script has them and as a run leaves them. */
struct lines_of {
    char *line[FAKE_LINES_MAX];
    size_t count;
};

struct fault {
    char call[32];
    int error;
    unsigned from; /* the nth call and all after it */
    unsigned seen;
};

struct fake {
    char root[PATH_MAX]; /* "/run" is <root>/run */
    /* The data base: one user, and perhaps the service's. */
    struct passwd entry;
    char service_name[32]; /* PAM_SERVICE, or "" */
    gid_t groups[FAKE_GROUPS_MAX];
    size_t group_count;
    uid_t service_uid; /* 0: there is no such user */
    /* Who this process is. */
    uid_t uid[3];
    gid_t gid[3];
    gid_t own_groups[FAKE_GROUPS_MAX];
    size_t own_group_count;
    bool way_back;    /* a system where root can be had again */
    bool gid_stays;   /* one where setresgid does nothing, and says it did */
    bool groups_stay; /* and one where setgroups is so */
    struct fault faults[FAKE_FAULTS_MAX];
    size_t fault_count;
    struct lines_of fetch, leave; /* what the helper does when told to */
};

extern struct fake fake;

/* fake_fails: whether this call of @name is one that shall; sets errno. */
bool fake_fails(const char *name);

/* fake_become: the process is @uid again, as every run begins. */
void fake_become(uid_t uid);

/* Whom files are thought to belong to: fchown(2) says it, or fake_own(). */
void fake_forget_owners(void);
void fake_own(const char *path, uid_t uid);
uid_t fake_owner(dev_t dev, ino_t ino, uid_t real);

/* The libpam of it: @user is PAM_USER (NULL: there is none). */
struct pam_handle *fake_pam_start(const char *user);
void fake_pam_end(struct pam_handle *pamh);
/* What was logged since the last time, by this process and those it forked. */
void fake_pam_log(char *out, size_t size);
/* "NAME=value" lines. */
void fake_pam_environment(const struct pam_handle *pamh, char *out,
                          size_t size);

/* fake_helper: the process is the helper from here on. */
_Noreturn void fake_helper(char *const *argv, char *const *environment);

/* fake_helper_seen: how it was started, and with what, since the last time;
 * @out "" when it was not. */
void fake_helper_seen(char *out, size_t size);

/* fake_helper_await: until one has been started, for a few seconds. */
void fake_helper_await(void);

/* fake_helper_left: kills what is left of them; how many there were. */
unsigned fake_helper_left(void);

#endif
