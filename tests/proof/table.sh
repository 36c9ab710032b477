#!/bin/sh
# SPDX-License-Identifier: MIT
# table.sh - the promises with the figures that the tests measured, from the
# logs of the last `make check`: table.sh BUILD
#
# A test says "# figure NAME VALUE [REMARK]".  Where several measure the same,
# the sum counts if nothing of its kind may be, else the largest.  A figure
# that nobody measured is a row that failed.
set -u
BUILD=${1:-.}
logs=$(find "$BUILD/tests" -name '*.log')
failed=0

figures() { # figures NAME: the values, one a line
    # shellcheck disable=SC2086  # words are wanted
    [ -z "$logs" ] || sed -n "s/^# figure $1 //p" $logs
}
row() { # row HOW LIMIT UNIT PROMISE NAME...: HOW is sum or max
    how=$1 limit=$2 unit=$3 promise=$4
    shift 4
    value=0 remarks='' verdict=ok
    for name in "$@"; do
        [ -n "$(figures "$name")" ] || { verdict="FAILED: $name was not measured"; continue; }
        one=$(figures "$name" | awk -v how="$how" '
            $1 !~ /^[0-9]+$/ { bad = 1 }
            how == "sum" { n += $1 }
            how == "max" && $1 + 0 > n { n = $1 + 0 }
            END { print bad ? "none" : n + 0 }')
        case $one in
        none) verdict="FAILED: $name is no number"; continue ;;
        esac
        if [ "$how" = sum ]; then value=$((value + one)); elif [ "$one" -gt "$value" ]; then value=$one; fi
        remarks="$remarks${remarks:+; }$(figures "$name" | cut -d' ' -f2- | grep -v '^[0-9]*$' | paste -sd, | sed 's/,/, /g')"
    done
    [ "$verdict" != ok ] || [ "$value" -le "$limit" ] || verdict="FAILED: more than $limit"
    [ "$verdict" = ok ] || failed=1
    printf '%-50s %7s %-4s %s\n' "$promise" "$value" "$unit" "$verdict"
    [ -z "$remarks" ] || printf '    %s\n' "$remarks"
}

row sum 0 '' "torn files: killed at every call, read while written" torn-killed torn-read
row sum 0 '' "gets that failed while a token was alive" gets-failed-alive
row max 1 '' "requests made by 200 callers at once" requests-of-200
row max 3400 ms "the longest login" longest-login-ms
row max 100 ms "time to refuse a bad input" refuse-ms
row max 16384 KiB "memory to refuse a bad input" refuse-kib
row sum 0 '' "setuid, setgid and capability bits installed" privileged-bits
row sum 0 '' "lines of network or parsing code run as root" root-lines
row sum 0 '' "finds of a marked secret" canary-finds
row sum 0 '' "writes through planted links" planted-writes
row sum 0 '' "bad certificates accepted" bad-certificates-accepted
row sum 0 '' "requests made after a redirect" requests-after-redirect
row sum 0 '' "corpus rows that are not met" corpus-unmet
row max 2 '' "requests made when a clock jumps" clock-jump-requests
row sum 0 '' "tokens given after their end" stale-tokens
row max 20 '' "requests during an hour of failures" hour-of-failures-requests
row sum 0 '' "leaks in the matrix of users" uid-leaks
exit $failed
