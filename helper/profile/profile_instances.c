/* SPDX-License-Identifier: MIT */
/*
 * profile_instances.c - the value of `instances` comes in, names go out; see
 * profile_instances.h.
 *
 * Whoever may write a name here says which secrets are read and for whom, so
 * file and directory are checked as a profile's are.
 */
#include "helper/profile/profile_instances.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/owned_file.h"
#include "helper/profile/profile_reader.h"
#include "helper/profile/profile_set.h"
#include "provider/base/text.h"

struct gathering {
    struct profile_template *template;
    struct profile_set *set;
    const struct profile_complaints *complaints;
    struct profile_reader reader;
    struct table known;
};

static void
auto_gathering(struct gathering *this)
{
    table_clear(&this->known);
}

/* One instance less, and nothing else. */
static void
complain(const struct gathering *this, const char *path, uint32_t line,
         uint32_t column, const char *name, const char *problem)
{
    char whole[TEXT_SHOWN_MAX + NAME_PART_MAX + 8];
    struct tw_error failure;
    struct shown shown;

    (void)snprintf(whole, sizeof whole, "%s%.*s", this->template->name,
                   TEXT_SHOWN_MAX, name);
    (void)tw_fail(&failure, TW_E_CONFIG,
                  "%s:%u:%u: profile '%s': the instance '%s' %s", path, line,
                  column, this->template->name,
                  text_printable(&shown, name, strlen(name)), problem);
    profile_complain(this->complaints, whole, &failure);
}

static enum tw_status
add(struct gathering *this, const char *path, uint32_t line, uint32_t column,
    const char *name)
{
    struct profile_template *template = this->template;

    if (!text_is_name_part(name)) {
        complain(this, path, line, column, name,
                 "must be 1 to 64 of A-Z a-z 0-9 . _ - and begin with a "
                 "letter, a digit or _");
        return TW_OK;
    }
    if (table_find(&this->known, name, "")) {
        complain(this, path, line, column, name, "stands there twice");
        return TW_OK;
    }
    if (template->count == PROFILE_INSTANCES_MAX)
        return profile_refuse(&this->reader, template->listed,
                              "more than %d instances", PROFILE_INSTANCES_MAX);
    if (!profile_template_add(template, name, line, column))
        return tw_no_memory(this->reader.err);
    name = template->instances[template->count - 1].name;
    return table_add(&this->known, name, "", name)
               ? TW_OK
               : tw_no_memory(this->reader.err);
}

static enum tw_status
add_list(struct gathering *this, const struct yaml_node *value)
{
    const struct yaml_node *item = NULL;
    enum tw_status status;
    size_t count = 0, n = 0;

    if (value->kind == YAML_LIST && !value->child)
        return TW_OK; /* none yet */
    status = profile_value_list(&this->reader, "instances", value,
                                PROFILE_INSTANCES_MAX, &item, &count);
    for (; !status && count; count--, item = item->next) {
        status = profile_value_line(&this->reader, "instances", item, &n);
        if (!status)
            status = add(this, this->template->context.file, item->line,
                         item->column, item->text);
    }
    return status;
}

/* What the profile names is a fault of the profile's when it is not there. */
static enum tw_status
fail_opened(const struct gathering *this, const struct yaml_node *value,
            const struct tw_error *failure)
{
    if (failure->status == TW_E_SYSTEM)
        return error_copy(this->reader.err, failure);
    return profile_refuse(&this->reader, value, "instances: %s",
                          failure->message);
}

/* A name in each line; @text may be cut. */
static enum tw_status
add_lines(struct gathering *this, const char *path, char *text)
{
    static const char SPACES[] = " \t\r";
    enum tw_status status = TW_OK;

    for (uint32_t line = 1; text && !status; line++) {
        char *next = strchr(text, '\n'), *name = text, *end;

        if (next)
            *next++ = '\0';
        name += strspn(name, SPACES);
        end = name + strlen(name);
        while (end > name && strchr(SPACES, end[-1]))
            *--end = '\0';
        if (*name && *name != '#')
            status = add(this, path, line, (uint32_t)(name - text) + 1, name);
        text = next;
    }
    return status;
}

