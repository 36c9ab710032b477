#!/bin/sh
# SPDX-License-Identifier: MIT
# request-t.sh - what a profile adds to a request reaches the server, and
# nothing that is another's can be overridden by it.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
KEY=k3y-c4nary-71bd
printf '%s\n' "$KEY" >"$T/config/tokenward/api-key"
chmod 600 "$T/config/tokenward/api-key"
refused() { # refused LINE PATTERN NAME: the profile is refused, and says so
    profile bad /oauth/v1/token "$1"
    out=$(user tokenward-helper check 2>&1)
    is $? 78 "$3: exit 78"
    like "$out" "bad.yaml:[0-9]*:[0-9]*: profile 'bad': $2" "and says why"
    rm "$T/config/tokenward/profiles.d/bad.yaml"
}

profile box '/m/want=box_subject_type=enterprise%26box_subject_id=1+%252B/oauth/v1/token' \
    'params: {box_subject_type: enterprise, box_subject_id: "1 +"}'
user tokenward get box >"$T/out" 2>&1; is $? 0 "params are sent, encoded"
grep ' ' "$T/out" | sed 's/^/# /'
profile boxless '/m/want=box_subject_type=enterprise/oauth/v1/token'
like "$(user tokenward get boxless 2>&1)" "Parameter missing or wrong: box_subject_type" "and missed where there are none"

profile key "/m/want-header=X-Api-Key: $KEY,want=key=$KEY/oauth/v1/token" \
    'headers: {X-Api-Key: {file: ../api-key}, X-Tenant: acme}' 'params: {key: {file: ../api-key}}'
sed -i "s/: $KEY/%3A%20$KEY/" "$T/config/tokenward/profiles.d/key.yaml"
user tokenward get key >"$T/out" 2>&1; is $? 0 "headers and params with the content of a file are sent"
grep ' ' "$T/out" | sed 's/^/# /'
is "$(user grep -rc "$KEY" "$T/run/tokenward" | grep -v ':0$')" "" "which is kept nowhere"
# On a kept connection that ends in place of an answer libcurl would send it
# again, and what a file or a command has may be good once.
profile once '' 'grant_type: urn:ietf:params:oauth:grant-type:saml2-bearer' 'params: {assertion: {file: ../api-key}}'
sed -i "s#token_endpoint:.*#issuer: $URL/m/reset,fail=1#" "$T/config/tokenward/profiles.d/once.yaml"
user tokenward-helper fetch once 2>/dev/null; is $? 75 "the connection over which the issuer was asked is lost: exit 75"
is "$(curl -s --cacert "$CA" "$URL/count/m/reset,fail=1/oauth/v1/token")" 1 "what params have from a file was sent once"
rm "$T/config/tokenward/profiles.d/once.yaml"
profile tenant '/m/want-header=X-Tenant%3A%20acme/oauth/v1/token' 'headers: {X-Tenant: acme}'
user tokenward get tenant >/dev/null; is $? 0 "a header by text"
profile echo "/m/error=invalid_request,description=bad%20key%20$KEY/oauth/v1/token" \
    'headers: {X-Api-Key: {file: ../api-key}}'
out=$(user tokenward get echo 2>&1)
like "$out" 'bad key \*\*\*' "an echoed value is not shown"
# A refusal holds for what was sent.
printf wrong >"$T/config/tokenward/pin"
chmod 600 "$T/config/tokenward/pin" && own "$T/config"
profile pinned '/m/want=pin=4711/oauth/v1/token' 'params: {pin: {file: ../pin}}'
user tokenward get pinned >/dev/null 2>&1; is $? 77 "a wrong value from a file: exit 77"
before=$(requests)
user tokenward get pinned >/dev/null 2>&1; is "$? $(($(requests) - before))" "77 0" "is not sent twice"
printf 4711 >"$T/config/tokenward/pin"
user tokenward get pinned >"$T/out" 2>&1; is "$? $(($(requests) - before))" "0 1" "a corrected one is sent at once"
grep ' ' "$T/out" | sed 's/^/# /'
printf 'two\001lines' >"$T/config/tokenward/api-key"
like "$(user tokenward-helper fetch --force key 2>&1)" "X-Api-Key holds a control character" "a value that is no header's is refused"
profile missing /oauth/v1/token 'headers: {X-Api-Key: {file: ../none}}'
out=$(user tokenward get missing 2>&1); is $? 78 "a missing file: exit 78"
like "$out" "missing.yaml:8:" "names the line"

