#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh - the lines of helper/ and provider/ that ran, by file, worst
# first: coverage.sh BUILD
set -u
cd "${1:?}" || exit 1
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
build=$(pwd)
find helper provider -name '*.gcda' | while read -r data; do
    (cd "$T" && gcov -r -n -s "$(cd "$build/.." && pwd)" -o "$(dirname "$build/$data")" "$build/$data" 2>/dev/null)
done | awk '
    /^File/ { file = $2; gsub(/\047/, "", file); sub(/^.*\/(helper|provider)\//, "&", file) }
    /^Lines executed/ { split($0, part, /[:% ]+/); n = $NF; got = int(n * part[3] / 100 + 0.5)
        if (file ~ /\.c$/ && got >= best[file]) { best[file] = got; all[file] = n } }
    END { for (f in all) printf "%6.2f%% %5d of %5d %s\n", 100 * best[f] / all[f], best[f], all[f], f }' |
    sort -n >"$T/table"
cat "$T/table"
awk '{ got += $2; all += $4 } END { printf "%6.2f%% of %d lines\n", 100 * got / all, all }' "$T/table"
