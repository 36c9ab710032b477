/* SPDX-License-Identifier: MIT */
/*
 * misbehave.c - see misbehave.h.  A new kind is a member there, a row here,
 * and a row in README.md.
 */
#include "tests/sandbox/misbehave.h"

#include <stddef.h>

#include "provider/base/text.h"
#include "tests/sandbox/form.h"

#define HOUR_MS 3600000
#define SIZE_LIMIT ((int64_t)64 << 20)
#define HELP_WIDTH 21 /* the widest "name=TEXT" */

enum kind { FLAG, NUMBER, TEXT };

/* What `fail` does with it once the first requests are over. */
enum role {
    SHAPE,  /* stays: the shape of a good answer */
    FAULT,  /* goes, and is a failure by itself */
    DETAIL, /* goes, and only says more of a failure */
};

struct row {
    const char *name;
    enum kind kind;
    enum role role;
    size_t offset;
    int64_t min, max; /* of a number */
    const char *help;
};

#define AT(member) offsetof(struct misbehaviour, member)

static const struct row ROWS[] = {
    {"auth", TEXT, SHAPE, AT(auth), 0, 0,
     "only this way of authentication: `post` or `basic`"},
    {"authorize", TEXT, SHAPE, AT(authorize), 0, 0,
     "metadata: this authorization_endpoint; `none` leaves it out"},
    {"big", NUMBER, SHAPE, AT(big), 0, SIZE_LIMIT,
     "pad a good answer to N bytes with white space"},
    {"body", TEXT, FAULT, AT(body), 0, 0, "this body, whatever was asked"},
    {"code", TEXT, FAULT, AT(code), 0, 0,
     "authorization: this code; `none` leaves it out"},
    {"code-life", NUMBER, SHAPE, AT(code_life), 0, HOUR_MS,
     "an authorization code is good for N ms"},
    {"content-type", TEXT, SHAPE, AT(content_type), 0, 0,
     "type of a good answer, of `body` and of `html`"},
    {"cut", NUMBER, FAULT, AT(cut), 0, SIZE_LIMIT,
     "close after N bytes of a body that was promised longer"},
    {"delay", NUMBER, SHAPE, AT(delay), 0, HOUR_MS, "answer after N ms"},
    {"description", TEXT, FAULT, AT(description), 0, 0, "error_description"},
    {"device", TEXT, SHAPE, AT(device), 0, 0,
     "metadata: this device_authorization_endpoint; `none` leaves it out"},
    {"drip", NUMBER, FAULT, AT(drip), 1, HOUR_MS,
     "headers at once, then one byte of the body each N ms"},
    {"endless", FLAG, FAULT, AT(endless), 0, 0, "a JSON string without end"},
    {"endless-headers", FLAG, FAULT, AT(endless_headers), 0, 0,
     "header lines without end"},
    {"endpoint", TEXT, SHAPE, AT(endpoint), 0, 0,
     "metadata: this token_endpoint; `none` leaves it out"},
    {"error", TEXT, FAULT, AT(error), 0, 0, "this error (status 400)"},
    {"expires-in", TEXT, SHAPE, AT(expires_in), 0, 0,
     "raw JSON value of expires_in; `none` leaves it out"},
    {"extra", TEXT, SHAPE, AT(extra), 0, 0,
     "more members of a good answer, raw: `,\"a\":1`"},
    {"fail", NUMBER, SHAPE, AT(fail), 0, INT64_MAX,
     "faults for the first N requests to this path, then none"},
    {"grace", NUMBER, SHAPE, AT(grace), 0, HOUR_MS,
     "a used refresh token is good for N ms more"},
    {"form-reply", FLAG, SHAPE, AT(form_reply), 0, 0,
     "a good answer as a form, not as JSON"},
    {"grant", TEXT, SHAPE, AT(grant), 0, 0,
     "the one grant_type (default: client_credentials)"},
    {"hang", FLAG, FAULT, AT(hang), 0, 0, "never answer"},
    {"html", FLAG, FAULT, AT(html), 0, 0, "a page instead of JSON"},
    {"interval", TEXT, SHAPE, AT(interval), 0, 0,
     "raw JSON value of a device's interval; `none` leaves it out"},
    {"iss", TEXT, FAULT, AT(iss), 0, 0,
     "authorization: this iss; `none` leaves it out"},
    {"issuer", TEXT, SHAPE, AT(issuer), 0, 0, "metadata: this issuer"},
    {"lack", TEXT, SHAPE, AT(lack), 0, 0, "a field that must not be sent"},
    {"location", TEXT, DETAIL, AT(location), 0, 0,
     "where `redirect` leads (default: the token endpoint)"},
    {"no-iss", FLAG, SHAPE, AT(no_iss), 0, 0,
     "authorization: no iss, and metadata that promise none"},
    {"no-methods", FLAG, SHAPE, AT(no_methods), 0, 0,
     "metadata: no token_endpoint_auth_methods_supported"},
    {"no-rotation", FLAG, SHAPE, AT(no_rotation), 0, 0,
     "a refresh token stays the same, and good"},
    {"no-scope", FLAG, SHAPE, AT(no_scope), 0, 0,
     "any scope is good, and none too"},
    {"oidc", FLAG, SHAPE, AT(oidc), 0, 0,
     "metadata: behind the issuer's path alone, as OpenID has it"},
    {"query", TEXT, FAULT, AT(query), 0, 0,
     "authorization: more of the query, raw: `&code=x`"},
    {"redirect", NUMBER, FAULT, AT(redirect), 300, 399,
     "redirect with this status"},
    {"refresh-token", TEXT, SHAPE, AT(refresh_token), 0, 0,
     "this refresh token; `none` leaves it out"},
    {"reset", FLAG, FAULT, AT(reset), 0, 0, "reset the TCP connection"},
    {"retry-after", TEXT, DETAIL, AT(retry_after), 0, 0, "Retry-After"},
    {"same-token", FLAG, SHAPE, AT(same_token), 0, 0,
     "the same token every time"},
    {"scope", TEXT, SHAPE, AT(scope), 0, 0,
     "scope granted; `none` leaves it out"},
    {"state", TEXT, FAULT, AT(state), 0, 0,
     "authorization: this state; `none` leaves it out"},
    {"status", NUMBER, FAULT, AT(status), 200, 599,
     "this status; from 300 on without a body unless `error` or `body`"},
    {"tag", TEXT, SHAPE, AT(tag), 0, 0, "nothing: makes a path your own"},
    {"token", TEXT, SHAPE, AT(token), 0, 0,
     "this token; `none` leaves it out"},
    {"token-size", NUMBER, SHAPE, AT(token_size), 1, SIZE_LIMIT,
     "a random token of N characters"},
    {"type", TEXT, SHAPE, AT(type), 0, 0, "token_type; `none` leaves it out"},
    {"user-code", TEXT, SHAPE, AT(user_code), 0, 0, "of a device"},
    {"verification-uri", TEXT, SHAPE, AT(verification_uri), 0, 0,
     "of a device; verification_uri_complete is then left out"},
    {"want", TEXT, SHAPE, AT(want), 0, 0,
     "fields that must be sent, as a form: `a=b&c=d`"},
    {"want-header", TEXT, SHAPE, AT(want_header), 0, 0,
     "a header line that must be sent: `Name: value`"},
};

