#!/bin/sh
# SPDX-License-Identifier: MIT
# load.sh - what it costs to have 100,000 profiles, and as many instances of a
# template: time against libyaml's own event pass, memory of each.
set -eu
TOP_BUILD=${TOP_BUILD:-$(pwd)}
T=$(mktemp -d "${TMPDIR:-/tmp}/tokenward-load.XXXXXX")
trap 'rm -rf "$T"' EXIT
chmod 755 "$T"
mkdir "$T/modules"
cp "$TOP_BUILD"/provider/grants/.libs/*.so "$T/modules/"
chmod 755 "$T/modules" "$T/modules"/*
echo "# ${PROFILES:-100000} profiles (goals: 1.50 times libyaml's events, 1 KiB each)"
"$TOP_BUILD/tests/bench/load_bench" "$T" "$T/modules" "${PROFILES:-100000}"
