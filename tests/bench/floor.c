/* SPDX-License-Identifier: MIT */
/* The physical floor of a helper: open a token file, read it, write it to
 * stdout. Built several times from this one source: static; dynamic against
 * libc alone; dynamic and linked with (but never calling) libcurl, libyaml,
 * json-c; and -DCURL_INIT, which also calls curl_global_init.
 * usage: floor FILE, or FLOOR_FILE=FILE floor [ignored...] (as git's helper)
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef CURL_INIT
#include <curl/curl.h>
#endif

#ifndef FLOOR_ENV
#define FLOOR_ENV "FLOOR_FILE"
#endif

int
main(int argc, char **argv)
{
    static char buf[65536];
    struct stat st;
    const char *file = getenv(FLOOR_ENV);
    if (!file)
        file = argv[argc - 1];
#ifdef CURL_INIT
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return 3;
#endif
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) < 0)
        return 1;
    ssize_t n = read(fd, buf, sizeof buf);
    if (n <= 0 || write(1, buf, (size_t)n) != n)
        return 1;
    return 0;
}
