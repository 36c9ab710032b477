#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh - what `make check-fuzz` runs, in a build directory of libFuzzer's:
# each harness for $FUZZ_SECONDS, then what of its parser was reached.
#
# check.sh DIR [NAME...].  As many run side by side as there are processors.
# What was found stays in DIR/corpus/NAME, so that the next run goes on from
# there, and in DIR/spent/NAME how many seconds of a processor it took so far;
# what broke lies in DIR/crashes.
set -u
unset CDPATH
TOP_SRC=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
. "$TOP_SRC/tests/fuzz/harnesses.sh"
DIR=$(cd "$1" && pwd) || exit 1
shift
SECONDS_EACH=${FUZZ_SECONDS:-60}
mkdir -p "$DIR/crashes" "$DIR/spent"

spend() { # spend NAME SECONDS: what it has had in all
    set -- "$1" "$(($(cat "$DIR/spent/$1" 2>/dev/null || echo 0) + $2))"
    echo "$2" >"$DIR/spent/$1"
    echo "$2"
}

took() { # took NAME: seconds of the children of the shell that wrote its times
    awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, "[ms]"); n += t[1] * 60 + t[2] } printf "%d", n }' "$DIR/$1.times"
}

fuzz() { # fuzz NAME: one line about it
    corpus=$DIR/corpus/$1
    log=$DIR/$1.log
    mkdir -p "$corpus" "$DIR/seeds/$1"
    seeds "$1" | tr '\n' '\0' | xargs -0 cp -t "$DIR/seeds/$1"
    FUZZ_TARGET=$1 "$DIR/tests/fuzz/libfuzzer" -max_total_time="$SECONDS_EACH" -timeout=5 -rss_limit_mb=1024 \
        -dict="$TOP_SRC/tests/fuzz/words.dict" -artifact_prefix="$DIR/crashes/$1-" -print_final_stats=1 \
        "$corpus" "$DIR/seeds/$1" >"$log" 2>&1
    rc=$?
    times >"$DIR/$1.times" # not in a pipe, whose shell has no children yet
    spent=$(spend "$1" "$(took "$1")")
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ $rc = 0 ]; then
        printf '%-13s %9s runs in %s s (%s s in all), %s inputs kept\n' "$1" "${runs:-?}" "$SECONDS_EACH" "$spent" \
            "$(find "$corpus" -type f | wc -l)"
    else
        printf '%-13s FAILED: %s\n' "$1" "$(grep -m1 -E 'does not hold|ERROR|runtime error' "$log")"
        return 1
    fi
}

# Of each parser's files, the lines that its seeds and what was found reach.
cover() { # cover NAME
    profile=$DIR/$1.profile
    find "$DIR/corpus/$1" "$DIR/seeds/$1" -type f -print0 |
        LLVM_PROFILE_FILE=$profile.raw FUZZ_TARGET=$1 xargs -0 "$DIR/coverage/tests/fuzz/replay" >/dev/null 2>&1
    "$PROFDATA" merge -o "$profile" "$profile.raw" || return 1
    files=$(sed -n "s|^$1 ||p" "$TOP_SRC/tests/fuzz/targets")
    for file in $files; do
        set -- "$1" "$(cd "$DIR/coverage" && "$COV" report ./tests/fuzz/replay -instr-profile="$profile" "$TOP_SRC/$file" 2>/dev/null |
            awk '/^TOTAL/ { print $10, $8 - $9, $8 }')"
        # shellcheck disable=SC2086  # words are wanted
        printf '%-13s %-38s %7s of lines (%s of %s)\n' "$1" "$file" $2
    done
}

[ -z "${FUZZ_BY_AFL:-}" ] || . "$TOP_SRC/tests/fuzz/afl.sh" # its fuzz()
if [ -n "${FUZZ_ALONE:-}" ]; then # a shell for each, which counts its own seconds
    fuzz "$1"
    exit
fi
[ $# -gt 0 ] || set -- $(targets)
printf '%s\n' "$@" | FUZZ_ALONE=1 xargs -n 1 -P "$(nproc)" sh "$0" "$DIR"
broken=$?
PROFDATA=$(command -v llvm-profdata || command -v llvm-profdata-14)
COV=$(command -v llvm-cov || command -v llvm-cov-14)
if [ -n "$PROFDATA" ] && [ -n "$COV" ] && [ -x "$DIR/coverage/tests/fuzz/replay" ]; then
    echo
    for target in "$@"; do
        cover "$target"
    done
fi
[ $broken = 0 ]
