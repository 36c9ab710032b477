/* SPDX-License-Identifier: MIT */
/*
 * naming.c - preloaded into a resident helper: a user database that says what
 * a user is called after $NAMING_MS, and nothing at all as long as
 * $NAMING_HANGS is there, a file.  Both are read before main, since a program
 * may drop its environment.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int get_by_uid(uid_t uid, struct passwd *user, char *buffer,
                       size_t size, struct passwd **result);

typedef int get_by_name(const char *name, struct passwd *user, char *buffer,
                        size_t size, struct passwd **result);

static get_by_uid *ask;
static get_by_name *ask_by_name;
static useconds_t delay_us;
static char hangs[256], fails[256 + 8];

static void __attribute__((constructor)) begin(void)
{
    const char *ms = getenv("NAMING_MS"), *path = getenv("NAMING_HANGS");

    if (ms)
        delay_us = (useconds_t)atoi(ms) * 1000;
    if (path && strlen(path) < sizeof hangs) {
        (void)strcpy(hangs, path);
        (void)strcat(strcpy(fails, path), ".fails");
    }
    ask = (get_by_uid *)dlsym(RTLD_NEXT, "getpwuid_r");
    ask_by_name = (get_by_name *)dlsym(RTLD_NEXT, "getpwnam_r");
}

static void
hang(void)
{
    while (access(hangs, F_OK) == 0)
        (void)usleep(10000);
}

int
getpwuid_r(uid_t uid, struct passwd *user, char *buffer, size_t size,
           struct passwd **result)
{
    (void)usleep(delay_us);
    hang();
    if (access(fails, F_OK) == 0)
        return EIO;
    return ask(uid, user, buffer, size, result);
}

int
getpwnam_r(const char *name, struct passwd *user, char *buffer, size_t size,
           struct passwd **result)
{
    hang();
    if (access(fails, F_OK) == 0)
        return EIO;
    return ask_by_name(name, user, buffer, size, result);
}
