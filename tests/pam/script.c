/* SPDX-License-Identifier: MIT */
/*
 * script.c - see script.h: the text, and the world it begins in.
 */
#include "tests/pam/script.h"
#include "provider/pam/sessions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *const SECTIONS[SECTION_COUNT] = {
    [SECTION_NONE] = "",
    [SECTION_ENVIRONMENT] = "[environment]",
    [SECTION_EXEC] = "[exec]",
    [SECTION_FAIL] = "[fail]",
    [SECTION_FETCH] = "[fetch]",
    [SECTION_LEAVE] = "[leave]",
    [SECTION_LEFT] = "[left]",
    [SECTION_LOG] = "[log]",
    [SECTION_OPTIONS] = "[options]",
    [SECTION_RUN] = "[run]",
    [SECTION_SETUP] = "[setup]",
    [SECTION_TREE] = "[tree]",
    [SECTION_USER] = "[user]",
};

static const struct {
    const char *name;
    int number;
} ERRORS[] = {
    {"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EINTR", EINTR},
    {"EINVAL", EINVAL}, {"EIO", EIO},       {"EMFILE", EMFILE},
    {"ENOENT", ENOENT}, {"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC},
    {"ENOSYS", ENOSYS}, {"EPERM", EPERM},   {"EROFS", EROFS},
};

void
script_die(const char *what, const char *line)
{
    (void)printf("Bail out! %s: %s\n", what, line);
    (void)fflush(stdout);
    _exit(1);
}

static enum section
find_section(const char *line)
{
    for (int i = 1; i < SECTION_COUNT; i++) {
        if (strcmp(SECTIONS[i], line) == 0)
            return (enum section)i;
    }
    script_die("no such section", line);
}

/* As fake_helper.c writes it down. */
static const char *const USUAL_START[] = {
    "uid 1000 1000 1000 gid 1000 groups 1000",
    "in /, 3 descriptors",
    ("HOME=/home/alice LANG=C LOGNAME=alice PATH=/usr/local/bin:/usr/bin:/bin "
     "USER=alice"),
};

static void
add_line(struct lines_of *lines, const char *line)
{
    if (lines->count == FAKE_LINES_MAX)
        script_die("too many lines", line);
    lines->line[lines->count++] = strdup(line);
}

static void
add_to_section(struct script *script, enum section section, const char *line)
{
    struct lines_of *lines = &script->sections[section];

    if (section == SECTION_NONE)
        script_die("a line that is nowhere", line);
    if (section != SECTION_EXEC || strcmp(line, "as usual") != 0) {
        add_line(lines, line);
        return;
    }
    for (size_t i = 0; i < sizeof USUAL_START / sizeof *USUAL_START; i++)
        add_line(lines, USUAL_START[i]);
}

struct script *
script_read(const char *path)
{
    struct script *script = calloc(1, sizeof *script);
    FILE *in = fopen(path, "re");
    enum section section = SECTION_NONE;
    char line[LINE_MAX_BYTES];

    if (!script || !in)
        script_die("cannot be read", path);
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0] || line[0] == '#')
            continue;
        if (line[0] == '[') {
            section = find_section(line);
            script->has[section] = true;
        } else {
            add_to_section(script, section, line);
        }
    }
    (void)fclose(in);
    return script;
}

void
script_free(struct script *script)
{
    for (int i = 0; i < SECTION_COUNT; i++) {
        for (size_t j = 0; j < script->sections[i].count; j++)
            free(script->sections[i].line[j]);
    }
    free(script);
}

void
script_joined(const struct lines_of *lines, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < lines->count && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s\n", lines->line[i]);
}

/* "%0a" is a line feed, and no name has a '%' of its own. */
static char *
decode(const char *text)
{
    char *out = calloc(1, strlen(text) + 1), *at = out;

    if (!out)
        abort();
    for (; *text; text++) {
        unsigned byte;

        if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
            *at++ = (char)byte;
            text += 2;
        } else {
            *at++ = *text;
        }
    }
    return out;
}

static uid_t
number(const char *text)
{
    return (uid_t)strtoul(text, NULL, 10);
}

static void
take_groups(const char *text)
{
    char *end = (char *)(uintptr_t)text;

    fake.group_count = 0;
    while (*end && fake.group_count < FAKE_GROUPS_MAX)
        fake.groups[fake.group_count++] = (gid_t)strtoul(end, &end, 10);
}

