#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sandbox-t.sh - the sandbox, asked with curl: what README.md says of it is
# true.  Prints TAP; see ask.sh for where the binary is looked for.
# shellcheck disable=SC2016,SC2154,SC2317 # ok() runs words; ask.sh sets names

set -u
# shellcheck source=tests/sandbox/ask.sh
. "$(dirname "$0")/ask.sh"

id=3f83b186-9ab7-4cec-8e44-a22c9a6e5e04
secret=9c1f8a5e-2b7d-4f36-a0c4-51d2e8b7f690
grant='grant_type=client_credentials'
who="client_id=$id&client_secret=$secret"
good="$grant&$who&scope=payments+wallet"
token=/oauth/v1/token

# misbehave LIST [CURL-OPTION...]
misbehave() {
    list=$1
    shift
    ask "/m/$list$token" -d "$good" "$@"
}

b64='[A-Za-z0-9_-]' # base64url
is_token() {
    rest='"token_type":"Bearer","expires_in":3600,"scope":"payments wallet"'
    has_status 200 && body_has "^{\"access_token\":\"$b64\{43\}\",$rest}\$"
}

# The four errors, to the byte.
unsupported_grant_type='{"error":"unsupported_grant_type",'\
'"error_description":"GrantType not supported."}'
invalid_client='{"error_description":"Invalid credentials format." '\
'"error":"invalid_client",}'
invalid_scope() {
    printf '{"error":"invalid_scope","error_description":"Client does not '
    printf 'have authorization to request the scope: %s"}' "$1"
}
no_scope='{"error":"invalid_request",'\
'"error_description":"Scope parameter not provided."}'

# --- start ---

ipv6=
if grep -q ' lo$' /proc/net/if_inet6 2>/dev/null; then
    ipv6=--ipv6
fi
ok 'it starts' start one $ipv6 --count-file "$dir/count" \
    --client 'an+id%3A:a%26secret%25+:read+write%2Fall' || exit 1
ok 'stdout and the file ready say the same' cmp -s "$dir/one.out" \
    "$dir/one/ready"
ok 'the last line is ready' test "$(tail -n 1 "$dir/one.out")" = ready
ok 'no private key lies in its directory' \
    sh -c '! grep -rq "PRIVATE KEY" "$1"' sh "$dir/one"

# --- tokens and the four errors ---

ask $token -d "$good"
ok 'a token' is_token
ok 'it must not be stored' head_has 'Cache-Control: no-store'
ok 'its type is JSON' head_has 'Content-Type: application/json'
cp "$dir/body" "$dir/first"
ask $token -d "$good"
ok 'another token' is_token
ok 'they differ' sh -c '! cmp -s "$1/first" "$1/body"' sh "$dir"

ask $token -d "$who&scope=payments"
ok 'no grant_type' is 400 "$unsupported_grant_type"
ask $token -d "grant_type=authorization_code&$who&scope=payments"
ok 'another grant_type' is 400 "$unsupported_grant_type"
ask $token -d "$grant&client_id=x&client_secret=$secret&scope=payments"
ok 'a client_id that is no UUID' is 401 "$invalid_client"
ask $token -d "$grant&client_id=$id&client_secret=$id&scope=payments"
ok 'a wrong secret' is 401 "$invalid_client"
ask $token -d "$grant&client_id=$secret&client_secret=$secret&scope=payments"
ok 'an unknown client' is 401 "$invalid_client"
ask $token -d "$grant&scope=payments"
ok 'no client' is 401 "$invalid_client"
ask $token -d "$grant&$who&scope=payments+gold"
ok 'a scope it may not have' is 400 "$(invalid_scope gold)"
ask $token -d "$grant&$who&scope=payments,wallet"
ok 'scopes not separated by spaces' is 400 "$(invalid_scope payments,wallet)"
ask $token -d "$grant&$who&scope=a%22%0Ab"
ok 'a scope that needs escapes' body_has 'the scope: a\\"\\u000ab"}'
for scope in '' '&scope=' '&scope=+'; do
    ask $token -d "$grant&$who$scope"
    ok "no scope ($scope)" is 400 "$no_scope"
