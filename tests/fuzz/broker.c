/* SPDX-License-Identifier: MIT */
/*
 * broker.c - orders to the broker, from a worker that was taken over: it
 * starts what was allowed before the seal, word for word, or a fetch or hook
 * of a profile's name, or a module of a provider's, and nothing else; and
 * keeps no descriptor.
 *
 * A line is an order: a letter, then its words, where a blank is a NUL.  The
 * Makefile has ld's --wrap=fork, so that nothing is started.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper/broker/broker_order.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

#define STARTED 0x3fffffff /* no pid of Linux */
#define ORDERS_MAX 64
#define WORDS_MAX 127 /* of one command */
#define LETTERS "ASRr2FBHMmW?Q"

pid_t __wrap_fork(void);
pid_t __real_fork(void);

static bool obeying; /* else it is replay.c that forks */
static unsigned forks;

pid_t
__wrap_fork(void)
{
    if (!obeying)
        return __real_fork();
    forks++;
    return STARTED;
}

static bool
turn(struct broker_office *office)
{
    bool more;

    obeying = true;
    more = broker_turn(office);
    obeying = false;
    return more;
}

/* What the broker ought to know by now. */
struct model {
    struct {
        const char *words;
        size_t size;
    } allowed[ORDERS_MAX];
    size_t count;
    bool sealed, fetches;
};

static bool
is_name(const char *words, size_t n)
{
    return n > 1 && strlen(words) + 1 == n && text_is_profile_name(words);
}

static bool
is_short(const char *words, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += words[i] == '\0';
    return count <= WORDS_MAX;
}

static bool
was_allowed(const struct model *model, const char *words, size_t n)
{
    for (size_t i = 0; i < model->count; i++) {
        if (model->allowed[i].size == n &&
            memcmp(model->allowed[i].words, words, n) == 0)
            return true;
    }
    return false;
}

/* Whether it ought to start something now; and what it knows then. */
static bool
starts(struct model *model, char letter, const char *words, size_t n)
{
    switch (letter) {
    case 'A':
        if (!model->sealed && !model->fetches && n && !words[n - 1]) {
            model->allowed[model->count].words = words;
            model->allowed[model->count++].size = n;
        }
        return false;
    case 'S':
        model->sealed = true;
        return false;
    case 'R':
    case '2':
        return model->sealed && is_short(words, n) &&
               was_allowed(model, words, n);
    case 'F':
    case 'B':
        return model->fetches && is_name(words, n);
    case 'H':
        return is_name(words, n);
    case 'M': /* 'm' has no descriptor by it */
        return model->fetches && n > 1 && strlen(words) + 1 == n &&
               text_is_module_name(words);
    default:
        return false;
    }
}

static void
send_order(int fd, char letter, char *words, size_t n)
{
    static const uint32_t KINDS[] = {ORDER_ALLOW,  ORDER_SEAL, ORDER_RUN,
                                     ORDER_RUN,    ORDER_RUN,  ORDER_FETCH,
                                     ORDER_FETCH,  ORDER_HOOK, ORDER_MODULE,
                                     ORDER_MODULE, ORDER_WAIT, UINT32_MAX};
    struct broker_order order = {.kind =
                                     KINDS[strchr(LETTERS, letter) - LETTERS],
                                 .background = letter == 'B',
                                 .min_valid = (int64_t)n - 8,
                                 .pid = n ? INT64_C(1) << (n % 32) : getpid()};
    struct iovec parts[] = {{&order, sizeof order}, {words, n}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {.bytes = {0}};
    int fds[2] = {fd, fd};
    size_t count = letter == 'R' || letter == 'M' ? 1 : letter == '2' ? 2 : 0;

    if (count) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof *fds);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof *fds);
        memcpy(CMSG_DATA(&control.header), fds, count * sizeof *fds);
    }
    FUZZ_CHECK(sendmsg(fd, &message, MSG_NOSIGNAL) ==
               (ssize_t)(sizeof order + n));
}

static void
check_answer(int fd, bool started)
{
    struct broker_answer answer;
    union broker_control control;
    struct iovec part = {&answer, sizeof answer};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    AUTO_CLOSE int pipe = -1;

    FUZZ_CHECK(recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) ==
               (ssize_t)sizeof answer);
    pipe = broker_control_take(&control, &message);
    FUZZ_CHECK((answer.pid == STARTED) == started);
    FUZZ_CHECK((pipe >= 0) == started);
    FUZZ_CHECK(!started || answer.error == 0);
}

/* Which of the first 64 descriptors are open. */
static uint64_t
descriptors(void)
{
    uint64_t open = 0;

    for (int fd = 0; fd < 64; fd++)
        open |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
    return open;
}

/* False: the broker is gone. */
static bool
give(struct model *model, int fd, struct broker_office *office, char letter,
     char *words, size_t n)
{
    unsigned before = forks;
    uint64_t open = descriptors();
    bool started;

    if (letter == 'Q') { /* no whole order */
        if (n >= sizeof(struct broker_order))
            n = sizeof(struct broker_order) - 1;
        FUZZ_CHECK(send(fd, words, n, MSG_NOSIGNAL) == (ssize_t)n);
        FUZZ_CHECK(!turn(office) && forks == before);
        return false;
    }
    if (n > BROKER_WORDS_MAX) /* more is refused before it is sent */
        n = BROKER_WORDS_MAX;
    started = starts(model, letter, words, n);
    send_order(fd, letter, words, n);
    FUZZ_CHECK(turn(office));
    FUZZ_CHECK(forks - before == started);
    check_answer(fd, started);
    FUZZ_CHECK(descriptors() == open);
    return true;
}

void
fuzz_broker(const uint8_t *data, size_t n)
{
    static char *none[] = {NULL};
    static const struct environment ENVIRONMENT = {.allowed = none,
                                                   .given = none};
    AUTO_FREE char *text = fuzz_text(data, n);
    struct model model = {.fetches = n && *data == '+'};
    struct broker broker = BROKER_INIT;
    struct broker_office office = BROKER_OFFICE_INIT;
    struct tw_error err;
    size_t orders = 0;

    FUZZ_CHECK(!broker_open(model.fetches ? BROKER_FETCHES : BROKER_COMMANDS,
                            &ENVIRONMENT, false, &broker, &office, &err));
    for (size_t at = model.fetches, end; at < n && orders < ORDERS_MAX;
         at = end + 1, orders++) {
        const char *stop = memchr(text + at, '\n', n - at);

        end = stop ? (size_t)(stop - text) : n;
        for (size_t i = at + 1; i < end; i++) {
            if (text[i] == ' ')
                text[i] = '\0';
        }
        if (end > at && text[at] && strchr(LETTERS, text[at]) &&
            !give(&model, broker.fd, &office, text[at], text + at + 1,
                  end - at - 1))
            break;
    }
    broker_close(&broker);
    broker_office_close(&office);
}
