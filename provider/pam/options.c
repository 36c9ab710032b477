/* SPDX-License-Identifier: MIT */
/*
 * options.c - the table of options, and its reader.  A mistake in a PAM stack
 * must not lock anybody out: it is logged, and its default holds.
 */
#include "provider/pam/options.h"

#include <string.h>
#include <syslog.h>

#include <security/pam_ext.h>

#include "provider/base/text.h"

struct row {
    const char *name; /* one that ends in '=' has a value */
    bool (*take)(struct options *options, const char *value);
};

static bool
take_deadline(struct options *options, const char *value)
{
    int64_t seconds;

    if (!text_to_int64(value, &seconds) || seconds < 0 ||
        seconds > DEADLINE_MAX_S)
        return false;
    options->deadline_s = seconds;
    return true;
}

static bool
take_debug(struct options *options, const char *value)
{
    (void)value;
    return options->debug = true;
}

static bool
take_min_uid(struct options *options, const char *value)
{
    int64_t uid;

    if (!text_to_int64(value, &uid) || uid < 1 || uid > UINT32_MAX)
        return false;
    options->min_uid = uid;
    return true;
}

static bool
take_profile(struct options *options, const char *value)
{
    if (!text_is_profile_name(value))
        return false;
    options->profile = value;
    return true;
}

static bool
take_required(struct options *options, const char *value)
{
    (void)value;
    return options->required = true;
}

/* Sorted by name, as the manual is. */
static const struct row ROWS[] = {
    {"deadline=", take_deadline}, {"debug", take_debug},
    {"min_uid=", take_min_uid},   {"profile=", take_profile},
    {"required", take_required},
};

static bool
take_word(struct options *options, const char *word)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t n = strlen(ROWS[i].name);
        bool valued = ROWS[i].name[n - 1] == '=';

        if (valued ? strncmp(word, ROWS[i].name, n) == 0
                   : strcmp(word, ROWS[i].name) == 0)
            return ROWS[i].take(options, word + n);
    }
    return false;
}

void
options_read(pam_handle_t *pamh, int argc, const char **argv,
             struct options *out)
{
    struct shown shown;

    *out = (struct options){.deadline_s = DEADLINE_DEFAULT_S,
                            .min_uid = MIN_UID_DEFAULT};
    for (int i = 0; i < argc; i++) {
        if (!take_word(out, argv[i]))
            pam_syslog(pamh, LOG_ERR,
                       "option '%s' is unknown or has no such value; see "
                       "pam_tokenward(8)",
                       text_printable(&shown, argv[i], strlen(argv[i])));
    }
}