done

# --- Basic ---

ask $token -u "$id:$secret" -d "$grant&scope=payments+wallet"
ok 'client_secret_basic' is_token
ask $token -u "$id:$secret" -d "$good"
ok 'both at once: refused' has_status 400
ok 'both at once: invalid_request' body_has '"error":"invalid_request"'
ask $token -u "$id:$id" -d "$grant&scope=payments"
ok 'Basic with a wrong secret' is 401 "$invalid_client"
ok 'and a challenge' head_has 'WWW-Authenticate: Basic .*'
ask $token -H 'Authorization: Basic !' -d "$grant&scope=payments"
ok 'Basic that is no base64' is 401 "$invalid_client"
ask $token -u 'an+id%3A:a%26secret%25+' -d "$grant&scope=read+write/all"
ok 'Basic is form-decoded' has_status 200
ask $token -u 'an id::a&secret% ' -d "$grant&scope=read"
ok 'Basic that was not encoded' is 401 "$invalid_client"
who2='client_id=an+id%3A&client_secret=a%26secret%25+'
ask $token -d "$grant&scope=read&$who2"
ok 'any byte in a client of ours' has_status 200

# --- logins ---

device=urn:ietf:params:oauth:grant-type:device_code
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$dir/body"; }
poll() { ask "${2:-}$token" -d "grant_type=$device&$who&device_code=$1"; }
refresh() { ask "${2:-}$token" -d "grant_type=refresh_token&$who&refresh_token=$1"; }
active() { # active TOKEN true|false
    ask /oauth/v1/introspect -d "$who&token=$1"
    has_body "{\"active\":$2}"
}
is_error() { has_status 400 && body_has "\"error\":\"$1\""; }

ask /m/interval=1/oauth/v1/device -d "$who&scope=payments"
ok 'a device may ask for a login' has_status 200
ok 'and is told when to come back' body_has '"expires_in":600,"interval":1'
code=$(member device_code) user_code=$(member user_code)
ok 'with a code that can be typed' sh -c \
    'echo "$1" | grep -qx "[B-Z]\{4\}-[B-Z]\{4\}"' sh "$user_code"
ok 'and an address that has it' test \
    "$(member verification_uri_complete)" = "$url/device/$user_code"
poll "$code"
ok 'nobody has agreed yet' is_error authorization_pending
poll "$code"
ok 'too fast' is_error slow_down
ask "/device/approve/AAAA-AAAA"
ok 'a code that nobody waits for' has_status 404
ask "/device/approve/$user_code"
ok 'a person agrees' is 200 'approved
'
ask "/device/approve/$user_code"
ok 'once' has_status 404
sleep 6
poll "$code"
ok 'a login' body_has '"scope":"payments"'
access=$(member access_token) first=$(member refresh_token)
ok 'its access token is good' active "$access" true
ok 'so is its refresh token' active "$first" true
poll "$code"
ok 'the code is good once' is_error invalid_grant

ask /oauth/v1/device -d "$who&scope=gold"
ok 'a scope it may not have' is_error invalid_scope
ask /m/interval=0/oauth/v1/device -d "$who&scope=payments"
code=$(member device_code)
ask "/device/deny/$(member user_code)"
poll "$code"
ok 'a person says no' is_error access_denied
ask /m/expires-in=0/oauth/v1/device -d "$who&scope=payments"
poll "$(member device_code)"
ok 'a code that is over' is_error expired_token

refresh "$first"
ok 'a refresh token brings the next' has_status 200
second=$(member refresh_token)
ok 'which is another one' test -n "$second" -a "$second" != "$first"
ok 'the first is no good any more' active "$first" false
refresh "$second" /m/no-rotation
ok 'no-rotation: it stays' test "$(member refresh_token)" = "$second"
refresh "$second" /m/refresh-token=none
ok 'none is sent' body_lacks refresh_token
refresh "$second" /m/grace=60000
ok 'grace: a used one is good' has_status 200
third=$(member refresh_token)
refresh "$second"
ok 'without, it is not' is_error invalid_grant
ok 'and the whole login is over' active "$third" false
ok 'with its access token' active "$access" false
ask /families
ok 'which is seen' body_has '^family 0 reused rotations 3$'

