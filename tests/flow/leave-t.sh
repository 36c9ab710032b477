#!/bin/sh
# SPDX-License-Identifier: MIT
# leave-t.sh - a user's last logout takes the token with it, and not what a
# server said of when to come again: whoever leaves and comes back asks no one
# who is not to be asked.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
# shellcheck source=tests/flow/templates.sh
. "${TOP_SRC:-.}/tests/flow/templates.sh"
ensure() { ring "$1" "command=ensure\\nprofile=$2\\n"; }
leave() { ring "$1" "command=leave\\nprofile=$2\\n"; }
is_left() { [ ! -e "/run/tokenward/$1/token" ] && [ ! -e "/run/tokenward/$1/record" ]; }
generation() { sed -n 's/^generation=//p' "/run/tokenward/$1/record"; }
printf %s "$CANARY" | put secrets/anna
BUSY=/m/status=503,retry-after=600/oauth/v1/token
LATE=/m/delay=1500,status=503,retry-after=600/oauth/v1/token
asked() { curl -s --cacert "$CA" "$URL/count${1:-$BUSY}" | tr -dc 0-9; }
template plain /oauth/v1/token 'login: true' 'readers: {users: [anna]}'
template two /oauth/v1/token 'login: true' 'readers: {users: [anna]}' 'any_of:' \
    "- {name: busy, token_endpoint: '$URL$BUSY'}" '- name: other'
template kept /oauth/v1/token 'login: true' 'readers: {users: [anna]}'
template late "$LATE" 'login: true' 'readers: {users: [anna]}'
serve_system

is "$(ensure anna plain@anna)" status=ok "a login's token"
is "$(leave anna plain@anna)" status=ok "the last logout"
[ ! -e /run/tokenward/plain@anna ]; ok $? "leaves nothing where nothing failed"

is "$(ensure anna two@anna)" status=ok "one of two servers says when to come again, the other answers"
is "$(asked)" 1 "the first was asked once"
is "$(leave anna two@anna)" status=ok "the last logout"
is_left two@anna; ok $? "the token is gone"
is "$(ensure anna two@anna)" status=ok "who comes back has one"
is "$(asked)" 1 "and the first is not asked again"

# Who leaves before the answer is there.
ensure anna late@anna >"$T/late" &
late=$!
is_asked() { [ "$(asked $LATE)" = 1 ]; }
until_true 9 is_asked; is $? 0 "a server is asked, and takes its time"
is "$(leave anna late@anna)" status=ok "the last logout comes before its answer"
wait $late
like "$(cat "$T/late")" '^status=retry' "who waited is told so"
has_ended() { $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=status\n' | grep -qx fetching=0; }
until_true 9 has_ended; is $? 0 "the answer is there: to come again in ten minutes"
like "$(ensure anna late@anna)" '^status=retry' "who comes back waits as long"
is "$(asked $LATE)" 1 "and the server is not asked again"

# A reload of whose readers the user is none takes nothing away from that.
is "$(ensure anna kept@anna)" status=ok "another login's token"
for profile in kept gone; do template $profile /oauth/v1/token 'login: true' 'readers: {users: [bert]}'; done
reload
like "$(ensure anna kept@anna)" '^status=access' "whose user is no reader any more"
like "$(leave bert kept@anna)" '^status=access' "nobody else ends it"
is "$(leave anna kept@anna)" status=ok "and whose last logout comes"
is_left kept@anna; ok $? "takes it along"
like "$(ensure root kept@anna)" '^status=access' "and nobody has it fetched again"
like "$(leave anna gone@anna)" '^status=access' "where nothing is kept there is nothing to leave"

# A token that nobody takes is not bought again and again.
for _ in 1 2 3 4 5 6; do
    until_true 20 eval '[ "$(ensure root plain@anna)" = status=ok ]' # who has no limit of fetches
    ring anna "command=reject\\nprofile=plain@anna\\ngeneration=$(generation plain@anna)\\n" >/dev/null
done
is "$(leave anna plain@anna)" status=ok "young tokens were rejected in a row, and the last logout comes"
is_left plain@anna; ok $? "nothing of a token stays"
like "$(ensure anna plain@anna)" 'young tokens in a row were rejected' "and who comes back waits as one who stays"

# Whoever's own profiles cannot be read logs out all the same.
mkdir -p "$T/anna/config/tokenward" "$T/anna/run"
chown -R anna:"$(id -g anna)" "$T/anna"
chmod 700 "$T/anna/run"
chmod 777 "$T/anna/config/tokenward"
template last /oauth/v1/token 'login: true' 'readers: {users: [anna]}'
reload
is "$(ensure anna last@anna)" status=ok "a login's token"
out=$(as anna env XDG_RUNTIME_DIR="$T/anna/run" XDG_CONFIG_HOME="$T/anna/config" "$T/bin/tokenward-helper" leave 2>&1)
is $? 73 "the user's own profiles are open to others: exit 73"
like "$out" "$T/anna/config/tokenward: mode 0777" "and that is told"
is_left last@anna; ok $? "the system's token is gone"
stop_system; is $? 0 "it ends cleanly"
done_testing
