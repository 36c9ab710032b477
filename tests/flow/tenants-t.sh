#!/bin/sh
# SPDX-License-Identifier: MIT
# tenants-t.sh - one host, many tenants: every reader of a profile may read
# its token, every other gets nothing, through files, front end and doorbell.
# With real users and groups, in a mount namespace of its own.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/ring.py" "$TOP_SRC/tests/flow/pass_on.py" "$T/bin/"
chmod 644 "$T/bin/ring.py" "$T/bin/pass_on.py"
reads() { # reads NAME [LINE...]: a profile with a route
    name=$1
    shift
    tenant "$name" /oauth/v1/token "match: https://$name.example.test" "$@"
}
reads one 'readers: {users: [anna]}'
reads two 'readers: {groups: [team]}'
reads both 'readers: {users: [anna, dora], groups: [team]}'
reads none
serve_system
for name in one two both none; do
    until_true 5 test -s "/run/tokenward/$name/record"; is $? 0 "$name: a token is there"
done
is "$(stat -c %a /run/tokenward/doorbell)" 666 "anybody may ring"

# By every way there is to a token.
cp "$TOP_BUILD/provider/client/.libs/libtokenward.so.0" "$TOP_SRC/tests/flow/api.py" "$T/bin/"
chmod 755 "$T/bin"/*
front() { # front WAY USER PROFILE
    way=$1 who=$2 name=$3
    case $way in
    api) as "$who" $PYTHON "$T/bin/api.py" "$T/bin/libtokenward.so.0" "$name" ;;
    exec) as "$who" "$T/bin/tokenward" exec --aws "$name" -- sh -c 'cat "$AWS_WEB_IDENTITY_TOKEN_FILE"' ;;
    git) printf 'protocol=https\nhost=%s.example.test\n\n' "$name" | as "$who" "$T/bin/git-credential-tokenward" get ;;
    docker) printf 'https://%s.example.test' "$name" | as "$who" "$T/bin/tokenward-credential" docker get ;;
    bazel) printf '{"uri":"https://%s.example.test/x"}' "$name" | as "$who" "$T/bin/tokenward-credential" bazel get ;;
    terraform) as "$who" "$T/bin/tokenward-credential" terraform get "$name.example.test" ;;
    keyring) as "$who" "$T/bin/tokenward-credential" keyring --mode=creds get "$name.example.test" ;;
    xoauth2) as "$who" "$T/bin/tokenward-credential" xoauth2 "$name" a@example.test ;;
    *) as "$who" "$T/bin/tokenward-credential" "$way" "$name" ;;
    esac 2>&1
}
holds() { # holds TEXT TOKEN: plain, or in the base64 of XOAUTH2
    case $1 in *"$2"*) return 0 ;; esac
    printf '%s' "$1" | tr -d '\n' | base64 -d 2>/dev/null | grep -q -a -e "$2"
}
fronts() {
    ways="api exec git docker bazel terraform keyring xoauth2 kubectl oidc-token"
    ! is_sanitized || ways=${ways#api } # a sanitizer's library is loaded by no program that is not
    for way in $ways; do
        given=0 refused=0 wrong=
        for name in one two both none; do
            token=$(sed -n 's/^access_token=//p' "/run/tokenward/$name/record")
            for who in anna bert carl dora; do
                if holds "$(front $way $who $name)" "$token"; then
                    may $name $who && given=$((given + 1)) || wrong="$wrong $name:$who"
                else
                    may $name $who && wrong="$wrong $name:$who" || refused=$((refused + 1))
                fi
            done
        done
        is "$given $refused$wrong" "7 9" "by $way: each of 7 readers is given a token, each of 9 others none"
    done
}

# Who may, of whom; and every other gets nothing.
may() { case "$1:$2" in one:anna | two:bert | two:carl | both:*) return 0 ;; *) return 1 ;; esac; }
asked=0 leaks=0
matrix() {
    for name in one two both none; do
        token=$(sed -n 's/^access_token=//p' "/run/tokenward/$name/record")
        for who in anna bert carl dora; do
            got=$(as "$who" "$T/bin/tokenward" get "$name" 2>&1)
            read=$(as "$who" cat "/run/tokenward/$name/token" 2>&1)
            rung=$(as "$who" $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "command=ensure\\nprofile=$name\\n")
            may "$name" "$who" || case $got$read$rung in *"$token"* | *status=ok*) leaks=$((leaks + 1)) ;; esac
            asked=$((asked + 3))
            if may "$name" "$who"; then
                is "$got|$read|$rung" "$token|$token|status=ok" "$1$who may read $name"
            else
                printf '%s' "$got$read$rung" | grep -q -e "$token" -e '^status=ok'
                is $? 1 "$1$who may not read $name"
                like "$rung" "^status=access" "$1$who may not ring for $name"
            fi
        done
    done
}
matrix ""
fronts
# A process has the group that a login gives it first in no list of groups.
in_team() { env -u XDG_RUNTIME_DIR -u XDG_CONFIG_HOME HOME=/nonexistent setpriv --reuid=dora --regid=61100 --clear-groups "$@"; }
is "$(in_team $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=ensure\nprofile=two\n')" "status=ok" "whose own group is a reader may ring"
is "$(in_team cat /run/tokenward/two/token)" "$(token two)" "and read"
# The files' own group is the service's, and no reader.
for name in one none; do
    for file in token record; do
        setpriv --reuid=dora --regid=$SERVICE_ID --clear-groups cat "/run/tokenward/$name/$file" >/dev/null 2>&1
        is $? 1 "the service's group does not read the $file of $name"
    done
done
# Which registries there are, and for whom.
registries() { "$@" "$T/bin/tokenward-credential" docker list | grep -o '[a-z]*\.example' | sed 's/\..*//' | sort | tr '\n' ' '; }
is "$(registries as anna)" "both one " "docker list names anna what she may read"
is "$(registries as bert)" "both two " "and bert, by his group"
is "$(registries as dora)" "both " "and dora"
is "$(registries as "$SERVICE") $(registries env)" "both none one two  both none one two " "the service and root all of them"
like "$(as "$SERVICE" "$T/bin/tokenward-credential" docker list)" '"https://none.example.test":"oauth2"' "with the user name"
mv /run/tokenward/one "$T/aside"
is "$(registries as anna)" "both one " "one whose token was not fetched yet, too"
mv "$T/aside" /run/tokenward/one
like "$(as dora $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=reject\nprofile=one\ngeneration=1\n')" "^status=access" "nor reject"
like "$(as dora $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=status\n')" "^status=access" "a tenant sees nothing of all"
# A call that anna made and dora goes on with: it is anna's, and answers in words.
cat >"$T/bin/handed_on.py" <<'EOF'
import os, socket, sys
ours, theirs = socket.socketpair()
if os.fork() == 0:
    os.setgroups([]); os.setresgid(*[int(sys.argv[2])] * 3); os.setresuid(*[int(sys.argv[2])] * 3)
    call = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    call.connect("/run/tokenward/doorbell")
    socket.send_fds(theirs, [b"x"], [call.fileno()])
    os._exit(0)