ask "/mint/$id"
fourth=$(cat "$dir/body")
refresh "$fourth"
access=$(member access_token) fifth=$(member refresh_token)
ask /oauth/v1/revoke -d "$who&token=$access&token_type_hint=refresh_token"
ok 'an access token is revoked' is 200 ''
ok 'and is no good' active "$access" false
ok 'the login stays' active "$fifth" true
ask /oauth/v1/revoke -d "token=$fifth"
ok 'nobody may revoke' is 401 "$invalid_client"
ask /oauth/v1/revoke -d "$who"
ok 'nothing to revoke' is_error invalid_request
ask /oauth/v1/revoke -d "$who&token=$fifth"
ok 'a refresh token is revoked' is 200 ''
refresh "$fifth"
ok 'and is no good' is_error invalid_grant
ask /oauth/v1/revoke -d "$who&token=$fifth"
ok 'revoked twice is no error' is 200 ''

# --- tokens for something ---

exchange="grant_type=urn:ietf:params:oauth:grant-type:token-exchange&$who"
type=urn:ietf:params:oauth:token-type
ask $token -d "grant_type=password&$who&username=ada&scope=payments" --data-urlencode 'password=correct horse battery staple'
ok 'a password is a grant' has_status 200
ask $token -d "grant_type=password&$who&username=ada&password=x&scope=payments"
ok 'another is none' is_error invalid_grant
ask $token -d "$good"
subject="subject_token=$(member access_token)&subject_token_type=$type:access_token"
ask $token -d "$exchange&$subject&audience=ledger&scope=payments"
ok 'a token sold here can be exchanged' has_status 200
ok 'its type is said' test "$(member issued_token_type)" = $type:access_token
ask $token -d "$exchange&$subject&requested_token_type=$type:id_token"
ok 'for one that is no access token' test "$(member token_type) $(member issued_token_type)" = "N_A $type:id_token"
ask $token -d "$exchange&$subject&requested_token_type=$type:refresh_token"
ok 'not for any' is_error invalid_request
ask $token -d "$exchange&$subject&audience=nobody"
ok 'not for any audience' is_error invalid_target
ask $token -d "$exchange&$subject&actor_token=x"
ok 'an actor has a type' is_error invalid_request
ask $token -d "$exchange&$subject&actor_token=x&actor_token_type=$type:access_token"
ok 'and a token of ours' is_error invalid_request
ask $token -d "$exchange&$subject&scope=accounts+admin"
ok 'scopes are checked' is_error invalid_scope
ask $token -d "$exchange&subject_token=x&subject_token_type=$type:access_token"
ok 'a token sold elsewhere can not' is_error invalid_request

# --- requests that are none ---

ask $token
ok 'GET' has_status 405
ok 'GET: what else' head_has 'Allow: POST'
ask $token -H 'Content-Type: application/json' -d "$good"
ok 'another content type' has_status 400
form='application/x-www-form-urlencoded'
ask $token -H "Content-Type: $form; charset=utf-8" -d "$good"
ok 'a charset is fine' is_token
ask $token -d "$good&scope=payments"
ok 'a parameter twice' has_status 400
ask $token -d "$good%zz"
ok 'a broken escape' has_status 400
head -c 70000 /dev/zero | tr '\0' a >"$dir/large"
ask $token --data-binary "@$dir/large"
ok 'a large body' has_status 413
ask /nothing
ok 'nothing there' has_status 404
ask /m/nonsense$token -d "$good"
ok 'an unknown misbehaviour' is 404 "unknown misbehaviour 'nonsense'"

# --- documents, count, log ---

