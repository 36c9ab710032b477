/* SPDX-License-Identifier: MIT */
/*
 * module.c - a name in, a checked provider out.
 *
 * dlopen(3) runs constructors before a symbol can be looked at, so directory
 * and file are opened and checked first, and dlopen is given the descriptor
 * by its /proc name: what was checked is what is loaded.  Descriptors stay
 * open, because the dynamic linker knows a module by that name and would give
 * an earlier module for a number used again.
 *
 * The other trap: the dynamic linker maps what the program headers (elf(5))
 * say and does not look whether the file has it, so one that was cut short, as
 * a full disk leaves it, is SIGBUS to whoever loads it.
 */
#include "helper/module/module.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/base/asked.h"
#include "helper/module/module_apart.h"
#include "helper/module/module_check.h"
#include "provider/base/auto.h"
#include "provider/base/text.h"

#define SYMBOL "tokenward_provider_v1"
#define SEGMENTS_MAX 64 /* of one file; a linker makes about ten */

static enum tw_status
check_owner(const struct stat *st, const char *dir, const char *file,
            struct tw_error *err)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return tw_fail(err, TW_E_MODULE,
                       "%s%s: belongs to uid %u; providers must belong to "
                       "root\nchown root %s%s",
                       dir, file, (unsigned)st->st_uid, dir, file);
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return tw_fail(err, TW_E_MODULE,
                       "%s%s: mode %04o lets others write it\n"
                       "chmod go-w %s%s",
                       dir, file, (unsigned)st->st_mode & 07777, dir, file);
    return TW_OK;
}

/* Bytes up to where something ends that a header speaks of; a file cannot be
 * as large as the most there is. */
static uint64_t
end_of(uint64_t begin, uint64_t size)
{
    return begin > UINT64_MAX - size ? UINT64_MAX : begin + size;
}

/* Of what is no ELF file of this machine's word size dlopen(3) has words of
 * its own. */
static bool
is_ours(const ElfW(Ehdr) * header, ssize_t n)
{
    return n > EI_CLASS && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] ==
               (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32);
}

static enum tw_status
check_whole(int fd, uint64_t size, const char *dir, const char *file,
            struct tw_error *err)
{
    ElfW(Ehdr) header = {.e_phnum = 0};
    ElfW(Phdr) segments[SEGMENTS_MAX];
    ssize_t n = pread(fd, &header, sizeof header, 0);
    uint64_t wanted = sizeof header;
    size_t bytes;

    if (!is_ours(&header, n))
        return TW_OK;
    if (header.e_phnum > SEGMENTS_MAX)
        return tw_fail(err, TW_E_MODULE, "%s%s: has more than %d segments",
                       dir, file, SEGMENTS_MAX);
    bytes = header.e_phnum * sizeof *segments;
    if (n == (ssize_t)sizeof header)
        wanted = end_of(header.e_phoff, bytes);
    if (size >= wanted &&
        pread(fd, segments, bytes, (off_t)header.e_phoff) == (ssize_t)bytes) {
        for (size_t i = 0; i < header.e_phnum; i++) {
            uint64_t end = end_of(segments[i].p_offset, segments[i].p_filesz);

            if (segments[i].p_type == PT_LOAD && end > wanted)
                wanted = end;
        }
    }
    if (size < wanted)
        return tw_fail(err, TW_E_MODULE,
                       "%s%s: is cut short: %" PRIu64 " bytes, and its "
                       "headers speak of %" PRIu64
                       "\ninstall again the package that it comes from",
                       dir, file, size, wanted);
    return TW_OK;
}

/* What the host is short of says nothing of a provider: a source is not passed
 * over for it, and it is tried again. */
static enum tw_status
status_of(int reason)
{
    return reason == EMFILE || reason == ENFILE || reason == ENOMEM
               ? TW_E_SYSTEM
               : TW_E_MODULE;
}

static enum tw_status
open_directory(const char *dir, int *out, struct tw_error *err)
{
    AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    enum tw_status status;

    if (fd < 0 && status_of(errno) == TW_E_SYSTEM)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", dir);
    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail(err, TW_E_MODULE,
                       "%s: the directory of providers: %s\n"
                       "install tokenward, or name another one by "
                       "TOKENWARD_MODULE_DIR",
                       dir, strerrordesc_np(errno));
    status = check_owner(&st, dir, "", err);
    if (status)
        return status;
    *out = take_fd(&fd);
    return TW_OK;
}

