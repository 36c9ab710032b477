/* SPDX-License-Identifier: MIT */
/*
 * fake_helper.c - the helper of a script: it writes down how it was started,
 * says what the script has it say, and behaves as badly as it is told to; see
 * fake.h.
 *
 * A line of it is one of
 *   variable NAME PROFILE | system NAME PROFILE | ready | failed STATUS | done
 *                     | dropped ERRNO: a word
 *   odd KIND          a word of a kind that is none
 *   open-ended        a word whose texts have no end
 *   half              the first half of a word
 *   noise             64 KiB that are no words
 *   sleep MS | stop | exit STATUS
 *   ignore            every signal that can be ignored
 *   child             a process of its own that stays
 *   put PROFILE       a token's file
 * and at the end of its lines it ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/base/session_word.h"
#include "tests/pam/fake.h"

#define SEEN "/seen"
#define STARTED "/started"
#define NOISE_BYTES 65536
#define LEFT_TRIES 1000
#define AWAIT_TRIES 500
#define LEFT_STEP_MS 10

static void
say(struct session_word word)
{
    memcpy(word.magic, SESSION_WORD_MAGIC, sizeof word.magic);
    (void)!write(STDOUT_FILENO, &word, sizeof word);
}

static void
say_variable(enum session_word_kind kind, const char *rest)
{
    struct session_word word = {.kind = kind};

    if (sscanf(rest, "%71s %71s", word.variable, word.profile) != 2)
        _exit(99);
    say(word);
}

static void
make_noise(void)
{
    static char noise[NOISE_BYTES];

    memset(noise, 'n', sizeof noise);
    (void)!write(STDERR_FILENO, noise, sizeof noise);
    (void)!write(STDOUT_FILENO, noise, sizeof noise);
}

static void
be_open_ended(void)
{
    struct session_word word = {.kind = WORD_VARIABLE};

    memset(word.variable, 'V', sizeof word.variable);
    memset(word.profile, 'p', sizeof word.profile);
    say(word);
}

static void
append(const char *file, const char *line)
{
    char path[PATH_MAX + 16];
    FILE *out;

    (void)snprintf(path, sizeof path, "%s%s", fake.root, file);
    out = fopen(path, "ae");
    if (!out || fprintf(out, "%s\n", line) < 0 || fclose(out))
        _exit(98);
}

static void
note_start(void)
{
    char line[32];

    (void)snprintf(line, sizeof line, "%ld", (long)getpid());
    append(STARTED, line);
}

static void
ignore_signals(void)
{
    for (int i = 1; i < NSIG; i++)
        (void)signal(i, SIG_IGN);
}

static void
leave_child(void)
{
    if (fork() != 0)
        return;
    note_start();
    (void)sleep(60);
    _exit(0);
}

/* Whatever the last argument of the path's directory, as the helper would. */
static void
put_token(const char *profile, char *const *environment)
{
    const char *place = NULL;
    char path[PATH_MAX * 2];
    int fd;

    for (; *environment; environment++) {
        if (strncmp(*environment, "XDG_RUNTIME_DIR=", 16) == 0)
            place = *environment + 16;
    }
    if (place)
        (void)snprintf(path, sizeof path, "%s%s/tokenward", fake.root, place);
    else
        (void)snprintf(path, sizeof path, "%s/run/tokenward/user/%ld",
                       fake.root, (long)fake.entry.pw_uid);
    (void)mkdir(path, 0700);
    (void)strncat(path, "/", sizeof path - strlen(path) - 1);
    (void)strncat(path, profile, sizeof path - strlen(path) - 1);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        _exit(97);
    (void)close(fd);
}

static void
sleep_ms(long ms)
{
    (void)usleep((useconds_t)ms * 1000);
}

static void
act(const char *line, char *const *environment)
{
    size_t n = strcspn(line, " ");
    const char *rest = line[n] ? line + n + 1 : "";
    char verb[32];

    (void)snprintf(verb, sizeof verb, "%.*s", (int)n, line);
    if (strcmp(verb, "variable") == 0)
        say_variable(WORD_VARIABLE, rest);
    else if (strcmp(verb, "system") == 0)
        say_variable(WORD_SYSTEM, rest);
    else if (strcmp(verb, "ready") == 0)
        say((struct session_word){.kind = WORD_READY});
    else if (strcmp(verb, "failed") == 0)
        say((struct session_word){.kind = WORD_FAILED, .status = atoi(rest)});
    else if (strcmp(verb, "dropped") == 0)
        say((struct session_word){.kind = WORD_DROPPED, .status = atoi(rest)});
    else if (strcmp(verb, "done") == 0)
        say((struct session_word){.kind = WORD_DONE});
    else if (strcmp(verb, "odd") == 0)
        say((struct session_word){.kind = (uint32_t)atoi(rest)});
    else if (strcmp(verb, "open-ended") == 0)
        be_open_ended();
    else if (strcmp(verb, "half") == 0)
        (void)!write(STDOUT_FILENO, SESSION_WORD_MAGIC "half a word", 19);
    else if (strcmp(verb, "noise") == 0)
        make_noise();
    else if (strcmp(verb, "sleep") == 0)
        sleep_ms(atol(rest));
    else if (strcmp(verb, "stop") == 0)
        (void)raise(SIGSTOP);
    else if (strcmp(verb, "exit") == 0)
        _exit(atoi(rest));
    else if (strcmp(verb, "ignore") == 0)
        ignore_signals();
    else if (strcmp(verb, "child") == 0)
        leave_child();
    else if (strcmp(verb, "put") == 0)
        put_token(rest, environment);
    else
        _exit(96);
}