ask /.well-known/oauth-authorization-server
ok 'metadata' has_status 200
ok 'metadata: JSON' is_json
ok 'metadata: the issuer' body_has "\"issuer\":\"$url\""
ok 'metadata: the endpoint' body_has "\"token_endpoint\":\"$url$token\""
ask /.well-known/oauth-authorization-server/m/delay=1
ok 'metadata of an issuer that misbehaves' body_has "\"issuer\":\"$url/m/dela"
ask /openapi.json
ok 'OpenAPI' body_has '"openapi": "3.0'
ok 'OpenAPI: JSON' is_json
ask /openapi.json -X DELETE
ok 'documents are only read' has_status 405

ok 'count' says_count /count "$(wc -l <"$dir/count" | tr -d ' ')"
ask $token -d "$good"
ok 'count file' sh -c 'tail -n 1 "$1" | grep -q " POST $2 149$"' sh \
    "$dir/count" $token
ok 'count of one path' says_count /count/nothing 1
ask "$token?client_secret=$secret" -d "$good"
ask /log
ok 'log' body_has "Z POST $token 149 post 200 [0-9]*\$"
ok 'log: Basic' body_has ' basic 401 [0-9]*$'
ok 'log: both' body_has ' both 400 [0-9]*$'
ok 'log: no secret' body_lacks "$secret"

# --- misbehaviour ---

before=$(date +%s)
misbehave delay=2100
ok 'delay: answers' is_token
ok 'delay: late' test $(($(date +%s) - before)) -ge 2
misbehave expires-in=%22900%22
ok 'expires-in' body_has '"expires_in":"900",'
misbehave expires-in=none,scope=none,type=none
ok 'none' body_has '^{"access_token":"[^"]*"}$'
misbehave status=418,error=teapot,description=short%2C+stout
ok 'status, error, description' is 418 \
    '{"error":"teapot","error_description":"short,+stout"}'
misbehave status=201
ok 'a good status' has_status 201
misbehave 'status=503,retry-after=Fri%2C%2031%20Dec%202049%2023:59:59%20GMT'
ok 'retry-after' head_has 'Retry-After: Fri, 31 Dec 2049 23:59:59 GMT'
ok 'status without a body' is 503 ''
misbehave cut=20
ok 'cut: curl notices' curl_says 18
ok 'cut: what came' body_size 20
misbehave cut=0
ok 'cut at once' curl_says 18
misbehave cut=100000
ok 'cut after all' curl_says 18
misbehave endless --max-time 1 --limit-rate 1M
ok 'endless: still comes' curl_says 28
ok 'endless: a string' sh -c 'head -c 100 "$1/body" | grep -q \
    "^{\"access_token\":\"aaa"' sh "$dir"
misbehave endless-headers
ok 'endless headers' test "$curl_status" -ne 0
ok 'endless headers: many' test "$(wc -c <"$dir/head")" -gt 50000
misbehave big=200000
ok 'big' body_size 200000
ok 'big: still JSON' body_has '^{"access_token":"[^}]*} *$'
misbehave hang --max-time 1
ok 'hang' curl_says 28
misbehave reset
ok 'reset' curl_says 56
misbehave drip=1
ok 'drip' is_token
misbehave drip=100 --max-time 1
ok 'drip: slowly' curl_says 28
misbehave token=a.b-c%7E
ok 'token' body_has '^{"access_token":"a.b-c~",'
misbehave token-size=70000
ok 'token-size' body_size 70085
misbehave type=mac,scope=payments
ok 'type and scope' body_has '"token_type":"mac",.*"scope":"payments"}$'
misbehave content-type=text/plain
ok 'content-type' head_has 'Content-Type: text/plain'
misbehave body=%7B%22a%22:%2F%7D%0A,status=400
ok 'body' is 400 '{"a":/}
'
misbehave redirect=307,location=https:%2F%2Fexample.invalid%2F
ok 'redirect' has_status 307
ok 'redirect: where' head_has 'Location: https://example.invalid/'
misbehave redirect=302
ok 'redirect: home' head_has "Location: $url$token"
misbehave fail=2
ok 'fail: first' has_status 503
misbehave fail=2
ok 'fail: second' has_status 503
misbehave fail=2
ok 'fail: third' is_token
misbehave fail=1,reset,expires-in=7
ok 'fail by reset' curl_says 56
misbehave fail=1,reset,expires-in=7
ok 'and good after it' body_has '"expires_in":7,'
misbehave same-token
cp "$dir/body" "$dir/first"
misbehave same-token
ok 'same-token' cmp -s "$dir/first" "$dir/body"
misbehave html,status=502
ok 'html' head_has 'Content-Type: text/html'
ok 'html: status' has_status 502
ask "/m/status=500/.well-known/oauth-authorization-server"
ok 'documents misbehave too' has_status 500
ask /log
ok 'log: hang' body_has 'POST /m/hang.* hang [0-9]*$'
ok 'log: reset' body_has 'POST /m/reset.* reset [0-9]*$'

