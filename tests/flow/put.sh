# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: MIT
# put.sh - sourced by tests of front ends, after lib.sh: what one of them is
# given on its standard input, and all that comes of it.
NL='
'
# put INPUT WORD...: stdout with its end in $OUT, exit status in $STATUS
put() {
    input=$1
    shift
    OUT=$(printf %s "$input" | user "$@" 2>"$T/err"; printf "=%s" $?)
    STATUS=${OUT##*=}
    OUT=${OUT%=*}
    cat "$T/err" >>"$T/messages"
}
utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
# near GOT WANTED NAME COMMAND: equal, or what COMMAND prints of an end in EXPIRES
# that is a second apart: two clocks are asked, and may tick between.
near() {
    [ "$1" = "$2" ] || [ "$1" = "$(EXPIRES=$((EXPIRES - 1)) && eval "$4")" ] || [ "$1" = "$(EXPIRES=$((EXPIRES + 1)) && eval "$4")" ]
    set -- $? "$1" "$2" "$3"
    ok "$1" "$4"
    [ "$1" = 0 ] || printf '# got:    %s\n# wanted: %s\n' "$2" "$3"
}
