/* SPDX-License-Identifier: MIT */
/*
 * engine.h - libFuzzer's interface (llvm.org/docs/LibFuzzer.html).
 */
#ifndef TW_TESTS_FUZZ_ENGINE_H
#define TW_TESTS_FUZZ_ENGINE_H

#include "tests/fuzz/fuzz.h"

/* Without $FUZZ_TARGET it prints the names of all and ends the process. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* libFuzzer's own, and ours in its place. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max,
                               unsigned seed);

#endif