# As much as may be sent, and what is sent is looked at before.
LARGE=$(head -c 8000 /dev/zero | tr '\0' v)
export LARGE
profile large /oauth/v1/token "params: {$(seq -s, -f 'p%g: {env: LARGE}' 20)}"
like "$(user tokenward-helper fetch large 2>&1)" 'Body too large.*HTTP 413' "params of 160 KB are sent: this server wants fewer"
rm "$T/config/tokenward/profiles.d/large.yaml"
unset LARGE

profile zoom '/m/grant=account_credentials,auth=basic,want=account_id=7/oauth/v1/token' \
    'grant_type: account_credentials' 'params: {account_id: "7"}' 'token_endpoint_auth_method: client_secret_basic'
user tokenward get zoom >"$T/out" 2>&1; is $? 0 "another grant_type"
grep ' ' "$T/out" | sed 's/^/# /'
profile comma '/m/no-scope,want=scope=payments%252Cwallet/oauth/v1/token' 'scope_separator: comma'
user tokenward get comma >"$T/out" 2>&1; is $? 0 "scopes separated by commas"
grep ' ' "$T/out" | sed 's/^/# /'

profile form /m/form-reply/oauth/v1/token 'reply_format: form'
user tokenward get form >"$T/out" 2>&1; is $? 0 "an answer that is a form"
grep ' ' "$T/out" | sed 's/^/# /'
is "$(field form lifetime)" 3600 "with its lifetime"
profile noform /m/form-reply/oauth/v1/token
user tokenward get noform >/dev/null 2>&1; is $? 76 "which is refused where it is not expected"
profile ends '/m/expires-in=none,extra=%2C%22expires_at%22%3A%222037-01-01T00%3A00%3A00Z%22/oauth/v1/token' 'expires_member: expires_at'
user tokenward get ends >/dev/null
is "$(field ends lifetime)" 31536000 "an end as a date, cut to a year"

old=$(field tenant fingerprint)
sed -i 's/X-Tenant: acme/X-Tenant: acme, X-More: 1/' "$T/config/tokenward/profiles.d/tenant.yaml"
user tokenward get tenant >/dev/null
user tokenward-helper fetch tenant
[ "$(field tenant fingerprint)" != "$old" ]; ok $? "another header is another profile"

refused 'params: {client_secret: x}' 'params must not hold client_secret' "params override no authentication"
refused 'params: {scope: x}' 'params must not hold scope' "nor the provider's own"
refused 'params: {"a b": x}' 'params: a name must be' "nor have any name"
refused 'params: x' 'params must be a map' "and are a map"
refused 'params: {a: ""}' 'a must not be empty' "of values"
refused 'headers: {authorization: x}' 'headers must not hold authorization' "headers override no authentication"
refused 'headers: {Content-Length: "0"}' 'headers must not hold Content-Length' "nor what the request says"
refused 'headers: {"A: b": x}' 'headers: a name must be' "nor have any name"
refused 'headers: {X-A: x, x-a: y}' 'headers has x-a twice' "nor twice the same"
refused 'headers: {X-A: "a\u000ab"}' 'X-A must be one line' "nor a line end in a value"
refused 'grant_type: "a b"' 'grant_type must be' "grant_type is a word"
refused 'scope_separator: ";"' 'scope_separator must be space or comma' "scope_separator is one of two"
profile bad /oauth/v1/token 'provider: exec' 'command: [/bin/true]' 'params: {a: b}'
sed -i '/scope:/d; /client_/d; /token_endpoint/d' "$T/config/tokenward/profiles.d/bad.yaml"
like "$(user tokenward-helper check 2>&1)" "params means nothing to provider exec, which sends no request" "a provider that sends nothing has no params"
done_testing