os.setgroups([]); os.setresgid(*[int(sys.argv[3])] * 3); os.setresuid(*[int(sys.argv[3])] * 3)
_, fds, _, _ = socket.recv_fds(ours, 1, 1)
call = socket.socket(fileno=fds[0])
call.settimeout(20)
call.send(b"command=ensure\nprofile=one\n")
print(call.recv(4096).decode(), end="")
try:
    print(open("/run/tokenward/one/token").read())
except PermissionError:
    print("closed")
EOF
is "$($PYTHON "$T/bin/handed_on.py" - 61001 61004 | tr '\n' ' ')" "status=ok closed " "a call that is handed on stays its maker's, and brings no token"
# A program that goes on asking has the token in hand, and the next one at once.
answered() { [ "$(wc -l <"$T/asked")" = "$1" ]; }
again() { echo >&8; until_true 5 answered "$1"; tail -n 1 "$T/asked"; } # again N: its Nth answer
if ! is_sanitized; then
    mkfifo "$T/ask"
    : >"$T/asked"
    as anna $PYTHON "$T/bin/api.py" "$T/bin/libtokenward.so.0" one --each-line <"$T/ask" >"$T/asked" 2>&1 &
    asking=$!
    exec 8>"$T/ask"
    before=$(token one)
    is "$(again 1) $(again 2) $(again 3)" "$before $before $before" "a program asks again and again"
    mv /run/tokenward/one/record /run/tokenward/one/aside
    is "$(again 4)" "$before" "and is given what it has in hand, for which no file is looked at"
    mv /run/tokenward/one/aside /run/tokenward/one/record
