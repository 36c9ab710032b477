/* SPDX-License-Identifier: MIT */
/*
 * fake_target.h - whom the fake target gives what.
 */
#ifndef TW_TESTS_FUZZ_FAKE_TARGET_H
#define TW_TESTS_FUZZ_FAKE_TARGET_H

#include "provider/credential/target.h"

#define FAKE_HOST "ours.test"
#define FAKE_TOKEN "t0ken-of-ours"

extern bool fake_target_granted;       /* since it was last set to false */
extern const char *fake_target_routes; /* more of them, one a line, or NULL */

#endif
