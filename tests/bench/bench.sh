#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh - ratios in one run: the API against a file read, front ends
# against a libc-only process that prints a file, a cold fetch against curl.
# It judges no time and fails only when something could not run.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile bench /oauth/v1/token 'match: https://git.example.test'
B=$TOP_BUILD/tests/bench
cp "$B/pair" "$B/floor" "$T/bin/"
cp "$B/.libs/api_bench" "$T/bin/" 2>/dev/null || cp "$B/api_bench" "$T/bin/"
cp "$TOP_BUILD"/provider/client/.libs/libtokenward.so.0 "$T/bin/"
chmod 755 "$T/bin"/*
user tokenward get bench >/dev/null || { echo "bench: no token"; exit 1; }
token=$T/run/tokenward/bench/token
printf 'protocol=https\nhost=git.example.test\n\n' >"$T/request"
chmod 644 "$T/request"

echo "# the C API, in one process"
user env LD_LIBRARY_PATH="$T/bin" api_bench bench "$(record bench)" || exit 1

echo "# warm front ends, whole processes (goals: git 1.05, get 1.10)"
user pair -n "${WARM_ROUNDS:-400}" -b floor "floor=$T/bin/floor $token" \
    "git-credential-tokenward=$T/bin/git-credential-tokenward get <$T/request" \
    "tokenward-get=$T/bin/tokenward get bench" || exit 1

echo "# a cold fetch, whole process, against curl with the system's certificates (goal: 0.40)"
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    cat /etc/ssl/certs/ca-certificates.crt "$CA" >"$T/bundle.pem"
    chmod 644 "$T/bundle.pem"
    user pair -n "${COLD_ROUNDS:-60}" -b curl-bundle \
        "curl-bundle=curl -sS -f -o /dev/null --cacert $T/bundle.pem -d grant_type=client_credentials -d client_id=$CLIENT_ID -d client_secret=$CANARY -d scope=payments $URL/oauth/v1/token" \
        "curl-one-CA=curl -sS -f -o /dev/null --cacert $CA -d grant_type=client_credentials -d client_id=$CLIENT_ID -d client_secret=$CANARY -d scope=payments $URL/oauth/v1/token" \
        "tokenward-helper-fetch=$T/bin/tokenward-helper fetch --force bench" || exit 1
else
    echo "skipped: there is no bundle of certificates"
fi
