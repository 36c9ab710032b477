/* SPDX-License-Identifier: MIT */
/*
 * state.c - a kept refresh token's file: only a whole one, of this profile and
 * this server, gives a token.
 */
#include "helper/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

#define NAME "acme"
#define FINGERPRINT "f1ngerprint"

static char directory[] = "/tmp/tokenward-fuzz-XXXXXX";

static void
clean(void)
{
    char path[sizeof directory + sizeof NAME];

    (void)snprintf(path, sizeof path, "%s/" NAME, directory);
    (void)unlink(path);
    (void)rmdir(directory);
}

/* The directory and the file in it, made once. */
static int
file_of(struct state *state)
{
    static int dir = -1, fd = -1;

    if (fd < 0) {
        FUZZ_CHECK(mkdtemp(directory) && atexit(clean) == 0);
        dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        FUZZ_CHECK(dir >= 0);
        fd = openat(dir, NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        FUZZ_CHECK(fd >= 0);
    }
    *state = (struct state){.dir = dir, .next = -1, .name = NAME};
    return fd;
}

void
fuzz_state(const uint8_t *data, size_t n)
{
    AUTO_SECRET token = SECRET_INIT(TOKEN_MAX);
    struct tw_error err = {0};
    struct state state;
    int fd = file_of(&state);

    FUZZ_CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, data, n, 0) == (ssize_t)n);
    if (state_read(&state, FINGERPRINT, &token, &err)) {
        fuzz_check_message(&err);
        FUZZ_CHECK(!token.len);
        return;
    }
    FUZZ_CHECK(token.len > 0 && text_is_line(token.bytes, token.len));
    FUZZ_CHECK(data[n - 1] == '\n' && memmem(data, n, NAME, strlen(NAME)) &&
               memmem(data, n, FINGERPRINT, strlen(FINGERPRINT)) &&
               memmem(data, n, token.bytes, token.len));
}