static unsigned
count_descriptors(void)
{
    DIR *all = opendir("/proc/self/fd");
    const struct dirent *entry;
    unsigned count = 0;

    while (all && (entry = readdir(all)))
        count += entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(all);
    if (all)
        (void)closedir(all);
    return count;
}

/* What is said for people is not to be heard as a word. */
static bool
is_mixed_up(void)
{
    struct stat out, complaints;

    return fstat(STDOUT_FILENO, &out) < 0 ||
           fstat(STDERR_FILENO, &complaints) < 0 ||
           (out.st_dev == complaints.st_dev &&
            out.st_ino == complaints.st_ino);
}

static bool
is_signal_changed(void)
{
    struct sigaction action;
    sigset_t mask;

    for (int i = 1; i < NSIG; i++) {
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            return true;
    }
    return sigprocmask(SIG_BLOCK, NULL, &mask) < 0 || !sigisemptyset(&mask);
}

/* The words of the command, then who it is and what it has. */
static void
write_down(char *const *argv, char *const *environment)
{
    char line[4096] = "", cwd[PATH_MAX] = "?";
    size_t n = 0;

    for (size_t i = 1; argv[i]; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%s",
                              i > 1 ? " " : "", argv[i]);
    append(SEEN, line);
    n = (size_t)snprintf(line, sizeof line, "uid %ld %ld %ld gid %ld groups",
                         (long)fake.uid[0], (long)fake.uid[1],
                         (long)fake.uid[2], (long)fake.gid[1]);
    for (size_t i = 0; i < fake.own_group_count; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, " %ld",
                              (long)fake.own_groups[i]);
    append(SEEN, line);
    (void)!getcwd(cwd, sizeof cwd);
    (void)snprintf(line, sizeof line, "in %.2000s, %u descriptors%s%s", cwd,
                   count_descriptors(), is_mixed_up() ? ", mixed up" : "",
                   is_signal_changed() ? ", signals changed" : "");
    append(SEEN, line);
    n = 0;
    for (size_t i = 0; environment[i]; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", i ? " " : "",
                              environment[i]);
    append(SEEN, line);
}

void
fake_helper(char *const *argv, char *const *environment)
{
    const struct lines_of *lines = &fake.fetch;

    write_down(argv, environment);
    note_start(); /* what is awaited, so it comes last */
    for (size_t i = 1; argv[i]; i++) {
        if (strcmp(argv[i], "leave") == 0)
            lines = &fake.leave;
    }
    for (size_t i = 0; i < lines->count; i++)
        act(lines->line[i], environment);
    _exit(0);
}

void
fake_helper_seen(char *out, size_t size)
{
    char path[PATH_MAX + 16];
    FILE *in;
    size_t n = 0;

    (void)snprintf(path, sizeof path, "%s" SEEN, fake.root);
    in = fopen(path, "re");
    if (in) {
        n = fread(out, 1, size - 1, in);
        (void)fclose(in);
    }
    out[n] = '\0';
    (void)unlink(path);
}

void
fake_helper_await(void)
{
    char path[PATH_MAX + 16];

    (void)snprintf(path, sizeof path, "%s" STARTED, fake.root);
    for (int i = 0; i < AWAIT_TRIES && access(path, F_OK) < 0; i++)
        sleep_ms(LEFT_STEP_MS);
}

unsigned
fake_helper_left(void)
{
    char path[PATH_MAX + 16];
    unsigned left = 0;
    long pid;
    FILE *in;

    (void)snprintf(path, sizeof path, "%s" STARTED, fake.root);
    in = fopen(path, "re");
    while (in && fscanf(in, "%ld", &pid) == 1) {
        for (int i = 0; i < LEFT_TRIES && kill((pid_t)pid, 0) == 0; i++) {
            sleep_ms(LEFT_STEP_MS);
            while (waitpid(-1, NULL, WNOHANG) > 0)
                ; /* this process is their subreaper */
        }
        left += kill((pid_t)pid, SIGKILL) == 0;
    }
    if (in)
        (void)fclose(in);
    (void)unlink(path);
    return left;
}