fi
generation=$(sed -n 's/^generation=//p' /run/tokenward/one/record)
as anna "$T/bin/tokenward" reject one; is $? 0 "a reader rejects"
as anna cat /run/tokenward/one/record >/dev/null 2>&1; is $? 0 "and sees that it is rejected"
as dora cat /run/tokenward/one/record >/dev/null 2>&1; is $? 1 "while others see nothing"
until_true 12 sh -c "[ \$(sed -n 's/^generation=//p' /run/tokenward/one/record) -gt $((generation + 1)) ]"
is $? 0 "and another token comes"
if ! is_sanitized; then
    is "$(again 5)" "$(token one)" "which the program that goes on asking is given"
    exec 8>&-
    wait $asking; is $? 0 "until it ends"
    cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/" 2>/dev/null || cp "$TOP_BUILD/tests/flow/reader" "$T/bin/"
    chmod 755 "$T/bin/reader"
    as bert env LD_LIBRARY_PATH="$T/bin" "$T/bin/reader" --reject two; is $? 0 "a program of bert's rejects, and is given another"
fi
matrix "after a refresh, "

# Who called is who connected, whoever speaks then; and nobody learns a token.
out=$($PYTHON "$T/bin/pass_on.py" /run/tokenward/doorbell anna bert 'command=ensure\nprofile=one\n')
is "$out" "status=ok" "a descriptor that anna connected asks for her, in bert's hands too"
printf '%s' "$out" | grep -qF -e "$(token one)"; is $? 1 "and tells him no token"
as bert cat /run/tokenward/one/token >/dev/null 2>&1; is $? 1 "nor lets him read it"
like "$($PYTHON "$T/bin/pass_on.py" /run/tokenward/doorbell bert anna 'command=ensure\nprofile=one\n')" "^status=access" \
    "one that bert connected asks for him, in anna's"
like "$($PYTHON "$T/bin/pass_on.py" /run/tokenward/doorbell bert 0 'command=status\n')" "^status=access" "in root's too"
# Nothing in a request is a path.
for name in ../one /run/tokenward/one one/record /etc/passwd; do
    like "$(as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "command=ensure\\nprofile=$name\\n")" "^status=usage" "no profile is called $name"