#define ROW_COUNT (sizeof ROWS / sizeof *ROWS)

static int64_t *
number_at(struct misbehaviour *m, const struct row *row)
{
    return (int64_t *)(void *)((char *)m + row->offset);
}

static struct span *
text_at(struct misbehaviour *m, const struct row *row)
{
    return (struct span *)(void *)((char *)m + row->offset);
}

static bool *
flag_at(struct misbehaviour *m, const struct row *row)
{
    return (bool *)((char *)m + row->offset);
}

static void
unset(struct misbehaviour *m, const struct row *row)
{
    switch (row->kind) {
    case FLAG:
        *flag_at(m, row) = false;
        break;
    case NUMBER:
        *number_at(m, row) = -1;
        break;
    case TEXT:
        *text_at(m, row) = (struct span){NULL, 0};
        break;
    }
}

static bool
is_set(struct misbehaviour *m, const struct row *row)
{
    switch (row->kind) {
    case FLAG:
        return *flag_at(m, row);
    case NUMBER:
        return *number_at(m, row) >= 0;
    case TEXT:
        return text_at(m, row)->bytes != NULL;
    }
    return false;
}

void
misbehave_init(struct misbehaviour *m)
{
    *m = (struct misbehaviour){0};
    for (size_t i = 0; i < ROW_COUNT; i++)
        unset(m, &ROWS[i]);
}

void
misbehave_on_top(struct misbehaviour *m, const struct misbehaviour *below)
{
    *m = *below;
    m->text = NULL;
}

