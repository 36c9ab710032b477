#!/bin/sh
# SPDX-License-Identifier: MIT
# answers-t.sh - what real servers want and answer, row by row: the sandbox
# does as they do, and a token comes of it or a clear refusal.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
N=0
ends() { # ends SECONDS NAME LIST [LINE...]: a token of that lifetime
    seconds=$1 title=$2 list=$3
    shift 3
    N=$((N + 1))
    profile "row$N" "/m/tag=$N,$list/oauth/v1/token" "$@"
    user tokenward get "row$N" >/dev/null 2>"$T/err"
    is "$?:$(field "row$N" lifetime)" "0:$seconds" "$title"
    sed 's/^/# /' "$T/err"
}
fails() { # fails EXIT PATTERN NAME LIST [LINE...]
    code=$1 pattern=$2 title=$3 list=$4
    shift 4
    N=$((N + 1))
    profile "row$N" "/m/tag=$N,$list/oauth/v1/token" "$@"
    out=$(user tokenward get "row$N" 2>&1)
    is $? "$code" "$title: exit $code"
    like "$out" "$pattern" "with what matters"
    [ ! -e "$T/run/tokenward/row$N/token" ]; ok $? "and no token"
}
raw() { printf %s "$1" | sed 's/%/%25/g; s/\\/%5C/g; s/,/%2C/g; s|/|%2F|g; s/ /%20/g; s/"/%22/g; s/{/%7B/g; s/}/%7D/g; s/\[/%5B/g; s/\]/%5D/g'; }

# What they want.
ends 3600 "Azure AD v1: resource, and numbers as text" \
    "want=resource=https%253A%252F%252Fgraph.example.test,expires-in=$(raw '"3600"'),extra=$(raw ',"expires_on":"4102444800","ext_expires_in":"3600","not_before":"0"')" \
    'resource: https://graph.example.test'
ends 3600 "two resources (RFC 8707)" 'want=resource=https%253A%252F%252Fa.test%26resource=https%253A%252F%252Fb.test' \
    'resource: [https://a.test, https://b.test]'
ends 3600 "an audience" 'want=audience=api1' 'audience: api1'
ends 3600 "no secret in the form beside the one in the header" 'auth=basic,lack=client_secret' \
    'token_endpoint_auth_method: client_secret_basic'
N=$((N + 1)); profile "row$N" '/m/no-scope,lack=scope/oauth/v1/token'
sed -i '/scope: /d' "$T/config/tokenward/profiles.d/row$N.yaml"
user tokenward get "row$N" >/dev/null; is $? 0 "no scope: none is sent, not even an empty one"
fails 77 'missing or wrong: scope' "and one would be noticed" 'lack=scope'
N=$((N + 1)); profile "row$N" '/oauth/v1/token?api-version=2'
user tokenward get "row$N" >/dev/null; is $? 0 "an endpoint with a query of its own"

# What was not asked for, or not given.
ends 3600 "less scope than asked for" 'scope=payments'
is "$(field "row$N" scope)" payments "is kept as it was granted"
like "$(field "row$N" warning)" "less scope than asked for" "with a warning"
like "$(user tokenward status "row$N")" "less scope than asked for" "which status shows"
ends 3600 "more scope than asked for" 'scope=payments%20wallet%20admin'
like "$(field "row$N" warning)" "more scope than asked for" "a warning, too"

# How long a token lives: from before it was asked for, and beyond 2038.
ends 100 "an answer that takes its time" 'delay=2500,expires-in=100'
asked=$(date +%s)
[ "$(field "row$N" issued_at)" -le $((asked - 2)) ]; ok $? "its lifetime began with the request"
ends 31536000 "an end beyond 2038 is within a year" "expires-in=$(($(date -u -d 2100-01-01 +%s) - asked))"
ends 3600 "a lifetime with a fraction is cut" 'expires-in=3600.9'
ends 300 "no lifetime: the default" 'expires-in=none'
ends 900 "or the profile's" 'expires-in=none' 'default_lifetime: "900"'
ends 300 "null is none" 'expires-in=null'
ends 31536000 "a lifetime beyond all numbers" 'expires-in=1e400'
fails 76 'malformed_response: its lifetime is none, or is over' "a lifetime of 0" 'expires-in=0'
ends 300 "which some mean as no end" 'expires-in=0' 'zero_lifetime: default'
fails 76 'malformed_response: its lifetime is none, or is over' "a negative one" 'expires-in=-1'
fails 76 'malformed_response: its lifetime is none, or is over' "no number" "expires-in=$(raw '"soon"')"
for name in expires_on expires_at expires expiration expiresIn; do
    ends 31536000 "$name, as seconds since 1970" "expires-in=none,extra=$(raw ",\"$name\":\"4102444800\"")" "expires_member: $name"
done
ends 31536000 "as milliseconds" "expires-in=none,extra=$(raw ',"expires":4102444800000')" 'expires_member: expires'
ends 5183 "as seconds from now" "expires-in=none,extra=$(raw ',"expires":5183')" 'expires_member: expires'
ends 31536000 "as a date (GitHub)" "expires-in=none,extra=$(raw ',"expires_at":"2100-01-01T00:00:00Z"')" 'expires_member: expires_at'
ends 31536000 "as Azure's managed identity has it" "expires-in=none,extra=$(raw ',"expires_on":"01/01/2100 00:00:00 AM +00:00"')" \
    'expires_member: expires_on'