done
out=$(as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=ensure\nprofile=one\npath=/etc/shadow\nfile=/etc/shadow\noutput=/run/evil\n')
is "$out" "status=ok" "keys that name files mean nothing"
[ ! -e /run/evil ]; is $? 0 "and make none"

# Readers change: the kept token is closed at once, and opened.
may_not() { ! as "$1" cat "/run/tokenward/$2/token" >/dev/null && ! as "$1" cat "/run/tokenward/$2/record" >/dev/null; } # may_not USER NAME
reads both 'readers: {users: [dora]}'
until_true 5 may_not anna both; is $? 0 "a reader who is none any more: closed at once"
as bert cat /run/tokenward/both/token >/dev/null 2>&1; is $? 1 "and the group"
as dora cat /run/tokenward/both/token >/dev/null 2>&1; is $? 0 "the one who still is: open"
reads both
until_true 5 may_not dora both; is $? 0 "no readers at all: closed"
setpriv --reuid=dora --regid=$SERVICE_ID --clear-groups cat /run/tokenward/both/token >/dev/null 2>&1
is $? 1 "to the service's group, too"
tenant slow /m/delay=2000/oauth/v1/token 'readers: {users: [anna]}'
until_true 5 test -k /run/tokenward/slow; is $? 0 "a first token is under way"
tenant slow /m/delay=2000/oauth/v1/token 'readers: {users: [dora]}'
until_true 5 test -s /run/tokenward/slow/token
until_true 5 test ! -k /run/tokenward/slow
until_true 5 may_not anna slow; is $? 0 "which who is no reader any more may not read, nor the record"
as dora cat /run/tokenward/slow/token >/dev/null 2>&1; is $? 0 "but who is one by now"
# A profile is gone: what is kept is closed, and opened when it comes back.
reads gone 'readers: {users: [anna]}'
until_true 5 as anna cat /run/tokenward/gone/token >/dev/null; is $? 0 "a profile that will be gone"
kept=$(token gone)
rm "$SYSCONF/profiles.d/gone.yaml"
until_true 5 may_not anna gone; is $? 0 "gone: closed at once"
out=$(as anna "$T/bin/tokenward" get gone 2>&1); is $? 73 "who asks is given none: exit 73"
case $out in *"$kept"*) false ;; esac; is $? 0 "and no word of it"
as anna cat /run/tokenward/one/token >/dev/null; is $? 0 "the others' are open"
reads gone 'readers: {users: [anna]}'
until_true 5 as anna cat /run/tokenward/gone/token >"$T/out"; is "$(cat "$T/out")" "$kept" "it comes back, with the token that was kept"
tenant going /m/delay=2000/oauth/v1/token 'readers: {users: [anna]}'
until_true 5 test -k /run/tokenward/going
rm "$SYSCONF/profiles.d/going.yaml"
until_true 10 test ! -k /run/tokenward/going
until_true 5 may_not anna going; is $? 0 "gone while its first token is fetched: closed"
reads strange 'readers: {users: [nobody-of-here]}'
until_true 5 grep -q "strange.yaml:[0-9]*:.*there is no user 'nobody-of-here'" "$T/serve.out"; is $? 0 "an unknown user is refused, with its place"
as anna "$T/bin/tokenward" get one >/dev/null 2>&1; is $? 0 "and hurts no other tenant"
status=$(tr '\t' ' ' <"/proc/$EXTRA_PID/status" | grep -E '^(Uid|CapEff|CapPrm|NoNew)')
like "$status" "^Uid: $SERVICE_ID $SERVICE_ID $SERVICE_ID $SERVICE_ID$" "it runs as the service user"
like "$status" "^CapPrm: 0000000000000000$" "without a capability"

# A token that has run out is asked for, and one that lives is given meanwhile.
# Once: what runs out before the host was booted is no record.
run_out() { # run_out NAME: its record looks that old
    [ "$(sed -n 's/^expires_at=//p' "/run/tokenward/$1/record")" -gt "$(date +%s)" ] || return 0
    awk -F= -v s="$(sed -n 's/^lifetime=//p' "/run/tokenward/$1/record")" '/^(issued_at|expires_at|boottime_expires|refresh_at)=/ { print $1 "=" $2 - s; next } { print }' \
        "/run/tokenward/$1/record" >"$T/aged"
    cat "$T/aged" >"/run/tokenward/$1/record"
}
before=$(token one)
run_out one
# Not within a second of the last one that was bought.
is_given() { after=$(as anna "$T/bin/tokenward" get one); }
until_true 10 is_given; is $? 0 "run out: a reader who asks is given another"
[ "$after" != "$before" ]; is $? 0 "which is new"
is "$after" "$(token one)" "and the record's"
run_out one
out=$(as dora "$T/bin/tokenward" get one 2>&1); [ $? != 0 ]; is $? 0 "no reader: none"
case $out in *"$after"*) false ;; esac; is $? 0 "and no word of it"
# A service's account has no place for tokens, and the system's profiles alone.
out=$(as dora "$T/bin/tokenward" get bofh 2>&1); is $? 66 "a name that the system does not have: exit 66"
like "$out" "^tokenward: the system has no profile 'bofh'$" "says so"
like "$out" "^tokenward: hint: did you mean 'both'?$" "and which was meant"
stop_system; is $? 0 "and ends cleanly"
out=$(as dora "$T/bin/tokenward" get bofh 2>&1); is $? 66 "the same while the resident helper is not there"
like "$out" "^tokenward: hint: did you mean 'both'?$" "says as much"
out=$(as dora "$T/bin/tokenward" get one 2>&1); is $? 73 "no reader, while it is not there: exit 73"
like "$out" "^tokenward: /run/tokenward/one/record: Permission denied$" "says what is closed"
like "$out" "^tokenward: hint: the caller is no reader: root says who is" "and who says for whom it is open"
mkdir -p "$T/dora/.config/tokenward"
chown -R dora "$T/dora"
like "$(as dora env HOME="$T/dora" "$T/bin/tokenward" get bofh 2>&1)" "no runtime directory" "who has profiles is told what they lack"
mv /run/tokenward/one "$T/one"
out=$(as anna "$T/bin/tokenward" get one 2>&1); is $? 75 "what was never fetched, while it is not there: exit 75"
like "$out" "^tokenward: 'one' is kept by the system's resident helper, which is not there$" "says who keeps it"
like "$out" "^tokenward: hint: root starts it, with systemd by: systemctl start tokenward$" "and who sees to that"
mv "$T/one" /run/tokenward/one

