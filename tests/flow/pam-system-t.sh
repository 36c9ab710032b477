#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-system-t.sh - a login gives each user an own token of the system's
# templates, bought with secrets that the user cannot read: real users, a real
# resident helper, su and pamtester.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/pam_stack.sh
. "${TOP_SRC:-.}/tests/flow/pam_stack.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
# shellcheck source=tests/flow/logins.sh
. "${TOP_SRC:-.}/tests/flow/logins.sh"
none_behind() { ! pgrep -u anna,bert,carl,dora -f tokenward-helper >/dev/null; }

template corp /oauth/v1/token 'login: true' "$TEAM" 'env: {CORP_TOKEN_FILE: file, CORP_TOKEN: token, PAGER: file}'
template quiet /oauth/v1/token "$TEAM"
serve_system
like "$(tr '\n' ';' </run/tokenward/index)" \
    "login=corp@;login_user=$(id -u anna);login_group=61100;login_variable=CORP_TOKEN_FILE;profile=quiet@;" \
    "the index says whose login it is for, and what it is called"
like "$("$T/bin/tokenward-helper" --system check 2>&1)" "corp@.*env: a login does not set PAGER" "and check, what it is not called"

# One token for each, and no secret.
out=$(seen anna)
PLACE=/run/tokenward/corp@anna/token
is "$(echo "$out" | head -n 1)" "$PLACE $PLACE unset" "a login is told where its own token is, and by no variable that programs run"
[ "$(echo "$out" | wc -l)" = 2 ] && [ -n "$(echo "$out" | sed 1d)" ]; ok $? "and can read it"
until_true 5 none_behind
until_true 5 test ! -e /run/tokenward/corp@anna; ok $? "after the last logout it is gone"
open anna; is $? 0 "a login"
open bert; is $? 0 "and another user's, by a group"
has corp@anna corp@bert
anna=$(cat /run/tokenward/corp@anna/token) bert=$(cat /run/tokenward/corp@bert/token)
[ -n "$anna" ] && [ -n "$bert" ] && [ "$anna" != "$bert" ]; ok $? "each has an own token"
is "$(as anna cat /run/tokenward/corp@anna/token)" "$anna" "which its user reads"
for who in bert carl dora; do
    as "$who" cat /run/tokenward/corp@anna/token /run/tokenward/corp@anna/record >/dev/null 2>&1; is $? 1 "$who does not read anna's"
done
as anna cat "$SYSCONF/secrets/anna" "$SYSCONF/profiles.d/corp@.yaml" >"$T/out" 2>&1
is "$(grep -c "$CANARY" "$T/out")$(stat -c %a "$SYSCONF/secrets/anna")" 0640 "the secret is not for its user"
is "$(cd /run/tokenward && echo quiet@*)" 'quiet@*' "a template without login: true has none"
is "$(seen dora)" "unset unset unset" "who is none of the readers is told nothing"
[ ! -e /run/tokenward/corp@dora ]; ok $? "and nothing is made for that one"
before=$(requests)
quickly 250 anna; is $? 0 "a second session with a token kept"
echo "# with a token kept: $took ms"
[ "$took" -lt 250 ]; ok $? "costs next to nothing"
is "$(requests)" "$before" "and no request"
for request in "bert leave corp@anna" "root leave corp@anna" "bert leave corp@carl" "anna leave quiet@anna"; do
    # shellcheck disable=SC2086
    set -- $request
    like "$(ring "$1" "command=leave\\nprofile=$3\\n")" '^status=access' "$1 cannot end $3"
done
close anna
is "$(cat /run/tokenward/corp@anna/token)" "$anna" "one of two sessions closed: it stays"
close anna
until_true 5 test ! -e /run/tokenward/corp@anna; ok $? "the last one: it is gone"
is "$(cat /run/tokenward/corp@bert/token)" "$bert" "another user's is not"
sleep 1
[ ! -e /run/tokenward/corp@anna ]; ok $? "and is not fetched again for nobody"
open anna
has corp@anna; ok $? "it comes back with its user"
close anna

# Of the user's own profiles there is one, says the service's line.
template claims /oauth/v1/token 'login: true' "$TEAM" 'env: {BEARER_TOKEN_FILE: file}'
reload
is "$(seen anna | head -n 1)" "/run/tokenward/claims@anna/token $PLACE unset" "a template that asks for it has BEARER_TOKEN_FILE"
sed -i 's/ deadline=10/& profile=own/' /etc/pam.d/su-l
is "$(seen anna | head -n 1)" "/run/tokenward/user/$(id -u anna)/own/token $PLACE unset" "but not where it names the user's own token"
sed -i 's/ profile=own//' /etc/pam.d/su-l
rm "$SYSCONF/profiles.d/claims@.yaml"
reload

