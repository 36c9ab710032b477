# SPDX-License-Identifier: MIT
# systemd-inside.sh - run by systemd-t.sh in the booted system, as root.
# Writes lines "is|NAME|GOT|WANTED" and "skip|NAME|WHY"; what goes wrong
# otherwise, to stderr.
# shellcheck shell=sh
set -u
is() { printf 'is|%s|%s|%s\n' "$3" "$1" "$2"; }
skip() { printf 'skip|%s|%s|\n' "$1" "$2"; }
until_true() { # until_true SECONDS COMMAND...
    tenths=$(($1 * 10))
    shift
    while [ "$tenths" -gt 0 ]; do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
        tenths=$((tenths - 1))
    done
    return 1
}
reader() { setpriv --reuid=61001 --regid=61001 --clear-groups env -u XDG_RUNTIME_DIR HOME=/nonexistent "$@"; }
field() { sed -n "s/^$2=//p" "/run/tokenward/$1/record"; }
property() { systemctl show -P "$1" tokenward.service; }
requests() { curl -s --cacert "$CA" "$URL/count" | tr -dc 0-9; }
# Read when a test fails.
trap 'journalctl -q --no-pager -o cat -u tokenward.service >&2' EXIT
echo begin
groupadd -g 61001 anna
useradd -u 61001 -g 61001 -M -d /home/anna -s /bin/sh anna
systemctl daemon-reload

# The authorization server, and a profile that anna may read.
mkdir -p /home/anna /tmp/server
systemd-run -q --unit=server -p StandardOutput=file:/tmp/server.out \
    /test/sandbox --dir /tmp/server --life 900 --client "$CLIENT_ID:$CANARY:payments"
until_true 10 grep -q '^ready' /tmp/server.out
URL=$(sed -n 's/^url=//p' /tmp/server.out)
mkdir -p /usr/local/share/tokenward
cp "$(sed -n 's/^ca=//p' /tmp/server.out)" /usr/local/share/tokenward/ca.pem
CA=/usr/local/share/tokenward/ca.pem
chmod 644 $CA
conf=$(systemd-tmpfiles --cat-config 2>/dev/null | sed -n 's#^d \(.*/tokenward\)/profiles.d .*#\1#p')
printf %s "$CANARY" >"$conf/secret"
chown root:tokenward "$conf/secret"
chmod 640 "$conf/secret"
profile() { # profile NAME READERS [PATH]
    printf 'profiles:\n  %s:\n    token_endpoint: %s\n    client_id: %s\n    client_secret: {file: ../secret}\n    scope: payments\n    ca_file: %s\n    readers: %s\n' \
        "$1" "$URL${3:-}/oauth/v1/token" "$CLIENT_ID" "$CA" "$2" >"$conf/profiles.d/$1.yaml"
}
profile pay '{users: [anna]}'
profile closed '{users: [root]}'

# The doorbell first: nothing runs until somebody rings.
systemctl start tokenward.socket
is "$(systemctl is-active tokenward.service)" inactive "only the doorbell is there"
is "$(stat -c '%a %U' /var/lib/tokenward)" "700 tokenward" "and where refresh tokens are kept, for who logs in before"
is "$(stat -c '%a %U' /run/tokenward/doorbell)" "666 tokenward" "anybody may ring it"
token=$(reader tokenward get pay)
is $? 0 "the first get starts the service and is answered"
is "$(systemctl is-active tokenward.service)" active "which runs, and has said that it is ready"
is "$token" "$(cat /run/tokenward/pay/token 2>&1)" "the token is the one that is kept"
until_true 5 test -s /run/tokenward/closed/token
reader tokenward get closed >/dev/null 2>&1
is $? 73 "another reader's token: exit 73"
reader cat /run/tokenward/closed/token >/dev/null 2>&1
is $? 1 "nor by its file"