static enum tw_status
add_file(struct gathering *this, const struct yaml_node *value)
{
    char *path = NULL;
    AUTO_SECRET text = SECRET_INIT(INSTANCES_FILE_MAX);
    AUTO_CLOSE int fd = -1;
    bool system = this->reader.context->system;
    const struct owned_rule rule = {.root_too = system,
                                    .follow = !system && geteuid() != 0,
                                    .forbidden = 022,
                                    .wanted = system ? 0644 : 0600};
    struct owned_path where = {.dir = AT_FDCWD};
    struct tw_error failure;
    struct stat st;
    enum tw_status status =
        profile_value_path(&this->reader, "list", value, &path);

    if (status)
        return status;
    where.name = where.path = where.label = path;
    if (!profile_set_look(this->set, path))
        return tw_no_memory(this->reader.err);
    status = owned_file_open(&where, &rule, &fd, &st, &failure);
    if (!status)
        status = owned_file_read(fd, path, &st, &text, &failure);
    if (status)
        return fail_opened(this, value, &failure);
    if (text.len && memchr(text.bytes, '\0', text.len))
        return profile_refuse(&this->reader, value, "%s: holds a NUL", path);
    return text.len ? add_lines(this, path, text.bytes) : TW_OK;
}

/* What stands for %i between @head and @tail, or NULL. */
static const char *
cut(char *name, const char *head, const char *tail)
{
    size_t n = strlen(name), before = strlen(head), after = strlen(tail);

    if (n <= before + after || strncmp(name, head, before) != 0 ||
        strcmp(name + n - after, tail) != 0)
        return NULL;
    name[n - after] = '\0';
    return text_is_name_part(name + before) ? name + before : NULL;
}

static enum tw_status
add_entries(struct gathering *this, const struct yaml_node *value, int fd,
            const char *path, const char *head, const char *tail)
{
    AUTO_CLOSE int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    AUTO_CLOSEDIR DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    enum tw_status status = TW_OK;
    struct dirent *entry;

    if (!dir)
        return tw_fail_errno(this->reader.err, TW_E_SYSTEM, errno, "%s", path);
    copy = -1;
    for (errno = 0; !status && (entry = readdir(dir)); errno = 0) {
        const char *name =
            entry->d_type == DT_DIR ? NULL : cut(entry->d_name, head, tail);

        if (name)
            status = add(this, this->template->context.file, value->line,
                         value->column, name);
    }
    return status || !errno ? status
                            : tw_fail_errno(this->reader.err, TW_E_SYSTEM,
                                            errno, "%s", path);
}

/* "DIR/HEAD%iTAIL": each file of that form is an instance. */
static enum tw_status
add_files(struct gathering *this, const struct yaml_node *value)
{
    char *path = NULL;
    AUTO_CLOSE int fd = -1;
    struct owned_path where = {.dir = AT_FDCWD};
    struct profile_source *source;
    struct tw_error failure;
    struct stat st;
    char *slash, *percent;
    enum tw_status status =
        profile_value_path(&this->reader, "files", value, &path);

    if (status)
        return status;
    slash = strrchr(path, '/');
    percent = strchr(path, '%');
    if (!percent || percent < slash || percent[1] != SPECIFIER_INSTANCE ||
        strchr(percent + 1, '%'))
        return profile_refuse(&this->reader, value,
                              "files must have one %%i, in the last part of "
                              "the path: that is the instance's name");
    *slash = *percent = '\0';
    where.name = where.path = where.label = path;
    source = profile_set_look(this->set, path);
    if (!source)
        return tw_no_memory(this->reader.err);
    source->whole = true;
    status = owned_directory_open(&where, false, &fd, &st, &failure);
    if (status)
        return fail_opened(this, value, &failure);
    return add_entries(this, value, fd, path, slash + 1, percent + 2);
}

enum tw_status
profile_instances_load(struct profile_template *template,
                       struct profile_set *set,
                       const struct profile_complaints *complaints,
                       struct tw_error *err)
{
    AUTO(auto_gathering)
    struct gathering this = {.template = template,
                             .set = set,
                             .complaints = complaints,
                             .reader = {.context = &template->context,
                                        .entry = template->entry,
                                        .err = err}};
    const struct yaml_node *value = template->listed, *only;

    if (!value)
        return TW_OK;
    if (value->kind != YAML_MAP)
        return add_list(&this, value);
    only = value->child;
    if (only && !only->next && strcmp(only->key->text, "list") == 0)
        return add_file(&this, only);
    if (only && !only->next && strcmp(only->key->text, "files") == 0)
        return add_files(&this, only);
    return profile_refuse(
        &this.reader, value,
        "instances must be a list of names, {list: PATH} "
        "with a name in each line, or {files: PATH} with %%i "
        "in the path");
}
