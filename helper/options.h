/* SPDX-License-Identifier: MIT */
/*
 * options.h - the words on the command line before the command, by one table.
 */
#ifndef TW_HELPER_OPTIONS_H
#define TW_HELPER_OPTIONS_H

#include "helper/session.h"

/* What is main's own; all else goes into the session. */
struct settings {
    int64_t deadline_s; /* 0: the command's own */
    bool detach, report, quiet, help, version;
};

extern const char OPTIONS_HELP[];

/* options_parse: leaves getopt(3)'s optind at the command.  TW_E_USAGE. */
enum tw_status options_parse(int argc, char **argv, struct session *session,
                             struct settings *settings, struct tw_error *err);

#endif
