#!/bin/sh
# SPDX-License-Identifier: MIT
# load-t.sh - LoadCredential=: a unit that the profile names is handed its
# token, and waits for one; whoever is no manager is handed nothing, whatever
# it calls itself.  With a client that does what systemd does, and with systemd.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/load.py" "$T/bin/"
chmod 644 "$T/bin/load.py"
SOCKET=/run/tokenward/credential
load() { $PYTHON "$T/bin/load.py" "$@"; }
tenant shop /oauth/v1/token 'readers: {units: [shop.service, worker@.service]}'
tenant bank /oauth/v1/token 'readers: {users: [anna]}'
tenant late /m/delay=1500/oauth/v1/token 'readers: {units: [shop.service]}'
tenant refused /m/status=401,error=invalid_client/oauth/v1/token 'readers: {units: [shop.service]}'
serve_system
until_true 30 test -s /run/tokenward/shop/record; is $? 0 "a token is there"
is "$(stat -c '%a %u' $SOCKET)" "600 $SERVICE_ID" "the socket is the service user's alone"

# Who is handed what.
is "$(load $SOCKET shop.service shop)" "$(token shop)" "a unit of the readers: the token, and no more"
is "$(load $SOCKET worker@7.service shop)" "$(token shop)" "an instance of a template of the readers"
is "$(load $SOCKET worker.service shop)$(load $SOCKET worker@x.socket shop)" "" "no instance of it: nothing"
is "$(load $SOCKET other.service shop)" "" "another unit: nothing"
until_true 30 grep -q "unit 'other.service' was not handed the token of 'shop': .*readers" "$T/serve.out"; is $? 0 "which is told"
is "$(load $SOCKET shop.service bank)" "" "a profile without units: nothing"
is "$(load $SOCKET shop.service nosuch)" "" "no such profile: nothing"
until_true 30 grep -q "'nosuch': there is no such profile" "$T/serve.out"; is $? 0 "which is told"
start=$(date +%s%3N)
is "$(load $SOCKET shop.service late)" "$(token late)" "a unit that comes before the token waits for it"
[ $(($(date +%s%3N) - start)) -lt 15000 ]; is $? 0 "no longer than the fetch takes"
is "$(load $SOCKET shop.service refused)" "" "a fetch that is refused: nothing"
until_true 30 grep -q "'refused': .*invalid_client" "$T/serve.out"; is $? 0 "which is told, with its reason"

# Names that are none, and who has no right to any.
for name in "" "shop" "1/unit/shop.service" "1/unit/shop.service/shop/x" "x/unit/shop.service/shop" \
    "1/unix/shop.service/shop" "1/unit/shop/shop" "1/unit/shop.service/../shop" "/unit/shop.service/shop"; do
    is "$(load --name "$name" $SOCKET)" "" "the address '$name': nothing"
done
is "$(as anna $PYTHON "$T/bin/load.py" $SOCKET shop.service shop)" PermissionError "a user: the kernel lets nobody through"
is "$(as "$SERVICE" $PYTHON "$T/bin/load.py" $SOCKET shop.service shop)" "" "the service user by a unit's name: nothing"
until_true 30 grep -q "the caller is no service manager" "$T/serve.out"; is $? 0 "which is told"
out=$(setpriv --bounding-set=-all --inh-caps=-all --no-new-privs $PYTHON "$T/bin/load.py" $SOCKET shop.service shop)
is "$out" PermissionError "a root without capabilities: the kernel, too"

