#!/bin/sh
# SPDX-License-Identifier: MIT
# replay-t.sh - every harness over its own seeds, and over those of all others,
# which are to it what an attacker sends.
set -u
TOP_BUILD=${TOP_BUILD:-$(pwd)}
TOP_SRC=${TOP_SRC:-$TOP_BUILD}
. "$TOP_SRC/tests/fuzz/harnesses.sh"
REPLAY=$TOP_BUILD/tests/fuzz/replay
[ -x "$REPLAY" ] || { echo "1..0 # SKIP the harnesses were not built"; exit 0; }

by_line
all=$(for target in $(targets); do seeds "$target"; done | sort -u)
count=1
if [ "$(env -u FUZZ_TARGET "$REPLAY" | sort)" = "$(targets | sort)" ]; then
    echo "ok 1 - the table names every harness"
else
    echo "not ok 1 - the table names every harness"
fi
for target in $(targets); do
    count=$((count + 1))
    own=$(seeds "$target" | wc -l)
    # shellcheck disable=SC2086  # lines are wanted
    if [ "$own" -gt 0 ] && said=$(FUZZ_TARGET=$target "$REPLAY" $all 2>&1 >/dev/null); then
        echo "ok $count - $target: $own seeds of its own, $(echo "$all" | wc -l) in all"
    else
        echo "not ok $count - $target"
        printf '%s\n' "${said:-it has no seed}" | sed 's/^/# /'
    fi
done
echo "1..$count"
