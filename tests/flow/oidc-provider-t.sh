#!/bin/sh
# SPDX-License-Identifier: MIT
# oidc-provider-t.sh - npm's oidc-provider: each of its clients gets its token,
# or the refusal that this server is known for.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/servers/lib.sh
. "$TOP_SRC/tests/servers/lib.sh"
peer_server oidc-provider

introspect() { # introspect TOKEN
    printf 'token=%s' "$1" | curl -s --cacert "$CA" -u cc-basic:basic-secret -d @- "${ENDPOINT%/token}/token/introspection"
}
BASIC='token_endpoint_auth_method: client_secret_basic'

# Secrets, in a header and in the form.
peer basic cc-basic basic-secret "$BASIC" 'scope: api:read'
bought basic cc-basic client_secret_basic
is "$(field basic scope)" api:read "with the scope that was asked for"
peer odd 'cc basic:odd' 's3cr3t: +%&=/"\~' "$BASIC"
bought odd 'cc basic:odd' "an id and a secret of odd characters"
peer post cc-post post-secret 'token_endpoint_auth_method: client_secret_post'
bought post cc-post client_secret_post
peer postbasic cc-basic basic-secret
bought postbasic cc-basic "a client of Basic that uses the form, which this server takes"
ENDPOINT=$TLS_URL/token
peer secure cc-basic basic-secret "$BASIC"
bought secure cc-basic "the same over https"
ENDPOINT=$URL/token

peer wrongbasic cc-basic not-its-secret "$BASIC"
refused wrongbasic 77 'wrongbasic.yaml:3: .*client_id.*invalid_client' "a wrong secret in a header"
peer wrongpost cc-post not-its-secret
refused wrongpost 77 'wrongpost.yaml:3: .*client_id.*invalid_client' "a wrong secret in the form"
peer nobody nobody not-its-secret "$BASIC"
refused nobody 77 'nobody.yaml:3: .*client_id.*invalid_client' "an unknown client"
peer rawodd 'cc odd' 's3cr3t: +%&=/"\~' "$BASIC" 'basic_encoding: raw'
refused rawodd 77 'invalid_request' "an odd secret that is not encoded"
peer colon 'cc basic:odd' 's3cr3t: +%&=/"\~' "$BASIC" 'basic_encoding: raw'
refused colon 78 "colon.yaml:3:.*client_id holds a ':'" "an id with a colon that is not encoded, and not sent"
rm "$T/config/tokenward/profiles.d/colon.yaml"

# Scopes and resources.
peer readonly cc-readonly readonly-secret "$BASIC" 'scope: api:read'
bought readonly cc-readonly "a client that may only read"
peer notgranted cc-readonly readonly-secret "$BASIC" 'scope: api:write'
refused notgranted 77 'notgranted.yaml:[0-9]*: .*scope.*invalid_scope' "a scope it was not granted"
peer unknown cc-basic basic-secret "$BASIC" 'scope: nonsense'
bought unknown cc-basic "a scope the server does not know, which it leaves out"
peer jwt cc-basic basic-secret "$BASIC" 'scope: api:read' 'resource: urn:api:jwt'
token=$(user tokenward get jwt 2>"$T/err")
is $? 0 "resource: a token for it"
sed 's/^/# /' "$T/err"
like "$token" '^eyJ[^.]*\.[^.]*\.[^.]*$' "which is a JWT"
peer noresource cc-basic basic-secret "$BASIC" 'resource: urn:other'
refused noresource 77 'noresource.yaml:[0-9]*: .*: resource: .*invalid_target' "a resource the server does not know"

# Clients that may not, or not so.
peer nocc no-cc no-cc-secret "$BASIC"
refused nocc 77 'invalid_request.*grant type' "a client that may not use the grant"
peer code code code-secret "$BASIC"
refused code 77 'invalid_request.*grant type' "a client of people alone"
peer dpop cc-dpop dpop-secret "$BASIC"
refused dpop 77 'invalid_grant' "a client whose tokens are bound to a key"
peer grant cc-basic basic-secret "$BASIC" 'grant_type: password'
refused grant 77 'grant.yaml:[0-9]*: .*unsupported_grant_type' "a grant the server does not know"

# The server's own word for where everything is.
discovered "$TLS_URL"