# Many, and those who leave.
before=$(requests)
rm -r /run/tokenward/late
is "$(load --many 40 $SOCKET shop.service late)" 40 "forty units at once are handed one token"
is "$(($(requests) - before))" 1 "by one request"
rm -r /run/tokenward/late
for _ in 1 2 3 4 5; do load --gone $SOCKET shop.service late; done
is "$(load $SOCKET shop.service shop)" "$(token shop)" "those who leave hold nobody up"
tenant hang /m/hang/oauth/v1/token 'readers: {units: [shop.service]}' 'timeout: 60'
until_true 30 test -d /run/tokenward/hang
before=$(descriptors "$EXTRA_PID")
for _ in $(seq 20); do load --gone $SOCKET shop.service hang; done
load $SOCKET shop.service shop >/dev/null # they came before this one
until_true 15 eval '[ "$(descriptors "$EXTRA_PID")" -lt $((before + 10)) ]'; is $? 0 "nor does it keep what they came by, though nothing comes for them"
# As many as are let in, and some more: they wait before the door.
before=$(descriptors "$EXTRA_PID")
sh -c 'ulimit -n 4096 && exec "$@"' sh $PYTHON "$T/bin/load.py" --hold 1100 $SOCKET shop.service hang >"$T/held" &
until_true 60 grep -q in "$T/held"
until_true 30 eval '[ "$(descriptors "$EXTRA_PID")" -ge $((before + 1024)) ]'; is $? 0 "a thousand units wait"
load $SOCKET shop.service shop >"$T/next" &
next=$!
sleep 0.5
[ "$(descriptors "$EXTRA_PID")" -lt $((before + 1064)) ]; is $? 0 "and no more are let in"
[ -s "$T/next" ]; is $? 1 "nor the next one"
pkill -f "$T/bin/load.py --hold"
wait "$next"
is "$(cat "$T/next")" "$(token shop)" "who has its token when they are gone"
rm "$SYSCONF/profiles.d/hang.yaml"
fds=$before
for _ in 1 2 3 4 5 6 7 8 9; do load $SOCKET shop.service shop >/dev/null; done
until_true 30 sh -c "[ \$(ls /proc/$EXTRA_PID/fd | wc -l) -le $fds ]"; is $? 0 "no descriptor is left behind"

# What the administrator takes away is gone.
tenant shop /oauth/v1/token 'readers: {units: [other.service]}'
until_true 30 sh -c "[ -n \"\$($PYTHON $T/bin/load.py $SOCKET other.service shop)\" ]"; is $? 0 "another unit in its place: handed"
is "$(load $SOCKET shop.service shop)" "" "and the one before: nothing"
tenant odd /oauth/v1/token 'readers: {units: ["*.service"]}'
until_true 30 grep -q "odd.yaml:[0-9]*:.*no name of a unit" "$T/serve.out"; is $? 0 "a pattern is refused, with its place"
rm "$SYSCONF/profiles.d/odd.yaml"

# systemd itself, as the first process of a process namespace.
if [ -x /lib/systemd/systemd ] && unshare -mpfC --mount-proc true 2>/dev/null; then
    mkdir -p /run/systemd/system
    cat >/run/systemd/system/other.service <<END
[Unit]
DefaultDependencies=no
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'cat %d/shop >$T/loaded'
LoadCredential=shop:$SOCKET
END
    cat >"$T/boot" <<END
umount -l /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup || exit 1
mount --make-rshared / # credentials are mounted by a child
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=other.service --log-target=console --show-status=0
END
    timeout -s KILL 180 unshare -mpfC --mount-proc --kill-child sh "$T/boot" >"$T/boot.out" 2>&1
    if grep -q "Failed to allocate manager\|cgroup" "$T/boot.out" && [ ! -e "$T/loaded" ]; then
        skip "a unit of a real systemd" "it does not start here: $(tail -n 1 "$T/boot.out" | tr -d '#')"
    else
        is "$(cat "$T/loaded" 2>/dev/null)" "$(token shop)" "a unit of a real systemd has its token by one line"
    fi
else
    skip "a unit of a real systemd" "systemd or namespaces are missing"
fi
stop_system; is $? 0 "it ends cleanly"
[ ! -e $SOCKET ]; is $? 0 "and takes its socket along"
done_testing
