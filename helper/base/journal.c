/* SPDX-License-Identifier: MIT */
/*
 * journal.c - see journal.h.
 *
 * A value with a line break has another encoding there: it is refused here,
 * so that no text from outside can bring a field of its own.
 */
#include "helper/base/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "provider/base/lines.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

bool
journal_is_stderr(const struct environment *environment)
{
    const char *said = environment_get(environment, "JOURNAL_STREAM");
    char found[64];
    struct stat st;

    if (!said || fstat(STDERR_FILENO, &st) < 0)
        return false;
    (void)snprintf(found, sizeof found, "%ju:%ju", (uintmax_t)st.st_dev,
                   (uintmax_t)st.st_ino);
    return strcmp(said, found) == 0;
}

int
journal_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX,
                                  .sun_path = JOURNAL_SOCKET};
    AUTO_CLOSE int fd =
        socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    return take_fd(&fd);
}

bool
journal_put(struct secret *entry, const char *key, const char *value)
{
    return lines_put(entry, key, value);
}

bool
journal_send(int fd, const struct secret *entry)
{
    return send(fd, entry->bytes, entry->len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
           (ssize_t)entry->len;
}
