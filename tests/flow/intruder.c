/* SPDX-License-Identifier: MIT */
/*
 * intruder.c - a provider that has turned against the helper it runs in: it
 * tries what a fetch has no use for, says on standard error what came of it
 * ("NAME done", or "NAME" and an errno's name), and then gets its token as if
 * nothing had been.
 *
 * Its option "scope" has the scope; "home" the directory of the test, below
 * which the paths are that it tries.
 */
#include <arpa/inet.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <tokenward-provider.h>
#include <unistd.h>

#ifndef NAME
#define NAME "intruder"
#endif
#ifndef TCGETS2 /* where there never was another one */
#define TCGETS2 TCGETS
#endif

struct state {
    struct tw_field fields[2];
};

static const struct tw_option OPTIONS[] = {
    {"home", TW_OPTION_TEXT, TW_OPTION_REQUIRED, "where the test is"},
    {"scope", TW_OPTION_SCOPE, TW_OPTION_REQUIRED, "of the token"},
};

static void
tell(const char *name, int failed)
{
    (void)dprintf(STDERR_FILENO, "intruder: %s %s\n", name,
                  failed ? strerrorname_np(errno) : "done");
}

static void
try_open(const char *name, const char *home, const char *path, int flags)
{
    char whole[4096];
    int fd;

    (void)snprintf(whole, sizeof whole, "%s%s", home, path);
    fd = open(whole, flags | O_CLOEXEC, 0600);
    tell(name, fd < 0);
    if (fd >= 0)
        (void)close(fd);
}

static void
try_rename(const char *home)
{
    char from[4096], to[4096];

    (void)snprintf(from, sizeof from, "%s/run/outside", home);
    (void)snprintf(to, sizeof to, "%s/run/moved", home);
    tell("rename", rename(from, to) < 0);
}

static void
try_socket(const char *name, int family, int type)
{
    int fd = socket(family, type | SOCK_CLOEXEC, 0);

    tell(name, fd < 0);
    if (fd >= 0)
        (void)close(fd);
}

/* What says so by its path alone, and no descriptor. */
static void
try_truncate(const char *home)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/run/outside", home);
    tell("truncate", truncate(path, 0) < 0);
}

/* A device that is there everywhere, and no terminal. */
static void
try_device(void)
{
    char settings[256]; /* more than any kernel's */
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

    /* Who gets as far as the device is told that it is no terminal. */
    tell("ioctl-device",
         fd >= 0 && ioctl(fd, TCGETS, settings) < 0 && errno == EACCES);
    if (fd >= 0)
        (void)close(fd);
}

/* A door beside the one that callers know. */
static void
try_door(const char *home)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path,
                   "%s/run/tokenward/door", home);
    tell("make-socket",
         fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0);
    if (fd >= 0)
        (void)close(fd);
}

/* The test's own: one with a name of no file. */
static void
try_abstract(const char *home)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t n = offsetof(struct sockaddr_un, sun_path) + 1 +
                  (socklen_t)snprintf(address.sun_path + 1,
                                      sizeof address.sun_path - 1, "%s", home);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    tell("abstract",
         fd < 0 || connect(fd, (struct sockaddr *)&address, n) < 0);
    if (fd >= 0)
        (void)close(fd);
}

/* Port 9 has nobody: what is forbidden is not even refused. */
static void
try_port(const char *name, uint16_t port,
         int (*what)(int, const struct sockaddr *, socklen_t))
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    tell(name,
         fd < 0 || what(fd, (struct sockaddr *)&address, sizeof address) < 0);
    if (fd >= 0)
        (void)close(fd);
}

static void
try_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    tell("fork", pid < 0);
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
}

/* One that ends well when it is asked for its version. */
static void
try_program(const char *name, const char *path)
{
    char *argv[] = {(char *)path, (char[]){"--version"}, NULL};
    int state = 0;
    pid_t pid = fork();

    if (pid == 0) {
        (void)execv(path, argv);
        _exit(127);
    }
    if (pid > 0 && waitpid(pid, &state, 0) == pid) {
        errno = EPERM;
        tell(name, state != 0);
        return;
    }
    /* In this very process, which goes on if it is forbidden: where it is not,
     * fork was none either. */
    tell(name, execv(path, argv));
}

