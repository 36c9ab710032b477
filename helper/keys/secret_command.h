/* SPDX-License-Identifier: MIT */
/*
 * secret_command.h - what a program prints, within a time and a size.
 */
#ifndef TW_HELPER_SECRET_COMMAND_H
#define TW_HELPER_SECRET_COMMAND_H

#include "helper/broker/broker.h"
#include "provider/base/error.h"
#include "provider/base/secret.h"

/* secret_command_run: has @broker run @argv without a shell, in a process
 * group of its own (argv[0] is what program_find() makes of it), with
 * nothing on stdin and nowhere to complain to, and takes its standard output.
 * The group is killed after @wait_ms, or when it prints more than @out's
 * maximum.  Descriptors stay the caller's.
 * @label begins every message.  TW_E_CONFIG: not found, too much, failed;
 * TW_E_RETRY: too late; TW_E_SYSTEM. */
enum tw_status secret_command_run(const struct broker *broker,
                                  char *const *argv, const char *label,
                                  int wait_ms, struct secret *out,
                                  struct tw_error *err);

#endif
