/* SPDX-License-Identifier: MIT */
/*
 * fence_needs.c - see fence_needs.h.
 */
#include "helper/fence/fence_needs.h"

#include <string.h>
#include <strings.h>

static void
need_key(const struct key_source *key, struct fence_needs *needs)
{
    enum key_home home = key->uri ? key_home(key->uri) : KEY_AT_HOME;

    needs->tpm = needs->tpm || home == KEY_IN_TPM;
    needs->pkcs11 = needs->pkcs11 || home == KEY_IN_PKCS11;
}

static void
need_proxy(const struct environment *environment, struct fence_needs *needs)
{
    for (char **variable = environment->allowed; variable && *variable;
         variable++) {
        size_t n = strcspn(*variable, "=");

        if (n > 6 && strncasecmp(*variable + n - 6, "_proxy", 6) == 0 &&
            strncasecmp(*variable, "no_", 3) != 0)
            needs->anywhere = true;
    }
}

static void
need_source(const struct profile *source, struct fence_needs *needs)
{
    needs->state = needs->state || source->request.max_fetches ||
                   source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN;
    needs->anywhere = needs->anywhere || source->issuer;
    need_key(&profile_assertion(source)->key, needs);
    need_key(&profile_identity(source)->key, needs);
}

struct fence_needs
fence_survey(const struct profile *const *profiles, size_t count,
             const struct environment *environment, bool state)
{
    struct fence_needs needs = {.state = state};

    need_proxy(environment, &needs);
    for (size_t i = 0; i < count; i++) {
        const struct secret_source *secret;

        needs.bearer_file = needs.bearer_file || profiles[i]->wlcg_discovery;
        for (size_t j = 0; (secret = profile_secret(profiles[i], j)); j++)
            needs.commands = needs.commands || secret->kind == SECRET_COMMAND;
        needs.hooks = needs.hooks || profile_has_hook(profiles[i]);
        for (const struct profile *source = profiles[i]; source;
             source = source->then)
            need_source(source, &needs);
    }
    needs.anywhere = needs.anywhere || needs.tpm || needs.pkcs11;
    return needs;
}
