#!/bin/sh
# SPDX-License-Identifier: MIT
# lanes-t.sh - a tenant whose requests hang shares its server with others, who
# get their tokens as if it were not there.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/crowd.py" "$T/bin/"
chmod 644 "$T/bin/crowd.py"
crowd() { # crowd USER WORD...
    who=$1
    shift
    as "$who" $PYTHON "$T/bin/crowd.py" /run/tokenward/doorbell "$@"
}
good=
for i in 1 2 3 4 5 6 7 8; do
    tenant "good$i" /oauth/v1/token 'readers: {users: [bert]}'
    good="$good good$i"
done
serve_system
there=0
for name in $good; do until_true 10 test -s "/run/tokenward/$name/token" && there=$((there + 1)); done
is $there 8 "eight tokens of one tenant are there"
# shellcheck disable=SC2086
quiet=$(crowd bert renew good1 good2)

# Another tenant's, of the same server, hang: by themselves, and asked for.
hanging=
for i in $(seq 20); do
    tenant "hang$i" /m/hang/oauth/v1/token 'readers: {users: [anna]}' 'timeout: 60'
    hanging="$hanging hang$i"
done
until_true 10 test -e /run/tokenward/hang20; is $? 0 "twenty of another one hang"
# shellcheck disable=SC2086
crowd anna want 15 $hanging &
load=$!
sleep 0.5
loud=$(crowd bert renew good3 good4 good5 good6 good7 good8)
is $? 0 "the first tenant's are rejected and had anew (${quiet#* } us at worst before, ${loud#* } us now)"
[ "${loud% *}" -lt 100000 ] && [ "${loud#* }" -lt 2000000 ]; is $? 0 "within 100 ms (median ${loud% *} us)"
tenant later /oauth/v1/token 'readers: {users: [bert]}'
until_true 12 test -s /run/tokenward/later/token; is $? 0 "and one that nobody waits for comes long before the others give up"
is "$(find /run/tokenward/hang* -name token | wc -l)" 0 "who hang all the while"
kill "$load" 2>/dev/null
wait "$load" 2>/dev/null
stop_system; is $? 0 "it ends cleanly"
done_testing
