#!/bin/sh
# SPDX-License-Identifier: MIT
#
# authorize-t.sh - authorization codes: asked for as a browser does, and brought
# to the token endpoint, with curl.  Prints TAP; see ask.sh.
# shellcheck disable=SC2016,SC2154,SC2317 # ok() runs words; ask.sh sets names

set -u
# shellcheck source=tests/sandbox/ask.sh
. "$(dirname "$0")/ask.sh"

ok 'it starts' start one --client app::payments+offline_access \
    --client other::payments || exit 1

# --- words ---

# Those of RFC 7636, appendix B.
verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
pkce="code_challenge=$challenge&code_challenge_method=S256"
back=http://127.0.0.1:8123/cb
uri=redirect_uri=http%3A%2F%2F127.0.0.1%3A8123%2Fcb
client=client_id=app
asked="response_type=code&scope=payments&state=s%20%2B%26%C3%A9&$pkce"
state='s%20%2B%26%C3%A9'
issuer() { printf %s "$url${1:-}" | sed 's|:|%3A|g; s|/|%2F|g; s|=|%3D|g'; }

# authorize QUERY [LIST]
authorize() { ask "${2:+/m/$2}/oauth/v1/authorize?$1"; }
location() { tr -d '\r' <"$dir/head" | sed -n 's/^Location: //p'; }
goes_to() { has_status 302 && test "$(location)" = "$1"; }
goes_to_like() { has_status 302 && location | grep -qx -e "$1"; }
# is_told ERROR DESCRIPTION: the client, by the browser.
is_told() { goes_to "$back?error=$1&error_description=$2&state=$state&iss=$(issuer)"; }
is_shown() { has_status 400 && head_has 'Content-Type: text/html' && test -z "$(location)" && body_has "<p>$1"; }
take_code() { code=$(location | sed 's/.*[?&]code=\([^&]*\).*/\1/'); }
new_code() {
    authorize "$client&$uri&$asked${1:+&$1}" "${2:-}"
    take_code
}
# redeem [FIELDS [LIST]]: the code, with what belongs to it unless FIELDS say.
redeem() {
    ask "${2:+/m/$2}$token" -d "grant_type=authorization_code&code=$code&${1:-$client&$uri&code_verifier=$verifier}"
}
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$dir/body"; }
active() { # active TOKEN true|false
    ask /oauth/v1/introspect -d "$client&token=$1"
    has_body "{\"active\":$2}"
}
is_error() { has_status 400 && body_has "\"error\":\"$1\",\"error_description\":\"$2"; }

# --- the way there and back ---

authorize "$client&$uri&$asked"
take_code
ok 'the browser is sent back with a code' goes_to "$back?code=$code&state=$state&iss=$(issuer)"
ok 'which nobody can guess' sh -c 'echo "$1" | grep -qx "[A-Za-z0-9_-]\{43\}"' sh "$code"
ok 'and nobody keeps' head_has 'Cache-Control: no-store'
redeem
ok 'it is good for a token' body_has '^{"access_token":"[^"]*","token_type":"Bearer","expires_in":3600,'
ok 'for a login, of that scope' body_has '"refresh_token":"[^"]*","scope":"payments"}$'
access=$(member access_token) first=$(member refresh_token)
ok 'that is good' active "$access" true
ask $token -d "grant_type=refresh_token&$client&refresh_token=$first"
ok 'and refreshed' has_status 200
second=$(member refresh_token)
redeem
ok 'the code is good once' is_error invalid_grant 'Code was used before'
ok 'a second time ends the login' active "$access" false
ok 'with all that came of it' active "$second" false