# What the last logout leaves.
mkdir -p /var/lib/systemd
mount -t tmpfs -o mode=755 none /var/lib/systemd
mkdir /var/lib/systemd/linger
template of-user /oauth/v1/token 'login: true' "$TEAM" 'lifetime: user'
template of-linger /oauth/v1/token 'login: true' "$TEAM" 'lifetime: linger'
reload
kept() { (cd /run/tokenward && echo *@anna/token); }
open anna
has corp@anna of-linger@anna of-user@anna
is "$(kept)" "corp@anna/token of-linger@anna/token of-user@anna/token" "three lifetimes"
touch /var/lib/systemd/linger/anna
close anna
is "$(kept)" "of-linger@anna/token of-user@anna/token" "who lingers keeps two of them"
rm /var/lib/systemd/linger/anna
open anna
has corp@anna of-linger@anna of-user@anna
close anna
is "$(kept)" "of-linger@anna/token" "who does not, one"
umount /var/lib/systemd
rm "$SYSCONF/profiles.d"/of-*

# All at once, and within the deadline.
template one /m/delay=1500/oauth/v1/token 'login: true' "$TEAM"
template two /m/delay=1500/oauth/v1/token 'login: true' "$TEAM"
reload
quickly 2900 anna tw-10s
[ -s /run/tokenward/one@anna/token ] && [ -s /run/tokenward/two@anna/token ]; ok $? "two that take 1.5 s each are waited for"
[ "$took" -lt 2900 ]; ok $? "side by side: $took ms"
close anna
rm "$SYSCONF/profiles.d/one@.yaml" "$SYSCONF/profiles.d/two@.yaml"
template slow /m/delay=2500/oauth/v1/token 'login: true' 'lifetime: linger' "$TEAM"
reload
quickly 1600 anna tw-1s; is $? 0 "a server that takes 2.5 s: the login goes on"
[ "$took" -lt 1600 ]; ok $? "after $took ms"
until_true 9 test -s /run/tokenward/slow@anna/token; is $? 0 "and the token comes behind"
close anna
quickly 2400 anna
[ "$took" -lt 2400 ]; ok $? "kept, it costs no wait: $took ms"
close anna
rm "$SYSCONF/profiles.d/slow@.yaml"
template brief /m/delay=1500/oauth/v1/token 'login: true' "$TEAM"
reload
open anna tw-1s
close anna
sleep 2.5
[ ! -e /run/tokenward/brief@anna/token ]; ok $? "a session that ends before its token is there: it does not come after it"
is "$(ls -A /run/tokenward/user/$(id -u anna) 2>/dev/null)" "" "nor is anything else left"
until_true 9 none_behind; ok $? "and nobody waits for it"
is "$(grep brief "$T/serve.out")" "" "and it is no failure"
open anna tw-1s
close anna
open anna; is "$?$(has brief@anna && echo there)" 0there "who comes back meanwhile has one"
close anna
rm "$SYSCONF/profiles.d/brief@.yaml"
deaf="revocation_endpoint: $URL/m/status=500/oauth/v1/revoke"
asked_to_revoke() { grep -q "event=revoke profile=$1@anna .*HTTP 500" "$T/serve.out"; }
template late /m/delay=1500/oauth/v1/token 'login: true' 'revoke_on_logout: true' "$deaf" "$TEAM"
reload
open anna tw-1s
close anna
until_true 9 asked_to_revoke late; is $? 0 "what was bought for nobody is revoked, if what is kept would be"
rm "$SYSCONF/profiles.d/late@.yaml"
template again /m/fail=1,delay=1500/oauth/v1/token 'login: true' 'revoke_on_logout: true' "$deaf" "$TEAM"
reload
before=$(requests)
open anna tw-1s
until_true 9 test -s /run/tokenward/again@anna/backoff
asked_again() { [ "$(requests)" = "$((before + 3))" ]; } # the other token's, too
until_true 9 asked_again; is $? 0 "a server that fails is asked again"
close anna
sleep 2.5
[ ! -e /run/tokenward/again@anna/token ]; ok $? "nor does a token stay that comes after its session"
until_true 9 asked_to_revoke again; is $? 0 "it is revoked, too"
rm "$SYSCONF/profiles.d/again@.yaml"
template no /m/status=400/oauth/v1/token 'login: true' "$TEAM"
reload
open anna tw-required; is $? 1 "a server that says no, and tokens required: no session"
quickly 2400 anna; is $? 0 "else the login goes on"
[ "$took" -lt 2400 ]; ok $? "at once: $took ms"
has corp@anna; ok $? "with the other token"
until_true 9 test -s /run/tokenward/no@anna/backoff; ok $? "the server's no is noted"
close anna
[ -s /run/tokenward/no@anna/backoff ]; ok $? "and a logout does not make it forgotten"
rm "$SYSCONF/profiles.d/no@.yaml"
template ill /m/fail=1,retry-after=9/oauth/v1/token 'login: true' "$TEAM"
reload
open anna
until_true 9 test -s /run/tokenward/ill@anna/backoff
stop_system
mkdir /run/audit
chown "$SERVICE_ID" /run/audit
serve_system --audit /run/audit/audit
ring anna 'command=ensure\nprofile=ill@anna\n' >/dev/null
failing() { ring root 'command=status\n' | sed -n 's/^failing=//p'; }
is "$(failing)" 1 "one that failed before the helper was started anew is counted"
until_true 20 test -s /run/tokenward/ill@anna/token
none_fails() { [ "$(failing)" = 0 ]; }
until_true 5 none_fails; is $? 0 "and no more once it has a token"
close anna
rm "$SYSCONF/profiles.d/ill@.yaml"
reload
for _ in 1 2; do
    open anna
    has corp@anna
    hash=$(as anna sha256sum "$PLACE")
    until_true 5 grep -q "profile=corp@anna .* generation=1 sha256=${hash%% *}$" /run/audit/audit; is $? 0 "each login's token is written down"
    close anna