# The sandbox is in force in the process that fetched.
pid=$(property MainPID)
[ "$pid" -gt 0 ] || exit 1
state=$(tr '\t' ' ' <"/proc/$pid/status" | sed -n 's/^\(CapPrm\|CapEff\|CapBnd\|NoNewPrivs\|Seccomp\): *//p' | tr '\n' ' ')
is "$state" "0000000000000000 0000000000000000 0000000000000000 1 2 " "no capability, no new privileges, a filter of calls"
is "$(ps -o user= -p "$pid")" tokenward "as the service user"
level=$(systemd-analyze security --no-pager tokenward.service | sed -n 's/.*exposure level for [^:]*: \([0-9]*\)\.\([0-9]*\).*/\1\2/p')
[ -n "$level" ] && [ "$level" -le 20 ]
is $? 0 "systemd-analyze security of the running unit: at most 2.0 ($level tenths)"
# Where systemd can make no mount namespace it starts a unit without one.
if systemd-run -q --wait -p PrivateTmp=yes test -e /tmp/server.out; then
    skip "what it sees of the host" "systemd makes no mount namespaces here"
else
    is "$(nsenter -t "$pid" -m findmnt -n -o OPTIONS / | tail -n 1 | cut -d, -f1)" ro "to it the host's files are read-only"
    nsenter -t "$pid" -m test -e /home/anna
    is $? 1 "others' homes are not there"
    is "$(nsenter -t "$pid" -m ls /tmp)$(ls /tmp/server.out)" /tmp/server.out "nor what others have in /tmp"
fi

# A restart keeps the tokens; a reload takes what is new.
before=$(requests)
systemctl restart tokenward.service
is "$(cat /run/tokenward/pay/token)" "$token" "a restart keeps the token"
reader tokenward get pay >/dev/null
sleep 1
is "$(requests)" "$before" "and buys none"
profile new '{users: [anna]}'
systemctl reload tokenward.service
until_true 10 reader tokenward get new
is $? 0 "a reload: the new profile's token is there"

# The doorbell's file goes: what the helper says makes it anew.
hint() { journalctl -q --no-pager -o cat --output-fields=TOKENWARD_HINT -u tokenward.service TOKENWARD_EVENT=failure | grep '^systemctl restart '; }
rm /run/tokenward/doorbell
systemctl reload tokenward.service
until_true 10 hint
is $? 0 "its doorbell is removed: the helper tells what to do"
eval "$(hint)"
is "$(stat -c '%a %U' /run/tokenward/doorbell)" "666 tokenward" "which makes it anew"
reader tokenward get new >/dev/null
is "$?$(systemctl is-active tokenward.service)" 0active "and the helper runs"

# Killed: who rings meanwhile waits at the socket, and is answered.
before=$(requests)
kill -KILL "$(property MainPID)"
profile late '{users: [anna]}'
reader tokenward get late >/dev/null
is $? 0 "killed: who rings meanwhile is answered by the next one"
is "$(property NRestarts)" 1 "which systemd has started"
reader tokenward get --cached pay >/dev/null
is $? 0 "the kept token is served"
sleep 1
is "$(($(requests) - before))" 1 "one request was made, of the new profile"

# Killed while somebody waits for an answer: he gets the next one's.
profile slow '{users: [anna]}' /m/delay=3000
until_true 10 test -k /run/tokenward/slow
reader tokenward get slow >/dev/null &
waiter=$!
sleep 1
kill -KILL "$(property MainPID)"
wait $waiter
is $? 0 "killed: who waits is answered by the next one"

# Stopped, with a request under way that hangs.
profile hang '{users: [anna]}' /m/hang
until_true 10 test -k /run/tokenward/hang
start=$(date +%s)
systemctl stop tokenward.service
is "$(property Result)" success "stopped while a request hangs: success"
[ $(($(date +%s) - start)) -le 10 ]
is $? 0 "within its time"
is "$(cat /run/tokenward/pay/token)" "$token" "stopped: the token stays"
is "$(reader tokenward get --cached pay)" "$token" "and is served"
rm "$conf/profiles.d/hang.yaml"

# A user's units, under that user's manager, as a login or lingering starts it.
if ! command -v dbus-daemon >/dev/null || [ -z "$(find /usr/lib /lib -name pam_systemd.so | head -n 1)" ]; then
    skip "a user's manager" "dbus or libpam-systemd is not installed"
    echo end
    exit 0
fi
mkdir -p /home/anna/.config/tokenward/profiles.d
printf 'profiles:\n  mine:\n    token_endpoint: %s\n    client_id: %s\n    client_secret: {file: ../secret}\n    scope: payments\n    ca_file: %s\n' \
    "$URL/oauth/v1/token" "$CLIENT_ID" "$CA" >/home/anna/.config/tokenward/profiles.d/mine.yaml
