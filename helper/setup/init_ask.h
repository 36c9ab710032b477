/* SPDX-License-Identifier: MIT */
/*
 * init_ask.h - what init was not told is asked of a person.
 */
#ifndef TW_HELPER_INIT_ASK_H
#define TW_HELPER_INIT_ASK_H

#include <stdbool.h>

#include "helper/setup/draft.h"

/* init_ask: completes @draft, whose preset is in @preset_dir.  Without a
 * @person nobody is asked; what comes @from another program's settings need
 * say less.  TW_E_USAGE; as prompt_secret() and init_preset_ask(). */
enum tw_status init_ask(struct draft *draft, const char *preset_dir,
                        bool person, bool from, struct tw_error *err);

#endif
