/* SPDX-License-Identifier: MIT */
/*
 * bell.c - a packet at the doorbell, and one that answers it.
 */
#include "helper/serve/bell.h"

#include <string.h>

#include "provider/base/lines.h"
#include "provider/base/text.h"
#include "provider/base/verdict.h"
#include "tests/fuzz/fuzz.h"

static void
check(const struct bell_request *request)
{
    AUTO_FREE char *text = NULL;
    AUTO_SECRET packet = SECRET_INIT(4096);
    struct bell_request again;
    static const char *const NAMES[] = {"", "ensure", "leave", "reject",
                                        "status"};

    FUZZ_CHECK(request->command >= BELL_ENSURE &&
               request->command <= BELL_STATUS);
    FUZZ_CHECK(!request->profile || text_is_profile_name(request->profile));
    FUZZ_CHECK(request->command == BELL_STATUS || request->profile);
    FUZZ_CHECK(lines_put(&packet, "command", NAMES[request->command]));
    FUZZ_CHECK(!request->profile ||
               lines_put(&packet, "profile", request->profile));
    FUZZ_CHECK(request->min_valid == TW_MIN_VALID_DEFAULT ||
               lines_put_int64(&packet, "min_valid", request->min_valid));
    FUZZ_CHECK(!request->generation ||
               lines_put_int64(&packet, "generation", request->generation));
    text = fuzz_text((const uint8_t *)packet.bytes, packet.len);
    FUZZ_CHECK(!bell_parse(text, packet.len, &again, NULL));
    FUZZ_CHECK(again.command == request->command &&
               again.min_valid == request->min_valid &&
               again.generation == request->generation &&
               fuzz_equal(again.profile, request->profile));
}

void
fuzz_bell(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    struct bell_request request;
    struct tw_error err = {0};

    if (bell_parse(text, n, &request, &err))
        fuzz_check_message(&err);
    else
        check(&request);
}

void
fuzz_verdict(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    struct tw_error err = {0};
    enum tw_status status = verdict_read(text, n, &err);

    FUZZ_CHECK(status == (enum tw_status)err.status || !status);
    FUZZ_CHECK(memchr(err.message, '\0', sizeof err.message));
    FUZZ_CHECK(!strchr(err.message, '\r'));
}
