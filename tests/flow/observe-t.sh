#!/bin/sh
# SPDX-License-Identifier: MIT
# observe-t.sh - what the resident helper tells of itself: lines of key=value,
# entries of a real journal, metrics that Prometheus' own parser reads, and
# the file that says which token went to whom.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/load.py" "$TOP_SRC/tests/flow/ring.py" "$TOP_SRC/tests/flow/metrics.py" "$T/bin/"
chmod 644 "$T/bin"/*.py
SOCKET=/run/tokenward/credential
AUDIT=/run/audit/audit
METRICS=/run/metrics/tokenward.prom
mkdir /run/audit /run/metrics
mount -t tmpfs -o size=8k none /run/audit # two files of it
chown "$SERVICE_ID:$SERVICE_ID" /run/audit /run/metrics
load() { $PYTHON "$T/bin/load.py" $SOCKET "$@"; }
ring() { who=$1; shift; as "$who" $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$@"; }
metric() { $PYTHON "$T/bin/metrics.py" "$METRICS" "$@"; }
hash_of() { token "$1" | tr -d '\n' | sha256sum | cut -d ' ' -f 1; }
tenant shop /oauth/v1/token 'readers: {users: [anna], units: [shop.service]}'
tenant refused '/m/status=400,error=invalid_scope,description=odd%20%22%1b%5B31m%0Alevel=error%20event=forged/oauth/v1/token'
tenant down /m/fail=3/oauth/v1/token
serve_system --audit $AUDIT --metrics $METRICS --log-level info
until_true 5 test -s /run/tokenward/shop/record; is $? 0 "a token is there"

# Lines.
until_true 5 grep -q 'event=fetch profile=refused' "$T/serve.out"; is $? 0 "a failure has a line"
line=$(grep 'event=fetch profile=refused' "$T/serve.out" | head -n 1)
like "$line" '^level=error event=fetch profile=refused status=denied message=".*refused.yaml:[0-9]*:.*invalid_scope' "of keys and values"
is "$(grep -c '^level=error event=forged' "$T/serve.out")" 0 "and no server writes one"
is "$(LC_ALL=C grep -c "$(printf '\033')" "$T/serve.out")" 0 "nor steers a terminal"
until_true 5 grep -q 'event=refreshed profile=shop' "$T/serve.out" # it is told after it is there
like "$(cat "$T/serve.out")" "^level=info event=refreshed profile=shop generation=1 expires_at=[0-9]*$" "a token has its line, too, where that is asked for"
grep -qF -e "$(token shop)" "$T/serve.out"; is $? 1 "without the token"
grep -q "$CANARY" "$T/serve.out"; is $? 1 "or the secret"
# What stays as it is, and that it is over.
until_true 30 grep -q 'event=fetch profile=down status=ok' "$T/serve.out"
like "$(cat "$T/serve.out")" '^level=notice event=fetch profile=down status=ok message="fetched again, after 3 failures"$' \
    "an outage that is over has a line"
is "$(grep -c 'level=warning event=fetch profile=down' "$T/serve.out")" 1 "which failed three times in the same words, told once"
rm "$SYSCONF/profiles.d/down.yaml"

# What a process of its own fetches is told like the others, and answered.
apart() { # apart NAME PATH [LINE...]: its secret is a command's
    TENANT_SECRET="command: [cat, $SYSCONF/secret]"
    tenant "$@"
    TENANT_SECRET=
}
apart apart /m/status=400,error=invalid_scope/oauth/v1/token 'readers: {users: [anna]}'
until_true 10 grep -q 'event=fetch profile=apart' "$T/serve.out"
like "$(cat "$T/serve.out")" '^level=error event=fetch profile=apart status=denied message=".*apart.yaml:[0-9]*:.*invalid_scope' \
    "a fetch by a process of its own has such a line, too"
is "$(grep -c '^tokenward-helper:' "$T/serve.out")" 0 "and no other"
sed -i 's/payments/wallet/' "$SYSCONF/profiles.d/apart.yaml"
out=$(ring anna 'command=ensure\nprofile=apart\n')
like "$out" '^status=denied' "and who waits for it is told what came of it"
like "$out" '^message=.*apart.yaml:[0-9]*:.*invalid_scope' "in its words"
rm "$SYSCONF/profiles.d/apart.yaml"
apart beside /m/fail=3,tag=beside/oauth/v1/token
until_true 30 grep -q 'event=fetch profile=beside status=ok' "$T/serve.out"
like "$(cat "$T/serve.out")" '^level=notice event=fetch profile=beside status=ok message="fetched again, after 3 failures"$' \
    "an outage of one that is fetched so is over with a line, too"
is "$(grep -c 'level=warning event=fetch profile=beside' "$T/serve.out")" 1 "and what failed three times in the same words was told once"
rm "$SYSCONF/profiles.d/beside.yaml"

# Which token went to whom.
is "$(stat -c '%a %u' $AUDIT)" "600 $SERVICE_ID" "the audit file is the service user's alone"
is "$(ring anna 'command=ensure\nprofile=shop\n')" "status=ok" "a reader rings"
like "$(cat $AUDIT)" "^time=[0-9TZ:-]* door=doorbell profile=shop uid=61001 pid=[0-9]* generation=1 sha256=$(hash_of shop)$" "and is written down, with the token's hash"
grep -qF -e "$(token shop)" $AUDIT; is $? 1 "not with the token"
is "$(load shop.service shop)" "$(token shop)" "a unit comes"
like "$(cat $AUDIT)" "door=credential profile=shop uid=0 pid=[0-9]* unit=shop.service generation=1 sha256=$(hash_of shop)$" "and is written down"
for _ in 1 2 3; do ring anna 'command=ensure\nprofile=shop\n' >/dev/null; load shop.service shop >/dev/null; done
is "$(wc -l <$AUDIT)" 2 "who comes again for the same token is not written down again"
ring dora 'command=ensure\nprofile=shop\n' >/dev/null
load other.service shop >/dev/null
is "$(wc -l <$AUDIT)" 2 "nor is who was given nothing"
mv $AUDIT $AUDIT.1
kill -HUP "$EXTRA_PID"
until_true 5 test -e $AUDIT; is $? 0 "SIGHUP: a new file, after the old one was moved"
ring anna 'command=reject\nprofile=shop\ngeneration=1\n' >/dev/null
until_true 12 grep -q '^generation=3' /run/tokenward/shop/record
ring anna 'command=ensure\nprofile=shop\n' >/dev/null
like "$(cat $AUDIT)" "uid=61001 .*generation=3 sha256=$(hash_of shop)$" "another token: another line, in the new file"
is "$(wc -l <$AUDIT.1)" 2 "and none in the old one"
# The disk fills up within a line.
kept=$(wc -c <$AUDIT)
printf '%*s\n' $((4080 - kept)) '' | tr ' ' '#' >>$AUDIT
kept=$(wc -c <$AUDIT)
is "$(load shop.service shop)" "$(token shop)" "a full disk holds no token back"
is "$(wc -c <$AUDIT)" "$kept" "what the disk took of a line does not stay"
rm $AUDIT.1
tenant more /oauth/v1/token 'readers: {units: [shop.service]}'
loads() { [ -n "$(load shop.service "$1")" ]; }
until_true 10 loads more; is $? 0 "a unit comes for a new profile's token"
like "$(tail -n 1 $AUDIT)" "profile=more .* lost=1$" "the next line says how many were lost"
chmod 644 $AUDIT
kill -HUP "$EXTRA_PID"
until_true 5 grep -q 'event=audit status=access' "$T/serve.out"; is $? 0 "an audit file that others may read is refused"
is "$(load shop.service more)" "$(token more)" "which holds no token back"

# Metrics.
if $PYTHON -c 'import prometheus_client' 2>/dev/null; then
    # All has been counted by then: three profiles, and the last token of the
    # one that was rejected.
    until_true 12 sh -c "[ \"\$($PYTHON $T/bin/metrics.py $METRICS tokenward_profiles)\" = 3 ] &&
        [ \"\$($PYTHON $T/bin/metrics.py $METRICS tokenward_token_generation profile=shop)\" = 3 ]"
    is $? 0 "Prometheus' parser reads the metrics"
    is "$(stat -c %a $METRICS)" 644 "whoever reaches the file may read it"
    is "$(metric tokenward_token_generation profile=shop)" 3 "a token's generation"
    expires=$(sed -n 's/^expires_at=//p' /run/tokenward/shop/record)
    difference=$(($(metric tokenward_token_expiry_timestamp_seconds profile=shop) - expires))
    [ "$difference" -ge -2 ] && [ "$difference" -le 2 ]; is $? 0 "a token's end"
    is "$(metric tokenward_profile_refreshes_total profile=shop)" 2 "how often it was bought"
    [ "$(metric tokenward_profile_failures_total profile=refused status=denied)" -ge 1 ]; is $? 0 "failures by status"
    [ "$(metric tokenward_profile_last_failure_timestamp_seconds profile=refused)" -gt 1600000000 ]; is $? 0 "when it failed"
    [ "$(metric tokenward_doorbell_answers_total status=ok)" -ge 5 ]; is $? 0 "answers at the doorbell"
    [ "$(metric tokenward_doorbell_answers_total status=access)" -ge 1 ]; is $? 0 "and refusals"
    until_true 12 sh -c "[ \"\$($PYTHON $T/bin/metrics.py $METRICS tokenward_credential_loads_total result=refused)\" -ge 1 ]"
    is $? 0 "units that were handed nothing"
    [ "$(metric tokenward_credential_loads_total result=handed)" -ge 5 ]; is $? 0 "and units that were handed a token"
    [ "$(metric tokenward_fetch_duration_seconds_count)" -ge 4 ]; is $? 0 "spans"
    is "$(metric --check)" "" "every family has help and a type, buckets grow, no name is there twice"
    [ "$(metric tokenward_audit_lines_lost_total)" -ge 1 ]; is $? 0 "lines that were lost"
    rm "$SYSCONF/profiles.d/refused.yaml"
    until_true 12 sh -c "[ \"\$($PYTHON $T/bin/metrics.py $METRICS tokenward_profiles)\" = 2 ]"
    if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
        for _ in 1 2 3; do # what was counted last may still be written
            timeout 8 strace -f -p "$EXTRA_PID" -o "$T/calls" 2>/dev/null
            woken=$(($(grep -c 'epoll_wait\|timerfd_settime\|openat' "$T/calls") - $(grep -c 'epoll_wait(.*<unfinished\|epoll_wait(.*detached\|strace: ' "$T/calls")))
            [ "$woken" != 0 ] || break
        done
        is "$woken" 0 "nothing counted: the idle helper is not woken"
    else
        skip "the idle helper is not woken" "strace cannot be used"
    fi
else
    skip "metrics" "python3-prometheus-client is not installed"
fi

# What could not be written is, as soon as it can.
until_true 12 test -s $METRICS
sleep 6 # what was counted is written
chown root /run/metrics
ring anna 'command=ensure\nprofile=shop\n' >/dev/null
until_true 12 grep -q '^level=error event=metrics status=system' "$T/serve.out"; is $? 0 "metrics that cannot be written are told"
rm $METRICS
chown "$SERVICE_ID" /run/metrics
until_true 15 test -s $METRICS; is $? 0 "and written when they can be, whether or not anything is counted"
is "$(grep -c 'event=metrics' "$T/serve.out")" 1 "told once"
stop_system; is $? 0 "it ends cleanly"
[ -s $METRICS ]; ok $? "and leaves its metrics"

# A start that leaves one out.
tenant broken /oauth/v1/token 'nonsense: x'
$PYTHON -c 'import os, socket
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind("/run/notify")
os.chmod("/run/notify", 0o666)
while True:
    print(told.recv(4096).decode(), flush=True)' >"$T/notified" &
notified=$!
until_true 9 test -S /run/notify
NOTIFY_SOCKET=/run/notify serve_system --metrics $METRICS
until_true 12 grep -qx 'tokenward_reload_ok 0' $METRICS; is $? 0 "a start that leaves one out: profiles are not as their files say"
until_true 9 grep -q '^STATUS=.*; left out: .*broken.yaml:.*nonsense' "$T/notified"; is $? 0 "and the service manager is told why"
like "$(ring root 'command=status\n')" '^reload=config$' "and who asks how it is"
rm "$SYSCONF/profiles.d/broken.yaml"
until_true 12 grep -qx 'tokenward_reload_ok 1' $METRICS; is $? 0 "until they are"
like "$(grep '^STATUS=' "$T/notified" | tail -n 1)" 'failing on_refresh$' "which it is told, too"
stop_system; is $? 0 "it ends cleanly"
kill "$notified"

# The journal.
if [ -x /lib/systemd/systemd-journald ] && command -v systemd-cat >/dev/null; then
    mkdir -p /run/systemd/journal /run/log/journal
    /lib/systemd/systemd-journald >/dev/null 2>&1 &
    journald=$!
    for socket in socket stdout; do until_true 9 test -S /run/systemd/journal/$socket; done
    tenant refused '/m/status=400,error=invalid_scope/oauth/v1/token'
    rm -rf /run/tokenward/refused
    # As the manager does it; systemd-cat does not always say where it leads.
    # shellcheck disable=SC2016
    systemd-cat sh -c 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2); export JOURNAL_STREAM
        exec "$0/bin/tokenward-helper" --system --log-level info serve' "$T" &
    EXTRA_PID=$!
    entries() { journalctl --no-pager -q -D "/run/log/journal/$(cat /etc/machine-id)" -o json TOKENWARD_EVENT="$1" 2>/dev/null; }
    # shellcheck disable=SC2317
    has_entry() { entries "$1" | grep -q .; }
    if until_true 10 has_entry fetch; then
        entry=$(entries fetch | tail -n 1)
        like "$entry" '"TOKENWARD_PROFILE" *: *"refused"' "an entry of the journal has the profile for a field"
        like "$entry" '"TOKENWARD_STATUS" *: *"denied"' "and the status"
        like "$entry" '"PRIORITY" *: *"3"' "and a priority"
        like "$entry" '"MESSAGE" *: *"[^"]*invalid_scope' "and the message for a person"
        like "$entry" '"_TRANSPORT" *: *"journal"' "by the journal's own protocol"
        apart apart /m/status=400,error=invalid_scope/oauth/v1/token
        until_true 10 eval 'entries fetch | grep -q "\"apart\""'; is $? 0 "what a process of its own fetches has it, too"
        like "$(entries fetch | grep '"apart"')" '"_TRANSPORT" *: *"journal"' "in the same manner"
        rm -rf /run/tokenward/shop
        load shop.service shop >/dev/null
        until_true 10 has_entry refreshed; is $? 0 "what is no failure is there at log level info"
        like "$(entries refreshed | tail -n 1)" '"MESSAGE" *: *"refreshed"' "with its event for a message"
    else
        skip "entries of the journal" "journald writes none here"
    fi
    kill -STOP "$journald"
    is "$(load shop.service shop)" "$(token shop)" "a journal that stands still holds no token back"
    kill -CONT "$journald"
    stop_system; is $? 0 "it ends cleanly"
    kill "$journald"
    wait "$journald" 2>/dev/null
else
    skip "entries of the journal" "systemd-journald is not installed"
fi
done_testing