# Root drops a token while it is stopped: who reads that is the profile's affair.
reads both 'readers: {users: [dora]}'
generation=$(sed -n 's/^generation=//p' /run/tokenward/both/record)
out=$("$T/bin/tokenward-helper" --system reject both 2>&1); is "$?$out" 0 "root rejects for the system"
is "$(as dora sed -n 's/^generation=//p' /run/tokenward/both/record)" $((generation + 1)) "a reader sees it"
is "$(as dora grep -c '^access_token=' /run/tokenward/both/record)" 0 "without a token"
may_not anna both 2>/dev/null; is $? 0 "and nobody else"
rm "$SYSCONF/profiles.d/gone.yaml"
serve_system
as anna cat /run/tokenward/gone/token >/dev/null; is $? 0 "gone while nobody serves, and another profile is broken: nothing is closed"
stop_system
rm "$SYSCONF/profiles.d/strange.yaml"
serve_system
may_not anna gone 2>/dev/null; is $? 0 "but when all are whole"
stop_system
run_out one
out=$(as anna "$T/bin/tokenward" get one 2>&1); is $? 75 "run out, and nobody to bring one: exit 75"
like "$out" "the system's token of 'one' has run out, and its service has not brought a new one" "says so"
is "$(as anna "$T/bin/tokenward" get --cached one 2>&1 | head -n 1)" "$(printf '%s\n' "$out" | head -n 1)" "and the same of what is kept"
is "$(as bert "$T/bin/tokenward" get --min-valid 86400 two 2>/dev/null)" "$(token two)" "one that lives for less than was asked for: is given"
# A profile of his own, called like the system's, is his.
mkdir -m 700 "$T/bert" "$T/bert/run" "$T/bert/config" "$T/bert/config/tokenward"
{ printf 'profiles:\n  two:\n    token_endpoint: %s/oauth/v1/token\n    client_id: %s\n    client_secret: %s\n' "$URL" "$CLIENT_ID" "$CANARY"
    printf '    scope: payments\n    ca_file: %s\n' "$T/ca.pem"; } >"$T/bert/config/tokenward/profiles.yaml"
chmod 600 "$T/bert/config/tokenward/profiles.yaml"
chown -R bert: "$T/bert"
his() { as bert env HOME="$T/bert" XDG_RUNTIME_DIR="$T/bert/run" XDG_CONFIG_HOME="$T/bert/config" "$@"; }
his "$T/bin/tokenward" list >/dev/null; [ -s "$T/bert/run/tokenward/index" ]; is $? 0 "a profile of his own, called like one that he reads"
out=$(his "$T/bin/tokenward" get two 2>&1); is $? 0 "has a token"
[ "$out" != "$(token two)" ] && [ "$out" = "$(sed -n 's/^access_token=//p' "$T/bert/run/tokenward/two/record")" ]
is $? 0 "which is his own"
# The system's profile has a route, his has none: what is his does not go there.
own=$(his "$T/bin/tokenward" get two)
for way in git docker bazel; do
    case $way in
    git) out=$(printf 'protocol=https\nhost=two.example.test\n\n' | his "$T/bin/git-credential-tokenward" get 2>&1) ;;
    docker) out=$(printf 'https://two.example.test' | his "$T/bin/tokenward-credential" docker get 2>&1) ;;
    bazel) out=$(printf '{"uri":"https://two.example.test/x"}' | his "$T/bin/tokenward-credential" bazel get 2>&1) ;;
    esac
    case $out in *"$own"*) false ;; esac; is $? 0 "$way: no token of his for the host of the system's profile of that name"