# Keys and certificates.
unbelieved() { refused "$1" 77 "$1.yaml:[0-9]*: .*client_id.*invalid_client" "$2"; }
by_issuer() { bought "$@"; }
assertions
ENDPOINT=$TLS_URL/token
certificates ''
like "$(cat "$T/fact")" '"x5t#S256"' "its token is bound to the certificate"
peer self cc-mtls-self '' 'token_endpoint_auth_method: self_signed_tls_client_auth' \
    "client_certificate: $KEYS/mtls-self.pem" "client_certificate_key: $KEYS/mtls-self.key"
bought self cc-mtls-self self_signed_tls_client_auth
peer notself cc-mtls-self '' 'token_endpoint_auth_method: self_signed_tls_client_auth' \
    "client_certificate: $KEYS/mtls.pem" "client_certificate_key: $KEYS/mtls.key"
unbelieved notself "another certificate than the one that is registered"
ENDPOINT=$URL/token

# One token for another.
EXCHANGE='provider: token_exchange'
peer both cc-basic basic-secret "$BASIC" 'scope: api:read api:write'
beside both.subject "$(user tokenward get both)"
peer exchange exchange exchange-secret "$BASIC" "$EXCHANGE" 'subject_token: {file: both.subject}' 'scope: api:read'
bought exchange exchange token_exchange
is "$(field exchange scope)" api:read "for less than the subject's scope"
[ "$TOKEN" != "$(user tokenward get both)" ]
ok $? "and not the subject's own"
forget both
peer chain exchange exchange-secret "$BASIC" "$EXCHANGE" 'subject_token: {profile: both}'
bought chain exchange "the token of another profile, which is got first"
beside readonly.subject "$(user tokenward get readonly)"
peer more exchange exchange-secret "$BASIC" "$EXCHANGE" 'subject_token: {file: readonly.subject}' 'scope: api:write'
refused more 77 'more.yaml:[0-9]*: .*scope.*invalid_scope' "more than the subject's scope"
beside dead.subject x.y.z
peer dead exchange exchange-secret "$BASIC" "$EXCHANGE" 'subject_token: {file: dead.subject}'
refused dead 77 'invalid_request.*subject_token' "a subject's token that is none"
peer mayno cc-basic basic-secret "$BASIC" "$EXCHANGE" 'subject_token: {file: both.subject}'
refused mayno 77 'invalid_request.*grant type' "a client that may not exchange"

# A token for an assertion, of tokenward's and of another program's.
peer bearer bearer bearer-secret "$BASIC" 'provider: jwt_bearer' "assertion_key: $KEYS/rsa.key"
bought bearer bearer jwt_bearer
beside given.jwt "$(foreign bearer "$ENDPOINT")"
peer given bearer bearer-secret "$BASIC" 'provider: jwt_bearer' 'assertion: {file: given.jwt}' 'scope: api:read'
bought given bearer "jwt_bearer, signed by another program"
is "$(field given scope)" api:read "for less than it could have"
beside late.jwt "$(foreign somebody "$ENDPOINT")"
peer late bearer bearer-secret "$BASIC" 'provider: jwt_bearer' 'assertion: {file: late.jwt}'
refused late 77 'invalid_grant' "somebody else's assertion"

# People: over https, where the address that they are shown must be.
ENDPOINT=$TLS_URL/token
rotation 'openid offline_access api:read' alice "$TLS_URL/device/auth" 69 'tokenward login family'
set -- "$BASIC" 'provider: device_code' 'scope: openid offline_access api:read' \
    "device_authorization_endpoint: $TLS_URL/device/auth" "revocation_endpoint: $TLS_URL/token/revocation"
peer desk desk desk-secret "$@"
logged_in desk desk user_code alice
logged_out desk desk -u desk:desk-secret
peer refused desk desk-secret "$@"
at_browser refused user_code -
is $? 77 "a person refuses: exit 77"
like "$(cat "$T/login")" 'access_denied' "the login says so"
shift
peer device device '' 'token_endpoint_auth_method: none' "$@"
logged_in device device user_code bob
logged_out device device

# And by a browser that comes back.
set -- "$BASIC" 'provider: authorization_code' 'scope: openid offline_access api:read' 'prompt: consent' \
    "authorization_endpoint: $TLS_URL/auth" 'redirect_uri: http://127.0.0.1/cb' "revocation_endpoint: $TLS_URL/token/revocation"
peer back code code-secret "$@"
came_back back code alice
logged_out back code -u code:code-secret
peer abort code code-secret "$@"
led_back abort -
is $? 77 "a person cancels at the server's page: exit 77"
like "$(cat "$T/login")" 'access_denied' "the login says so"
like "$(cat "$T/page")" 'Not logged in' "and so does the browser"
done_testing