static bool
set(struct misbehaviour *m, const struct row *row, char *value, size_t n)
{
    int64_t number;

    switch (row->kind) {
    case FLAG:
        *flag_at(m, row) = true;
        return !value;
    case NUMBER:
        if (!value || !text_to_int64(value, &number) || number < row->min ||
            number > row->max)
            return false;
        *number_at(m, row) = number;
        return true;
    case TEXT:
        if (!value || !url_decode(value, &n, false))
            return false;
        value[n] = '\0';
        *text_at(m, row) = (struct span){value, n};
        return true;
    }
    return false;
}

static enum tw_status
add_item(struct misbehaviour *m, char *item, struct tw_error *err)
{
    size_t n = strlen(item);
    char *value = strchr(item, '=');
    struct shown shown;

    if (value)
        *value++ = '\0';
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(ROWS[i].name, item) != 0)
            continue;
        if (set(m, &ROWS[i], value, value ? strlen(value) : 0))
            return TW_OK;
        return tw_fail(err, TW_E_USAGE, "bad value of '%s'", item);
    }
    return tw_fail(err, TW_E_USAGE, "unknown misbehaviour '%s'",
                   text_printable(&shown, item, n));
}

enum tw_status
misbehave_add(struct misbehaviour *m, struct span list, struct tw_error *err)
{
    char *rest = strndup(list.bytes, list.len);

    if (!rest)
        return tw_no_memory(err);
    free(m->text);
    m->text = rest;
    while (rest) {
        char *item = strsep(&rest, ",");

        if (*item && add_item(m, item, err))
            return TW_E_USAGE;
    }
    return TW_OK;
}

void
misbehave_settle(struct misbehaviour *m, uint64_t nth)
{
    bool failing, faulty = false;

    if (m->fail < 0)
        return;
    failing = nth <= (uint64_t)m->fail;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (failing)
            faulty |= ROWS[i].role == FAULT && is_set(m, &ROWS[i]);
        else if (ROWS[i].role != SHAPE)
            unset(m, &ROWS[i]);
    }
    if (failing && !faulty)
        m->status = 503;
}

bool
misbehave_force(const struct misbehaviour *m, struct answer *answer)
{
    static const char page[] =
        "<!DOCTYPE html>\n<html><head><title>Sandbox</title></head>"
        "<body><h1>This is a page, not a token</h1></body></html>\n";
    const char *type = m->content_type.bytes;
    unsigned status = m->status < 0 ? 200 : (unsigned)m->status;

    if (m->retry_after.bytes)
        answer_header(answer, "Retry-After", m->retry_after.bytes);
    if (m->redirect >= 0) {
        answer->status = (unsigned)m->redirect;
        answer_header(answer, "Location", m->location.bytes);
    } else if (m->body.bytes) {
        answer_text(answer, status, type ? type : "application/json", "");
        (void)secret_append(&answer->body, m->body.bytes, m->body.len);
    } else if (m->html) {
        answer_text(answer, status, type ? type : "text/html", page);
    } else if (m->error.bytes || m->description.bytes) {
        answer_error(answer, m->status < 0 ? 400 : status, m->error.bytes,
                     m->description.bytes);
    } else if (status >= 300 || status == 204) {
        answer->status = status;
    } else {
        return false;
    }
    return true;
}

void
misbehave_deliver(const struct misbehaviour *m, struct answer *answer)
{
    answer->delay_ms = m->delay < 0 ? 0 : m->delay;
    if (m->hang) {
        answer->manner = MANNER_HANG;
    } else if (m->reset) {
        answer->manner = MANNER_RESET;
    } else if (m->endless_headers) {
        answer->manner = MANNER_ENDLESS_HEADERS;
    } else if (m->endless) {
        answer->manner = MANNER_ENDLESS;
    } else if (m->drip >= 0) {
        answer->manner = MANNER_DRIP;
        answer->drip_ms = m->drip;
    } else if (m->cut >= 0) {
        answer->manner = MANNER_CUT;
        answer->cut_at = (size_t)m->cut;
    }
}

void
misbehave_help(FILE *out)
{
    static const char *const value[] = {
        [FLAG] = "", [NUMBER] = "=N", [TEXT] = "=TEXT"};

    for (size_t i = 0; i < ROW_COUNT; i++) {
        (void)fprintf(out, "  %s%-*s  %s\n", ROWS[i].name,
                      HELP_WIDTH - (int)strlen(ROWS[i].name),
                      value[ROWS[i].kind], ROWS[i].help);
    }
}

void
misbehave_clear(struct misbehaviour *m)
{
    free(m->text);
    misbehave_init(m);
}
