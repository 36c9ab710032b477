#!/bin/sh
# SPDX-License-Identifier: MIT
#
# logins-t.sh - logins of devices, their refresh tokens, and what is bought with
# a password or another token, asked with curl.  Prints TAP; see ask.sh.
# shellcheck disable=SC2016,SC2154,SC2317 # ok() runs words; ask.sh sets names

set -u
# shellcheck source=tests/sandbox/ask.sh
. "$(dirname "$0")/ask.sh"

ok 'it starts' start one || exit 1

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

stop
done_testing
