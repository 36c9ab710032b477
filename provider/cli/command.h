/* SPDX-License-Identifier: MIT */
/*
 * command.h - what `tokenward COMMAND` does.
 *
 * Each returns a status and the message that main() prints; what it answers
 * goes to stdout only on success.
 */
#ifndef TW_CLI_COMMAND_H
#define TW_CLI_COMMAND_H

#include "provider/cli/options.h"

#define PROGRAM "tokenward"
#define EXIT_NOT_EXECUTABLE 126 /* as in sh(1) */
#define EXIT_NO_COMMAND 127

enum tw_status command_check(const struct options *options, int *exit_code,
                             struct tw_error *err);
enum tw_status command_get(const struct options *options, int *exit_code,
                           struct tw_error *err);
enum tw_status command_logout(const struct options *options, int *exit_code,
                              struct tw_error *err); /* as command_exec */
enum tw_status command_login(const struct options *options, int *exit_code,
                             struct tw_error *err); /* as command_exec */
enum tw_status command_complete(const struct options *options, int *exit_code,
                                struct tw_error *err);
enum tw_status command_doctor(const struct options *options, int *exit_code,
                              struct tw_error *err);
enum tw_status command_edit(const struct options *options, int *exit_code,
                            struct tw_error *err);
enum tw_status command_init(const struct options *options, int *exit_code,
                            struct tw_error *err);
enum tw_status command_list(const struct options *options, int *exit_code,
                            struct tw_error *err);
enum tw_status command_refresh(const struct options *options, int *exit_code,
                               struct tw_error *err);
enum tw_status command_explain(const struct options *options, int *exit_code,
                               struct tw_error *err);
enum tw_status command_install_helpers(const struct options *options,
                                       int *exit_code, struct tw_error *err);
enum tw_status command_presets(const struct options *options, int *exit_code,
                               struct tw_error *err);
enum tw_status command_providers(const struct options *options, int *exit_code,
                                 struct tw_error *err);
enum tw_status command_reject(const struct options *options, int *exit_code,
                              struct tw_error *err);
enum tw_status command_schema(const struct options *options, int *exit_code,
                              struct tw_error *err);
enum tw_status command_status(const struct options *options, int *exit_code,
                              struct tw_error *err);

enum tw_status command_watch(const struct options *options, int *exit_code,
                             struct tw_error *err);

/* command_exec: returns on failure alone; *@exit_code is then set when the
 * command is to blame and no status of ours. */
enum tw_status command_exec(const struct options *options, int *exit_code,
                            struct tw_error *err);

#endif
