/* SPDX-License-Identifier: MIT */
/*
 * form-t.c - what is sent is what the server decodes: forms (RFC 6749
 * appendix B) and both ways of authenticating with a secret (2.3.1).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/exchange/client_auth.h"
#include "helper/http/http.h"
#include "helper/text/form.h"

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
    struct secret form;
    struct client_proof proof;
};

static void
auto_sent(struct sent *sent)
{
    secret_clear(&sent->form);
    client_proof_clear(&sent->proof);
}

#define SENT_INIT                          \
    {                                      \
        .form = SECRET_INIT(HTTP_FORM_MAX) \
    }

static enum tw_status
apply(const struct profile *profile, const char *text, struct sent *sent,
      struct tw_error *err)
{
    const struct secret_context secrets = {.system = false};
    struct profile with_secret = *profile;

    with_secret.client_secret.kind = SECRET_VALUE;
    with_secret.client_secret.value = text;
    return client_auth_apply(&with_secret, &secrets, AUTH_SECRET, &sent->form,
                             &sent->proof, err);
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
    cr_expect_eq(sent.proof.authorization.len, 0);
}

Test(client_auth, basic_is_form_encoded_first)
{
    char id[] = "id:%+ \xc3\xa9";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    cr_assert_eq(apply(&profile, "s:%+ \xc3\xa9", &sent, NULL), TW_OK);
    /* id%3A%25%2B+%C3%A9:s%3A%25%2B+%C3%A9 */
    cr_expect_str_eq(secret_text(&sent.proof.authorization),
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
    cr_expect_str_eq(secret_text(&sent.proof.authorization),
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
    cr_expect_str_eq(secret_text(&sent.proof.authorization),
                     "Authorization: Basic aWQ6czolKyDDqQ==");
    profile.client_id[1] = ':';
    cr_expect_eq(apply(&profile, "secret", &sent, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "p.yaml:4: "), "%s", err.message);
}

Test(client_auth, every_length_is_padded_right)
{
    static const char *const WANTED[] = {"YTpi", "YTpiYg==", "YTpiYmI="};
    char id[] = "a";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);

    for (size_t i = 0; i < 3; i++) {
        AUTO(auto_sent) struct sent sent = SENT_INIT;

        cr_assert_eq(apply(&profile, &"bbb"[2 - i], &sent, NULL), TW_OK);
        cr_expect_str_eq(secret_text(&sent.proof.authorization) + 21,
                         WANTED[i]);
    }
}

Test(client_auth, too_long_names_the_line_and_not_the_secret)
{
    static char id[AUTHORIZATION_MAX];
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_BASIC, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;
    struct tw_error err;

    memset(id, '%', sizeof id - 1);
    cr_expect_eq(apply(&profile, "s3cret", &sent, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "p.yaml:4: "), "%s", err.message);
    cr_expect_null(strstr(err.message, "s3cret"));
    profile.auth_method = AUTH_CLIENT_SECRET_POST;
    sent.form.max = 100;
    cr_expect_eq(apply(&profile, "s3cret", &sent, &err), TW_E_CONFIG);
}

/* What was refused is known again by its mark, another secret by another. */
Test(client_auth, mark_is_the_secrets)
{
    char id[] = "a";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_POST, BASIC_FORM);
    AUTO(auto_sent) struct sent one = SENT_INIT, two = SENT_INIT;

    cr_assert_eq(apply(&profile, "s3cret", &one, NULL), TW_OK);
    cr_assert_eq(apply(&profile, "other", &two, NULL), TW_OK);
    cr_expect_str_eq(secret_text(&one.proof.mark), "s3cret");
    cr_expect_str_eq(secret_text(&two.proof.mark), "other");
}

/* A refused secret is looked at again before the issuer says where to go. */
Test(client_auth, an_endpoint_may_not_be_known_yet)
{
    char id[] = "a";
    struct profile profile =
        profile_with(id, AUTH_CLIENT_SECRET_JWT, BASIC_FORM);
    const struct profile_assertion assertion = {.audience_kind =
                                                    AUDIENCE_TOKEN_ENDPOINT};
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    profile.assertion = &assertion;
    cr_assert_eq(
        apply(&profile, "a-secret-of-at-least-32-bytes-....", &sent, NULL),
        TW_OK);
    cr_expect_str_eq(secret_text(&sent.proof.mark),
                     "a-secret-of-at-least-32-bytes-....");
}

Test(client_auth, none_sends_the_id_alone)
{
    char id[] = "id 1";
    struct profile profile = profile_with(id, AUTH_NONE, BASIC_FORM);
    AUTO(auto_sent) struct sent sent = SENT_INIT;

    cr_assert_eq(apply(&profile, "s3cret", &sent, NULL), TW_OK);
    cr_expect_str_eq(secret_text(&sent.form), "client_id=id+1");
    cr_expect_eq(sent.proof.mark.len, 0);
    profile.client_id = NULL;
    secret_clear(&sent.form);
    cr_assert_eq(apply(&profile, "s3cret", &sent, NULL), TW_OK);
    cr_expect_eq(sent.form.len, 0);
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
    cr_expect_eq(sent.proof.authorization.len,
                 21 + (CLIENT_SECRET_MAX * 3 + 4) / 3 * 4);
}