done
printf 'protocol=https\nhost=two.example.test\n\n' | his "$T/bin/git-credential-tokenward" erase; is $? 0 "git erase for that host"
is "$(sed -n 's/^access_token=//p' "$T/bert/run/tokenward/two/record")" "$own" "rejects none of his"
sed -i 's/scope:/scoop:/' "$T/bert/config/tokenward/profiles.yaml"
rm -r "$T/bert/run/tokenward/two"
out=$(his "$T/bin/tokenward" get two 2>&1); is $? 78 "one that something is wrong with hides the system's, too"
like "$out" "unknown key 'scoop'" "and says what"
out=$(his "$T/bin/tokenward" list 2>&1)
is "$(printf '%s\n' "$out" | grep -c '^two$')" 0 "list does not name the system's in its place"
like "$out" "^tokenward: warning: a profile is left out" "but tells that one is left out"
is "$(his "$T/bin/tokenward" status 2>/dev/null | grep -c '^two ')" 0 "neither does status"
out=$(his "$T/bin/tokenward" status two 2>&1); is $? 78 "status of it: exit 78"
like "$out" "^tokenward: something is wrong with the profile 'two'" "and says so"
is "$(his "$T/bin/tokenward" complete -- get tw)" "" "nor do shells complete it"
sed -i 's/scoop:/scope:/' "$T/bert/config/tokenward/profiles.yaml"
chmod 644 "$T/bert/config/tokenward/profiles.yaml"
out=$(his "$T/bin/tokenward" get two 2>&1); is $? 73 "so does one whose secret stands in a file that others may read"
like "$out" "mode 0644 lets others read the file" "and says so"
chmod 600 "$T/bert/config/tokenward/profiles.yaml"
echo 'version: 1' >>"$T/bert/config/tokenward/profiles.yaml"
his "$T/bin/tokenward" get two >/dev/null 2>&1; is $? 78 "or in one with a key that is none"
sed -i '/^version:/d' "$T/bert/config/tokenward/profiles.yaml"
sed -i 's#token_endpoint: .*#&\n    match: https://two.example.test\n    git_username: bert-s#' "$T/bert/config/tokenward/profiles.yaml"
out=$(his "$T/bin/tokenward-credential" docker list)
is "$out" '{"https://two.example.test":"bert-s"}' "docker lists a registry that both lead to once, and as his"
sed -i 's#two.example.test#own.example.test#' "$T/bert/config/tokenward/profiles.yaml"
reads third 'readers: {users: [bert]}'
tenant mine@ /oauth/v1/token 'match: https://mine.example.test' 'readers: {users: [bert]}' 'audience: for-%u'
if command -v "${CC:-cc}" >/dev/null; then
    CC=${CC:-cc}
    compile -I"$TOP_SRC/provider" '-DNAME="foreign"' -DMISDEED=4 -DIN_CONSTRUCTOR=0 -o "$MODULES/foreign.so" "$TOP_SRC/tests/flow/misdeeds.c"
    tenant foreign /oauth/v1/token 'provider: foreign'
    sed -i '/scope:/d' "$SYSCONF/profiles.d/foreign.yaml"
fi
serve_system
if [ -e "$MODULES/foreign.so" ]; then
    until_true 20 test -s /run/tokenward/foreign/record; is $? 0 "a provider from elsewhere, by a process of the service user's"
    rm "$SYSCONF/profiles.d/foreign.yaml"
else
    skip "a provider from elsewhere, by a process of the service user's" "there is no compiler"
