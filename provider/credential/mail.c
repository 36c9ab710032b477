/* SPDX-License-Identifier: MIT */
/*
 * mail.c - the first message of SASL XOAUTH2 and OAUTHBEARER (RFC 7628 3.1),
 * in base64 on a line, for mail programs that take it from a command.
 *
 * msmtp fails on an answer without a line end whose length is a multiple of
 * 501, so there is always one.  The profile is named: a person's mailbox has
 * no address that leads to it.
 */
#include <string.h>

#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define USER_MAX 512
#define MESSAGE_MAX (RECORD_MAX + 4 * USER_MAX)

/* RFC 4648 4. */
static bool
put_base64(const struct secret *from, struct secret *out)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = (const unsigned char *)from->bytes;
    bool good = true;

    for (size_t i = 0; good && i < from->len; i += 3) {
        size_t n = from->len - i < 3 ? from->len - i : 3;
        unsigned group = (unsigned)bytes[i] << 16 |
                         (n > 1 ? (unsigned)bytes[i + 1] << 8 : 0u) |
                         (n > 2 ? bytes[i + 2] : 0u);
        const char four[4] = {DIGITS[group >> 18], DIGITS[group >> 12 & 63],
                              n > 1 ? DIGITS[group >> 6 & 63] : '=',
                              n > 2 ? DIGITS[group & 63] : '='};

        good = secret_append(out, four, sizeof four);
    }
    return good;
}

static enum tw_status
ask(const struct call *call, struct answer *out, struct tw_error *err)
{
    struct target target;
    enum tw_status status = target_name(call->args[0], &target, err);

    if (status)
        return status;
    if (strlen(call->args[1]) > USER_MAX ||
        !text_is_line(call->args[1], strlen(call->args[1])))
        return tw_fail(err, TW_E_USAGE, "the user name cannot be one");
    return target_demand(&target, TW_MIN_VALID_DEFAULT, out, err);
}

enum tw_status
xoauth2_run(const struct call *call, struct secret *out, int *exit_code,
            struct tw_error *err)
{
    AUTO_SECRET message = SECRET_INIT(MESSAGE_MAX);
    AUTO_ANSWER answer = ANSWER_INIT;
    enum tw_status status;

    (void)exit_code;
    if (call->count != 2)
        return tw_fail(err, TW_E_USAGE,
                       "usage: tokenward-credential xoauth2 PROFILE USER");
    status = ask(call, &answer, err);
    if (status)
        return status;
    return secret_append_text(&message, "user=") &&
                   secret_append_text(&message, call->args[1]) &&
                   secret_append_text(&message, "\001auth=Bearer ") &&
                   secret_append_text(&message, answer.record.token) &&
                   secret_append_text(&message, "\001\001") &&
                   put_base64(&message, out) && secret_append(out, "\n", 1)
               ? TW_OK
               : tw_no_memory(err);
}

/* A saslname: ',' and '=' would end it (RFC 5801 4). */
static bool
put_saslname(const char *name, struct secret *out)
{
    bool good = true;

    for (; good && *name; name++)
        good = *name == ','   ? secret_append(out, "=2C", 3)
               : *name == '=' ? secret_append(out, "=3D", 3)
                              : secret_append(out, name, 1);
    return good;
}

/* RFC 7628 3.1: where the message is for, if that was said. */
static bool
put_server(const struct call *call, struct secret *out)
{
    return call->count != 4 || (secret_append_text(out, "host=") &&
                                secret_append_text(out, call->args[2]) &&
                                secret_append_text(out, "\001port=") &&
                                secret_append_text(out, call->args[3]) &&
                                secret_append(out, "\001", 1));
}

static enum tw_status
check_server(const struct call *call, struct tw_error *err)
{
    int64_t port;

    if (call->count != 2 && call->count != 4)
        return tw_fail(err, TW_E_USAGE,
                       "usage: tokenward-credential oauthbearer PROFILE USER "
                       "[HOST PORT]");
    if (call->count == 2)
        return TW_OK;
    if (strlen(call->args[2]) > USER_MAX ||
        !text_is_line(call->args[2], strlen(call->args[2])) ||
        !text_to_int64(call->args[3], &port) || port < 1 || port > 65535)
        return tw_fail(err, TW_E_USAGE, "no host, or no port of one");
    return TW_OK;
}

enum tw_status
oauthbearer_run(const struct call *call, struct secret *out, int *exit_code,
                struct tw_error *err)
{
    AUTO_SECRET message = SECRET_INIT(MESSAGE_MAX);
    AUTO_ANSWER answer = ANSWER_INIT;
    enum tw_status status = check_server(call, err);

    (void)exit_code;
    if (!status)
        status = ask(call, &answer, err);
    if (status)
        return status;
    return secret_append_text(&message, "n,a=") &&
                   put_saslname(call->args[1], &message) &&
                   secret_append_text(&message, ",\001") &&
                   put_server(call, &message) &&
                   secret_append_text(&message, "auth=Bearer ") &&
                   secret_append_text(&message, answer.record.token) &&
                   secret_append_text(&message, "\001\001") &&
                   put_base64(&message, out) && secret_append(out, "\n", 1)
               ? TW_OK
               : tw_no_memory(err);
}
