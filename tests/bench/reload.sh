#!/bin/sh
# SPDX-License-Identifier: MIT
# reload.sh - how long somebody waits for an answer while the system's
# profiles, all of them kept, are read again; against the time that the
# reading takes, and against a quiet helper.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
COUNT_OF=${FLEET:-10000}
cp "$TOP_SRC/tests/flow/crowd.py" "$T/bin/"
chmod 644 "$T/bin"/*.py
BELL=/run/tokenward/doorbell
tenant ours /oauth/v1/token 'readers: {users: [anna]}'
awk -v n="$COUNT_OF" -v url="$URL/oauth/v1/token" -v id="$CLIENT_ID" -v ca="$T/ca.pem" -v dir="$SYSCONF/profiles.d" 'BEGIN {
    for (i = 0; i < n; i++) {
        if (i % 200 == 0) {
            if (i) close(file)
            file = sprintf("%s/%04d.yaml", dir, i / 200)
            print "profiles:" >file
        }
        printf "  service-%06d:\n    token_endpoint: %s\n    client_id: %s\n    client_secret: {file: ../secret}\n    scope: payments\n    ca_file: %s\n    readers: {users: [anna, bert]}\n", i, url, id, ca >file
    }
}'
chmod 644 "$SYSCONF/profiles.d"/*
serve_system
all_are_there() { [ "$(find /run/tokenward -name record | wc -l)" -gt "$COUNT_OF" ]; }
until_true 300 all_are_there || { echo "reload: not all were published"; exit 1; }
ask() { as anna $PYTHON "$T/bin/crowd.py" $BELL ask "$1" ours; }
reload() { # from another tenant's change until all is as it was
    sed -i "s/scope: .*/scope: payments # $1/" "$SYSCONF/profiles.d/0000.yaml"
}
echo "# an answer at the doorbell while $COUNT_OF profiles of the system, all kept, are read again"
row() { printf '%-44s median %6d us, longest %6d us\n' "$@"; }
# shellcheck disable=SC2046 # words are wanted
row "with nothing else to do" $(ask 150) || exit 1
for round in 1 2 3; do
    (sleep 0.3; reload "$round") &
    # shellcheck disable=SC2046
    row "while they are read again, round $round" $(ask 150) || exit 1
    wait $!
done
start=$(date +%s%3N)
"$T/bin/tokenward-helper" --system check >/dev/null || exit 1
printf '%-44s %d ms\n' "to read them once (tokenward-helper check)" $(($(date +%s%3N) - start))
stop_system || exit 1
