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
