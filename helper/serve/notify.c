/* SPDX-License-Identifier: MIT */
/*
 * notify.c - see notify.h.  A manager that does not read is not waited for.
 */
#include "helper/serve/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "provider/base/auto.h"
#include "provider/base/text.h"

static int
connect_to(const char *path)
{
    AUTO_CLOSE int fd =
        socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);

    if (fd < 0 || n < 2 || n >= sizeof address.sun_path ||
        (path[0] != '/' && path[0] != '@'))
        return -1;
    memcpy(address.sun_path, path, n);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    if (connect(fd, (const struct sockaddr *)&address,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
        return -1;
    return take_fd(&fd);
}

void
notify_open(const struct environment *environment, struct notify *out)
{
    const char *path = environment_get(environment, "NOTIFY_SOCKET");
    const char *span = environment_get(environment, "WATCHDOG_USEC");
    const char *whose = environment_get(environment, "WATCHDOG_PID");
    int64_t pid = getpid(), us;

    *out = (struct notify){.fd = path ? connect_to(path) : -1};
    if (whose && (!text_to_int64(whose, &pid) || pid != getpid()))
        return;
    if (out->fd >= 0 && span && text_to_int64(span, &us) && us > 2000)
        out->watchdog_ms = us / 2000;
}

void
notify_say(const struct notify *notify, const char *state)
{
    if (notify->fd >= 0)
        (void)send(notify->fd, state, strlen(state),
                   MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
notify_status(struct notify *notify, const char *text)
{
    char state[sizeof notify->said + 8];

    if (notify->fd < 0 || strcmp(notify->said, text) == 0)
        return;
    (void)snprintf(notify->said, sizeof notify->said, "%s", text);
    (void)snprintf(state, sizeof state, "STATUS=%s", notify->said);
    notify_say(notify, state);
}

void
notify_close(struct notify *notify)
{
    auto_close(&notify->fd);
    notify->fd = -1;
}
