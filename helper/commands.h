/* SPDX-License-Identifier: MIT */
/*
 * commands.h - what tokenward-helper can be told to do.
 */
#ifndef TW_HELPER_COMMANDS_H
#define TW_HELPER_COMMANDS_H

#include "helper/session.h"

/* Each is given the words behind its own name, reports what fails, and returns
 * the status that becomes the exit code; main.c has their table. */
enum tw_status command_fetch(struct session *session, int argc, char **argv);
enum tw_status command_check(struct session *session, int argc, char **argv);
enum tw_status command_doctor(struct session *session, int argc, char **argv);
enum tw_status command_explain(struct session *session, int argc, char **argv);
enum tw_status command_providers(struct session *session, int argc,
                                 char **argv);
enum tw_status command_presets(struct session *session, int argc, char **argv);
enum tw_status command_hook(struct session *session, int argc, char **argv);
enum tw_status command_index(struct session *session, int argc, char **argv);
enum tw_status command_init(struct session *session, int argc, char **argv);
enum tw_status command_leave(struct session *session, int argc, char **argv);
enum tw_status command_logout(struct session *session, int argc, char **argv);
enum tw_status command_login(struct session *session, int argc, char **argv);
enum tw_status command_module(struct session *session, int argc, char **argv);
enum tw_status command_reject(struct session *session, int argc, char **argv);
enum tw_status command_schema(struct session *session, int argc, char **argv);
enum tw_status command_serve(struct session *session, int argc, char **argv);

#endif
