/* SPDX-License-Identifier: MIT */
/*
 * coverage.h - included before all in a build for `make coverage`: a process
 * that ends by _exit(2) has its lines written down, too.
 */
#ifndef TW_TESTS_COVERAGE_H
#define TW_TESTS_COVERAGE_H

#include <unistd.h>

extern void __gcov_dump(void);
#define _exit(status) (__gcov_dump(), (_exit)(status))

#endif
