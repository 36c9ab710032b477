/* SPDX-License-Identifier: MIT */
/*
 * status_json.c - see status_json.h.
 */
#include "provider/cli/status_json.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/json_text.h"

/* "status", "message" and "hint", which is there if the message has one. */
static bool
put_said(const char *status, const char *message, struct secret *out)
{
    size_t n = strcspn(message, "\n");
    char line[sizeof((struct tw_error *)NULL)->message];

    (void)snprintf(line, sizeof line, "%.*s", (int)n, message);
    return json_put_text_member(out, "status", status) &&
           json_put_text_member(out, "message", line) &&
           (!message[n] || json_put_text_member(out, "hint", message + n + 1));
}

static bool
put_problem(const struct status_row *row, struct secret *out)
{
    if (row->state != STATUS_UNREADABLE)
        return true;
    return json_put_raw_member(out, "problem", "{") &&
           put_said(tw_status_name(row->problem.status), row->problem.message,
                    out) &&
           secret_append(out, "}", 1);
}

static bool
put_error(const struct status_row *row, struct secret *out)
{
    if (!row->note.message[0])
        return true;
    return json_put_raw_member(out, "error", "{") &&
           put_said(row->note.status, row->note.message, out) &&
           json_put_number_member(out, "failed_at", row->note.failed_at) &&
           json_put_number_member(out, "age", row->age) &&
           secret_append(out, "}", 1);
}

static bool
put_hook_member(const struct status_row *row, struct secret *out)
{
    if (!row->hook.status)
        return true;
    return json_put_raw_member(out, "on_refresh", "{") &&
           put_said(tw_status_name(row->hook.status), row->hook.message,
                    out) &&
           json_put_number_member(out, "failures", row->hook_failures) &&
           json_put_number_member(out, "failed_at", row->hook_failed_at) &&
           json_put_number_member(out, "age", row->hook_age) &&
           secret_append(out, "}", 1);
}

static bool
put_object(const struct status_row *row, struct secret *out)
{
    return secret_append_text(out, "{") &&
           json_put_text_member(out, "name", row->name) &&
           json_put_text_member(out, "state", status_state_name(row->state)) &&
           json_put_number_member(out, "expires_at", row->expires_at) &&
           json_put_number_member(out, "expires_in",
                                  row->left > 0 ? row->left : 0) &&
           json_put_number_member(out, "refresh_in", row->refresh_in) &&
           json_put_number_member(out, "generation", row->generation) &&
           json_put_text_member(out, "scope", row->scope ? row->scope : "") &&
           json_put_raw_member(out, "system",
                               row->system ? "true" : "false") &&
           (!row->gone || json_put_raw_member(out, "gone", "true")) &&
           (!row->answered_by[0] ||
            json_put_text_member(out, "answered_by", row->answered_by)) &&
           json_put_text_member(out, "warning", row->warning) &&
           put_problem(row, out) && put_error(row, out) &&
           put_hook_member(row, out) &&
           json_put_number_member(out, "retry_in", row->retry_in) &&
           json_put_number_member(out, "next_retry", row->next_retry) &&
           secret_append_text(out, "}");
}

bool
status_put_json(const struct status_row *rows, size_t count,
                struct secret *out)
{
    bool good = secret_append_text(out, "{\"profiles\": [");

    for (size_t i = 0; good && i < count; i++)
        good = secret_append_text(out, i ? ",\n " : "") &&
               put_object(&rows[i], out);
    return good && secret_append_text(out, "]}\n");
}
