#!/bin/sh
# SPDX-License-Identifier: MIT
# thunder-t.sh - a host boots: thousands of tenants want their tokens, and
# hundreds of users ask at once.  Each gets one by one request, so many go to
# the server at once, and the refreshes do not come together again.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
TENANTS=${TENANTS:-3000}
if is_sanitized; then # each program begins some ten times slower, and all wait the same 20 s
    USERS=${USERS:-300}
else
    USERS=${USERS:-900}
fi
cp "$TOP_SRC/tests/flow/crowd_server.py" "$TOP_SRC/tests/flow/crowd_users.py" "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin"/*.py
mkdir "$T/crowd"
$PYTHON "$T/bin/crowd_server.py" "$T/crowd" 5 &
CROWD_PID=$!
until_true 5 test -s "$T/crowd/port"
CROWD=http://127.0.0.1:$(cat "$T/crowd/port")
counts() { curl -s "$CROWD/counts"; }
awk -v n=$USERS 'BEGIN { for (i = 1; i <= n; i++) printf "user%d:x:%d:%d::/nonexistent:/bin/sh\n", i, 62000 + i, 62000 + i }' >>"$T/passwd"
awk -v n=$USERS 'BEGIN { for (i = 1; i <= n; i++) printf "user%d:x:%d:\n", i, 62000 + i; printf "many:x:61200:"
    for (i = 1; i <= n; i++) printf("%suser%d", (i > 1 ? "," : ""), i); print "" }' >>"$T/group"
seq -f 'tenant%.0f' $TENANTS >"$SYSCONF/names"
printf %s "$CANARY" >"$SYSCONF/secret"
chown "0:$SERVICE_ID" "$SYSCONF/secret"
chmod 640 "$SYSCONF/secret"
mkdir "$SYSCONF/profiles.d"
cat >"$SYSCONF/profiles.d/crowd.yaml" <<END
profiles:
  many@:
    instances: {list: ../names}
    token_endpoint: $CROWD/token
    allow_http: loopback
    client_id: app-%i
    client_secret: {file: ../secret}
  own@:
    token_endpoint: $CROWD/token
    allow_http: loopback
    client_id: own-%u
    client_secret: {file: ../secret}
    readers: {groups: [many]}
    login: true
END
METRICS=/run/metrics
mkdir $METRICS
chown "$SERVICE_ID:$SERVICE_ID" $METRICS
serve_system --metrics $METRICS/tokenward.prom
kept() { find /run/tokenward -mindepth 2 -maxdepth 2 -path "*/$1@*" -name token | wc -l; }
until_true 60 sh -c "[ \$(find /run/tokenward -mindepth 2 -maxdepth 2 -name token | wc -l) = $TENANTS ]"
is "$(kept many)" $TENANTS "a token for each of $TENANTS tenants"
# shellcheck disable=SC2046
set -- $(counts)
is "$1 $3 $4" "$TENANTS $TENANTS 1" "by one request each"
[ "$2" -le 8 ]; is $? 0 "at most 8 at once ($2)"
spread=$(cat /run/tokenward/many@*/record | awk -F= '
    $1 == "refresh_at" { refresh = $2 }
    $1 == "issued_at" { issued = $2 }
    $0 == "tokenward-record=1" && refresh { share[int(20 * ((refresh - issued) / 3600 - 0.7) / 0.1)]++; refresh = 0 }
    END { for (i = 0; i < 20; i++) { if (share[i] > most) most = share[i] } print most + 0 }')
[ "$spread" -gt 0 ] && [ "$spread" -lt $((TENANTS / 10)) ]; is $? 0 "no twentieth of the time for refreshes has a tenth of them ($spread)"

# The numbers of so many: one line each would be no help to anybody.
until_true 12 grep -q "^tokenward_fetches_total{status=\"ok\"} $TENANTS\$" $METRICS/tokenward.prom
is $? 0 "the metrics count each fetch"
is "$(sed -n 's/^tokenward_profiles //p' $METRICS/tokenward.prom)" $TENANTS "and each tenant"
is "$(grep -c 'profile=' $METRICS/tokenward.prom)" 0 "without a line for each of those that are well"
[ "$(wc -c <$METRICS/tokenward.prom)" -lt 16384 ]; is $? 0 "in some KiB ($(wc -c <$METRICS/tokenward.prom))"

# The users, all at once, each with the program that people use.  None has a
# place for tokens, so what a helper of their own could do is nothing.
mkdir -m 1777 "$T/started"
printf '#!/bin/sh\n: >"%s/$$"\nexec "%s" "$@"\n' "$T/started" "$T/bin/tokenward-helper" >"$T/bin/started"
chmod 755 "$T/bin/started"
result=$(TOKENWARD_HELPER="$T/bin/started" $PYTHON "$T/bin/crowd_users.py" "$T/bin/tokenward" own@ $USERS 62001)
is "$result" "$USERS $USERS 0" "each of $USERS users who ask at once has a token, and each an own one"
is "$(find "$T/started" -type f | wc -l)" 0 "without a helper of its own"
# shellcheck disable=SC2046
set -- $(counts)
is "$(($1 - TENANTS)) $4" "$USERS 1" "by one request each"
[ "$2" -le 16 ]; is $? 0 "at most 16 at once ($2)"

# Files that cannot be written keep all others waiting for a while, with what
# was bought for them.
$PYTHON -c 'import fcntl, glob, os, struct, time
locks = [os.open(dir + "/lock", os.O_RDWR | os.O_CREAT, 0o600) for dir in glob.glob("/run/tokenward/many@tenant[12][0-9][0-9]")]
for lock in locks:
    os.fchown(lock, os.fstat(os.open("/run/tokenward", os.O_RDONLY)).st_uid, -1)
    fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)) # F_OFD_SETLK
