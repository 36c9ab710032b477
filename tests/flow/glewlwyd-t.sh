#!/bin/sh
# SPDX-License-Identifier: MIT
# glewlwyd-t.sh - Debian's glewlwyd: each of its clients gets its token, or the
# refusal that this server is known for.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/servers/lib.sh
. "$TOP_SRC/tests/servers/lib.sh"
PYTHON=python3
REDIRECT_PORT=$(free_port)
export REDIRECT_PORT
peer_server glewlwyd

# Who asks shows a token of its own, whose scope lets it.  Whose the token is
# stands in the token itself.
printf '%s' grant_type=client_credentials\&scope=introspect |
    curl -s --cacert "$CA" -u cc-basic:basic-secret -d @- "$URL/token" |
    sed -n 's/.*"access_token": *"\([^"]*\)".*/header = "Authorization: Bearer \1"/p' >"$T/asker"
introspect() { # introspect TOKEN
    printf 'token=%s' "$1" | curl -s --cacert "$CA" -K "$T/asker" -d @- "$URL/introspect"
    payload=$(printf %s "$1" | cut -d. -f2 | tr _- /+)
    printf '%s==' "$payload" | base64 -di 2>/dev/null
}
BASIC='token_endpoint_auth_method: client_secret_basic'
READ='scope: api:read'

# Secrets, in a header and in the form.  The token's type is "bearer" here.
peer basic cc-basic basic-secret "$BASIC" "$READ"
bought basic cc-basic client_secret_basic
is "$(field basic scope)" api:read "with the scope that was asked for"
like "$TOKEN" '^eyJ[^.]*\.[^.]*\.[^.]*$' "a JWT of $(printf %s "$TOKEN" | wc -c) bytes"
is "$(user tokenward get --format header basic)" "Authorization: Bearer $TOKEN" "handed out as Bearer"
peer post cc-post post-secret "$READ"
bought post cc-post client_secret_post
peer both cc-basic basic-secret "$BASIC" 'scope: [api:read, api:write]'
bought both cc-basic "two scopes"
is "$(field both scope)" "api:read api:write" "both are granted"

# This server refuses a client with 403 and not a word, as a firewall would:
# another time it may be let through, and the hint names both.
silent() { # silent NAME WHAT
    refused "$1" 75 "$1.yaml:[0-9]*: .*HTTP 403" "$2"
    like "$out" 'hint: .*client_id.*scope.*proxy' "$2: what to look at"
}
peer wrongbasic cc-basic not-its-secret "$BASIC" "$READ"
silent wrongbasic "a wrong secret in a header"
peer wrongpost cc-post not-its-secret "$READ"
silent wrongpost "a wrong secret in the form"
peer wrongway cc-post post-secret "$BASIC" "$READ"
silent wrongway "a client of the form that uses a header"
peer nobody nobody not-its-secret "$BASIC" "$READ"
silent nobody "an unknown client"
peer noscope cc-basic basic-secret "$BASIC"
silent noscope "no scope"

# And the rest with codes of its own.
peer readonly cc-readonly readonly-secret "$BASIC" "$READ"
bought readonly cc-readonly "a client that may only read"
peer notgranted cc-readonly readonly-secret "$BASIC" 'scope: api:write'
refused notgranted 77 'notgranted.yaml:[0-9]*: .*scope.*scope_invalid' "a scope it was not granted"
peer unknown cc-basic basic-secret "$BASIC" 'scope: nonsense'
refused unknown 77 'unknown.yaml:[0-9]*: .*scope.*scope_invalid' "a scope the server does not know"
peer nocc no-cc no-cc-secret "$BASIC" "$READ"
refused nocc 77 'nocc.yaml:[0-9]*: .*client_id.*authorization_type_invalid' "a client that may not use the grant"
peer resource cc-basic basic-secret "$BASIC" "$READ" 'resource: https://api.example.test'
bought resource cc-basic "a token for one resource"
like "$(cat "$T/fact")" '"aud": *"https://api.example.test"' "which is its audience"
peer noresource cc-basic basic-secret "$BASIC" "$READ" 'resource: https://other.example.test'
refused noresource 77 'noresource.yaml:[0-9]*: .*: resource: .*invalid_target' "a resource the server does not know"
peer grant cc-basic basic-secret "$BASIC" "$READ" 'grant_type: nonsense'
refused grant 76 'grant.yaml:[0-9]*: .*HTTP 400' "a grant the server does not know, of which it says nothing"

# The server's own word for where everything is: below a path.
discovered "$URL" "$READ"

# Keys and certificates; these at an endpoint of their own.
unbelieved() { silent "$@"; }
by_issuer() { silent "$1" "$3, which this server does not take"; }
assertions "$READ"
certificates "mtls_endpoint_aliases: {token_endpoint: $URL/mtls/token}" "$READ"

# People.  Of a dead refresh token this server says 400 and not a word.
rotation api:read desk "$URL/device_authorization" 69 'tokenward login family'
[ -n "$(kept family)" ]
ok $? "it is kept all the same: who said so is not known"
peer desk desk desk-secret "$BASIC" "$READ" 'provider: device_code' \
    "device_authorization_endpoint: $URL/device_authorization" "revocation_endpoint: $URL/revoke"
logged_in desk desk code desk
logged_out desk desk -u desk:desk-secret

# All of it from the issuer's own word: the endpoint of clients with a
# certificate, the device's, and where a login is revoked.
TOKENS=$ENDPOINT ENDPOINT=
peer aliased cc-mtls '' 'token_endpoint_auth_method: tls_client_auth' "issuer: $URL" "$READ" \
    "client_certificate: $KEYS/mtls.pem" "client_certificate_key: $KEYS/mtls.key"
bought aliased cc-mtls "tls_client_auth, found by the issuer"
peer led desk desk-secret "$BASIC" "$READ" 'provider: device_code' "issuer: $URL"
ENDPOINT=$TOKENS
logged_in led desk code desk
logged_out led desk -u desk:desk-secret

# A browser that comes back, to the very port that the server was told of.
set -- "$BASIC" "$READ" 'provider: authorization_code' "redirect_uri: http://127.0.0.1:$REDIRECT_PORT/cb" \
    "revocation_endpoint: $URL/revoke"
peer back code code-secret "$@" "authorization_endpoint: $URL/auth"
came_back back code code
logged_out back code -u code:code-secret
is "$(curl -s -o "$T/page" -w '%{http_code}' --cacert "$CA" \
    "$URL/auth?response_type=code&client_id=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=x")" 403 \
    "with another port the person is shown a refusal, and nobody is sent back"
ENDPOINT=
peer foundback code code-secret "$@" "issuer: $URL"
ENDPOINT=$TOKENS
came_back foundback code code
done_testing