done

# The server is told of a token that went.
active() { # active TOKEN: what introspection says (RFC 7662)
    curl -s --cacert "$CA" "$URL/oauth/v1/introspect" -d client_id="$CLIENT_ID" -d client_secret="$CANARY" -d token="$1"
}
is_dead() { [ "$(active "$1")" = '{"active":false}' ]; }
template told /oauth/v1/token 'login: true' 'revoke_on_logout: true' "revocation_endpoint: $URL/oauth/v1/revoke" "$TEAM"
reload
open anna
has told@anna corp@anna
told=$(cat /run/tokenward/told@anna/token) untold=$(cat "$PLACE")
is "$(active "$told")$(active "$untold")" '{"active":true}{"active":true}' "two tokens are good"
close anna
until_true 5 is_dead "$told"; is $? 0 "revoke_on_logout: the server is told of the one"
is "$(active "$untold")" '{"active":true}' "the other is only removed"
until_true 5 test ! -e "$PLACE"
is "$(ls -d /run/tokenward/told@anna "$PLACE" 2>/dev/null)" "" "both are"
open anna
has told@anna; ok $? "who comes back has a new one"
close anna
# One that hangs holds up neither the logout nor the next login.
template told /oauth/v1/token 'login: true' 'revoke_on_logout: true' "revocation_endpoint: $URL/m/hang/oauth/v1/revoke" 'timeout: 2' "$TEAM"
reload
for _ in 1 2 3 4 5; do
    open anna
    has told@anna; status=$?
    start=$(now_ms)
    close anna
    start=$(($(now_ms) - start))
    [ "$start" -ge 1500 ] || break
done
ok $status "a token again"
[ "$start" -lt 1500 ]; ok $? "a server that does not answer: the logout waits for none of it ($start ms)"
is "$(ls -d /run/tokenward/told@anna 2>/dev/null)" "" "the token is removed at once"
open anna; is "$?$(has told@anna && echo there)" 0there "and who comes back meanwhile has one"
close anna
until_true 12 grep -q 'told@anna.*revocation_endpoint' "$T/serve.out"; is $? 0 "it is told"
template told /oauth/v1/token 'login: true' 'revoke_on_logout: true' "$TEAM"
reload
open anna
has told@anna
close anna
until_true 5 grep -q "'told@anna': revoke_on_logout needs a revocation_endpoint" "$T/serve.out"; is $? 0 "nothing says where: that, too"
# Five of them hold up no other server's.
for i in 1 2 3 4 5; do
    template "hang$i" /oauth/v1/token 'login: true' 'revoke_on_logout: true' "revocation_endpoint: $URL/m/hang/oauth/v1/revoke" 'timeout: 30' "$TEAM"
done
there=$URL
URL=https://localhost:${URL##*:}
template told /oauth/v1/token 'login: true' 'revoke_on_logout: true' "revocation_endpoint: $URL/oauth/v1/revoke" "$TEAM"
URL=$there
reload
open anna
has told@anna hang1@anna hang2@anna hang3@anna hang4@anna hang5@anna
told=$(cat /run/tokenward/told@anna/token)
is "$(ls /run/tokenward/hang?@anna/token | wc -l)$(active "$told")" '5{"active":true}' "six tokens"
close anna
until_true 9 is_dead "$told"; is $? 0 "five that hang: another server is told of its own"
rm "$SYSCONF/profiles.d"/hang*
rm "$SYSCONF/profiles.d/told@.yaml"
reload

