/* SPDX-License-Identifier: MIT */
/*
 * edit_file.c - see edit_file.h.  Where a profile stands the helper knows,
 * which reads them: the first line of its explanation is "NAME: FILE:LINE".
 * It knows nothing of a file that is broken, so that is found by its name.
 */
#include "provider/cli/edit_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/base/auto.h"
#include "provider/base/runtime.h"
#include "provider/base/spawn.h"
#include "provider/base/text.h"

#define USER_FILE "profiles.yaml"
#define DROP_INS "profiles.d"

static void
run_explain(const char *name, int out)
{
    const char *const words[] = {"explain", "--", name, NULL};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
        dup2(null, STDERR_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        (void)spawn_in_place(words, NULL);
    _exit(1);
}

/* The path of "NAME: PATH:LINE\n". */
static bool
take_path(char *line, const char *name, char out[static PATH_MAX])
{
    size_t n = strlen(name);
    char *colon = strrchr(line, ':');

    if (strncmp(line, name, n) != 0 || strncmp(line + n, ": /", 3) != 0 ||
        colon <= line + n)
        return false;
    *colon = '\0';
    return snprintf(out, PATH_MAX, "%s", line + n + 2) < PATH_MAX;
}

static bool
ask_helper(const char *name, char out[static PATH_MAX])
{
    AUTO_FCLOSE FILE *from = NULL;
    char line[PATH_MAX + PROFILE_NAME_MAX + 32];
    bool found = false;
    int pipe_fds[2];
    pid_t pid;

    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return false;
    pid = fork();
    if (pid == 0)
        run_explain(name, pipe_fds[1]);
    (void)close(pipe_fds[1]);
    from = fdopen(pipe_fds[0], "r");
    if (!from) {
        (void)close(pipe_fds[0]);
    } else {
        found = fgets(line, sizeof line, from) && take_path(line, name, out);
        while (fgets(line, sizeof line, from))
            continue;
    }
    return pid > 0 && waitpid(pid, NULL, 0) == pid && found;
}

/* A directory may well be called as a profile is. */
static bool
is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* @n: what snprintf(3) said of it. */
static enum tw_status
check_fits(int n, struct tw_error *err)
{
    return n >= 0 && n < PATH_MAX
               ? TW_OK
               : tw_fail(err, TW_E_USAGE, "the path is too long");
}

enum tw_status
edit_file(const char *word, char out[static PATH_MAX], struct tw_error *err)
{
    struct runtime runtime;
    int n = -1;

    if (word && text_may_hold_password(word) && access(word, F_OK) < 0)
        return tw_fail(err, TW_E_USAGE,
                       "an address is no file and no profile's name\n"
                       "tokenward-credential match URL tells which profile is "
                       "for one");
    if (word &&
        (strchr(word, '/') || !text_is_profile_name(word) || is_file(word)))
        return check_fits(snprintf(out, PATH_MAX, "%s", word), err);
    if (word && ask_helper(word, out))
        return TW_OK;
    runtime_find(&runtime, NULL);
    if (!runtime.config[0])
        return runtime_no_config(err);
    if (word)
        n = snprintf(out, PATH_MAX, "%s/" DROP_INS "/%s.yaml", runtime.config,
                     word);
    if (n > 0 && n < PATH_MAX && access(out, F_OK) == 0)
        return TW_OK;
    return check_fits(snprintf(out, PATH_MAX, "%s/" USER_FILE, runtime.config),
                      err);
}
