/* SPDX-License-Identifier: MIT */
/*
 * serve_user.c - an instance that a user of this host asks for comes into
 * being; see serve.h.
 *
 * Who asks, the kernel says, and an instance is had by its own user alone.
 * The trap is the user database, which may be a slow server's: it is asked
 * for the caller's name and for no other, and not again for a while.
 */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "helper/serve.h"
#include "provider/base/text.h"

#define NAME_MS 60000 /* that a name is believed */

/* The name of @uid; "": it has none that could be an instance's. */
static const char *
name_of(struct user_names *names, uid_t uid, int64_t now_ms)
{
    struct user_name *known = &names->names[uid % USER_NAMES];
    const struct passwd *user;

    if (known->until_ms > now_ms && known->uid == uid)
        return known->text;
    user = getpwuid(uid);
    *known = (struct user_name){.uid = uid, .until_ms = now_ms + NAME_MS};
    if (user && text_is_name_part(user->pw_name))
        (void)strcpy(known->text, user->pw_name);
    return known->text;
}

/* Is @name the instance of this very user, who may have one? */
static bool
is_own(struct serve *serve, const struct profile_template *template,
       const char *name, const struct peer *peer)
{
    return profile_template_has_user(template, peer->uid, peer->groups,
                                     peer->group_count) &&
           strcmp(name_of(&serve->user_names, peer->uid, loop_now_ms()),
                  strchr(name, '@') + 1) == 0;
}

/* Somebody else had the name before, or nobody. */
static enum tw_status
give(struct serve *serve, const struct profile_template *template,
     const char *name, uid_t uid, struct ward **ward, struct tw_error *err)
{
    if (!*ward)
        *ward = wards_add_user(&serve->wards, template, name, uid);
    if (!*ward)
        return tw_no_memory(err);
    (*ward)->uid = uid;
    (void)ward_look(&serve->wards, *ward, &serve->store, clock_now());
    return ward_admit(&serve->wards, *ward, &serve->store, err);
}

enum tw_status
serve_user(struct serve *serve, const struct peer *peer, const char *name,
           struct ward **ward, struct tw_error *err)
{
    const struct profile_template *template =
        *ward ? (*ward)->users : profiles_template(&serve->era->set, name);

    if (!template || !template->of_users)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "the resident helper has no profile '%s'", name);
    if (*ward && (peer->uid == 0 || peer->uid == geteuid()))
        return TW_OK;
    if (!is_own(serve, template, name, peer))
        return tw_fail(err, TW_E_ACCESS,
                       "'%s' is had by the user of that name who is one of "
                       "the readers of '%s', and by nobody else",
                       name, template->name);
    if (*ward && (*ward)->uid == peer->uid)
        return TW_OK;
    return give(serve, template, name, peer->uid, ward, err);
}