static int
find_loader(struct dl_phdr_info *info, size_t size, void *arg)
{
    const char *base = strrchr(info->dlpi_name, '/');

    (void)size;
    if (!base || strncmp(base, "/ld", 3) != 0)
        return 0;
    *(const char **)arg = info->dlpi_name;
    return 1;
}

static int
copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    char bytes[4096];
    ssize_t n = -1;

    while (in >= 0 && out >= 0 && (n = read(in, bytes, sizeof bytes)) > 0 &&
           write(out, bytes, (size_t)n) == n)
        continue;
    (void)close(in);
    (void)close(out);
    return n == 0;
}

/* A program where libraries are, which are read; and one that is written where
 * tokens are kept. */
static void
try_programs(const char *home)
{
    const char *loader = "";
    char planted[4096];

    (void)snprintf(planted, sizeof planted, "%s/run/tokenward/x/program",
                   home);
    (void)dl_iterate_phdr(find_loader, &loader);
    try_fork();
    try_program("execve", "/bin/true");
    try_program("execve-library", loader);
    tell("write-program", !copy(loader, planted));
    try_program("execve-planted", planted);
}

static void
try_calls(void)
{
    long rc = ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    void *page;

    tell("ptrace", rc < 0);
    tell("dumpable", prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L) < 0);
    tell("signal", kill(getppid(), SIGCONT) < 0);
    tell("unshare", syscall(SYS_unshare, 0) < 0);
    tell("process_vm_readv",
         syscall(SYS_process_vm_readv, getpid(), NULL, 0L, NULL, 0L, 0L) < 0);
    tell("keyctl", syscall(SYS_keyctl, 0, -3, 0) < 0);
    tell("personality", syscall(SYS_personality, 0xffffffff) < 0);
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("writable-code", page == MAP_FAILED);
}

/* What isatty(3) asks, by the older call and by that of glibc 2.42: of a file
 * that is no terminal, and be it the answer. */
static void
try_terminal(void)
{
    char settings[256];

    tell("terminal", ioctl(STDIN_FILENO, TCGETS, settings) < 0);
    tell("terminal2", ioctl(STDIN_FILENO, TCGETS2, settings) < 0);
}

static void
attack(const char *home)
{
    try_open("read-outside", home, "/run/outside", O_RDONLY);
    try_open("read-profile", home, "/config/tokenward/profiles.d/x.yaml",
             O_RDONLY);
    try_open("read-other-secret", home, "/config/tokenward/other.secret",
             O_RDONLY);
    try_open("read-own-secret", home, "/config/tokenward/secret", O_RDONLY);
    try_open("write-own-secret", home, "/config/tokenward/secret", O_WRONLY);
    try_open("write-outside", home, "/run/planted", O_WRONLY | O_CREAT);
    try_open("write-runtime", home, "/run/tokenward/x/mine",
             O_WRONLY | O_CREAT);
    try_truncate(home);
    try_device();
    try_rename(home);
    try_programs(home);
    try_calls();
    try_socket("packet", AF_PACKET, SOCK_RAW);
    try_socket("vsock", 40, SOCK_STREAM);
    try_door(home);
    try_abstract(home);
    try_port("bind", 0, bind);
    try_port("connect-elsewhere", 9, connect);
    try_terminal();
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    struct state *this = state;

    action->kind =
        event->kind == TW_EVENT_TOKEN ? TW_ACTION_DONE : TW_ACTION_FAIL;
    if (event->kind != TW_EVENT_START)
        return 0;
    attack(host->option(host, "home", 0));
    this->fields[0] = (struct tw_field){"grant_type", "client_credentials",
                                        TW_FIELD_TEXT, 0};
    this->fields[1] = (struct tw_field){
        "scope", host->option(host, "scope", 0), TW_FIELD_TEXT, 0};
    action->kind = TW_ACTION_POST;
    action->fields = this->fields;
    action->field_count = 2;
    return 0;
}

TW_PROVIDER_V1(.name = NAME, .summary = "tries what is forbidden",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT,
               .options = OPTIONS, .option_count = 2,
               .state_size = sizeof(struct state), .advance = advance);