# A template is changed: who is logged in goes on having what it says.
open anna
open bert
has corp@anna corp@bert
kept_of() { sed -n "s/^$2=//p" "/run/tokenward/corp@$1/record"; }
template corp /oauth/v1/token 'login: true' "$TEAM" 'env: {CORP_TOKEN_FILE: file}' 'params: {kind: one}'
is_second() { [ "$(kept_of anna generation)$(kept_of bert generation)" = 22 ]; }
until_true 9 is_second; is $? 0 "for the same readers: all have another token, and nobody asked"
template corp /oauth/v1/token 'login: true' 'readers: {users: [anna]}' 'env: {CORP_TOKEN_FILE: file}' 'params: {kind: two}'
until_true 9 sh -c 'grep -q ^generation=3 /run/tokenward/corp@anna/record'; is $? 0 "for fewer: who is named still does"
sleep 1
is "$(kept_of bert generation)" 2 "who would have to be in a group, not before asking"
template corp /oauth/v1/token 'login: true' "$TEAM" 'env: {CORP_TOKEN_FILE: file}' 'params: {kind: two}'
reload
open bert
is_third() { [ "$(kept_of bert generation)" = 3 ]; }
until_true 9 is_third
stop_system
serve_system
template corp /oauth/v1/token 'login: true' "$TEAM" 'env: {CORP_TOKEN_FILE: file}' 'params: {kind: three}'
is_next() { [ "$(kept_of anna generation)$(kept_of bert generation)" = 44 ]; }
until_true 9 is_next; is $? 0 "so does everybody when the helper is started anew"
close bert
close anna
close bert
template corp /oauth/v1/token 'login: true' "$TEAM" 'env: {CORP_TOKEN_FILE: file, CORP_TOKEN: token, PAGER: file}'
reload

# The resident helper stands still, is somebody else, or is not there.
until_true 22 none_behind
kill -STOP "$EXTRA_PID"
quickly 1600 anna tw-1s; is $? 0 "it stands still: the login goes on"
[ "$took" -lt 1600 ]; ok $? "after $took ms"
kill -CONT "$EXTRA_PID"
until_true 9 test -s "$PLACE"; is $? 0 "and has its token when it moves again"
close anna
kill -STOP "$EXTRA_PID"
open anna tw-1s
pamtester tw-test anna close_session >"$T/out" 2>&1; is $? 0 "it stands still at the logout, too"
kill -CONT "$EXTRA_PID"
until_true 22 none_behind; is $? 0 "no helper is left behind"
until_true 5 test ! -e /run/tokenward/corp@anna; is $? 0 "what was to be removed is, then"
open bert
has corp@bert
stop_system; is $? 0 "it ends"
bert=$(cat /run/tokenward/corp@bert/token)
# shellcheck disable=SC2016
is "$(su - bert -c 'echo "$CORP_TOKEN_FILE"; cat "$CORP_TOKEN_FILE"' 2>/dev/null)" "/run/tokenward/corp@bert/token
$bert" "a login finds what is kept without it"
close bert
quickly 2400 anna; is $? 0 "nobody is there, and nothing kept: the login goes on"
[ "$took" -lt 2400 ]; ok $? "at once: $took ms"
is "$(seen anna)" "unset unset unset" "and is told of no file that nobody will write"
close anna; is $? 0 "and logs out"
open anna tw-required; is $? 1 "with tokens required there is no session"
chmod 777 /run/tokenward
rm -f /run/tokenward/doorbell
setpriv --reuid=carl --regid="$(id -u carl)" --clear-groups $PYTHON -c 'import socket
bell = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
bell.bind("/run/tokenward/doorbell")
bell.listen()
while True:
    caller, _ = bell.accept()
    print("asked", caller.recv(512), flush=True)
    try:
        caller.send(b"status=ok\n")
    except OSError:
        pass' >"$T/liar" &
EXTRA_PID=$!
until_true 5 test -S /run/tokenward/doorbell
chmod 755 /run/tokenward
chmod 666 /run/tokenward/doorbell
open anna tw-required; is "$?$(grep -c command "$T/liar")" 10 "a door that is somebody else's is not rung at, and what it would say not believed"
quickly 2400 anna; is "$?" 0 "the login goes on"
[ "$took" -lt 2400 ]; ok $? "at once: $took ms"
close anna
kill "$EXTRA_PID"
rm -f /run/tokenward/doorbell
ln -s /nowhere /run/tokenward/index.new
mv /run/tokenward/index.new /run/tokenward/index
open anna; is $? 0 "an index that is a link: the login goes on"
close anna
close bert
is "$(ls /run/tokenward/user/.sessions/* | grep -c '^[0-9]')" 0 "no session is left counted"
until_true 5 none_behind; is $? 0 "and no process"
done_testing
