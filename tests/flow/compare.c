/* SPDX-License-Identifier: MIT */
/*
 * compare.c - compares two texts, for somebody who counts instructions.
 *
 * usage: compare ours|libc A B
 * Ends with 0 when they are equal, and with 1 when they are not.
 */
#include <string.h>

#include "provider/base/secret.h"

/* Of the same shape, by memcmp(3), which may end at the first difference. */
__attribute__((noinline)) static bool
libc_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

int
main(int argc, char **argv)
{
    size_t a_len, b_len;

    if (argc != 4)
        return 2;
    a_len = strlen(argv[2]);
    b_len = strlen(argv[3]);
    if (strcmp(argv[1], "ours") == 0)
        return !bytes_equal(argv[2], a_len, argv[3], b_len);
    return !libc_equal(argv[2], a_len, argv[3], b_len);
}
