#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh DIR - npm's oidc-provider into DIR, exactly as locked and once.
# No script of a package runs.  Fails with a word where it cannot be had.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dir=$1

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "node and npm are not installed" >&2
    exit 1
fi
mkdir -p "$dir"
cmp -s "$here/package-lock.json" "$dir/installed" && exit 0
cp "$here/package.json" "$here/package-lock.json" "$dir/"
cd "$dir"
if ! timeout 240 npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 >npm.log 2>&1; then
    code=$(sed -n 's/^npm [^ ]* code //p' npm.log | head -n 1)
    echo "npm could not install it${code:+ ($code)}; see $dir/npm.log" >&2
    exit 1
fi
cp package-lock.json installed
