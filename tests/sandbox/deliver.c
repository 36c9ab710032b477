/* SPDX-License-Identifier: MIT */
/*
 * deliver.c - see deliver.h.
 */
#include "tests/sandbox/deliver.h"

#include <string.h>

#define BLOCK 16384 /* bytes that libmicrohttpd asks for at a time */

static ssize_t
read_cut(void *of, uint64_t at, char *to, size_t max)
{
    const struct answer *answer = of;
    size_t all = answer->body.len, from = (size_t)at, n;

    if (all > answer->cut_at)
        all = answer->cut_at;
    if (from >= all)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    n = all - from < max ? all - from : max;
    memcpy(to, answer->body.bytes + from, n);
    return (ssize_t)n;
}

static ssize_t
read_endless(void *of, uint64_t at, char *to, size_t max)
{
    static const char start[] = "{\"access_token\":\"";
    size_t n = at == 0 ? sizeof start - 1 : 0;

    (void)of;
    if (max < n)
        return 0;
    memcpy(to, start, n);
    memset(to + n, 'a', max - n);
    return (ssize_t)max;
}

static struct MHD_Response *
make_response(struct answer *answer)
{
    size_t n = answer->body.len;

    switch (answer->manner) {
    case MANNER_CUT: /* one byte more is promised than will come */
        return MHD_create_response_from_callback(
            answer->cut_at < n ? n : n + 1, BLOCK, read_cut, answer, NULL);
    case MANNER_ENDLESS:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK,
                                                 read_endless, answer, NULL);
    case MANNER_WHOLE:
    case MANNER_DRIP:
    case MANNER_ENDLESS_HEADERS:
    case MANNER_HANG:
    case MANNER_RESET:
        break;
    }
    return MHD_create_response_from_buffer(n, answer->body.bytes,
                                           MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result
deliver(struct MHD_Connection *connection, struct answer *answer)
{
    struct MHD_Response *response = make_response(answer);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < answer->header_count; i++)
        (void)MHD_add_response_header(response, answer->headers[i].name,
                                      answer->headers[i].value);
    result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}
