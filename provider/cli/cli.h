/* SPDX-License-Identifier: MIT */
/*
 * cli.h - the commands of tokenward(1), and what they share.
 */
#ifndef TW_CLI_CLI_H
#define TW_CLI_CLI_H

#include "provider/base/ask.h"
#include "provider/base/terminal.h"

#define PROGRAM "tokenward"

/* Each is given its arguments without the program's name, its own name
 * first, and returns the exit code. */
int cli_exec(int argc, char **argv);
int cli_get(int argc, char **argv);
int cli_reject(int argc, char **argv);
int cli_status(int argc, char **argv);

/* cli_usage: says what is wrong with the arguments; returns 64. */
int cli_usage(const char *command, const char *what);

/* cli_name: is this a profile's name?  Otherwise says so. */
bool cli_name(const char *command, const char *name);

/* cli_seconds: of an option's value; false after saying what is wrong. */
bool cli_seconds(const char *command, const char *text, int64_t *out);

#endif
