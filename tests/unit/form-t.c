/* SPDX-License-Identifier: MIT */
/*
 * form-t.c - what is sent is what the server decodes: forms (RFC 6749
 * appendix B) and both ways of authenticating with a secret (2.3.1).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/client_auth.h"
#include "helper/form.h"
#include "helper/http.h"

#define HARD_SECRET "s:%+&= \xc3\xa9/?~*-._\\\"'"
#define HARD_SECRET_FORM "s%3A%25%2B%26%3D+%C3%A9%2F%3F%7E*-._%5C%22%27"

static void
expect_encoded(const char *text, size_t n, const char *wanted)
{
    AUTO_SECRET out = SECRET_INIT(1000);

    cr_expect(form_encode(&out, text, n));
    cr_expect_str_eq(secret_text(&out), wanted);
}

Test(form, the_example_of_appendix_b)
{
    expect_encoded(" %&+\xc2\xa3\xe2\x82\xac", 9, "+%25%26%2B%C2%A3%E2%82%AC");
}

Test(form, every_byte_comes_back)
{
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte, wanted[4];
        AUTO_SECRET out = SECRET_INIT(10);
        const char *text;
        unsigned value;

        cr_assert(form_encode(&out, &c, 1));
        text = secret_text(&out);
        if (text[0] == '%') {
            (void)snprintf(wanted, sizeof wanted, "%%%02X", (unsigned)byte);
            cr_expect_str_eq(text, wanted);
        } else {
            value = text[0] == '+' ? ' ' : (unsigned char)text[0];
            cr_expect_eq(value, (unsigned)byte);
            cr_expect(byte != '+' && byte != '&' && byte != '=' &&
                      byte != '%');
        }
    }
}

Test(form, fields_are_joined)
{
    AUTO_SECRET out = SECRET_INIT(1000);

    cr_expect(form_field(&out, "grant_type", "client_credentials", 18));
    cr_expect(form_field(&out, "sc ope", "a b", 3));
    cr_expect(form_field(&out, "empty", "", 0));
    cr_expect(form_field(&out, "nul", "a\0b", 3));
    cr_expect_str_eq(
        secret_text(&out),
        "grant_type=client_credentials&sc+ope=a+b&empty=&nul=a%00b");
}

Test(form, a_limit_is_a_limit)
{
    AUTO_SECRET out = SECRET_INIT(5);

    cr_expect(form_encode(&out, "a%b", 3));
    cr_expect_not(form_encode(&out, "c", 1));
    cr_expect_str_eq(secret_text(&out), "a%25b");
}

static struct profile
profile_with(char *client_id, enum auth_method method,
             enum basic_encoding encoding)
{
    return (struct profile){.name = (char *)(uintptr_t) "p",
                            .file = "p.yaml",
                            .client_id = client_id,
                            .client_id_line = 4,
                            .auth_method = method,
                            .basic_encoding = encoding};
}

struct sent {
    struct secret form, authorization;
};

static void
auto_sent(struct sent *sent)
{
    secret_clear(&sent->form);
    secret_clear(&sent->authorization);
}

#define SENT_INIT                                                  \
    {                                                              \
        SECRET_INIT(HTTP_FORM_MAX), SECRET_INIT(AUTHORIZATION_MAX) \
    }

static enum tw_status
apply(const struct profile *profile, const char *text, struct sent *sent,
      struct tw_error *err)
{
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);

    cr_assert(secret_append_text(&secret, text));
    return client_auth_apply(profile, &secret, &sent->form,
                             &sent->authorization, err);
}

Test(client_auth, post)
{
    char id[] = "id &1";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_POST, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    cr_assert(form_field(&sent.form, "a", "b", 1));
    cr_assert_eq(apply(&profile, HARD_SECRET, &sent, NULL), TW_OK);
    cr_expect_str_eq(secret_text(&sent.form),
                     "a=b&client_id=id+%261&client_secret=" HARD_SECRET_FORM);
    cr_expect_eq(sent.authorization.len, 0);
}

Test(client_auth, basic_is_form_encoded_first)
{
    char id[] = "id:%+ \xc3\xa9";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    cr_assert_eq(apply(&profile, "s:%+ \xc3\xa9", &sent, NULL), TW_OK);
    /* id%3A%25%2B+%C3%A9:s%3A%25%2B+%C3%A9 */
    cr_expect_str_eq(secret_text(&sent.authorization),
                     "Authorization: Basic "
                     "aWQlM0ElMjUlMkIrJUMzJUE5OnMlM0ElMjUlMkIrJUMzJUE5");
    cr_expect_eq(sent.form.len, 0);
}

/* The example of RFC 6749 2.3.1. */
Test(client_auth, basic_of_the_rfc)
{
    char id[] = "s6BhdRkqt3";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    cr_assert_eq(apply(&profile, "7Fjfp0ZBr1KtDRbnfVdmIw", &sent, NULL),
                 TW_OK);
    cr_expect_str_eq(secret_text(&sent.authorization),
                     "Authorization: Basic "
                     "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
}

Test(client_auth, basic_raw_encodes_nothing)
{
    char id[] = "id";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_RAW);
    AUTO(auto_sent) struct sent sent = SENT_INIT;
    struct tw_error err;

    cr_assert_eq(apply(&profile, "s:%+ \xc3\xa9", &sent, NULL), TW_OK);
    cr_expect_str_eq(secret_text(&sent.authorization),
                     "Authorization: Basic aWQ6czolKyDDqQ==");
    profile.client_id[1] = ':';
    cr_expect_eq(apply(&profile, "secret", &sent, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "p.yaml:4: "), "%s", err.message);
}

Test(client_auth, every_length_is_padded_right)
{
    static const char *const WANTED[] = {"YTo=", "YTpi",
                                         "YTpiYg==", "YTpiYmI="};
    char id[] = "a";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);

    for (size_t i = 0; i < 4; i++) {
        AUTO(auto_sent) struct sent sent = SENT_INIT;

        cr_assert_eq(apply(&profile, &"bbb"[3 - i], &sent, NULL), TW_OK);
        cr_expect_str_eq(secret_text(&sent.authorization) + 21, WANTED[i]);
    }
}

Test(client_auth, too_long_names_the_line_and_not_the_secret)
{
    char id[] = "a", text[CLIENT_SECRET_MAX];
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);
    struct sent sent = {SECRET_INIT(100), SECRET_INIT(100)};
    struct tw_error err;

    memset(text, '%', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_expect_eq(apply(&profile, text, &sent, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "p.yaml:4: "), "%s", err.message);
    cr_expect_null(strstr(err.message, "%%"));
    profile.auth_method = AUTH_CLIENT_SECRET_POST;
    cr_expect_eq(apply(&profile, text, &sent, &err), TW_E_CONFIG);
    auto_sent(&sent);
}

Test(client_auth, the_longest_secret_fits)
{
    char id[] = "a", text[CLIENT_SECRET_MAX + 1];
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    memset(text, '%', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_expect_eq(apply(&profile, text, &sent, NULL), TW_OK);
    cr_expect_eq(sent.authorization.len,
                 21 + (CLIENT_SECRET_MAX * 3 + 4) / 3 * 4);
}