authorize "$client&$uri&$asked&resource=https%3A%2F%2Fapi.example%2F&audience=ledger"
ok 'a resource may be named' has_status 302
authorize "$client&$uri&response_type=code&$pkce"
ok 'state is not sent where there was none' goes_to_like "$back?code=[^&]*&iss=[^&]*"
take_code
redeem
ok 'nor is scope' body_has '"scope":"payments offline_access"'
authorize "$client&redirect_uri=http%3A%2F%2F%5B%3A%3A1%5D%3A8123%2F%3Fa%3Db&$asked" delay=1
ok 'IPv6, and a query that stays' goes_to_like 'http://\[::1\]:8123/?a=b&code=[^&]*&state=.*'
ok 'the issuer has a path' goes_to_like ".*&iss=$(issuer /m/delay=1)"
authorize "$client&redirect_uri=http%3A%2F%2Flocalhost&$asked"
ok 'localhost' goes_to_like 'http://localhost?code=.*'

# --- what a code is bound to ---

new_code
redeem "client_id=other&$uri&code_verifier=$verifier"
ok 'to its client' is_error invalid_grant 'Code unknown'
redeem "$client&redirect_uri=http%3A%2F%2F127.0.0.1%3A8124%2Fcb&code_verifier=$verifier"
ok 'to its redirect_uri' is_error invalid_grant 'Code was sent to another redirect_uri'
redeem "$client&$uri&code_verifier=$challenge"
ok 'to its verifier' is_error invalid_grant 'Code was asked for with another verifier'
redeem "$client&$uri&code_verifier=short"
ok 'which is long enough' is_error invalid_grant 'Code was asked for with another verifier'
redeem "$client&$uri"
ok 'which is sent' is_error invalid_request 'Code, redirect_uri and code_verifier'
redeem "$client&code_verifier=$verifier"
ok 'as the redirect_uri is' is_error invalid_request 'Code, redirect_uri and code_verifier'
redeem "$client&$uri&code_verifier=$verifier&code_verifier=$verifier"
ok 'once' is_error invalid_request 'Parameter repeated'
redeem
ok 'none of it uses the code up' has_status 200
new_code '' code-life=0
redeem
ok 'it is over some time' is_error invalid_grant 'Code is over'
code=unheard-of
redeem
ok 'another code' is_error invalid_grant 'Code unknown'
authorize "client_id=$id&$uri&$asked"
take_code
redeem "client_id=$id&$uri&code_verifier=$verifier"
ok 'a client with a secret sends it' is 401 "$invalid_client"
redeem "$uri&code_verifier=$verifier" ''
ok 'and says who it is' is 401 "$invalid_client"
ask $token -u "$id:$secret" -d "grant_type=authorization_code&code=$code&$uri&code_verifier=$verifier"
ok 'in any way' has_status 200

# --- what a person is shown ---

authorize "$uri&$asked"
ok 'no client' is_shown client_id
authorize "client_id=nobody&$uri&$asked"
ok 'an unknown one' is_shown client_id
authorize "$client&client_id=other&$uri&$asked"
ok 'two' is_shown client_id
authorize "$client&$asked"
ok 'no redirect_uri' is_shown redirect_uri
authorize "$client&$uri&$uri&$asked"
ok 'two of them' is_shown redirect_uri
for wrong in https://127.0.0.1/ http://example.com/ http://127.0.0.1.example.com/ http://127.0.0.1@example.com/ \
    http://localhost:80x/ http://127.0.0.1/%23a http://127.0.0.1/%0d%0aX:y http://127.0.0.2/ HTTP:/; do
    authorize "$client&redirect_uri=$wrong&$asked"
    ok "not $wrong" is_shown redirect_uri
done
authorize "$client&redirect_uri=http://localhost/$(printf %01024d 0)&$asked"
ok 'nor without end' is_shown redirect_uri
authorize "$client&$uri&$asked&%2"
ok 'what is no query' is_shown 'the query'
ask "/oauth/v1/authorize" -d "$client&$uri&$asked"
ok 'nothing is posted' has_status 405

# --- what a client is told ---

