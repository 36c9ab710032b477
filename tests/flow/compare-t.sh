#!/bin/sh
# SPDX-License-Identifier: MIT
# compare-t.sh - tokens are compared in a time that tells nothing of them: the
# same instructions are run wherever the first difference is.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"

command -v valgrind >/dev/null || skip_all "valgrind is not installed"
! is_sanitized || skip_all "valgrind runs no sanitized program"

# count WHOSE A B: "STATUS INSTRUCTIONS" of the comparison and what it calls
count() {
    case $1 in ours) inside=bytes_equal ;; *) inside=libc_equal ;; esac
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        --toggle-collect="$inside" "$TOP_BUILD/tests/flow/compare" "$@" 2>"$T/said"
    echo "$? $(sed -n 's/^==[0-9]*== Collected : //p' "$T/said")"
}

token=$(printf '%01024d' 0)
equal=$(count ours "$token" "$token")
like "$equal" "^0 [1-9][0-9][0-9][0-9]" "two tokens of 1,024 bytes that are equal ($equal)"
first=$(count ours "$token" "1${token#?}")
is "$first" "1 ${equal#* }" "one that differs in its first byte costs as much"
is "$(count ours "$token" "${token%?}1")" "1 ${equal#* }" "as in its last one"
is "$(count ours "$token" "$(echo "$token" | tr 0 x)")" "1 ${equal#* }" "as in each"
is "$(count ours "$(echo "$token" | tr 0 x)" "$token")" "1 ${equal#* }" "whichever of them is kept"

# The same look at a comparison that does tell.
first=$(count libc "$token" "1${token#?}")
last=$(count libc "$token" "${token%?}1")
[ "${first#* }" -lt "${last#* }" ]; is $? 0 "which is seen where it is not so: memcmp(3) ends at the difference ($first, $last)"
done_testing
