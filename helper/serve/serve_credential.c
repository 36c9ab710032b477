/* SPDX-License-Identifier: MIT */
/*
 * serve_credential.c - what is done for a unit that comes for its token: is it
 * one of the readers, is there a token, else it waits for the fetch; see
 * serve.h.
 *
 * A token that is alive is handed over whatever became of its refresh.
 */
#include "helper/serve/serve.h"

/* To whoever looks after the unit, who sees an empty credential. */
static void
refuse(struct serve *serve, struct load *load, enum tw_status status,
       const char *why)
{
    struct tw_error err;

    (void)tw_fail(&err, status ? status : TW_E_NOT_FOUND,
                  "unit '%.128s' was not handed the token of '%s': %.400s",
                  load->claim.unit, load->claim.profile, why);
    log_failure(&serve->log, "credential", load->claim.profile, &err);
    load_refuse(load);
}

/* A user's own manager starts what the user likes. */
static bool
is_reader(const struct serve *serve, const struct profile *profile,
          const struct load *load)
{
    return !serve->store.system ||
           readers_has_unit(profile_readers(profile), load->claim.unit);
}

/* The ward and its profile; NULL: @err says why not. */
static struct ward *
find(const struct serve *serve, const struct load *load,
     const struct profile **profile, struct tw_error *err)
{
    struct ward *ward = wards_find(&serve->wards, load->claim.profile);

    if (!ward || ward->is_given_up)
        (void)tw_fail(err, TW_E_NOT_FOUND, "there is no such profile");
    else if (!ward_profile(&serve->wards, ward, profile, err))
        return ward;
    return NULL;
}

/* Asked again after a wait: profile and readers may have changed. */
static void
conclude(struct serve *serve, struct load *load, const struct tw_error *result)
{
    AUTO_RECORD record = RECORD_INIT;
    const struct audit_answer answer = {"credential", load->claim.unit,
                                        load->uid, load->pid};
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;

    if (!find(serve, load, &profile, &err))
        refuse(serve, load, (enum tw_status)err.status, err.message);
    else if (!is_reader(serve, profile, load))
        refuse(serve, load, TW_E_ACCESS,
               "it is none of the profile's readers: {units: [...]}");
    else if (serve_alive(serve, profile, &record)) {
        audit_tell(&serve->audit, &answer, &record, clock_now().wall);
        load_hand(load, record.token, record.token_len);
    } else
        refuse(serve, load, (enum tw_status)result->status,
               result->status ? result->message : "there is none");
}

static void
tell(struct waiter *waiter, const struct tw_error *result)
{
    struct load *load = (struct load *)waiter;

    conclude(load->credential->host.arg, load, result);
}

void
serve_loads(void *arg, struct load *load)
{
    static const struct tw_error GOOD = {.status = TW_OK};
    struct serve *serve = arg;
    AUTO(auto_release) const struct profile *profile = NULL;
    struct ward *ward = find(serve, load, &profile, NULL);

    if (!ward || !is_reader(serve, profile, load) ||
        serve_is_good(serve, profile, TW_MIN_VALID_DEFAULT)) {
        conclude(serve, load, &GOOD);
        return;
    }
    load->waiter.told = tell;
    serve_await(serve, ward, &load->waiter, TW_MIN_VALID_DEFAULT);
}

void
serve_load_vain(void *arg, const struct tw_error *err)
{
    struct serve *serve = arg;

    log_failure(&serve->log, "credential", NULL, err);
}
