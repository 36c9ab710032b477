/* SPDX-License-Identifier: MIT */
/*
 * log.c - see log.h.
 *
 * The trap is a supervisor that reads slowly, and text from a server or a
 * client that looks like a line of ours: a line is written only where it does
 * not block, in one call, and every value is printable and quoted.
 */
#include "helper/base/log.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/journal.h"

static const struct {
    const char *name;
    enum log_level level;
} LEVELS[] = {
    {"error", LOG_ERROR},
    {"warning", LOG_WARN},
    {"notice", LOG_NOTE},
    {"info", LOG_DETAIL},
};

static const char *
name_of(enum log_level level)
{
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (LEVELS[i].level == level)
            return LEVELS[i].name;
    }
    return "notice";
}

bool
log_level_of(const char *name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (strcmp(LEVELS[i].name, name) == 0) {
            *out = LEVELS[i].level;
            return true;
        }
    }
    return false;
}

void
log_open(const struct environment *environment, enum log_level level,
         struct log *out)
{
    bool is_journal = journal_is_stderr(environment);

    *out = (struct log){.level = level,
                        .is_journal = is_journal,
                        .journal = is_journal ? journal_open() : -1};
}

void
log_close(struct log *log)
{
    auto_close(&log->journal);
    log->journal = -1;
}

/* Printable ASCII, cut at the size. */
static const char *
cleaned(const char *value, char *out, size_t size)
{
    size_t n = 0;

    for (; value[n] && n + 1 < size; n++)
        out[n] = (char)(value[n] >= 0x20 && value[n] < 0x7f ? value[n] : '?');
    out[n] = '\0';
    return out;
}

static bool
is_bare(const char *value)
{
    return *value && value[strcspn(value, " \"=\\")] == '\0';
}

static bool
put_field(struct secret *line, const char *key, const char *value)
{
    bool good = (!line->len || line->bytes[line->len - 1] == '>' ||
                 secret_append_text(line, " ")) &&
                secret_append_text(line, key) && secret_append_text(line, "=");

    if (is_bare(value))
        return good && secret_append_text(line, value);
    good = good && secret_append_text(line, "\"");
    for (; good && *value; value++) {
        if (*value == '"' || *value == '\\')
            good = secret_append(line, "\\", 1);
        good = good && secret_append(line, value, 1);
    }
    return good && secret_append_text(line, "\"");
}

/* Nobody but the journal knows what <N> is. */
static bool
write_line(const struct log *log, enum log_level level, const char *event,
           const struct log_field *fields)
{
    AUTO_SECRET line = SECRET_INIT(LOG_LINE_MAX);
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    const char prefix[] = {'<', (char)('0' + (int)level), '>', '\0'};
    char value[LOG_LINE_MAX / 2];
    bool good = (!log->is_journal || secret_append_text(&line, prefix)) &&
                put_field(&line, "level", name_of(level)) &&
                put_field(&line, "event", event);

    for (; good && fields->key; fields++) {
        if (fields->value)
            good = put_field(&line, fields->key,
                             cleaned(fields->value, value, sizeof value));
    }
    return good && secret_append_text(&line, "\n") && poll(&room, 1, 0) == 1 &&
           (room.revents & POLLOUT) &&
           write(STDERR_FILENO, line.bytes, line.len) == (ssize_t)line.len;
}

static bool
put_journal_field(struct secret *entry, const char *key, const char *value)
{
    char name[64] = "TOKENWARD_", text[LOG_LINE_MAX / 2];
    size_t n = strlen(name);

    if (strcmp(key, "message") == 0)
        n = 0;
    for (; *key && n + 1 < sizeof name; key++)
        name[n++] =
            (char)(*key >= 'a' && *key <= 'z' ? *key - 'a' + 'A' : *key);
    name[n] = '\0';
    return journal_put(entry, name, cleaned(value, text, sizeof text));
}

/* An entry without a message is shown as nothing. */
static bool
has_message(const struct log_field *fields)
{
    for (; fields->key; fields++) {
        if (strcmp(fields->key, "message") == 0 && fields->value)
            return true;
    }
    return false;
}

static bool
send_entry(const struct log *log, enum log_level level, const char *event,
           const struct log_field *fields)
{
    AUTO_SECRET entry = SECRET_INIT(JOURNAL_ENTRY_MAX);
    const char priority[] = {(char)('0' + (int)level), '\0'};
    bool good = journal_put(&entry, "PRIORITY", priority) &&
                journal_put(&entry, "SYSLOG_IDENTIFIER", "tokenward-helper") &&
                journal_put(&entry, "TOKENWARD_EVENT", event);

    if (good && !has_message(fields))
        good = journal_put(&entry, "MESSAGE", event);
    for (; good && fields->key; fields++) {
        if (fields->value)
            good = put_journal_field(&entry, fields->key, fields->value);
    }
    return good && journal_send(log->journal, &entry);
}

void
log_say(struct log *log, enum log_level level, const char *event,
        const struct log_field *fields)
{
    if (level > log->level ||
        (log->journal >= 0 && send_entry(log, level, event, fields)) ||
        write_line(log, level, event, fields))
        return;
    log->lost++;
}

void
log_repeated(struct log *log, const char *event, const char *profile,
             unsigned untold, const struct tw_error *err)
{
    char message[sizeof err->message], repeated[16];
    char *hint;
    struct log_field fields[] = {{"profile", profile},
                                 {"status", tw_status_name(err->status)},
                                 {"repeated", untold ? repeated : NULL},
                                 {"message", message},
                                 {"hint", NULL},
                                 {NULL, NULL}};

    memcpy(message, err->message, sizeof message);
    hint = strchr(message, '\n');
    if (hint)
        *hint++ = '\0';
    fields[4].value = hint;
    (void)snprintf(repeated, sizeof repeated, "%u", untold);
    log_say(log, err->status == TW_E_RETRY ? LOG_WARN : LOG_ERROR, event,
            fields);
}

void
log_failure(struct log *log, const char *event, const char *profile,
            const struct tw_error *err)
{
    log_repeated(log, event, profile, 0, err);
}
