/* SPDX-License-Identifier: MIT */
/*
 * replay.c - a harness without an engine: the files named, one after the
 * other.  So `make check` builds and runs them all with any compiler.
 */
#include <stdio.h>

#include "provider/base/auto.h"
#include "tests/fuzz/engine.h"

#define SEED_MAX (1024 * 1024)

static bool
replay(const char *path, uint8_t *bytes)
{
    AUTO_FCLOSE FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, SEED_MAX, file) : 0;

    if (!file) {
        perror(path);
        return false;
    }
    return LLVMFuzzerTestOneInput(bytes, n) == 0;
}

int
main(int argc, char **argv)
{
    AUTO_FREE uint8_t *bytes = malloc(SEED_MAX);
    bool good = bytes != NULL;

    (void)LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; good && i < argc; i++)
        good = replay(argv[i], bytes);
    return !good;
}
