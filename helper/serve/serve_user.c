/* SPDX-License-Identifier: MIT */
/*
 * serve_user.c - an instance that a user of this host asks for comes into
 * being; see serve.h.
 *
 * Who asks, the kernel says, and an instance is had by its own user alone.
 * The user database is asked for the caller's name and for no other, but once:
 * a helper that is started anew does not know who asked the one before it, and
 * whoever reads a token's file rings for nothing.
 */
#include <string.h>
#include <unistd.h>

#include "helper/base/own_directory.h"
#include "helper/serve/serve.h"

static bool
is_reader(const struct profile_template *template, const struct peer *peer)
{
    return profile_template_has_user(template, peer->uid, peer->groups,
                                     peer->group_count);
}

/* May one of @template's be for @peer?  What a login had kept is its user's to
 * give up, who may be no reader any more; but nothing of it is to stay. */
static bool
may_be_for(const struct serve *serve, const struct profile_template *template,
           const struct peer *peer, const struct bell_request *request)
{
    return is_reader(template, peer) ||
           (request->command == BELL_LEAVE &&
            serve_leave_ends(template->sample, request->profile) &&
            store_has(&serve->store, request->profile));
}

/* Is it the instance of this very user, who may have one?  @was_own: it was
 * the last time, which is believed while the user database says nothing. */
static enum tw_status
check_own(const struct serve *serve, const struct profile_template *template,
          const struct bell_request *request, const struct peer *peer,
          bool was_own, struct tw_error *err)
{
    char own[NAME_PART_MAX + 1] = "";

    if (may_be_for(serve, template, peer, request) &&
        !namer_name(serve->namer, peer->uid, loop_now_ms(), own))
        return was_own
                   ? TW_OK
                   : tw_fail(
                         err, TW_E_RETRY,
                         "the user database has not said yet who user %u is",
                         (unsigned)peer->uid);
    if (strcmp(own, strchr(request->profile, '@') + 1) != 0)
        return tw_fail(err, TW_E_ACCESS,
                       "'%s' is had by the user of that name who is one of "
                       "the readers of '%s', and by nobody else",
                       request->profile, template->name);
    return TW_OK;
}

/* Somebody else had the name before, or nobody.  What cannot be opened for
 * this one, and closed to that one, is tried again, and not called good. */
static enum tw_status
give(struct serve *serve, const struct profile_template *template,
     const char *name, const struct peer *peer, struct ward **ward,
     struct tw_error *err)
{
    if (!*ward)
        *ward = wards_add_user(&serve->wards, template, name, peer->uid);
    if (!*ward)
        return tw_no_memory(err);
    (*ward)->uid = peer->uid;
    (*ward)->is_given_up = !is_reader(template, peer);
    (void)ward_look(&serve->wards, *ward, &serve->store, clock_now());
    return serve_admit(serve, *ward, err);
}

/* The users' template of which @name would be an instance, or NULL. */
static const struct profile_template *
template_of(const struct serve *serve, const struct ward *ward,
            const char *name)
{
    const struct profile_template *template =
        ward ? ward->users : profiles_template(&serve->era->set, name);

    return template && template->of_users ? template : NULL;
}

/* The service and root may have what is there. */
static bool
may_have(const struct peer *peer, const struct ward *ward)
{
    return ward && !ward->is_given_up &&
           (peer->uid == 0 || peer->uid == geteuid());
}

bool
serve_user_leaves(const struct peer *peer, const struct ward *ward,
                  const struct bell_request *request)
{
    return request->command == BELL_LEAVE && ward && ward->uid == peer->uid;
}

bool
serve_user_is_unnamed(struct serve *serve, const struct peer *peer,
                      const struct bell_request *request)
{
    const struct ward *ward = wards_find(&serve->wards, request->profile);
    const struct profile_template *template =
        template_of(serve, ward, request->profile);
    char own[NAME_PART_MAX + 1];

    return template && !may_have(peer, ward) &&
           !serve_user_leaves(peer, ward, request) &&
           may_be_for(serve, template, peer, request) &&
           !namer_name(serve->namer, peer->uid, loop_now_ms(), own);
}

enum tw_status
serve_user(struct serve *serve, const struct peer *peer,
           const struct bell_request *request, struct ward **ward,
           struct tw_error *err)
{
    const char *name = request->profile;
    const struct profile_template *template = template_of(serve, *ward, name);
    enum tw_status status;
    bool was_own;

    if (!template)
        return tw_fail(err, TW_E_NOT_FOUND,
                       "the resident helper has no profile '%s'", name);
    if (may_have(peer, *ward))
        return TW_OK;
    was_own = *ward && (*ward)->uid == peer->uid && !(*ward)->is_given_up;
    status = check_own(serve, template, request, peer, was_own, err);
    if (status || (was_own && !(*ward)->is_unadmitted))
        return status;
    return give(serve, template, name, peer, ward, err);
}

/* Its user may have it still, and had it lately. */
static void
resume(struct serve *serve, const char *name, struct now now)
{
    AUTO(auto_release) const struct profile *profile = NULL;
    AUTO_RECORD record = RECORD_INIT;
    const struct profile_template *template =
        text_is_profile_name(name) ? profiles_template(&serve->era->set, name)
                                   : NULL;
    struct ward *ward;

    if (!template || !template->of_users || wards_find(&serve->wards, name) ||
        profiles_find(&serve->era->set, name, &profile, NULL) ||
        !serve_alive(serve, profile, &record))
        return;
    ward = wards_add_user(&serve->wards, template, name,
                          profile->readers->users[0]);
    if (!ward) {
        (void)tw_no_memory(&serve->broken);
        return;
    }
    ward->asked = now.boot;
    /* The name may be somebody else's by now. */
    (void)serve_admit(serve, ward, NULL);
    (void)ward_look(&serve->wards, ward, &serve->store, now);
    if (!schedule_put(&serve->schedule, &ward->entry, now))
        (void)tw_no_memory(&serve->broken);
}

void
serve_resume_users(struct serve *serve)
{
    AUTO_CLOSEDIR DIR *list =
        serve->store.system ? own_directory_list(serve->store.root) : NULL;
    struct now now = clock_now();
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        if (strchr(entry->d_name, '@'))
            resume(serve, entry->d_name, now);
    }
}
