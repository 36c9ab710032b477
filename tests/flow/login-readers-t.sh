#!/bin/sh
# SPDX-License-Identifier: MIT
# login-readers-t.sh - the readers of a system's profile change while a login
# waits for its person: what it brings is not for those of before.  In a mount
# namespace of its own.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
OUT=$T/out
cover /var/lib/tokenward || skip_all "/var/lib cannot be covered"
install -d -o "$SERVICE_ID" -g "$SERVICE_ID" -m 700 /var/lib/tokenward
helper() { "$T/bin/tokenward-helper" --system "$@"; }
shared() { # shared [LINE...]
    tenant shared /m/tag=shared/oauth/v1/token 'provider: device_code' \
        "device_authorization_endpoint: $URL/m/tag=shared,interval=1/oauth/v1/device" "$@"
}
login() {
    : >"$OUT"
    helper login shared >"$OUT" 2>&1 </dev/null &
    LOGIN=$!
    until_true 30 eval 'grep -q "^Waiting" "$OUT" || ! kill -0 "$LOGIN"'
    CODE=$(grep -o '[B-Z]\{4\}-[B-Z]\{4\}' "$OUT" | head -n 1)
}
agree() { curl -s --cacert "$CA" "$URL/device/approve/$CODE" >/dev/null; }
reads() { as "$1" cat /run/tokenward/shared/token >/dev/null 2>&1; }
ENDED='was ended: the profile got other readers meanwhile'

shared 'readers: {users: [dora, anna], groups: [team]}'
login
agree
wait "$LOGIN"; is $? 0 "a login for a profile with readers"
reads anna; is $? 0 "who read its token"
before=$(token shared)
login
sleep 2
agree
wait "$LOGIN"; is $? 0 "another one, which waits for a while"
[ "$(token shared)" != "$before" ]; is $? 0 "brings another token"
reads bert; is $? 0 "which they read, too"

serve_system
login
shared 'readers: {users: [dora]}'
until_true 30 eval '! reads anna'; is $? 0 "the resident helper shuts one of them out while a login waits"
before=$(token shared)
agree
wait "$LOGIN"; is $? 69 "the login ends with 69"
like "$(cat "$OUT")" "$ENDED" "and says why"
is "$(token shared)" "$before" "nothing was asked for"
reads anna; is $? 1 "who was shut out stays out"
reads dora; is $? 0 "the others read the token of before"
login
shared
until_true 30 eval '! reads dora'; is $? 0 "there are no readers any more"
agree
wait "$LOGIN"; is $? 69 "the login ends with 69"
reads dora; is $? 1 "and nobody reads"
login
shared 'readers: {units: [shop.service]}'
sleep 2
agree
wait "$LOGIN"; is $? 0 "units read no file: the login goes on"
shared 'readers: {users: [dora]}'
until_true 30 reads dora; is $? 0 "a reader again"
login

# So it is while a fetch waits, for another one or for its answer.
shop() { tenant shop /m/tag=shop,delay=9000/oauth/v1/token "$@"; }
shops() { as "$1" cat /run/tokenward/shop/token >/dev/null 2>&1; }
asked() { curl -s --cacert "$CA" "$URL/count/m/tag=shop,delay=9000/oauth/v1/token" | tr -dc 0-9; }
asked_since() { [ "$(asked)" -gt "$1" ]; }
LOCK=/run/tokenward/shop/lock
for waits in lock answer; do
    shop 'readers: {users: [anna]}'
    until_true 30 shops anna; is $? 0 "a reader"
    if [ $waits = lock ]; then
        as "$SERVICE" flock -o $LOCK sh -c "for _ in \$(seq 600); do [ ! -e '$T/go' ] || break; sleep 0.1; done" &
        until_true 9 eval '! as "$SERVICE" flock -n $LOCK true'
    fi
    before=$(token shop) count=$(asked)
    helper fetch --force shop >"$OUT" 2>&1 &
    fetch=$!
    if [ $waits = lock ]; then
        until_true 9 eval 'grep -q -e "-> FLOCK .*:$(stat -c %i $LOCK) " /proc/locks'
    else
        until_true 9 asked_since "$count"
    fi
    is $? 0 "a fetch waits for its $waits"
    shop
    until_true 5 eval '! shops anna'; is $? 0 "who is no reader any more"
    : >"$T/go"
    wait $fetch; is $? 75 "the fetch: exit 75"
    like "$(cat "$OUT")" "the profile got other readers meanwhile" "and says why"
    is "$(token shop)" "$before" "it has published nothing"
    shops anna; is $? 1 "who was shut out stays out"
done
rm "$SYSCONF/profiles.d/shared.yaml"
until_true 30 eval '! reads dora'; is $? 0 "the profile is gone: nobody reads what is kept"
agree
wait "$LOGIN"; is $? 69 "the login ends with 69"
reads dora; is $? 1 "and brings nothing for those of before"
stop_system; is $? 0 "it ends cleanly"
done_testing
