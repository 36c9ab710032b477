#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sandbox-t.sh - the sandbox, asked with curl: what README.md says of it is
# true.  Prints TAP; see ask.sh for where the binary is looked for.
# shellcheck disable=SC2016,SC2154,SC2317 # ok() runs words; ask.sh sets names

set -u
# shellcheck source=tests/sandbox/ask.sh
. "$(dirname "$0")/ask.sh"

# --- start ---

# A connection takes a descriptor at each end, and curl may want another for it.
many=300
# shellcheck disable=SC3045  # a shell without it has nothing to raise
if ! ulimit -S -n 1024 2>/dev/null && [ "$(ulimit -n)" -lt 700 ]; then
    many=$(($(ulimit -n) / 2 - 50))
fi

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
ask $token -d "grant_type=implicit&$who&scope=payments"
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

# --- many at once ---

curl -sS --noproxy '*' --cacert "$ca" --http1.1 -Z --parallel-max $many \
    --parallel-immediate --max-time 60 -d "$good" -o "$dir/many.#1" \
    "$url/m/delay=500,tag=[1-$many]$token" >/dev/null 2>"$dir/curl.err"
ok "$many connections at once" test "$(cat "$dir"/many.* |
    grep -o '"token_type":"Bearer"' | wc -l)" -eq $many

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
