/* SPDX-License-Identifier: MIT */
/*
 * extras.c - see extras.h.  Values are read for every request, as client
 * secrets are, so a key that was changed on disk is used at once.
 */
#include "helper/exchange/extras.h"

#include <errno.h>
#include <string.h>

#include "helper/text/form.h"
#include "provider/base/text.h"

#define LINE_MAX_BYTES (PROFILE_FIELD_NAME_MAX + 2 + CLIENT_SECRET_MAX)

static enum tw_status
refuse(const struct profile *profile, const struct profile_field *field,
       const char *problem, struct tw_error *err)
{
    return tw_fail(err, TW_E_CONFIG, "%s:%u:%u: profile '%s': %s %s",
                   profile->file, field->value.line, field->value.column,
                   profile->name, field->name, problem);
}

static bool
is_sent(const struct tw_action *action, const char *name)
{
    for (size_t i = 0; i < action->field_count; i++) {
        if (action->fields[i].name &&
            strcmp(action->fields[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Keeps what came from a secret's source, to know it when it is echoed. */
static bool
hide(struct extras *out, const struct profile_field *field,
     const struct secret *value)
{
    struct secret *hidden = &out->hidden[out->hidden_count];

    if (field->value.kind == SECRET_VALUE)
        return true;
    *hidden = SECRET_INIT(CLIENT_SECRET_MAX);
    out->hidden_count++;
    return secret_append(hidden, secret_text(value), value->len);
}

static enum tw_status
add_header(const struct profile *profile, const struct profile_field *field,
           const struct secret *value, struct extras *out,
           struct tw_error *err)
{
    struct secret *line = &out->headers[out->header_count];

    if (!text_is_line(secret_text(value), value->len))
        return refuse(profile, field, "holds a control character", err);
    *line = SECRET_INIT(LINE_MAX_BYTES);
    out->header_count++;
    if (secret_append_text(line, field->name) &&
        secret_append(line, ": ", 2) &&
        secret_append(line, secret_text(value), value->len))
        return TW_OK;
    return tw_no_memory(err);
}

enum tw_status
extras_write(const struct profile *profile,
             const struct secret_context *secrets,
             const struct tw_action *action, struct secret *form,
             struct extras *out, struct tw_error *err)
{
    const struct profile_request *request = &profile->request;
    size_t count = request->param_count + request->header_count;

    extras_clear(out);
    for (size_t i = 0; i < count; i++) {
        bool is_param = i < request->param_count;
        const struct profile_field *field =
            is_param ? &request->params[i]
                     : &request->headers[i - request->param_count];
        AUTO_SECRET value = SECRET_INIT(CLIENT_SECRET_MAX);
        enum tw_status status;

        if (is_param && is_sent(action, field->name))
            return refuse(profile, field,
                          "is sent by the provider already; remove it from "
                          "params",
                          err);
        status = secret_source_read(&field->value, secrets, &value, err);
        if (status)
            return status;
        if (!hide(out, field, &value))
            return tw_no_memory(err);
        if (is_param &&
            !form_field(form, field->name, secret_text(&value), value.len))
            return errno == ENOMEM ? tw_no_memory(err)
                                   : refuse(profile, field,
                                            "makes the form too long", err);
        if (!is_param)
            status = add_header(profile, field, &value, out, err);
        if (status)
            return status;
    }
    return TW_OK;
}

bool
extras_field(const struct profile *profile, const char *name,
             const char *value, struct secret *out)
{
    const struct profile_request *request = &profile->request;
    bool good;

    if (request->grant_type && strcmp(name, "grant_type") == 0 &&
        strcmp(value, "refresh_token") != 0)
        return secret_append_text(out, request->grant_type);
    good = secret_append_text(out, value);
    for (char *at = out->bytes; good && at && *at; at++) {
        if (*at == ' ' && strcmp(name, "scope") == 0)
            *at = request->scope_separator;
    }
    return good;
}

void
extras_clear(struct extras *extras)
{
    while (extras->header_count)
        secret_clear(&extras->headers[--extras->header_count]);
    while (extras->hidden_count)
        secret_clear(&extras->hidden[--extras->hidden_count]);
}
