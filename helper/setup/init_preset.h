/* SPDX-License-Identifier: MIT */
/*
 * init_preset.h - what a preset leaves to its user is asked of a person.
 */
#ifndef TW_HELPER_INIT_PRESET_H
#define TW_HELPER_INIT_PRESET_H

#include "helper/setup/draft.h"

/* init_preset_ask: completes @draft with the variables of its preset, of those
 * in @dir, and the keys that it wants, each by the preset's own words.
 * TW_E_USAGE: there is no such preset, or it wants a key that no draft has;
 * as preset_file_read() and prompt_text(). */
enum tw_status init_preset_ask(struct draft *draft, const char *dir,
                               struct tw_error *err);

#endif