# --- many at once ---

curl -sS --noproxy '*' --cacert "$ca" --http1.1 -Z --parallel-max 300 \
    --parallel-immediate --max-time 60 -d "$good" -o "$dir/many.#1" \
    "$url/m/delay=500,tag=[1-300]$token" >/dev/null 2>"$dir/curl.err"
ok '300 connections at once' test "$(cat "$dir"/many.* |
    grep -o '"token_type":"Bearer"' | wc -l)" -eq 300

# --- stop ---

curl -s --noproxy '*' --cacert "$ca" -d "$good" "$url/m/hang$token" \
    >/dev/null 2>&1 &
hanging=$!
sleep 0.3
if test -n "$ipv6"; then
    url=$(sed -n 's/^url6=//p' "$dir/one/ready")
    ask $token -d "$good"
    ok 'over ::1' is_token
fi
stop
ok 'SIGTERM while one hangs: status 0' test "$stopped" -eq 0
ok 'ready is gone' test ! -e "$dir/one/ready"
wait $hanging

# --- other starts ---

ok 'it starts without TLS' start two --http --basic-raw \
    --misbehave expires-in=5,delay=1 --client 'raw:a%25:read'
ok 'no ca' test -z "$ca"
ask $token -d "$good"
ok '--misbehave' body_has '"expires_in":5,'
misbehave expires-in=6
ok 'a path on top of it' body_has '"expires_in":6,'
ask $token -u 'raw:a%' -d "$grant&scope=read"
ok '--basic-raw' has_status 200
misbehave reset
ok 'reset without TLS' curl_says 56
misbehave endless-headers
ok 'endless headers without TLS' test "$curl_status" -ne 0
misbehave drip=1
ok 'drip without TLS' body_has '"expires_in":5,'
stop

for kind in expired wrong-name; do
    ok "it starts with a certificate that is $kind" start $kind \
        --certificate $kind
    ask $token -d "$good"
    ok "curl refuses it" test "$curl_status" -ne 0
    stop
done

# curl falls back to the common name; whoever does not has no name to look at.
ok 'it starts with a certificate that is no-name' start no-name \
    --certificate no-name
ask $token -d "$good"
ok 'curl takes it' has_status 200
stop

start life --life 1
wait "$pid"
ok '--life' test $? -eq 0
pids=${pids% "$pid"}

sh -c '"$1" --dir "$2" --parent --life 60 >/dev/null & wait' sh "$sandbox" \
    "$dir/parent" &
pid=$!
tries=0
until test -f "$dir/parent/ready" || test $tries -gt 300; do
    tries=$((tries + 1))
    sleep 0.1
done
kill -KILL $pid
wait $pid 2>/dev/null
while test -f "$dir/parent/ready" && test $tries -lt 600; do
    tries=$((tries + 1))
    sleep 0.1
done
ok '--parent' sh -c 'test -f "$1/ca.pem" && test ! -e "$1/ready"' sh \
    "$dir/parent"

for wrong in '' '--port 70000' '--client x' '--misbehave nonsense' '--what' \
    '--certificate odd' 'word'; do
    # shellcheck disable=SC2086
    "$sandbox" ${wrong:+--dir "$dir/wrong"} $wrong >/dev/null 2>"$dir/curl.err"
    ok "usage: '$wrong'" test $? -eq 64
done
ok '--help' sh -c '"$1" --help | grep -q -e --misbehave' sh "$sandbox"

done_testing
