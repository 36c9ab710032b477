/* SPDX-License-Identifier: MIT */
/*
 * broker_order.h - what passes between broker.c and broker_office.c: one
 * datagram each way, between two processes of the same program.
 */
#ifndef TW_HELPER_BROKER_ORDER_H
#define TW_HELPER_BROKER_ORDER_H

#include <string.h>
#include <sys/socket.h>

#include "helper/broker/broker.h"

enum order_kind {
    ORDER_ALLOW = 1,
    ORDER_SEAL,
    ORDER_RUN,
    ORDER_FETCH,
    ORDER_HOOK,
    ORDER_MODULE,
    ORDER_WAIT,
};

/* Followed by words, each with its NUL; RUN and MODULE have stdout's
 * descriptor by them, and FETCH may. */
struct broker_order {
    uint32_t kind;
    uint32_t background;
    int64_t min_valid;
    int64_t pid; /* WAIT */
};

/* Of what starts a program a pipe is by it: an errno, or its end once the
 * program has begun. */
struct broker_answer {
    int32_t error; /* an errno */
    int32_t pid;
    int32_t state; /* WAIT: as waitpid(2) tells it */
};

/* Room for one descriptor.  CMSG_SPACE has two where they are aligned, and the
 * second would stay open: who receives says CMSG_LEN. */
union broker_control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};
#define BROKER_CONTROL_LEN CMSG_LEN(sizeof(int))

static inline void
broker_control_put(union broker_control *control, struct msghdr *message,
                   int fd)
{
    struct cmsghdr *header;

    *control = (union broker_control){.bytes = {0}};
    message->msg_control = control;
    message->msg_controllen = sizeof *control;
    header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
}

/* The descriptor by @message, which was received with this room, or -1. */
static inline int
broker_control_take(const union broker_control *control,
                    const struct msghdr *message)
{
    int fd = -1;

    if (message->msg_controllen >= CMSG_LEN(sizeof fd) &&
        control->header.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(&control->header), sizeof fd);
    return fd;
}

#endif
