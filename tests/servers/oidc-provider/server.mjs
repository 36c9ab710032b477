// SPDX-License-Identifier: MIT
/*
 * server.mjs KEYS - npm's oidc-provider over HTTP and over HTTPS, with one
 * client for each way to authenticate.  For tests only: any user name logs in.
 *
 * A port must be known before the issuer, and the issuer before the server's
 * answers; so the listeners come first and the providers later.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

// Its notices go to stderr: stdout is for whoever started this.
console.info = console.warn = console.log = console.error;
const { Provider } = await import('oidc-provider');
const { addGrants, JWT_BEARER, TOKEN_EXCHANGE } = await import('./grants.mjs');

const keys = process.argv[2];
const pem = (name) => readFileSync(`${keys}/${name}`);
const jwk = (name, more) => ({ ...createPublicKey(pem(name)).export({ format: 'jwk' }), use: 'sig', ...more });
const SECONDS = Number(process.env.TOKEN_TTL || 600);

// A client that gets its token by client_credentials.
const machine = (id, method, more) => ({
  client_id: id,
  token_endpoint_auth_method: method,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope: 'api:read api:write',
  ...more,
});
// One that signs with a key of its own (RFC 7523).
const signer = (id, alg, file, kid) => machine(id, 'private_key_jwt', {
  token_endpoint_auth_signing_alg: alg,
  jwks: { keys: [jwk(file, { kid, alg })] },
});
// One of a person's (RFC 8628), with a refresh token that is another each time.
const login = (id, method, more) => ({
  client_id: id,
  token_endpoint_auth_method: method,
  application_type: 'native',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  response_types: [],
  redirect_uris: [],
  scope: 'openid offline_access api:read api:write',
  ...more,
});

const certificate = new X509Certificate(pem('mtls-self.pem')).raw.toString('base64');
const clients = [
  machine('cc-basic', 'client_secret_basic', { client_secret: 'basic-secret' }),
  // RFC 6749 2.3.1: fails unless id and secret are form-encoded first.
  machine('cc basic:odd', 'client_secret_basic', { client_secret: 's3cr3t: +%&=/"\\~' }),
  machine('cc-post', 'client_secret_post', { client_secret: 'post-secret' }),
  machine('cc-secret-jwt', 'client_secret_jwt', {
    client_secret: 'a-shared-secret-of-at-least-32-bytes!',
    token_endpoint_auth_signing_alg: 'HS256',
  }),
  signer('cc-pkjwt-rs256', 'RS256', 'rsa.pub', 'rs256-1'),
  signer('cc-pkjwt-ps256', 'PS256', 'ps256.pub', 'ps256-1'),
  signer('cc-pkjwt-es256', 'ES256', 'es256.pub', 'es256-1'),
  signer('cc-pkjwt-eddsa', 'EdDSA', 'ed25519.pub', 'ed-1'),
  machine('cc-mtls', 'tls_client_auth', {
    tls_client_auth_subject_dn: 'CN=cc-mtls',
    tls_client_certificate_bound_access_tokens: true,
  }),
  machine('cc-mtls-self', 'self_signed_tls_client_auth', {
    tls_client_certificate_bound_access_tokens: true,
    jwks: { keys: [jwk('mtls-self.pem', { kid: 'self-1', x5c: [certificate] })] },
  }),
  // RFC 9449: refused without a proof.
  machine('cc-dpop', 'client_secret_basic', { client_secret: 'dpop-secret', dpop_bound_access_tokens: true }),
  machine('cc-readonly', 'client_secret_basic', { client_secret: 'readonly-secret', scope: 'api:read' }),
  machine('exchange', 'client_secret_basic', { client_secret: 'exchange-secret', grant_types: [TOKEN_EXCHANGE] }),
  machine('bearer', 'client_secret_basic', { client_secret: 'bearer-secret', grant_types: [JWT_BEARER] }),
  {
    client_id: 'no-cc',
    client_secret: 'no-cc-secret',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: ['https://127.0.0.1/cb'],
  },
  login('device', 'none'),
  login('desk', 'client_secret_basic', { client_secret: 'desk-secret' }),
  {
    client_id: 'code',
    client_secret: 'code-secret',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/cb'],
    scope: 'openid offline_access api:read api:write',
  },
];

// RFC 8707: urn:api:jwt gives a JWT, urn:api:opaque and no resource do not.
function resourceServer(ctx, resource) {
  if (resource !== 'urn:api:jwt' && resource !== 'urn:api:opaque') {
    throw Object.assign(new Error('invalid_target'), {
      expose: true,
      status: 400,
      statusCode: 400,
      error: 'invalid_target',
      error_description: 'resource indicator is missing, or unknown',
    });
  }
  return {
    scope: 'api:read api:write',
    accessTokenTTL: SECONDS,
    accessTokenFormat: resource === 'urn:api:jwt' ? 'jwt' : 'opaque',
    jwt: { sign: { alg: 'RS256' } },
  };
}

const peer = (ctx) => ctx.req.socket.getPeerX509Certificate?.();
const configuration = {
  clients,
  scopes: ['openid', 'offline_access', 'api:read', 'api:write'],
  pkce: { required: () => false },
  clientAuthMethods: [
    'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt',
    'tls_client_auth', 'self_signed_tls_client_auth', 'none',
  ],
  enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] },
  ttl: {
    ClientCredentials: SECONDS,
    AccessToken: SECONDS,
    RefreshToken: 86400,
    DeviceCode: 600,
    Grant: 86400,
    Session: 86400,
    Interaction: 3600,
    IdToken: SECONDS,
  },
  rotateRefreshToken: true,
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    dPoP: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: resourceServer },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      tlsClientAuth: true,
      selfSignedTlsClientAuth: true,
      getCertificate: (ctx) => peer(ctx)?.toString(),
      certificateAuthorized: (ctx) => ctx.req.socket.authorized === true,
      certificateSubjectMatches: (ctx, property, expected) => property === 'tls_client_auth_subject_dn'
        && peer(ctx)?.subject === expected,
    },
  },
};

// Listens on a free port, and serves a provider that knows its address.
function serve(scheme, server) {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const issuer = `${scheme}://127.0.0.1:${server.address().port}`;
      const provider = new Provider(issuer, configuration);
      addGrants(provider, pem('rsa.pub'));
      provider.on('server_error', (ctx, error) => console.error(error));
      server.on('request', provider.callback());
      done(issuer);
    });
  });
}

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
const url = await serve('http', http.createServer());
const tlsUrl = await serve('https', https.createServer({
  key: pem('server.key'),
  cert: pem('server.pem'),
  ca: pem('ca.pem'),
  requestCert: true,
  rejectUnauthorized: false, // the method decides, and a self-signed one may
}));
process.stdout.write(`url=${url}\ntls_url=${tlsUrl}\nca=${keys}/ca.pem\nready\n`);