fi
is "$(registries his)" "mine own third " "those of the system's that he may read, too, but none that a profile of his hides"
stop_system
rm "$SYSCONF/profiles.d/third.yaml" "$SYSCONF"/profiles.d/mine*.yaml
sed -i "s#token_endpoint: .*#token_endpoint: $URL/m/status=401,error=invalid_client/oauth/v1/token#" "$T/bert/config/tokenward/profiles.yaml"
rm -r "$T/bert/run/tokenward/two"
as bert cat /run/tokenward/two/token >/dev/null; is $? 0 "though he may read the system's"
out=$(his "$T/bin/tokenward" get two 2>&1); is $? 77 "he is not given that one where his own is refused: exit 77"
like "$out" "^tokenward: $T/bert/config/tokenward/profiles.yaml:[0-9]*: .*invalid_client" "says so"
case $out in *"$(token two)"*) false ;; esac; is $? 0 "and no word of it"
# What he has no profile for is the system's, which is asked and waited for.
serve_system
tenant later /m/delay=2000/oauth/v1/token 'readers: {users: [bert]}'
until_true 5 test -k /run/tokenward/later
out=$(his "$T/bin/tokenward" get later 2>&1); is $? 0 "the system's first token is under way: he waits for it"
is "$out" "$(token later)" "and has it"
tenant never /m/status=401,error=invalid_client/oauth/v1/token 'readers: {users: [bert]}'
until_true 5 grep -q 'never.yaml:.*invalid_client' "$T/serve.out"
out=$(his "$T/bin/tokenward" get never 2>&1); is $? 77 "the system's is refused: exit 77"
like "$out" "never.yaml:[0-9]*: .*invalid_client" "in the words of its service"
stop_system
# A template of users that is gone, and back: who only reads the file does not ask.
tenant own@ /oauth/v1/token 'readers: {users: [anna, bert], groups: [team]}' 'audience: for-%u'
serve_system
reads_own() { as "$1" cat "/run/tokenward/own@$1/token" >/dev/null 2>&1; }
changed() { # changed COMMAND...: and it is read again
    before=$(grep -c event=reload "$T/serve.out")
    "$@"
    until_true 9 eval '[ "$(grep -c event=reload "$T/serve.out")" -gt "$before" ]'
}
# By su(1): XDG_RUNTIME_DIR is another's, and nothing is one's own.
if ! is_sanitized; then
    mkdir -m 700 "$T/berts"
    chown bert "$T/berts"
    out=$(as anna env XDG_RUNTIME_DIR="$T/berts" $PYTHON "$T/bin/api.py" "$T/bin/libtokenward.so.0" own@); is $? 0 "by su: a program has a token that is not there yet"
    is "$out" "$(token own@anna)" "which is anna's"
    out=$(as anna env XDG_RUNTIME_DIR="$T/berts" TOKENWARD_HELPER=/nonexistent $PYTHON "$T/bin/api.py" "$T/bin/libtokenward.so.0" own@); is $? 0 "and one that is kept"
    is "$out" "$(token own@anna)" "which is the same"
else
    skip "by su: a program has a token" "a sanitizer's library is loaded by no program that is not"
fi
for who in anna bert carl; do as $who "$T/bin/tokenward" get own@ >/dev/null; is $? 0 "$who has one of three tokens"; done
changed mv "$SYSCONF/profiles.d/own@.yaml" "$T/own@.yaml"
until_true 9 eval '! reads_own anna && ! reads_own bert && ! reads_own carl'; is $? 0 "their template is gone: they may not read them"
changed mv "$T/own@.yaml" "$SYSCONF/profiles.d/own@.yaml"
until_true 9 eval 'reads_own anna && reads_own bert && reads_own carl'; is $? 0 "it is back: they may, and need not ask"
changed mv "$SYSCONF/profiles.d/own@.yaml" "$T/own@.yaml"
sed -i 's/readers:.*/readers: {users: [bert]}/' "$T/own@.yaml"
changed mv "$T/own@.yaml" "$SYSCONF/profiles.d/own@.yaml"
until_true 9 reads_own bert; is $? 0 "it is back with fewer readers: who is one still may"
! reads_own anna && ! reads_own carl; is $? 0 "and the others may not"
stop_system
profile mine /oauth/v1/token 'readers: {users: [anna]}'
out=$(user tokenward-helper check 2>&1); is $? 78 "readers in a user's profile: exit 78"
like "$out" "mine.yaml:[0-9]*:.*readers" "with its place"
figure uid-leaks $leaks "of $asked accesses"
done_testing
