// SPDX-License-Identifier: MIT
/*
 * grants.mjs - token exchange (RFC 8693) and the JWT bearer grant (RFC 7523
 * 2.1), which oidc-provider leaves to those who run it.  Client, parameters
 * and errors are its own; what is decided here is which token is believed.
 */
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { errors } from 'oidc-provider';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

// A token for the client that asks, with a part of the scope it may have.
async function issue(ctx, allowed, more) {
  const { client, params, provider } = ctx.oidc;
  const wanted = params.scope ? params.scope.split(' ') : allowed;
  const refused = wanted.find((scope) => !allowed.includes(scope));
  if (refused) throw new errors.InvalidScope('requested scope is not allowed', refused);
  const token = new provider.ClientCredentials({ client, scope: wanted.join(' ') });
  ctx.body = {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope: token.scope,
    ...more,
  };
}

// One living token of this server's for another, of the same scope or less.
async function exchange(ctx, next) {
  const { params, provider } = ctx.oidc;
  if (params.subject_token_type !== ACCESS_TOKEN) {
    throw new errors.InvalidRequest('subject_token_type is none that is taken here');
  }
  const subject = await provider.ClientCredentials.find(params.subject_token || '');
  if (!subject) throw new errors.InvalidRequest('subject_token is invalid');
  await issue(ctx, (subject.scope || '').split(' '), { issued_token_type: ACCESS_TOKEN });
  await next();
}

// An assertion of the client, signed with this key, for this server.
function bearer(key) {
  return async (ctx, next) => {
    const { client, params, provider } = ctx.oidc;
    try {
      await jwtVerify(params.assertion || '', key, {
        issuer: client.clientId,
        audience: [provider.issuer, `${provider.issuer}/token`],
        requiredClaims: ['sub', 'exp'],
      });
    } catch (error) {
      throw new errors.InvalidGrant(error.message);
    }
    await issue(ctx, client.scope.split(' '));
    await next();
  };
}

export function addGrants(provider, pem) {
  provider.registerGrantType(TOKEN_EXCHANGE, exchange, [
    'audience', 'resource', 'scope', 'requested_token_type',
    'subject_token', 'subject_token_type', 'actor_token', 'actor_token_type',
  ], ['audience', 'resource']);
  provider.registerGrantType(JWT_BEARER, bearer(createPublicKey(pem)), ['assertion', 'scope', 'resource'], ['resource']);
}
