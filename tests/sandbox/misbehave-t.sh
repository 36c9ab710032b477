#!/bin/sh
# SPDX-License-Identifier: MIT
#
# misbehave-t.sh - each misbehaviour that README.md names, as curl sees it.
# Prints TAP; see ask.sh.
# shellcheck disable=SC2016,SC2154,SC2317 # ok() runs words; ask.sh sets names

set -u
# shellcheck source=tests/sandbox/ask.sh
. "$(dirname "$0")/ask.sh"

ok 'it starts' start one || exit 1

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

stop
done_testing