asked_but() { authorize "$client&$uri&state=$state&$1"; }
asked_but "response_type=token&$pkce"
ok 'no token without a code' is_told unsupported_response_type Response%20type%20not%20supported.
asked_but "$pkce"
ok 'no type' is_told invalid_request Parameter%20response_type%20not%20provided.
asked_but "response_type=code&response_type=code&$pkce"
ok 'two types' is_told invalid_request Parameter%20repeated.
asked_but response_type=code
ok 'no PKCE' is_told invalid_request Code%20challenge%20is%20not%20S256.
asked_but "response_type=code&code_challenge=$verifier"
ok 'plain PKCE' is_told invalid_request Code%20challenge%20is%20not%20S256.
asked_but "response_type=code&code_challenge=abc&code_challenge_method=S256"
ok 'a challenge that is none' is_told invalid_request Code%20challenge%20missing%20or%20malformed.
asked_but "response_type=code&$pkce&scope=payments+gold"
ok 'a scope that is not granted' is_told invalid_scope Scope%20not%20granted%20to%20the%20client.
authorize "$client&$uri&$asked" 'error=access_denied,description=No!'
ok 'the person says no' goes_to_like "$back?error=access_denied&error_description=No%21&state=$state&iss=[^&]*"
authorize "client_id=nobody&$uri&$asked" error=access_denied
ok 'but not to an unknown client' is_shown client_id
authorize "$client&$uri&$asked" html
ok 'the person goes away' has_status 200
ok 'and nobody is told' test -z "$(location)"

# --- bad manners ---

badly() { authorize "$client&$uri&$asked" "$1"; }
badly state=x
ok 'another state' goes_to_like "$back?code=[^&]*&state=x&iss=[^&]*"
badly state=none
ok 'no state' goes_to_like "$back?code=[^&]*&iss=[^&]*"
badly iss=https:%2F%2Fevil.example
ok 'another issuer' goes_to_like "$back?code=[^&]*&state=$state&iss=https%3A%2F%2Fevil.example"
badly iss=none
ok 'no issuer' goes_to_like "$back?code=[^&]*&state=$state"
badly no-iss
ok 'as was promised' goes_to_like "$back?code=[^&]*&state=$state"
badly code=none
ok 'neither a code nor an error' goes_to_like "$back?state=$state&iss=[^&]*"
badly code=
ok 'an empty code' goes_to_like "$back?code=&state=$state&iss=[^&]*"
badly 'query=%26code=x'
ok 'two codes' goes_to_like "$back?code=[^&]*&state=$state&iss=[^&]*&code=x"
badly 'error=x%0A,description=%3Cb%3E%1B[31m%00%FF'
ok 'any bytes as an error' goes_to_like \
    "$back?error=x%0A&error_description=%3Cb%3E%1B%5B31m%00%FF&state=$state&iss=[^&]*"
badly description=
ok 'no error, and nothing of it' goes_to_like "$back?error_description=&state=$state&iss=[^&]*"
badly fail=1,state=x
ok 'fail: another state' goes_to_like '.*&state=x&.*'
badly fail=1,state=x
ok 'and good after it' goes_to_like ".*&state=$state&.*"
badly redirect=303,location=http:%2F%2F127.0.0.1:1%2F
ok 'sent elsewhere' test "$(location)" = http://127.0.0.1:1/

# --- metadata ---

ask /.well-known/oauth-authorization-server
ok 'metadata: JSON' is_json
ok 'metadata: how' body_has '"code_challenge_methods_supported": \["S256"\]'
ok 'metadata: what' body_has '"response_types_supported": \["code"\]'
ok 'metadata: the grant' body_has '"grant_types_supported": \["authorization_code",'
ok 'metadata: iss' body_has '"authorization_response_iss_parameter_supported":true'
ok 'metadata: where' body_has "\"authorization_endpoint\":\"$url/oauth/v1/authorize\""
ask /.well-known/oauth-authorization-server/m/no-iss
ok 'metadata: no iss' body_lacks iss_parameter
ask /m/no-iss/.well-known/openid-configuration
ok "metadata: nor in OpenID's" body_lacks iss_parameter
ask /m/no-methods/.well-known/openid-configuration
ok 'metadata: not how a client proves who it is' body_lacks auth_methods
ask /m/authorize=none/.well-known/openid-configuration
ok 'metadata: without' body_lacks '"authorization_endpoint"'
ask /m/device=none/.well-known/openid-configuration
ok 'metadata: without one for devices' body_lacks '"device_authorization_endpoint"'

stop
done_testing
