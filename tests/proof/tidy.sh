#!/bin/sh
# SPDX-License-Identifier: MIT
# tidy.sh - clang-tidy over helper/ and provider/ by .clang-tidy; fails for
# anything that tidy.known does not explain, and for what it explains in vain:
# tidy.sh BUILD FLAG...
set -u
unset CDPATH
cd "$(dirname "$0")/../.." || exit 1
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
build=$1
shift
flags="-std=gnu17 -D_GNU_SOURCE -I. -I$build -include tests/proof/paths.h $*"
# shellcheck disable=SC2086,SC2016  # words are wanted, and xargs's shell expands
find helper provider -name '*.c' | sort | xargs -P2 -n8 sh -c '
    flags=$0; clang-tidy --quiet "$@" -- $flags 2>/dev/null' "$flags" >"$T/all"
grep -E ': (warning|error): ' "$T/all" | sed "s|$(pwd)/||" | sort -u >"$T/said"
grep -v '^#' tests/proof/tidy.known | while read -r file check why; do
    grep "^$file:.*analyzer-$check" "$T/said" >"$T/known.one" ||
        echo "tidy.known: $file $check is not found any more: $why" >>"$T/vain"
    cat "$T/known.one" >>"$T/known"
done
[ -f "$T/known" ] && sort -u "$T/known" >"$T/explained" || : >"$T/explained"
touch "$T/vain"
comm -23 "$T/said" "$T/explained" >"$T/new"
cat "$T/new" "$T/vain"
echo "clang-tidy: $(wc -l <"$T/new") findings, $(wc -l <"$T/explained") explained"
[ ! -s "$T/new" ] && [ ! -s "$T/vain" ]
