/* SPDX-License-Identifier: MIT */
/*
 * module.h - providers, loaded by bare name from one directory.
 *
 * Owner and mode of directory and file are checked on the open descriptor,
 * and that descriptor is what dlopen(3) is given: a module that fails the
 * check never runs a constructor.
 */
#ifndef TW_HELPER_MODULE_H
#define TW_HELPER_MODULE_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/mark.h"
#include "provider/tokenward-provider.h"

#define MODULE_SUFFIX ".so" /* behind the name, of its file */

struct broker;

struct module {
    struct tw_provider_v1
        provider; /* the smaller of the two sizes, the rest zero */
    void *handle;
    int fd;     /* stays open: dlopen(3) knows the module by its number */
    char *told; /* what the table points into, of one that is not loaded */
    struct tw_option *options; /* its own, of the same */
    struct tw_error fault;    /* of one that stands in for what is not there */
    _Atomic int64_t asked_ms; /* of one that ended who loaded it, or 0 */
    struct mark mark;         /* its file, of the same */
    struct module *next;
    char own_name[]; /* of those that have a fault */
};

/* One is added before all others and never changed then, but for asked_ms, so
 * that two threads may use them at once; at worst both load the same one. */
struct modules {
    const char *dir;
    const struct broker *broker; /* NULL: all are loaded here.  Else those of
                                    others are not, see module_apart.h */
    _Atomic int64_t begun_ms;    /* all profiles began to be read */
    struct module *_Atomic first;
};

/* modules_add, module_free: for who makes one. */
void modules_add(struct modules *modules, struct module *module);
void module_free(struct module *module);

/* modules_get: loads @name once, then gives the same.
 * TW_E_MODULE: bad name, missing (says where it looked), wrong owner or mode,
 * no entry symbol, another ABI, a table that contradicts itself. */
enum tw_status modules_get(struct modules *modules, const char *name,
                           const struct module **out, struct tw_error *err);

/* modules_stand_in: one that can do nothing, for a source that @name was to
 * serve, which modules_get() refused for @fault.  TW_E_SYSTEM: no memory. */
enum tw_status modules_stand_in(struct modules *modules, const char *name,
                                const struct tw_error *fault,
                                const struct module **out,
                                struct tw_error *err);

/* modules_each: every module file of the directory in order of names. */
enum tw_status modules_each(struct modules *modules,
                            void (*visit)(void *arg, const char *name,
                                          const struct module *module,
                                          const struct tw_error *err),
                            void *arg, struct tw_error *err);

/* module_is_ours: one of this package's, which were tested with this helper.
 */
bool module_is_ours(const struct module *module);
bool module_is_our_name(const char *name);

const struct tw_option *module_option(const struct module *module,
                                      const char *name);

void modules_clear(struct modules *modules);

#endif
