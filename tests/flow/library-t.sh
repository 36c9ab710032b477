#!/bin/sh
# SPDX-License-Identifier: MIT
# library-t.sh - a program with libtokenward where there is more than one place
# for tokens: which one it looks at, and what it starts to know.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
[ -n "${IN_NAMESPACE:-}" ] || skip_all "needs root, and mount namespaces"
cover /run || skip_all "/run cannot be covered"
sandbox
cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/" 2>/dev/null || cp "$TOP_BUILD/tests/flow/reader" "$T/bin/"
cp "$TOP_BUILD/provider/client/.libs/libtokenward.so.0" "$T/bin/"
reads() { user env LD_LIBRARY_PATH="$T/bin" "$@"; }

# The login's own directory, where the variable names none of the user's.
LOGIN=/run/user/$USER_ID
mkdir -p -m 755 /run/user
mkdir -m 700 "$LOGIN" /run/user/1
mkdir "$T/team" "$T/all"
chmod 770 "$T/team"
chmod 703 "$T/all"
own "$LOGIN" "$T/team" "$T/all"
profile pay /oauth/v1/token
for named in XDG_RUNTIME_DIR=/run/user/1 XDG_RUNTIME_DIR=/nowhere XDG_RUNTIME_DIR=run "XDG_RUNTIME_DIR=$T/team" "XDG_RUNTIME_DIR=$T/all"; do
    reads "$named" reader pay; is $? 0 "$named: a token all the same"
    [ -s "$LOGIN/tokenward/pay/token" ]; ok $? "which is kept in the login's directory"
    rm -r "$LOGIN/tokenward"
done
is "$(find /run/user/1 "$T/run" "$T/team" "$T/all" -mindepth 1)" "" "and nowhere else"

# A program that began before its user had a place for tokens.
appears() { # appears DIR TOP: DIR comes while it waits; its token is kept below TOP
    mkfifo "$T/input"
    reads env -u XDG_RUNTIME_DIR reader --later pay <"$T/input" >"$T/later" 2>"$T/err" &
    reader=$!
    exec 8>"$T/input"
    until_true 60 grep -q '^none yet' "$T/later"; ok $? "without a runtime directory: none"
    mkdir -m 700 "$1"
    own "$1"
    exec 8>&-
    wait $reader; is $? 0 "once there is $1: a token"
    sed 's/^/# /' "$T/err"
    [ -s "$2/pay/token" ]; ok $? "which is kept there"
    rm -r "$1" "$T/input"
}
rm -r "$LOGIN"
appears "$LOGIN" "$LOGIN/tokenward"
mkdir -m 755 /run/tokenward /run/tokenward/user
appears "/run/tokenward/user/$USER_ID" "/run/tokenward/user/$USER_ID"
rm -r /run/tokenward
mkdir -m 700 "$LOGIN"
own "$LOGIN"

# A root directory without devices, as of a chroot that somebody made.
bare() { # bare COMMAND...: what it says there
    unshare -m sh -c 'mount -t tmpfs none /dev && exec "$@"' sh setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups "$@" 2>&1
}
is "$(bare "$T/bin/tokenward" get pay)" "tokenward: /dev/null: No such file or directory" "where there is no /dev/null it is told"
is "$(bare env TOKENWARD_HELPER="$T/nowhere" "$T/bin/tokenward" get pay)" "tokenward: $T/nowhere: cannot be started: No such file or directory" "and not where it is the helper that is not there"