fails 76 'malformed_response: its lifetime is none, or is over' "a date that is over" "extra=$(raw ',"expires_at":"2001-01-01T00:00:00Z"')" 'expires_member: expires_at'
exp=$(($(date +%s) + 7000))
jwt=e30.$(printf '{"exp":%s}' "$exp" | base64 -w0 | tr '+/' '-_' | tr -d =).x
N=$((N + 1)); profile "row$N" "/m/expires-in=none,token=$jwt/oauth/v1/token"
user tokenward get "row$N" >/dev/null
left=$(field "row$N" lifetime)
[ "$left" -gt 6900 ] && [ "$left" -le 7000 ]; ok $? "a token that knows its own end (exp)"
ends 30 "a short life" 'expires-in=30'
before=$(requests)
user tokenward get "row$N" >/dev/null; is "$(requests)" "$before" "is no reason to ask twice"

# What else is said of it.
ends 3600 "scopes as a list (Twitch)" "scope=none,extra=$(raw ',"scope":["payments","wallet"]')"
is "$(field "row$N" scope)" "payments wallet" "are joined"
ends 3600 "scope null" "scope=none,extra=$(raw ',"scope":null')"
is "$(field "row$N" scope)" "payments wallet" "is what was asked for"
ends 3600 "no scope" 'scope=none'
is "$(field "row$N" scope)" "payments wallet" "is that, too"
ends 3600 "scopes with commas" 'no-scope,scope=payments%2Cwallet' 'scope_separator: comma'
is "$(field "row$N" scope)" "payments wallet" "are joined, too"
ends 3600 "no token_type" 'type=none'
ends 3600 "BEARER" 'type=BEARER'
fails 76 'unsupported_token_type: "Application Access Token"' "eBay's token_type" 'type=Application%20Access%20Token'
ends 3600 "which the profile may call Bearer" 'type=Application%20Access%20Token' 'token_type: Bearer'
fails 76 'unsupported_token_type' "mac" 'type=mac'
ends 3600 "a refresh_token where none belongs" "extra=$(raw ',"refresh_token":"r3fresh-c4nary"')"
is "$(grep -rl r3fresh-c4nary "$T/run" "$T/home" 2>/dev/null)" "" "is kept nowhere"
ends 3600 "a token of 50,000 bytes" 'token-size=50000'
fails 76 'malformed_response: its error is empty, or no text' "an empty error beside a token" "extra=$(raw ',"error":""')"
fails 76 'malformed_response: its error is empty, or no text' "an error that is a word" "extra=$(raw ',"error":false')"
fails 77 'HTTP 401, invalid_client' "an empty one that says why by its status" "status=401,body=$(raw '{"error":""}')"
fails 76 'malformed_response: its access_token is not there, is none, or is too long' "of 70,000" 'token-size=70000'
fails 76 'malformed_response: its access_token is not there, is none, or is too long' "a token that is a word for none" 'token=null'
fails 76 'malformed_response: its access_token is not there, is none, or is too long' "an empty one" "token=none,extra=$(raw ',"access_token":""')"
fails 76 'malformed_response: its access_token is not there, is none, or is too long' "one with a line end" "token=none,extra=$(raw ',"access_token":"a\nb"')"
fails 76 'malformed_response' "two of them" "extra=$(raw ',"access_token":"other"')"

# In what they come.
ends 3600 "a form" form-reply 'reply_format: form'
fails 76 'malformed_response' "which is not expected" form-reply
fails 76 'HTTP 201' "status 201" status=201
ends 3600 "which is expected" status=201 'success_status: "201"'
ends 3600 "JSON of another type" 'content-type=text%2Fplain'

# Refusals, in all their shapes.
fails 77 'incorrect_client_credentials (HTTP 200)' "an error with status 200 (GitHub)" 'status=200,error=incorrect_client_credentials'
like "$out" 'word for invalid_client' "and its meaning"
fails 77 'no way' "an error that is an object (Google)" "status=401,body=$(raw '{"error":{"code":401,"message":"no way"}}')"
fails 77 'no way' "a list of errors (Fitbit)" "status=401,body=$(raw '{"errors":[{"message":"no way"}]}')"
fails 77 'no way' "a fault (Apigee)" "status=401,body=$(raw '{"fault":{"faultstring":"no way"}}')"
fails 75 'HTTP 502.*HTML' "a gateway's page" 'status=502,html'
fails 75 'HTTP 500' "nothing at all" 'status=500'
fails 75 'HTTP 403' "a firewall's 403" 'status=403,html'
fails 75 'asks to wait 77 s' "429 with Retry-After" 'status=429,retry-after=77'
before=$(requests)
user tokenward get "row$N" >/dev/null 2>&1; is "$(requests)" "$before" "which is heeded"
followed=0
for code in 301 302 303 307 308; do
    before=$(requests)
    fails 76 'redirect_refused' "a redirect, $code" "redirect=$code"
    followed=$((followed + $(requests) - before - 1))
done
figure requests-after-redirect $followed "of 5 redirects"
is $followed 0 "no redirect is followed"
fails 77 'use_dpop_nonce' "DPoP" 'error=use_dpop_nonce'
like "$out" 'operator can allow bearer tokens' "which is explained"
done_testing
