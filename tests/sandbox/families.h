/* SPDX-License-Identifier: MIT */
/*
 * families.h - refresh tokens that rotate, and what was sold with them.
 *
 * A login begins a family; each refresh token of it is good once and brings
 * the next (RFC 9700 4.14.2).  One that comes a second time was stolen, by
 * whoever sent it: the family dies, with its access tokens.  Safe to use from
 * any thread.
 */
#ifndef TW_SANDBOX_FAMILIES_H
#define TW_SANDBOX_FAMILIES_H

#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"
#include "tests/sandbox/client.h"

#define FAMILIES_MAX 8192         /* logins; the oldest is forgotten */
#define FAMILIES_TOKENS_MAX 32768 /* tokens of all of them; as before */
#define FAMILIES_TOKEN_MAX 64     /* bytes of one; longer ones are not kept */

struct families;

enum redeemed { REDEEM_GOOD, REDEEM_UNKNOWN, REDEEM_REUSED, REDEEM_DEAD };

enum tw_status families_new(struct families **out, struct tw_error *err);
void families_free(struct families *families);

/* families_begin: a new login of @client; @scope is copied.  Gives its number
 * and its first refresh token; false: out of memory. */
bool families_begin(struct families *families, const struct client *client,
                    struct span scope, uint64_t *family,
                    struct secret *refresh_token);

/* families_redeem: a refresh token comes back.  @keep: it stays good, and
 * @next is the same.  @grace_ms: one that was used is good for so long. */
struct redemption {
    const struct client *client;
    struct span token;
    bool keep;
    int64_t grace_ms;
};
enum redeemed families_redeem(struct families *families,
                              const struct redemption *redemption,
                              uint64_t *family, struct secret *scope,
                              struct secret *next);

/* families_end: as if it had been revoked. */
void families_end(struct families *families, uint64_t family);

/* families_sold: this access token was sold to @client, and belongs to
 * @family, or NULL: to none. */
void families_sold(struct families *families, const struct client *client,
                   const uint64_t *family, struct span access_token);

/* families_revoke: a refresh token's family, or an access token alone; false:
 * it is none of this client's. */
bool families_revoke(struct families *families, const struct client *client,
                     struct span token);

/* families_is_active: as of now; nothing is used up. */
bool families_is_active(struct families *families, struct span token);

/* families_print: a line for each family: number, state, rotations. */
bool families_print(struct families *families, struct secret *out);

#endif
