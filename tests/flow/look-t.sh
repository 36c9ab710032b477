#!/bin/sh
# SPDX-License-Identifier: MIT
# look-t.sh - after a reload what is kept is looked at in many turns: a new
# reader is told of no token that cannot be read yet, and who is none any more
# has none, also if the resident helper ends in between.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
to_preload looking
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin/ring.py"
NAMES=$(seq -f 't%02g' 40)
put() { # put READERS: all of them, in one step
    {
        echo "profiles:"
        for name in $NAMES; do
            printf '  %s:\n    token_endpoint: %s\n    client_id: %s\n' "$name" "$URL/oauth/v1/token" "$CLIENT_ID"
            printf '    client_secret: {file: ../secret}\n    scope: payments\n    ca_file: %s\n    readers: {users: [%s]}\n' "$T/ca.pem" "$1"
        done
    } >"$SYSCONF/profiles.d/.all"
    chmod 644 "$SYSCONF/profiles.d/.all"
    mv "$SYSCONF/profiles.d/.all" "$SYSCONF/profiles.d/all.yaml"
}
ring() { as "$1" $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "command=ensure\\nprofile=$2\\n"; }
answers() { ring "$1" "$2" | grep -q "^status=$3"; }
count_read() { # count_read USER: tokens that this user can read
    # shellcheck disable=SC2016,SC2086
    as "$1" sh -c 'n=0; for name; do cat "/run/tokenward/$name/token" >/dev/null 2>&1 && n=$((n + 1)); done; echo $n' sh $NAMES
}
has_read() { [ "$(count_read "$1")" = "$2" ]; }
tenant other /oauth/v1/token
put anna
export LOOKING_SLOW="$T/slow" LD_PRELOAD="$T/bin/looking.so"
serve_system
unset LD_PRELOAD
until_true 20 has_read anna 40; is $? 0 "anna reads what is hers"
is "$(count_read bert)" 0 "and bert nothing"

: >"$T/slow"
put 'anna, bert'
until_true 20 answers bert t01 ok
as bert cat /run/tokenward/t01/token >"$T/bert" 2>&1; is $? 0 "a new reader who is told of a token can read it"
answers bert t40 ok && as bert cat /run/tokenward/t40/token >"$T/bert" 2>&1; is $? 0 "wherever it stands"
rm "$T/slow"
until_true 20 has_read bert 40; is $? 0 "and soon all of them"

: >"$T/slow"
put anna
until_true 20 answers bert t01 access; is $? 0 "bert is no reader any more"
stop_system; is $? 0 "it ends before it has looked at all"
is "$(count_read bert)" 0 "and bert can read none"
is "$(count_read anna)" 40 "where anna can"
done_testing
