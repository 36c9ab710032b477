/* SPDX-License-Identifier: MIT */
/*
 * host.c - a program that logs people in, as odd as programs are: for what
 * pamtester cannot show about pam_tokenward.
 *
 *   host load MODULE       dlopen and dlclose, 1,000 times
 *   host signals SERVICE USER   sessions while SIGCHLD is ignored, handled
 *                          by one who reaps all, and everything is blocked
 *   host threads SERVICE USER   sessions while other threads use the heap, and
 *                          make and end threads
 *   host delete SERVICE USER    setcred with PAM_DELETE_CRED alone, which
 *                          pamtester has no word for
 *
 * Prints TAP's lines without numbers: what is wrong begins with "not ok".
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_appl.h>

#define LOADS 1000
#define THREADS 4
#define FIND_TRIES 200
#define FIND_STEP_US 50000

static bool failed;
static atomic_int signals, stop;

static void
ok(bool good, const char *name)
{
    (void)printf("%s - %s\n", good ? "ok" : "not ok", name);
    failed = failed || !good;
}

static unsigned
count_entries(const char *path)
{
    DIR *dir = opendir(path);
    unsigned count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        (void)closedir(dir);
    return count;
}

static unsigned
count_maps(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[4352];
    unsigned count = 0;

    while (maps && fgets(line, sizeof line, maps))
        count++;
    if (maps)
        (void)fclose(maps);
    return count;
}

static bool
load_once(const char *path)
{
    void *module = dlopen(path, RTLD_NOW);

    return module && dlsym(module, "pam_sm_open_session") &&
           dlclose(module) == 0 && !dlopen(path, RTLD_NOW | RTLD_NOLOAD);
}

static void
load(const char *path)
{
    unsigned fds, maps;
    bool good = load_once(path);

    fds = count_entries("/proc/self/fd");
    maps = count_maps();
    for (int i = 0; i < LOADS && good; i++)
        good = load_once(path);
    ok(good, "loaded and unloaded 1,000 times");
    ok(count_entries("/proc/self/fd") == fds, "no descriptor is left");
    ok(count_entries("/proc/self/task") == 3, "no thread is left");
    /* The heap may have grown by one mapping. */
    ok(count_maps() <= maps + 1, "no mapping is left");
}

static int
converse(int count, const struct pam_message **messages,
         struct pam_response **responses, void *data)
{
    (void)count;
    (void)messages;
    (void)responses;
    (void)data;
    return PAM_CONV_ERR;
}

/* On a busy machine the login goes on first, and the fetch ends behind it. */
static int
find_token(pam_handle_t *pamh, int flags)
{
    const char *path = pam_getenv(pamh, "BEARER_TOKEN_FILE");

    (void)flags;
    for (int i = 0; path && i < FIND_TRIES; i++) {
        if (access(path, R_OK) == 0)
            return PAM_SUCCESS;
        (void)usleep(FIND_STEP_US);
    }
    return PAM_SYSTEM_ERR;
}

/* What a session is made of; the token file is there from the second on. */
static const struct step {
    const char *name;
    int (*call)(pam_handle_t *pamh, int flags);
    int flags;
} STEPS[] = {
    {"establish", pam_setcred, PAM_ESTABLISH_CRED},
    {"open", pam_open_session, PAM_SILENT},
    {"find the token", find_token, 0},
    {"reinitialize", pam_setcred, PAM_REINITIALIZE_CRED},
    {"close", pam_close_session, PAM_SILENT},
    {"delete", pam_setcred, PAM_DELETE_CRED},
};

#define STEP_COUNT (sizeof STEPS / sizeof *STEPS)

static bool
run_steps(const char *service, const char *user, size_t first)
{
    const struct pam_conv conversation = {.conv = converse};
    pam_handle_t *pamh = NULL;
    bool good = true;

    if (pam_start(service, user, &conversation, &pamh) != PAM_SUCCESS)
        return false;
    for (size_t i = first; i < STEP_COUNT; i++) {
        if (STEPS[i].call(pamh, STEPS[i].flags) != PAM_SUCCESS) {
            (void)printf("# failed to %s\n", STEPS[i].name);
            good = false;
        }
    }
    return pam_end(pamh, PAM_SUCCESS) == PAM_SUCCESS && good;
}

static bool
run_session(const char *service, const char *user)
{
    return run_steps(service, user, 0);
}

static void
reap_all(int number)
{
    int saved = errno;

    (void)number;
    signals++;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = saved;
}

static void
with_handler(void (*handler)(int), const char *service, const char *user,
             const char *name)
{
    struct sigaction action = {.sa_handler = handler}, after;

    (void)sigaction(SIGCHLD, &action, NULL);
    ok(run_session(service, user), name);
    ok(sigaction(SIGCHLD, NULL, &after) == 0 && after.sa_handler == handler,
       "and the handler is still there");
    ok(waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD,
       "no child is left");
}

static void
with_signals(const char *service, const char *user)
{
    sigset_t all, before, after;

    with_handler(SIG_DFL, service, user, "SIGCHLD by default");
    with_handler(SIG_IGN, service, user, "SIGCHLD ignored");
    with_handler(reap_all, service, user, "SIGCHLD handled by who reaps all");
    ok(signals == 0, "who was never called");
    (void)signal(SIGALRM, SIG_IGN);
    (void)alarm(1);
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    (void)sigprocmask(SIG_SETMASK, NULL, &before);
    (void)raise(SIGUSR1);
    ok(run_session(service, user), "all blocked, and one pending");
    (void)sigprocmask(SIG_SETMASK, NULL, &after);
    ok(memcmp(&before, &after, sizeof before) == 0, "the mask is as it was");
}

static void *
use_heap(void *arg)
{
    while (!stop) {
        char *block = malloc(64 + (size_t)rand() % 4096);

        if (block)
            block[0] = '\0';
        free(block);
        (void)usleep(20);
    }
    return arg;
}

static void *
do_nothing(void *arg)
{
    return arg;
}

/* A thread that is just being made, or its stack given back, holds libc's own
 * locks most of the time. */
static void *
make_threads(void *arg)
{
    while (!stop) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
            (void)pthread_join(thread, NULL);
    }
    return arg;
}

static void
with_threads(const char *service, const char *user)
{
    pthread_t threads[THREADS];
    bool good = true;

    for (int i = 0; i < THREADS; i++)
        (void)pthread_create(&threads[i], NULL,
                             i % 2 ? make_threads : use_heap, NULL);
    for (int i = 0; i < 10; i++)
        good = run_session(service, user) && good;
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    ok(good, "10 sessions beside threads that use the heap and make threads");
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "load") == 0)
        load(argv[2]);
    else if (argc == 4 && strcmp(argv[1], "signals") == 0)
        with_signals(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "threads") == 0)
        with_threads(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "delete") == 0)
        ok(run_steps(argv[2], argv[3], STEP_COUNT - 1), "delete");
    else
        return 64;
    return failed || fflush(stdout) != 0;
}