static enum tw_status
open_file(const char *dir, const char *name, int *out, struct tw_error *err)
{
    AUTO_CLOSE int dir_fd = -1;
    AUTO_CLOSE int fd = -1;
    char file[64];
    struct stat st;
    enum tw_status status = open_directory(dir, &dir_fd, err);

    if (status)
        return status;
    (void)snprintf(file, sizeof file, "/%s" MODULE_SUFFIX, name);
    fd = openat(dir_fd, file + 1,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return tw_fail(err, TW_E_MODULE,
                       "no provider '%s': %s%s does not exist\n"
                       "tokenward providers lists what is installed",
                       name, dir, file);
    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail_errno(err, status_of(errno), errno, "%s%s", dir, file);
    if (!S_ISREG(st.st_mode))
        return tw_fail(err, TW_E_MODULE, "%s%s: is not a regular file", dir,
                       file);
    status = check_owner(&st, dir, file, err);
    if (!status)
        status = check_whole(fd, (uint64_t)st.st_size, dir, file, err);
    if (status)
        return status;
    *out = take_fd(&fd);
    return TW_OK;
}

static void
auto_module(struct module **module)
{
    module_free(*module);
}

static enum tw_status
load(const char *dir, const char *name, struct module **out,
     struct tw_error *err)
{
    AUTO(auto_module) struct module *module = calloc(1, sizeof *module);
    char path[32];
    const void *symbol;
    enum tw_status status;

    if (!module)
        return tw_no_memory(err);
    module->fd = -1;
    status = open_file(dir, name, &module->fd, err);
    if (status)
        return status;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", module->fd);
    asked_begin(name);
    module->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    asked_end();
    if (!module->handle) {
        struct shown shown;
        const char *reason = dlerror();

        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX ": cannot be loaded: %s", dir,
                       name, text_printable(&shown, reason, strlen(reason)));
    }
    symbol = dlsym(module->handle, SYMBOL);
    if (!symbol)
        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX
                       ": is no provider: it has no symbol " SYMBOL,
                       dir, name);
    status = module_check(symbol, dir, name, &module->provider, err);
    if (status)
        return status;
    *out = TAKE_POINTER(module);
    return TW_OK;
}

enum tw_status
modules_get(struct modules *modules, const char *name,
            const struct module **out, struct tw_error *err)
{
    struct module *module;
    enum tw_status status;

    for (module = modules->first; module; module = module->next) {
        if (!module->fault.status &&
            strcmp(module->provider.name, name) == 0) {
            *out = module;
            return TW_OK;
        }
    }
    if (!text_is_module_name(name))
        return tw_fail(err, TW_E_MODULE,
                       "a provider's name is a lower case letter, then at "
                       "most 31 of a-z 0-9 _ -");
    status = modules->broker && !module_is_our_name(name)
                 ? module_ask(modules, name, &module, err)
                 : load(modules->dir, name, &module, err);
    if (!module)
        return status;
    modules_add(modules, module);
    *out = module;
    return TW_OK;
}

static int
is_module_file(const struct dirent *entry)
{
    char name[64];
    size_t n = strlen(entry->d_name);

    if (n <= strlen(MODULE_SUFFIX) || n >= sizeof name ||
        strcmp(entry->d_name + n - strlen(MODULE_SUFFIX), MODULE_SUFFIX) != 0)
        return 0;
    memcpy(name, entry->d_name, n - strlen(MODULE_SUFFIX));
    name[n - strlen(MODULE_SUFFIX)] = '\0';
    return text_is_module_name(name);
}

enum tw_status
modules_each(struct modules *modules,
             void (*visit)(void *arg, const char *name,
                           const struct module *module,
                           const struct tw_error *err),
             void *arg, struct tw_error *err)
{
    AUTO_CLOSE int dir_fd = -1;
    struct dirent **entries;
    int count;
    enum tw_status status = open_directory(modules->dir, &dir_fd, err);

    if (status)
        return status;
    count = scandirat(dir_fd, ".", &entries, is_module_file, alphasort);
    if (count < 0)
        return tw_fail_errno(err, status_of(errno), errno, "%s", modules->dir);
    for (int i = 0; i < count; i++) {
        const struct module *module = NULL;
        struct tw_error failure = {0};

        entries[i]
            ->d_name[strlen(entries[i]->d_name) - strlen(MODULE_SUFFIX)] =
            '\0';
        (void)modules_get(modules, entries[i]->d_name, &module, &failure);
        visit(arg, entries[i]->d_name, module, &failure);
        free(entries[i]);
    }
    free(entries);
    return TW_OK;
}

const struct tw_option *
module_option(const struct module *module, const char *name)
{
    for (uint32_t i = 0; i < module->provider.option_count; i++) {
        if (strcmp(module->provider.options[i].name, name) == 0)
            return &module->provider.options[i];
    }
    return NULL;
}

void
modules_clear(struct modules *modules)
{
    struct module *next;

    for (struct module *module = modules->first; module; module = next) {
        next = module->next;
        module_free(module);
    }
    modules->first = NULL;
}
