#!/bin/sh
# SPDX-License-Identifier: MIT
# cost-t.sh - what the worst input costs: time and memory of each parser, over
# its corpus and over what is made here to be dear, up to 4 MiB.  Memory is
# what a process takes beyond one with nothing to read, input and all copies.
set -u
TOP_BUILD=${TOP_BUILD:-$(pwd)}
TOP_SRC=${TOP_SRC:-$TOP_BUILD}
. "$TOP_SRC/tests/fuzz/harnesses.sh"
REPLAY=$TOP_BUILD/tests/fuzz/replay
[ -x "$REPLAY" ] || { echo "1..0 # SKIP the harnesses were not built"; exit 0; }
if readelf -d "$REPLAY" | grep -qE 'lib(a|ub|t)san'; then
    echo "1..0 # SKIP sanitizers take time and memory of their own"
    exit 0
fi
LIMIT_MS=100 LIMIT_KIB=16384
! grep -q '\.gcda' "$REPLAY" || LIMIT_MS=1000 # counted by atomic counters, five times slower
T=$(mktemp -d "${TMPDIR:-/tmp}/tokenward-cost.XXXXXX") || exit 99
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM

many() { # many BYTES TEXT: the text over and over, without line ends
    yes -- "$2" | tr -d '\n' | head -c "$1"
}
numbered() { # numbered BEFORE AFTER COUNT
    seq -f "$1%.0f$2" "$3"
}
K=1024 M=1048576
http() { printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'; }
for n in 60000 65536 $M $((4 * M)); do
    for text in '[' '{' '{a: ' '[{"a":' '"\u00e9' '\ud83d\ude00' '- ' '? ' 'a' '&a *a ' '%41' '1' ' ' '""' ','; do
        many "$n" "$text" >"$T/many-$n-$(printf %s "$text" | od -An -tx1 | tr -d ' \n')"
    done
done
{ printf '{"a":"'; many $M '\u00e9'; } >"$T/string"
{ printf '{'; numbered '"k' '":1,' 60000; printf '"z":1}'; } >"$T/members"
{ printf '{"a":['; numbered '' ',' 90000; printf '1]}'; } >"$T/array"
{ printf '{"access_token":'; many $M 9; printf '}'; } >"$T/number"
{ printf 'profiles:\n'; numbered '  p' ': {client_id: c}' 1500; } >"$T/profiles"
{ printf 'profiles:\n  p:\n'; numbered '    k' ': v' 4000; } >"$T/keys"
{ printf 'profiles:\n  p:\n    scope: ['; numbered '"s' '",' 5000; printf ']\n'; } >"$T/scopes"
{ printf 'a: "'; many 60000 '\t'; printf '"\n'; } >"$T/escapes"
numbered 'key' '=value' 90000 >"$T/lines"
numbered 'route=acme oauth2 ours.test /team' '' 80000 >"$T/routes"
{ printf 'ours.test\nteam7/repo\n'; cat "$T/routes"; } >"$T/index"
{ printf 'protocol=https\nhost='; many 300000 a; printf '\n\n'; } >"$T/host"
{ printf 'tokenward-record=1\nprofile=p\naccess_token='; many 130000 t; printf '\n'; } >"$T/record"
{ printf 'https://'; many $M 'a.'; } >"$T/url"
{ printf 'access_token=t'; numbered '&f' '=v' 90000 | tr -d '\n'; } >"$T/form"
for body in string members array number form; do
    { http; cat "$T/$body"; } >"$T/http-$body"
    { printf '\177'; cat "$T/http-$body"; } >"$T/ruled-$body"
done
{ printf 'HTTP/1.1 200 OK\r\n'; numbered 'X-Field-' ": $(many 900 v)" 1500; } >"$T/fields"

by_line
made=$(find "$T" -type f)
inputs=$(echo "$made" | wc -l)
count=0 most_ms=0 most_kib=0
for target in $(targets); do
    count=$((count + 1))
    own=$(seeds "$target")
    inputs=$((inputs + $(echo "$own" | wc -l)))
    # shellcheck disable=SC2086  # lines are wanted
    cost=$(FUZZ_TARGET=$target "$REPLAY" --cost $made $own 2>&1 >/dev/null)
    ms=${cost% *} kib=${cost#* }
    if [ "$ms" -le $LIMIT_MS ] 2>/dev/null && [ "$kib" -le $LIMIT_KIB ]; then
        echo "ok $count - $target: at most $ms ms and $kib KiB"
    else
        echo "not ok $count - $target: $cost"
    fi
    [ "$ms" -le $most_ms ] 2>/dev/null || most_ms=$ms
    [ "$kib" -le $most_kib ] 2>/dev/null || most_kib=$kib
done
echo "# figure refuse-ms $most_ms of $inputs inputs to $count parsers"
echo "# figure refuse-kib $most_kib of $inputs inputs to $count parsers"
echo "1..$count"