printf %s "$CANARY" >/home/anna/.config/tokenward/secret
chmod -R go= /home/anna/.config
chown -R anna:anna /home/anna
anna() { setpriv --reuid=61001 --regid=61001 --clear-groups env HOME=/home/anna XDG_RUNTIME_DIR=/run/user/61001 "$@"; }
user_property() { anna systemctl --user show -P "$1" tokenward.service; }
sed -i 's/^    scope: payments$/&\n    login: true/' /home/anna/.config/tokenward/profiles.d/mine.yaml
{ cat /usr/lib/pam.d/systemd-user; echo "session optional $(find /usr/local/lib /usr/lib -name pam_tokenward.so | head -n 1)"; } >/etc/pam.d/systemd-user
systemctl start user@61001.service
is "$(anna systemctl --user show-environment | grep ^BEARER_TOKEN_FILE=)" BEARER_TOKEN_FILE=/run/user/61001/tokenward/mine/token "pam_tokenward in its stack: its services are told of their token"
until_true 10 test -s /run/user/61001/tokenward/mine/token
is $? 0 "which is there"
is "$(ls /run/tokenward/user/.sessions/61001 2>/dev/null)" "" "and it counts for no session"
is "$(systemctl is-active user@61001.service)" active "the user's manager runs"
is "$(stat -c '%a %U' /run/user/61001)" "700 anna" "with a runtime directory of the user's own"

# The credential socket first: nothing runs until a unit comes for its token.
anna systemctl --user start tokenward-credential.socket
is "$(stat -c '%a %U' /run/user/61001/tokenward/credential)" "600 anna" "the socket for units is that user's alone"
is "$(anna systemctl --user is-active tokenward.service)" inactive "and nothing runs"
anna systemd-run --user -q --wait --collect -p LoadCredential=mine:/run/user/61001/tokenward/credential \
    /bin/sh -c 'cp "$CREDENTIALS_DIRECTORY/mine" "$HOME/loaded"'
is $? 0 "a user's unit is started with LoadCredential="
is "$(anna systemctl --user is-active tokenward.service)" active "which starts the helper"
is "$(cat /home/anna/loaded)" "$(cat /run/user/61001/tokenward/mine/token 2>/dev/null)" "and is handed the token that it bought"
[ -s /home/anna/loaded ]
is $? 0 "which is one"
setpriv --reuid=61002 --regid=61002 --clear-groups sh -c 'test -e /run/user/61001/tokenward/credential' 2>/dev/null
is $? 1 "no other user reaches that socket"
until_true 5 sh -c "setpriv --reuid=61001 --regid=61001 --clear-groups env XDG_RUNTIME_DIR=/run/user/61001 systemctl --user show -P StatusText tokenward.service | grep -q '^1 profiles, 0 failing'"
is $? 0 "the helper tells the user's manager how it is"
pid=$(user_property MainPID)
is "$(ps -o user= -p "$pid")" anna "it is the user's process"
is "$(tr '\t' ' ' <"/proc/$pid/status" | sed -n 's/^\(CapEff\|CapBnd\|NoNewPrivs\): *//p' | tr '\n' ' ' | cut -d' ' -f1,3)" "0000000000000000 1" "without a capability or new privileges"
is "$(anna tokenward get mine)" "$(cat /home/anna/loaded)" "a get has the same token"
kill -KILL "$pid"
rm /home/anna/loaded
anna systemd-run --user -q --wait --collect -p LoadCredential=mine:/run/user/61001/tokenward/credential \
    /bin/sh -c 'cp "$CREDENTIALS_DIRECTORY/mine" "$HOME/loaded"'
is "$(cat /home/anna/loaded 2>/dev/null)" "$(cat /run/user/61001/tokenward/mine/token)" "killed: a unit that comes meanwhile waits for the next one"
anna systemctl --user stop tokenward.service tokenward-credential.socket
is "$(user_property Result)" success "it ends cleanly"
[ ! -e /run/user/61001/tokenward/credential ]
is $? 0 "and its socket is gone"
systemctl stop user@61001.service
is "$(systemctl show -P Result user@61001.service)" success "the manager ends cleanly"
is "$(journalctl -q --no-pager -o cat -t systemd -t '(sd-pam)' | grep 'pam_tokenward')" "" "and the module has nothing to complain of"
echo end
