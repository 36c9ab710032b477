/* SPDX-License-Identifier: MIT */
/*
 * profile_provider.c - provider: a name comes in, the module that serves the
 * profile goes out.
 *
 * One of several sources is not needed by the others: what is wrong with its
 * module is kept, and told when it would be asked.
 *
 * A provider may be installed, or mended, after the profile that needs it: its
 * file is one that the set was made of, so that who has the set, or an index
 * of it, sees the change.
 */
#include <limits.h>
#include <stdio.h>

#include "helper/profile/profile_reader.h"
#include "helper/profile/profile_set.h"
#include "provider/base/text.h"

static enum tw_status
get_module(const struct profile_reader *reader, const char *name,
           struct tw_error *failure)
{
    struct modules *modules = reader->context->modules;
    struct profile_set *set = reader->context->set;
    enum tw_status status =
        modules_get(modules, name, &reader->profile->module, failure);
    char path[PATH_MAX];

    if (status != TW_E_MODULE || !set ||
        snprintf(path, sizeof path, "%s/%s" MODULE_SUFFIX, modules->dir,
                 name) >= (int)sizeof path ||
        profile_set_look_once(set, path))
        return status;
    return tw_no_memory(failure);
}

enum tw_status
profile_use_provider(const struct profile_reader *reader,
                     const struct yaml_node *where, const char *name)
{
    struct modules *modules = reader->context->modules;
    const struct module **module = &reader->profile->module;
    struct tw_error failure;
    enum tw_status status = get_module(reader, name, &failure);

    if (status == TW_E_MODULE && reader->context->in_stack)
        return modules_stand_in(modules, name, &failure, module, reader->err);
    if (!status)
        return TW_OK;
    (void)profile_refuse(reader, where, "provider: %s", failure.message);
    if (reader->err)
        reader->err->status = (int32_t)status;
    return status;
}

enum tw_status
profile_read_provider(const struct profile_reader *reader,
                      const struct yaml_node *value)
{
    size_t n = 0;
    enum tw_status status =
        profile_value_line(reader, value->key->text, value, &n);

    if (status)
        return status;
    if (n != value->len || !text_is_module_name(value->text))
        return profile_refuse(reader, value,
                              "provider must be a name: a lower case letter, "
                              "then at most 31 of a-z 0-9 _ -");
    return profile_use_provider(reader, value, value->text);
}
