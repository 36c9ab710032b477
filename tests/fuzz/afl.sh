# SPDX-License-Identifier: MIT
# afl.sh - sourced by check.sh for `make check-afl`: AFL++ goes on for
# $FUZZ_SECONDS from what libFuzzer has found, and what it finds beyond that is
# kept for both.
#
# It knows nothing of lines, as libFuzzer does by mutate.c; it knows instead
# what is compared with what, by the second build in DIR/afl/cmplog.
# shellcheck shell=sh
AFL=$DIR/afl
export AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
command -v afl-fuzz >/dev/null || { echo "afl-fuzz: not found; Debian's package is afl++" >&2; exit 1; }

stat_of() { sed -n "s/^$1 *: *//p" "$out/default/fuzzer_stats" 2>/dev/null; }

broke() { # broke NAME: what ended a run, or took over five seconds
    for kind in crashes hangs; do
        find "$out/default/$kind" -name 'id:*' -exec cp {} "$DIR/crashes/$1-afl-$kind" \; -print 2>/dev/null
    done | grep -q .
}

# Debian 12's leaves the servers of its second build behind.
end_servers() { # end_servers NAME
    for pid in $(pgrep -f "^$AFL/(cmplog/)?tests/fuzz/libfuzzer"); do
        tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "FUZZ_TARGET=$1" && kill -KILL "$pid"
    done
}

fuzz() { # fuzz NAME: one line about it
    in=$AFL/in/$1 out=$AFL/out/$1 log=$AFL/$1.log
    rm -rf "$in" "$out"
    mkdir -p "$in" "$out" "$DIR/corpus/$1" "$DIR/seeds/$1"
    seeds "$1" | tr '\n' '\0' | xargs -0 cp -t "$DIR/seeds/$1"
    # Of what libFuzzer kept, what it would keep today.
    FUZZ_TARGET=$1 "$DIR/tests/fuzz/libfuzzer" -merge=1 "$in" "$DIR/corpus/$1" "$DIR/seeds/$1" >"$log" 2>&1
    FUZZ_TARGET=$1 afl-fuzz -V "$SECONDS_EACH" -t 5000 -m none -c "$AFL/cmplog/tests/fuzz/libfuzzer" \
        -x "$TOP_SRC/tests/fuzz/words.dict" -i "$in" -o "$out" -- "$AFL/tests/fuzz/libfuzzer" >>"$log" 2>&1
    rc=$?
    end_servers "$1"
    if [ $rc != 0 ] || broke "$1"; then
        printf '%-13s FAILED: see %s and %s\n' "$1" "$log" "$DIR/crashes"
        return 1
    fi
    FUZZ_TARGET=$1 "$DIR/tests/fuzz/libfuzzer" -merge=1 "$in" "$out/default/queue" >>"$log" 2>&1
    cp "$in"/* "$DIR/corpus/$1/"
    printf '%-13s %9s runs in %s s, beyond libFuzzer: %s\n' "$1" "$(stat_of execs_done)" "$(stat_of run_time)" \
        "$(sed -n 's/^MERGE-OUTER: \(.* new files\) with \(.*\) new features added; \(.*\) new coverage edges$/\1, \2 features, \3 edges/p' "$log" | tail -n 1)"
}
