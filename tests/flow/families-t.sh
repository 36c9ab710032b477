#!/bin/sh
# SPDX-License-Identifier: MIT
# families-t.sh - an endpoint by IPv6 alone, by IPv4 alone, and by a name with
# both of which one is dead: refused at once, or silent as behind a bad route.
# A token comes within the deadline of a login, and nobody waits for the dead.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
[ "$(id -u)" = 0 ] && unshare -mn true 2>/dev/null || skip_all "needs root, and network namespaces"
command -v ip >/dev/null || skip_all "ip is not installed"

# A host of its own for each case: who lives there, what its name leads to.
cat >"$T/case.sh" <<'EOF'
# case.sh ADDRESSES NAMES: a network with these of ours, and silence at the
# others; one fetch of one name
ip link set lo up || exit 9
ip link add silent type dummy 2>/dev/null || ip tuntap add silent mode tap || exit 9
ip link set silent up || exit 9
ip addr add 192.0.2.1/24 dev silent && ip -6 addr add 2001:db8::1/64 dev silent nodad || exit 9
# A neighbour that is there, and that nobody hears.
ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev silent && ip -6 neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev silent || exit 9
: >"$T/sandbox.out" # of the case before
"$T/bin/sandbox" --dir "$T/sandbox" --life 60 --parent --ipv6 --port 8443 --client "$CLIENT_ID:$CANARY:payments+wallet" >"$T/sandbox.out" 2>&1 &
server=$!
for _ in $(seq 600); do grep -q '^ready' "$T/sandbox.out" && break; sleep 0.1; done
case $1 in *4*) ;; *) ip addr del 127.0.0.1/8 dev lo ;; esac
case $1 in *6*) ;; *) ip -6 addr del ::1/128 dev lo ;; esac
[ "$1" != 4-alone ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
shift
for address in "$@"; do echo "$address sandbox.test"; done >"$T/hosts"
mount --bind "$T/hosts" /etc/hosts || exit 9
start=$(date +%s%N)
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups "$T/bin/tokenward-helper" fetch --force pay >"$T/out" 2>&1
echo "$? $((($(date +%s%N) - start) / 1000000))"
kill $server
wait $server # the next one makes the same files
EOF
cp "$TOP_BUILD/tests/sandbox/sandbox" "$T/bin/" 2>/dev/null || skip_all "the sandbox was not built: libmicrohttpd is missing"
URL=https://sandbox.test:8443 CA=$T/sandbox/ca.pem
profile pay /oauth/v1/token 'timeout: 5'
export T CLIENT_ID CANARY USER_ID
longest=0
# fetch LIMIT ADDRESSES NAME...: its STATUS, and how many ms it TOOK; once more
# if that is too many, which may be the host's doing.
fetch() {
    limit=$1
    shift
    for _ in 1 2 3; do
        # shellcheck disable=SC2046  # two words
        read -r STATUS TOOK <<END
$(unshare -mn sh "$T/case.sh" "$@" 2>"$T/err")
END
        [ "${TOOK:-0}" -ge "$limit" ] || return
    done
}
fetched() { # fetched WORDS LIMIT ADDRESSES NAME...: a token, in so many ms
    words=$1
    shift
    fetch "$@"
    is "${STATUS:-none}" 0 "$words: a token"
    [ "${STATUS:-none}" = 0 ] || sed 's/^/# /' "$T/err" "$T/out" "$T/sandbox.out"
    [ "${TOOK:-99999}" -lt "$1" ]; ok $? "$words: in ${TOOK:-?} ms"
    [ "${TOOK:-0}" -le "$longest" ] || longest=${TOOK:-0}
}
fetched "IPv6 alone" 3000 6 ::1
fetched "IPv4 alone" 3000 4 127.0.0.1
fetched "both" 3000 46 ::1 127.0.0.1
fetched "both names, the host has IPv4 alone" 3000 4 ::1 127.0.0.1
fetched "both names, the host has IPv6 alone" 3000 6 ::1 127.0.0.1
fetched "both names, IPv6 is switched off" 3000 4-alone ::1 127.0.0.1
fetched "IPv6 is silent" 3000 46 2001:db8::9 127.0.0.1
fetched "IPv4 is silent" 3000 46 192.0.2.9 ::1
# What no family reaches is told in time.
fetch 7000 46 2001:db8::9 192.0.2.9
is "${STATUS:-none}" 75 "both are silent: exit 75"
[ "${TOOK:-99999}" -lt 7000 ]; ok $? "in ${TOOK:-?} ms, by the timeout of 5 s"
like "$(cat "$T/out")" "sandbox.test:8443.*timed out" "and the message names the endpoint"
echo "# the longest fetch: $longest ms"
done_testing
