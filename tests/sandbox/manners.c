/* SPDX-License-Identifier: MIT */
/*
 * manners.c - see manners.h.  What is missing is named, so that a test shows
 * that it was missed, and not refused for something else.
 */
#include "tests/sandbox/manners.h"

#include <stddef.h>
#include <stdio.h>

bool
manners_check_way(struct purchase *purchase, struct answer *answer)
{
    static const char *const WAYS[] = {
        [AUTH_NONE] = "none",           [AUTH_POST] = "post",
        [AUTH_BASIC] = "basic",         [AUTH_BOTH] = "both",
        [AUTH_ASSERTION] = "assertion", [AUTH_CERTIFICATE] = "certificate"};
    struct span wanted = purchase->misbehaviour->auth;

    if (!wanted.bytes || span_is(wanted, WAYS[purchase->request->auth]))
        return true;
    answer_error(answer, 401, "invalid_client",
                 "Client authenticates in the wrong way.");
    return false;
}

static bool
has_field(const struct form *form, struct span name, struct span value)
{
    for (size_t i = 0; i < form->n; i++) {
        if (span_equal(form->fields[i].name, name) &&
            span_equal(form->fields[i].value, value))
            return true;
    }
    return false;
}

static bool
refuse(struct answer *answer, const char *what, struct span name)
{
    char text[200];

    (void)snprintf(text, sizeof text, "%s missing or wrong: %.*s", what,
                   (int)(name.len < 100 ? name.len : 100), name.bytes);
    answer_error(answer, 400, "invalid_request", text);
    return false;
}

bool
manners_check_fields(struct purchase *purchase, struct answer *answer)
{
    struct span list = purchase->misbehaviour->want;
    AUTO_FREE char *text = NULL;
    struct form wanted = {.n = 0};

    for (size_t i = 0; i < purchase->form.n; i++) {
        if (span_equal(purchase->form.fields[i].name,
                       purchase->misbehaviour->lack))
            return refuse(answer, "Parameter", purchase->misbehaviour->lack);
    }
    if (!list.bytes)
        return true;
    text = strndup(list.bytes, list.len);
    if (!text || !form_parse(&wanted, text, list.len))
        return refuse(answer, "Parameter", span_of("want"));
    for (size_t i = 0; i < wanted.n; i++) {
        if (!has_field(&purchase->form, wanted.fields[i].name,
                       wanted.fields[i].value))
            return refuse(answer, "Parameter", wanted.fields[i].name);
    }
    return true;
}

bool
manners_check_header(struct purchase *purchase, struct answer *answer)
{
    const struct request *request = purchase->request;
    struct span wanted = purchase->misbehaviour->want_header;
    const char *colon, *value;
    char name[100];

    if (!wanted.bytes)
        return true;
    colon = strstr(wanted.bytes, ": ");
    if (!colon || colon - wanted.bytes >= (ptrdiff_t)sizeof name)
        return refuse(answer, "Header", wanted);
    (void)snprintf(name, sizeof name, "%.*s", (int)(colon - wanted.bytes),
                   wanted.bytes);
    value = request->header(request, name);
    return (value && strcmp(value, colon + 2) == 0) ||
           refuse(answer, "Header", span_of(name));
}
