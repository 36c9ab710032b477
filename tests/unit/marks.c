/* SPDX-License-Identifier: MIT */
/*
 * marks.c - see marks.h.
 */
#include "tests/unit/marks.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE 65536

/* The mark is never in memory as a whole but where a test puts it. */
static const unsigned char MASKED[MARK_LEN] = {
    0x16, 0x14, 0x1b, 0x14, 0x07, 0x0c, 0x78, 0x21, 0x3a, 0x3e, 0x30, 0x3b,
    0x78, 0x22, 0x3c, 0x25, 0x30, 0x78, 0x61, 0x64, 0x63, 0x61, 0x66, 0x62};

void
write_mark(char *out)
{
    for (size_t i = 0; i < MARK_LEN; i++)
        out[i] = (char)(MASKED[i] ^ 0x55);
}

static bool
is_mark(const unsigned char *at)
{
    for (size_t i = 0; i < MARK_LEN; i++) {
        if ((at[i] ^ 0x55) != MASKED[i])
            return false;
    }
    return true;
}

/* How often the mark stands between two addresses. */
static int
count_between(int memory, uintptr_t from, uintptr_t to)
{
    static unsigned char piece[PIECE];
    int count = 0;

    while (from < to) {
        ssize_t n = pread(memory, piece, PIECE, (off_t)from);

        if (n <= MARK_LEN)
            break;
        for (size_t i = 0; i + MARK_LEN <= (size_t)n; i++)
            count += piece[i] == (MASKED[0] ^ 0x55) && is_mark(piece + i);
        from += n == PIECE ? PIECE - MARK_LEN : (uintptr_t)n;
    }
    explicit_bzero(piece, sizeof piece);
    return count;
}

int
count_marks(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), count = 0;
    char line[512];

    cr_assert(maps && memory >= 0);
    while (fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char mode[5];

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, mode) ==
                3 &&
            mode[1] == 'w' && !strstr(line, "[stack]"))
            count += count_between(memory, from, to);
    }
    (void)fclose(maps);
    (void)close(memory);
    return count;
}