print("held", flush=True)
time.sleep(150)' >"$T/held" &
HOLDER=$!
until_true 5 test -s "$T/held"
sed -i s/app-%i/again-%i/ "$SYSCONF/profiles.d/crowd.yaml"
most=0 more=20 # looks, once as many wait as may
for _ in $(seq 600); do
    fetching=$($PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=status\n' | sed -n 's/^fetching=//p')
    [ "$fetching" -le "$most" ] || most=$fetching
    [ "$most" -lt 64 ] || more=$((more - 1))
    [ $more -gt 0 ] || break
    sleep 0.05
done
for user in user1 user2 user3 user4 user5; do # a busy machine may be late, but not each time
    start=$(date +%s%N)
    left=$(as $user $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "command=leave\nprofile=own@$user\n")
    took=$((($(date +%s%N) - start) / 1000000))
    [ "$took" -ge 1500 ] || break
done
is "$left" "status=ok" "who logs out then"
[ ! -e "/run/tokenward/own@$user" ] && [ "$took" -lt 1500 ]; is $? 0 "waits for none of them ($took ms)"
kill $HOLDER
wait $HOLDER 2>/dev/null
[ "$most" -ge 64 ] && [ "$most" -le 80 ]; is $? 0 "no more than 64 wait to be written, beside those that have a place at the server ($most)"
until_true 60 sh -c "[ \$(curl -s $CROWD/counts | cut -d ' ' -f 1) -ge $((2 * TENANTS + USERS)) ]"; is $? 0 "and all of them come"
stop_system; is $? 0 "it ends cleanly"
kill $CROWD_PID
wait $CROWD_PID 2>/dev/null

# The same with nobody at the server: all fail, and the numbers have a bound.
rm -rf /run/tokenward/*@* "${METRICS:?}"/*
serve_system --metrics $METRICS/tokenward.prom
until_true 60 grep -q "^tokenward_profiles_failing $TENANTS\$" $METRICS/tokenward.prom
is $? 0 "without the server every tenant fails, and is counted"
is "$(grep -c '^tokenward_profile_failures_total{profile="many@tenant[0-9]*",status="retry"}' $METRICS/tokenward.prom)" 1000 \
    "a thousand of them have lines of their own"
is "$(grep -c '^tokenward_profile_last_failure_timestamp_seconds{' $METRICS/tokenward.prom)" 1000 "of each kind"
[ "$(wc -c <$METRICS/tokenward.prom)" -lt 524288 ]; is $? 0 "in some hundred KiB ($(wc -c <$METRICS/tokenward.prom))"
stop_system; is $? 0 "it ends cleanly"
done_testing
