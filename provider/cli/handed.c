/* SPDX-License-Identifier: MIT */
/*
 * handed.c - the commands that the helper does, because it knows profiles and
 * the network: it takes this process over, with its terminal, and its exit
 * status is the answer.
 */
#include <stdlib.h>

#include "provider/base/auto.h"
#include "provider/base/spawn.h"
#include "provider/cli/command.h"

#define FLAGS_MAX 4 /* and the command's own name */

/* --system comes before the helper's command, and so before @words; the names
 * come after "--". */
static enum tw_status
hand_over(const char *const words[static FLAGS_MAX],
          const struct options *options, struct tw_error *err)
{
    size_t count = (size_t)options->name_count, n = 0;
    AUTO_FREE const char **args = calloc(FLAGS_MAX + count + 3, sizeof *args);

    if (!args)
        return tw_no_memory(err);
    if (options->system)
        args[n++] = "--system";
    for (size_t i = 0; i < FLAGS_MAX; i++) {
        if (words[i])
            args[n++] = words[i];
    }
    args[n++] = "--";
    for (size_t i = 0; i < count; i++)
        args[n++] = options->names[i];
    return spawn_in_place(args, err);
}

enum tw_status
command_check(const struct options *options, int *exit_code,
              struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"check"};

    (void)exit_code;
    return hand_over(words, options, err);
}

enum tw_status
command_doctor(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"doctor",
                                          options->fetch ? "--fetch" : NULL};

    (void)exit_code;
    return hand_over(words, options, err);
}

enum tw_status
command_explain(const struct options *options, int *exit_code,
                struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"explain"};

    (void)exit_code;
    return hand_over(words, options, err);
}

/* Its words are the helper's to read. */
enum tw_status
command_init(const struct options *options, int *exit_code,
             struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"init"};
    struct options all = *options;

    (void)exit_code;
    all.names = options->words;
    return hand_over(words, &all, err);
}

enum tw_status
command_login(const struct options *options, int *exit_code,
              struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"login"};

    (void)exit_code;
    return hand_over(words, options, err);
}

enum tw_status
command_logout(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {
        "logout", options->no_revoke ? "--no-revoke" : NULL};

    (void)exit_code;
    return hand_over(words, options, err);
}

enum tw_status
command_presets(const struct options *options, int *exit_code,
                struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"presets"};

    (void)exit_code;
    return hand_over(words, options, err);
}

enum tw_status
command_providers(const struct options *options, int *exit_code,
                  struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"providers"};

    (void)exit_code;
    return hand_over(words, options, err);
}

enum tw_status
command_refresh(const struct options *options, int *exit_code,
                struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"fetch", "--force", "--progress",
                                          options->all ? "--all" : NULL};

    (void)exit_code;
    if (options->all == (options->name_count > 0))
        return tw_fail(err, TW_E_USAGE,
                       "which profiles?\n"
                       "tokenward refresh NAME..., or --all");
    return hand_over(words, options, err);
}

enum tw_status
command_schema(const struct options *options, int *exit_code,
               struct tw_error *err)
{
    const char *const words[FLAGS_MAX] = {"schema"};

    (void)exit_code;
    return hand_over(words, options, err);
}