static void
take_user(const char *line, char **pam_user)
{
    const char *value = strchr(line, '=');
    size_t n = value ? (size_t)(value++ - line) : strlen(line);

    if (strcmp(line, "no pam_user") == 0) {
        free(*pam_user);
        *pam_user = NULL;
    } else if (strcmp(line, "way back") == 0) {
        fake.way_back = true;
    } else if (strcmp(line, "gid stays") == 0) {
        fake.gid_stays = true;
    } else if (strcmp(line, "groups stay") == 0) {
        fake.groups_stay = true;
    } else if (!value) {
        script_die("no such line of [user]", line);
    } else if (strncmp(line, "name", n) == 0) {
        fake.entry.pw_name = (char *)(uintptr_t)value;
    } else if (strncmp(line, "home", n) == 0) {
        fake.entry.pw_dir = (char *)(uintptr_t)value;
    } else if (strncmp(line, "uid", n) == 0) {
        fake.entry.pw_uid = number(value);
    } else if (strncmp(line, "gid", n) == 0) {
        fake.entry.pw_gid = number(value);
    } else if (strncmp(line, "euid", n) == 0) {
        fake_become(number(value));
    } else if (strncmp(line, "ruid", n) == 0) {
        fake.uid[0] = number(value);
    } else if (strncmp(line, "groups", n) == 0) {
        take_groups(value);
    } else if (strncmp(line, "service", n) == 0) {
        (void)snprintf(fake.service_name, sizeof fake.service_name, "%s",
                       value);
    } else if (strncmp(line, "service_uid", n) == 0) {
        fake.service_uid = number(value);
    } else if (strncmp(line, "pam_user", n) == 0) {
        free(*pam_user);
        *pam_user = decode(value);
    } else {
        script_die("no such line of [user]", line);
    }
}

/* A session of this process is called SELF, and REUSED one of another that had
 * its number before. */
static void
name_session(char *path, size_t size)
{
    char *word = strrchr(path, '/') + 1, name[SESSION_NAME_MAX];
    bool reused = strcmp(word, "REUSED") == 0;

    if (!reused && strcmp(word, "SELF") != 0)
        return;
    if (!sessions_name(name))
        script_die("no name of a session", path);
    if (reused)
        (void)strcpy(strchr(name, '.'), ".0");
    (void)snprintf(word, size - (size_t)(word - path), "%s", name);
}

static void
take_setup(const char *line)
{
    char verb[16], name[256], rest[256] = "", path[PATH_MAX * 2];
    unsigned uid = 0;
    bool good = false;

    if (sscanf(line, "%15s %255s %255s %u", verb, name, rest, &uid) < 3)
        script_die("no line of [setup]", line);
    (void)snprintf(path, sizeof path, "%s/%s", fake.root, name);
    name_session(path, sizeof path);
    if (strcmp(verb, "dir") == 0) {
        mode_t mode = (mode_t)strtoul(rest, NULL, 8);

        good = (mkdir(path, 0700) == 0 || errno == EEXIST) &&
               chmod(path, mode) == 0;
    } else if (strcmp(verb, "link") == 0) {
        good = symlink(rest, path) == 0;
    } else if (strcmp(verb, "file") == 0) {
        struct timeval times[2] = {{.tv_sec = time(NULL) - atol(rest)}};
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        times[1] = times[0];
        good = fd >= 0 && futimes(fd, times) == 0 && close(fd) == 0;
    }
    if (!good)
        script_die("cannot be set up", line);
    fake_own(path, uid);
}

static void
take_fault(const char *line)
{
    struct fault fault = {.from = 1};
    char name[16];
    size_t i = 0;

    /* A call's name may have a space: "open /run". */
    if (sscanf(line, "open /run %15s %u", name, &fault.from) >= 1)
        (void)strcpy(fault.call, "open /run");
    else if (sscanf(line, "%31s %15s %u", fault.call, name, &fault.from) < 2)
        script_die("no line of [fail]", line);
    while (i < sizeof ERRORS / sizeof *ERRORS &&
           strcmp(ERRORS[i].name, name) != 0)
        i++;
    if (i == sizeof ERRORS / sizeof *ERRORS ||
        fake.fault_count == FAKE_FAULTS_MAX)
        script_die("no such error", line);
    fault.error = ERRORS[i].number;
    fake.faults[fake.fault_count++] = fault;
}

char *
script_world(const struct script *script)
{
    static const struct lines_of USUAL = {
        .line = {(char *)(uintptr_t) "ready", (char *)(uintptr_t) "done"},
        .count = 2};
    const struct lines_of *lines = script->sections;
    char *pam_user = decode("alice"), run[PATH_MAX + 8];

    fake.entry = (struct passwd){.pw_name = (char *)(uintptr_t) "alice",
                                 .pw_dir = (char *)(uintptr_t) "/home/alice",
                                 .pw_uid = 1000,
                                 .pw_gid = 1000};
    take_groups("1000");
    fake.service_uid = 0;
    fake.service_name[0] = '\0';
    fake.way_back = false;
    fake.gid_stays = false;
    fake.groups_stay = false;
    fake.fault_count = 0;
    fake_become(0);
    fake_forget_owners();
    (void)snprintf(run, sizeof run, "%s/run", fake.root);
    if (mkdir(run, 0755) < 0 || chmod(run, 0755) < 0)
        script_die("cannot be made", run);
    fake.fetch = script->has[SECTION_FETCH] ? lines[SECTION_FETCH] : USUAL;
    fake.leave = script->has[SECTION_LEAVE] ? lines[SECTION_LEAVE] : USUAL;
    for (size_t i = 0; i < lines[SECTION_USER].count; i++)
        take_user(lines[SECTION_USER].line[i], &pam_user);
    for (size_t i = 0; i < lines[SECTION_SETUP].count; i++)
        take_setup(lines[SECTION_SETUP].line[i]);
    for (size_t i = 0; i < lines[SECTION_FAIL].count; i++)
        take_fault(lines[SECTION_FAIL].line[i]);
    return pam_user;
}