# The system's token, where the user has profiles, too, that might hide it.
mkdir -m 755 /run/tokenward
user tokenward get pay >/dev/null
mv "$T/run/tokenward/pay" /run/tokenward/
chown -R 0:0 /run/tokenward/pay
chmod 755 /run/tokenward/pay
chmod 644 /run/tokenward/pay/*
rm "$T/config/tokenward/profiles.d/pay.yaml"
profile mine /oauth/v1/token
TOKEN=$(sed -n 's/^access_token=//p' /run/tokenward/pay/record)
printf '#!/bin/sh\necho "$*" >>"%s/run/started"\nexec "%s" "$@"\n' "$T" "$TOKENWARD_HELPER" >"$T/bin/told"
printf '#!/bin/sh\nexec sleep 60\n' >"$T/bin/stuck"
chmod 755 "$T/bin/told" "$T/bin/stuck"
started() { cat "$T/run/started" 2>/dev/null; rm -f "$T/run/started"; }
rm -f "$T/run/tokenward/index"
is "$(TOKENWARD_HELPER=$T/bin/told user tokenward get --cached pay)" "$TOKEN" "get --cached: the system's token"
is "$(started)" "" "and no helper is started"
reads TOKENWARD_HELPER="$T/bin/told" reader --many pay; is $? 0 "a program of many threads: a token for each"
is "$(started)" "--detach index" "and one helper, which looks at the user's profiles"
reads TOKENWARD_HELPER="$T/bin/told" reader --many pay; is "$?$(started)" 0 "none, while they are as they were"
reads reader --held pay 2>"$T/err"; is $? 10 "no descriptor is left, and nothing tells that it is still the one: none"
cp "$T/run/tokenward/epoch" /run/tokenward/
chown 0:0 /run/tokenward/epoch
chmod 644 /run/tokenward/epoch
reads reader --held pay; is $? 0 "where the system's epoch does it is given"
profile pay /m/status=401,error=invalid_client/oauth/v1/token
reads TOKENWARD_HELPER="$T/bin/told" reader pay 2>"$T/err"; is $? 5 "one of that name hides it at once"
is "$(started | head -n 1)" "--detach index" "as a helper says"
out=$(user tokenward reject pay 2>&1); is $? 66 "reject: there is nothing of that name to drop"
like "$out" "^tokenward: no token of 'pay' is kept$" "and says so"
is "$(GOOGLE_EXTERNAL_ACCOUNT_REVOKE=1 user tokenward-credential google pay)" '{"version":1,"success":true}' "nor for a client that gives its token back"
rm "$T/config/tokenward/profiles.d/pay.yaml"
waits() { reads TOKENWARD_HELPER="$T/bin/stuck" reader --many pay; }
within 5000 waits; is $? 0 "one that is stuck: the living token after 3 s ($TOOK)"
# Two seconds are left, and the helper takes as long to begin.
dying() { # dying RECORD
    awk -F= -v s="$(date +%s)" '/^expires_at=/ { less = $2 - s - 2 }
        { line[NR] = $0 }
        END { for (i = 1; i <= NR; i++) if (split(line[i], f, "=") && f[1] ~ /^(expires_at|boottime_expires|refresh_at)$/) print f[1] "=" f[2] - less; else print line[i] }' \
        "$1" >"$T/dying"
    cat "$T/dying" >"$1"
    TOKENWARD_HELPER=$T/bin/stuck user tokenward get --min-valid 0 "$(basename "$(dirname "$1")")" 2>"$T/err"
}
out=$(dying /run/tokenward/pay/record); is "$?$out" 75 "one that dies meanwhile is given to nobody"
user tokenward get mine >/dev/null
out=$(dying "$(record mine)"); is "$?$out" 75 "nor is the user's own, of which a refresh was begun"

# Of the user's own there is less left than is asked for, and it is not due.
forget mine
user tokenward get mine >/dev/null
age mine 2160
for words in "tokenward get" reader; do
    # shellcheck disable=SC2086
    waits() { reads TOKENWARD_HELPER="$T/bin/stuck" $words --min-valid=1800 mine >"$T/out"; }
    within 5000 waits; is $? 0 "$words: a helper that is stuck is waited for as long, while a token lives ($TOOK)"
    [ "$TOOK" -ge 2900 ]; ok $? "and no shorter"
done
done_testing
