#!/bin/sh
# SPDX-License-Identifier: MIT
# served-t.sh - a living token is served whatever the endpoint does, and a
# fetch is bounded from outside libcurl.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
ask() { # with nothing known of an attempt before, and the record that age made
    rm -f "$T/run/tokenward/$name/backoff"
    cat "$T/aged" >"$(record "$name")"
    got=$(user tokenward get "$name" 2>&1)
}
sum=0
for bad in delay=30000 hang reset status=500 status=429,retry-after=60 html cut=20 endless big=2000000 \
    token-size=70000 redirect=307,location=https%3A%2F%2Fexample.test%2F 'body=%7B%22access_token%22%3A'; do
    name=$(printf 'x%s' "$bad" | tr -c 'A-Za-z0-9\n' '-' | cut -c1-40)
    profile "$name" /oauth/v1/token 'timeout: 3'
    token=$(user tokenward get "$name")
    sed -i "s#^    token_endpoint:.*#    token_endpoint: $URL/m/$bad/oauth/v1/token#" \
        "$T/config/tokenward/profiles.d/$name.yaml"
    # Refresh is due, the profile has changed: every reason to ask, none to fail.
    age "$name" 3000
    within 6000 ask
    status=$?
    is "$got" "$token" "served while the endpoint does $bad"
    ok $status "within bounds ($TOOK ms)"
    [ -n "$token" ] && sum=$((sum + 1))
done
kill "$SANDBOX_PID"; wait "$SANDBOX_PID" 2>/dev/null
SANDBOX_PID=
is "$(user tokenward get "$name" 2>&1)" "$token" "served while the endpoint is down"
rm -f "$T/run/tokenward/$name/backoff"
age "$name" 5000
out=$(user tokenward get "$name" 2>&1); is $? 75 "once it is dead: exit 75"
like "$out" "127.0.0.1" "and the message names the endpoint"
# The first wait is one second, which a busy machine may sleep over; each
# failure doubles it.
for _ in 1 2 3 4; do
    out=$(user tokenward get "$name" 2>&1)
    status=$?
    case $out in *"asked again in"*) break ;; esac
done
is $status 75 "a further get fails at once, from the note"
like "$out" "asked again in" "which says when it is asked again"

# Name servers that never answer: libcurl alone would take 28 s.
if [ "$(id -u)" = 0 ] && unshare -mn true 2>/dev/null; then
    cat >"$T/dead.sh" <<'EOF'
ip link set lo up 2>/dev/null || ifconfig lo up
printf 'nameserver 127.0.0.2\nnameserver 127.0.0.3\nnameserver 127.0.0.4\n' >"$T/resolv"
mount --bind "$T/resolv" /etc/resolv.conf || exit 9
"$T/bin/deaf" &
deaf=$!
sleep 0.3
start=$(date +%s%N)
setpriv --reuid=65534 --regid=65534 --clear-groups tokenward get dns >"$T/dead.out" 2>&1
echo "$? $((($(date +%s%N) - start) / 1000000))"
kill $deaf
EOF
    profile dns /oauth/v1/token 'timeout: 3'
    sed -i 's#^    token_endpoint:.*#    token_endpoint: https://nowhere.example.test/token#' \
        "$T/config/tokenward/profiles.d/dns.yaml"
    cp "$TOP_BUILD/tests/flow/deaf" "$T/bin/" && export T
    set -- $(unshare -mn sh "$T/dead.sh" 2>"$T/dead.err")
    is "${1:-}" 75 "dead name servers: exit 75"
    [ "${2:-99999}" -lt 9000 ]; ok $? "after ${2:-?} ms, not libcurl's 28 s"
    sed 's/^/# /' "$T/dead.err" "$T/dead.out"
else
    skip "dead name servers" "needs root and network namespaces"
    skip "bounded from outside" "needs root and network namespaces"
fi
done_testing
