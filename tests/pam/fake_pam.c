/* SPDX-License-Identifier: MIT */
/*
 * fake_pam.c - the part of libpam that pam_tokenward uses, in one handle that
 * keeps what it was told; see fake.h.
 */
#include <pwd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

#include "tests/pam/fake.h"

#define DATA_MAX 4

struct datum {
    char *name;
    void *data;
    void (*release)(pam_handle_t *pamh, void *data, int status);
};

struct pam_handle {
    const char *user;
    char *environment[FAKE_LINES_MAX];
    size_t environment_count;
    struct datum data[DATA_MAX];
    size_t data_count;
};

/* Of all handles, and of the processes that were forked with them. */
static char *shared_log;

static char *
log_text(void)
{
    if (!shared_log)
        shared_log = mmap(NULL, FAKE_TEXT_MAX, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared_log == MAP_FAILED)
        abort();
    return shared_log;
}

pam_handle_t *
fake_pam_start(const char *user)
{
    pam_handle_t *pamh = calloc(1, sizeof *pamh);

    if (!pamh)
        abort();
    pamh->user = user;
    return pamh;
}

static void
release(pam_handle_t *pamh, struct datum *datum)
{
    if (datum->release)
        datum->release(pamh, datum->data, PAM_SUCCESS);
    datum->data = NULL;
}

void
fake_pam_end(pam_handle_t *pamh)
{
    for (size_t i = 0; i < pamh->data_count; i++) {
        release(pamh, &pamh->data[i]);
        free(pamh->data[i].name);
    }
    for (size_t i = 0; i < pamh->environment_count; i++)
        free(pamh->environment[i]);
    free(pamh);
}

void
fake_pam_log(char *out, size_t size)
{
    (void)snprintf(out, size, "%s", log_text());
    log_text()[0] = '\0';
}

void
fake_pam_environment(const pam_handle_t *pamh, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < pamh->environment_count && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s\n", pamh->environment[i]);
}

int
pam_get_item(const pam_handle_t *pamh, int type, const void **item)
{
    if (fake_fails("pam_get_item"))
        return PAM_SYSTEM_ERR;
    *item = type == PAM_USER                              ? pamh->user
            : type == PAM_SERVICE && fake.service_name[0] ? fake.service_name
                                                          : NULL;
    return PAM_SUCCESS;
}

int
pam_set_data(pam_handle_t *pamh, const char *name, void *data,
             void (*cleanup)(pam_handle_t *pamh, void *data, int status))
{
    struct datum *datum = pamh->data;

    if (fake_fails("pam_set_data"))
        return PAM_BUF_ERR;
    while (datum < pamh->data + pamh->data_count &&
           strcmp(datum->name, name) != 0)
        datum++;
    if (datum == pamh->data + DATA_MAX)
        return PAM_BUF_ERR;
    if (datum == pamh->data + pamh->data_count) {
        datum->name = strdup(name);
        pamh->data_count++;
    } else {
        release(pamh, datum);
    }
    datum->data = data;
    datum->release = cleanup;
    return PAM_SUCCESS;
}

int
pam_get_data(const pam_handle_t *pamh, const char *name, const void **data)
{
    for (size_t i = 0; i < pamh->data_count; i++) {
        if (strcmp(pamh->data[i].name, name) == 0) {
            *data = pamh->data[i].data;
            return PAM_SUCCESS;
        }
    }
    return PAM_NO_MODULE_DATA;
}

static size_t
find_variable(const pam_handle_t *pamh, const char *name)
{
    size_t n = strcspn(name, "="), i = 0;

    while (i < pamh->environment_count &&
           (strncmp(pamh->environment[i], name, n) != 0 ||
            pamh->environment[i][n] != '='))
        i++;
    return i;
}

const char *
pam_getenv(pam_handle_t *pamh, const char *name)
{
    size_t i = find_variable(pamh, name);

    return i < pamh->environment_count
               ? pamh->environment[i] + strlen(name) + 1
               : NULL;
}

int
pam_putenv(pam_handle_t *pamh, const char *assignment)
{
    size_t i = find_variable(pamh, assignment);

    if (fake_fails("pam_putenv") || i == FAKE_LINES_MAX)
        return PAM_BUF_ERR;
    if (i == pamh->environment_count)
        pamh->environment_count++;
    else
        free(pamh->environment[i]);
    pamh->environment[i] = strdup(assignment);
    return PAM_SUCCESS;
}

void
pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
    static const char *const LEVELS[] = {"emerg",   "alert",  "crit", "err",
                                         "warning", "notice", "info", "debug"};
    char *log = log_text();
    size_t n = strlen(log);
    va_list arguments;

    (void)pamh;
    n += (size_t)snprintf(log + n, FAKE_TEXT_MAX - n, "%s ",
                          LEVELS[priority & LOG_PRIMASK]);
    va_start(arguments, format);
    if (n < FAKE_TEXT_MAX)
        n += (size_t)vsnprintf(log + n, FAKE_TEXT_MAX - n, format, arguments);
    va_end(arguments);
    if (n < FAKE_TEXT_MAX)
        (void)snprintf(log + n, FAKE_TEXT_MAX - n, "\n");
}

struct passwd *
pam_modutil_getpwnam(pam_handle_t *pamh, const char *name)
{
    static struct passwd service = {.pw_name =
                                        (char *)(uintptr_t)TW_SERVICE_USER};

    (void)pamh;
    if (fake_fails("getpwnam"))
        return NULL;
    service.pw_uid = fake.service_uid;
    service.pw_gid = fake.service_uid;
    if (strcmp(name, TW_SERVICE_USER) == 0)
        return fake.service_uid ? &service : NULL;
    return strcmp(name, fake.entry.pw_name) == 0 ? &fake.entry : NULL;
}
