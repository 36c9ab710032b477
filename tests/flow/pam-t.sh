#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-t.sh - tokens for real sessions: pamtester, su and an sshd on the
# loopback interface log a test user in and out.  In a mount namespace of its
# own, where user, services, /run and what is installed are covered: the host
# stays as it is.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/pam_lib.sh
. "${TOP_SRC:-.}/tests/flow/pam_lib.sh"
service tw-test debug deadline=10
service tw-10s deadline=10

profile login /oauth/v1/token 'login: true' 'env: {ACME_FILE: file, ACME: token, LD_PRELOAD: file}'
profile other /oauth/v1/token

# Open and close, in processes of their own.
open_session; is $? 0 "a session opens"
is "$(stat -c '%a %u:%g' "$OWN")" "700 $USER_ID:$USER_ID" "/run/tokenward/user/UID is the user's alone"
is "$(stat -c '%a %u:%g' /run/tokenward /run/tokenward/user /run/tokenward/user/.sessions | tr '\n' ' ')" \
    "755 0:0 755 0:0 700 0:0 " "what is above it is root's"
is "$(cd "$OWN" && echo */token)" "login/token" "a profile marked login has its token, another none"
is "$(stat -c '%a %u' "$OWN/login/token")" "600 $USER_ID" "which is the user's"
for _ in 1 2 3 4 5; do # a busy machine may be late, but not each time
    timed open_session; status=$?
    [ "$took" -ge 250 ] || break
    close_session
done
is $status 0 "a second session"
echo "# with a token kept: $took ms"
[ "$took" -lt 250 ]; ok $? "with a token kept it costs next to nothing"
close_session; [ -s "$OWN/login/token" ]; ok $? "one of two closed: the token stays"
close_session; is "$?$([ ! -e "$OWN" ] || echo there)" 0 "the last one closed: all is gone"
close_session; is $? 0 "closed once more"
[ ! -e "$OWN" ]; ok $? "which makes nothing"
is "$(pamtester tw-test "$TESTER" open_session open_session close_session >/dev/null 2>&1; echo "$?$(ls "$OWN" 2>/dev/null)")" 0 \
    "opened twice by one process and closed once: it was one session"
pamtester tw-test "$TESTER" 'setcred(PAM_ESTABLISH_CRED)' >/dev/null 2>&1; is "$?$(ls "$OWN" 2>/dev/null)" 0 \
    "setcred before the session makes no directory"
open_session
rm -rf "$OWN/login"
pamtester tw-test "$TESTER" 'setcred(PAM_REFRESH_CRED)' >/dev/null 2>&1; is $? 0 "setcred at an unlock"
[ -s "$OWN/login/token" ]; ok $? "brings a token that was lost"
"$TOP_BUILD/tests/pam/host" delete tw-test "$TESTER" >/dev/null; is $? 0 "setcred deletes"
[ -s "$OWN/login/token" ]; ok $? "while a session is open: it stays"
rm /run/tokenward/user/.sessions/$USER_ID/*
"$TOP_BUILD/tests/pam/host" delete tw-test "$TESTER" >/dev/null; is $? 0 "setcred deletes again"
[ ! -e "$OWN" ]; ok $? "and none is counted: all is gone"
close_session
mkdir -p "/run/user/$USER_ID"
chown "$USER_ID" "/run/user/$USER_ID"
chmod 700 "/run/user/$USER_ID"
open_session
[ -s "/run/user/$USER_ID/tokenward/login/token" ] && [ ! -e "$OWN" ]; ok $? "the login manager's directory is used where it is"
close_session
[ ! -e "/run/user/$USER_ID/tokenward/login" ]; ok $? "and is left"
chown 0 "/run/user/$USER_ID"
open_session
[ -s "$OWN/login/token" ]; ok $? "but not when it is somebody else's"
close_session
rm -rf "/run/user/$USER_ID"

# Who is not served.
for name in root daemon nobody-such-user '..' "a/b"; do
    pamtester tw-test "$name" open_session close_session >/dev/null 2>&1; is $? 0 "user $name: not served, not refused"
done
is "$(ls /run/tokenward/user)" "" "and nothing is made for them"
service tw-min min_uid=$((USER_ID + 1))
open_session tw-min; is "$?$(ls /run/tokenward/user)" 0 "below min_uid: nothing"

# What the session's environment says, and what the helper was given.
cat >"$LIBEXEC/tokenward-helper" <<EOF
#!/bin/sh
# Keeps what it was started with, then is the helper.
case "\$*" in *fetch*) ;; *) exec "$T/bin/tokenward-helper" "\$@" ;; esac
env >"$T/seen/env"
cat /proc/self/status >"$T/seen/status"
ls -l /proc/\$\$/fd >"$T/seen/fd"
pwd >"$T/seen/cwd"
exec "$T/bin/tokenward-helper" "\$@"
EOF
chmod 755 "$LIBEXEC/tokenward-helper"
mkdir "$T/seen"
own "$T/seen"
(
    exec 7<"$T/passwd" 9<>/etc/shadow
    mkdir "$T/removed" && cd "$T/removed" && rmdir "$T/removed"
    env LD_BIND_NOW=1 SSLKEYLOGFILE="$T/seen/keys" HTTPS_PROXY=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 \
        OPENSSL_CONF=/nowhere CURL_CA_BUNDLE=/nowhere HOME=/root XDG_RUNTIME_DIR=/tmp GLIBC_TUNABLES=glibc.malloc.perturb=1 \
        TOKENWARD_HELPER=/bin/false TOKENWARD_MODULE_DIR=/nowhere RES_OPTIONS=timeout:1 MALLOC_CHECK_=3 TZ=nowhere \
        pamtester tw-test "$TESTER" open_session >/dev/null 2>&1
)
is $? 0 "a hostile environment, inherited descriptors, a directory that is gone"
[ -s "$OWN/login/token" ]; ok $? "the token is there all the same"
is "$(sed 's/=.*//' "$T/seen/env" | grep -v '^_$\|^PWD$\|^SHLVL$\|^OLDPWD$' | sort | tr '\n' ' ')" "HOME LANG LOGNAME PATH USER " \
    "the helper's environment is built from nothing"
[ ! -e "$T/seen/keys" ]; ok $? "no key log"
is "$(sed 's/.* \([0-9]* -> .*\)/\1/' "$T/seen/fd" | grep -- '->' | grep -c 'shadow\|passwd')" 0 "no descriptor of the caller's"
is "$(cat "$T/seen/cwd")" / "in the root directory"
status=$(tr '\t' ' ' <"$T/seen/status" | grep -E '^(Uid|Gid|Groups|Cap|NoNew|Sig)')
like "$status" "^Uid: $USER_ID $USER_ID $USER_ID $USER_ID$" "the user in all four uids"
like "$status" "^Gid: $USER_ID $USER_ID $USER_ID $USER_ID$" "and gids"
like "$status" "^Groups: 19999 $USER_ID *$" "the user's groups"
for set in Inh Prm Eff Bnd Amb; do like "$status" "^Cap$set: 0000000000000000$" "no capability: $set"; done
like "$status" "^NoNewPrivs: 1$" "no new privileges"
like "$status" "^SigBlk: 0000000000000000$" "no signal blocked"
close_session
install_helper

# What a hook is given where the login manager made no directory.
profile hooked /oauth/v1/token 'login: true' "on_refresh: {command: [/bin/sh, -c, 'env >$T/seen/hook.new; mv $T/seen/hook.new $T/seen/hook']}"
open_session
until_true 9 test -s "$T/seen/hook"; ok $? "on_refresh is run at a login"
is "$(grep '^TOKENWARD_TOKEN_FILE=' "$T/seen/hook")" "TOKENWARD_TOKEN_FILE=$OWN/hooked/token" "and told where the token is"
is "$(grep '^XDG_RUNTIME_DIR=' "$T/seen/hook")" "" "but no runtime directory, where the user has none"
close_session
rm "$T/config/tokenward/profiles.d/hooked.yaml"

# A child that cannot become the user ends, and the login goes on.
if command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; then
    for call in setgroups setresgid setresuid capset prctl setsid; do
        strace -f -qq -o "$T/trace" -e trace=execve,$call -e inject=$call:error=EPERM \
            pamtester tw-test "$TESTER" open_session >"$T/out" 2>&1
        is "$?$(ls "$OWN" 2>/dev/null)" 0 "$call fails: the login goes on, without tokens"
        grep -q 'execve.*tokenward-helper' "$T/trace"; is $? 1 "and no helper was started"
        close_session
    done
    # Copies of a login program's memory, which the user may send signals.
    strace -f -qq -o "$T/trace" -e trace=setresuid,prctl,execve pamtester tw-test "$TESTER" open_session >"$T/out" 2>&1
    is "$(sed -n 's/^[0-9]* *//; /setresuid('"$USER_ID"'\|PR_SET_DUMPABLE\|execve.*helper/s/[("].*//p' "$T/trace" | head -n 3 | tr '\n' ' ')" \
        "setresuid prctl execve " "the child leaves no core and is not looked into, between becoming the user and the helper"
    close_session
else
    skip "a failing set*id ends the child" "strace is not installed or may not trace"
fi

# The deadline.
late() { # late NAME LIMIT [SERVICE]: a session opens within the limit, if not each time
    for _ in 1 2 3 4 5; do
        timed open_session "${3:-tw-test}"; status=$?
        [ "$took" -ge "$2" ] || break
        close_session
    done
    is $status 0 "$1: the login goes on"
    [ "$took" -lt "$2" ]; ok $? "$1: after $took ms"
}
service tw-3s
service tw-1s deadline=1
service tw-0s deadline=0
service tw-required deadline=1 required
sed -i 's/^session optional/session required/' /etc/pam.d/tw-required
stuck() { # stuck NAME SCRIPT
    fake_helper "$2"
    late "$1" 1600 tw-1s
    gone; ok $? "$1: no process is left"
    until_true 9 is_nobody; ok $? "$1: none of the user's at all"
    is_nobody || pgrep -a -u "$USER_ID" | sed 's/^/# /'
    close_session
}
is_nobody() { ! pgrep -a -u "$USER_ID" | grep -qv "/bin/sandbox\|<defunct>"; }
stuck "a helper that hangs" 'sleep 60 & sleep 60'
# shellcheck disable=SC2016
stuck "one that stops itself" 'kill -STOP $$'
stuck "one that ignores SIGTERM" 'trap "" TERM HUP INT; while :; do sleep 5; done'
stuck "one that talks without end" 'exec cat /dev/zero'
stuck "one that fills its pipes" 'dd if=/dev/zero bs=65536 count=4 >&2; sleep 60'
stuck "one that ends at once" 'exit 3'
# What it prints is nobody's to read: libpam-wrapper shows what would be logged.
wrapper=$(wrapper pam_wrapper)
if [ -n "$wrapper" ]; then
    for where in '' '>&2'; do
        fake_helper "for _ in \$(seq 50); do printf '\\033[2J\\nevil: %%s%%n\\r\\n<0>evil\\n' $where; done; sleep 0.1"
        LD_PRELOAD=$wrapper PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=/etc/pam.d PAM_WRAPPER_DEBUGLEVEL=2 \
            pamtester tw-10s "$TESTER" open_session >"$T/out" 2>"$T/log"
        is $? 0 "a helper that prints escapes and line feeds ${where:-to us}: the login goes on"
        is "$(grep -c evil "$T/log")$(tr -d '[:print:]\n\t' <"$T/log" | wc -c)" 00 "and none of it is logged"
        is "$(sed -n 's/.*SYSLOG([0-9]): //p' "$T/log")" "$([ -n "$where" ] || echo the helper is stuck and was ended)" "but what came of it"
        close_session
    done
else
    skip "what a helper prints is not logged" "libpam-wrapper is not installed"
fi
rm "$LIBEXEC/tokenward-helper"
late "no helper at all" 1600 tw-1s
open_session tw-required; is $? 1 "no helper, and tokens required: no session"
close_session
install_helper
profile slow '/m/delay=2500/oauth/v1/token' 'login: true'
late "a server that takes 2.5 s" 1600 tw-1s
until_true 9 test -s "$OWN/slow/token"; ok $? "and the token comes behind"
close_session
late "deadline=0" 400 tw-0s
until_true 9 test -s "$OWN/slow/token"; ok $? "deadline=0: the token comes behind"
close_session
late "3 s are the default" 3400 tw-3s
close_session
profile slow '/m/hang/oauth/v1/token' 'login: true'
late "a server that never answers" 3400 tw-3s
until_true 9 test -s "$OWN/login/token"
is "$(cd "$OWN" && echo */token)" "login/token" "the other profile has its token"
close_session
rm "$T/config/tokenward/profiles.d/slow.yaml"
prlimit --nproc=1 pamtester tw-test "$TESTER" open_session >/dev/null 2>&1; is $? 0 "no process may be made: the login goes on"
prlimit --nofile=8 pamtester tw-test "$TESTER" open_session >/dev/null 2>&1; is $? 0 "few descriptors: the login goes on"
close_session
close_session
sh -c 'exec <&- >&- 2>&-; pamtester tw-test tw-tester open_session'
[ -s "$OWN/login/token" ]; ok $? "0, 1 and 2 closed by the caller: served"
close_session

# Hosts that are odd about signals, threads and loading.
host() { # host NAME ARGUMENT...
    "$TOP_BUILD/tests/pam/host" "$@" >"$T/host.out"
    while read -r result; do
        case $result in "#"*) echo "$result" ;; ok*) ok 0 "${result#ok - }" ;; *) ok 1 "${result#not ok - }" ;; esac
    done <"$T/host.out"
    grep -q . "$T/host.out"; ok $? "a host: $1"
}
host load "$MODULE"
host signals tw-10s "$TESTER"
host threads tw-10s "$TESTER"
is "$(ls /run/tokenward/user/.sessions/$USER_ID)" "" "no session is left counted"

# What lies in the way.
rm -rf /run/tokenward/user
mkdir -p "$T/planted"
ln -s "$T/planted" /run/tokenward/user
late "a link in the place of /run/tokenward/user" 1000
is "$(ls -A "$T/planted")" "" "it is not followed"
rm /run/tokenward/user
mkdir -m 755 /run/tokenward/user
ln -s "$T/planted" "$OWN"
late "a link in the place of the user's" 1000
is "$(ls -A "$T/planted")$(stat -c %u "$T/planted")" 0 "nor that, and nothing changes its owner"
rm "$OWN"
mkdir -m 777 "$OWN"
chmod 777 "$OWN"
chown "$USER_ID" "$OWN"
late "a directory that all may write" 1000
is "$(ls -A "$OWN")" "" "it is not used"
before=$(counted)
open_session tw-required; is $? 1 "the same, and tokens required: no session"
is "$(counted)" "$before" "and none that counts"
rm -rf /run/tokenward

# su: its own stack, with our line behind it.
if command -v su >/dev/null; then
    printf 'auth sufficient pam_rootok.so\naccount required pam_permit.so\nsession required pam_permit.so\nsession optional [%s] deadline=10 profile=login\n' "$MODULE" >/etc/pam.d/su
    cp /etc/pam.d/su /etc/pam.d/su-l
    # shellcheck disable=SC2016
    out=$(su - "$TESTER" -c 'echo "$BEARER_TOKEN_FILE $ACME_FILE ${ACME-unset} ${LD_PRELOAD-unset}"; test -s "$BEARER_TOKEN_FILE" && echo there' 2>&1)
    is "$out" "$OWN/login/token $OWN/login/token unset unset
there" "su: the session finds its token; a profile cannot name what a login needs"
    [ ! -e "$OWN" ]; ok $? "and it is gone after it"
else
    skip "su" "su is not installed"
    skip "su leaves" "su is not installed"
fi

# A real sshd logs the user in and out.
if command -v sshd >/dev/null && command -v ssh >/dev/null; then
    chmod 755 "$T/home"
    printf 'auth required pam_permit.so\nauth optional [%s]\naccount required pam_permit.so\nsession required pam_permit.so\nsession optional [%s] deadline=10\n' "$MODULE" "$MODULE" >/etc/pam.d/sshd
    start_sshd "PasswordAuthentication no" "KbdInteractiveAuthentication no"
    # shellcheck disable=SC2016
    out=$(ssh_in 'echo "$BEARER_TOKEN_FILE"; test -s "$BEARER_TOKEN_FILE" && echo there' 2>&1)
    is "$out" "$OWN/login/token
there" "sshd: the session finds its token"
    until_true 9 test ! -e "$OWN"; ok $? "and it is gone after the logout"
    ssh_in "until [ -e '$T/home/go' ]; do sleep 0.1; done" &
    first=$!
    sessions() { [ "$(counted | wc -l)" = "$1" ]; }
    until_true 9 sessions 1
    ssh_in true; is $? 0 "a second login beside it"
    until_true 9 sessions 1
    [ -s "$OWN/login/token" ]; ok $? "whose end leaves the first its token"
    : >"$T/home/go"
    wait "$first"
    until_true 9 test ! -e "$OWN"; ok $? "the last logout takes it"
    bad=0
    for _ in $(seq 20); do ssh_in true || bad=1; done
    is "$bad" 0 "20 logins one after the other"
    # The client is gone a little before the server has closed the session.
    until_true 9 sessions 0; ok $? "no session is left counted"
    gone; ok $? "and no helper"
else
    skip "sshd" "openssh is not installed"
fi

# What runs in the login program, which is root.
if command -v valgrind >/dev/null && command -v python3 >/dev/null && ! is_sanitized; then
    mkdir -m 777 "$T/calls"
    valgrind -q --tool=callgrind --callgrind-out-file="$T/calls/out.%p" \
        pamtester tw-test "$TESTER" open_session close_session >"$T/out" 2>&1
    lines=$(python3 "$TOP_SRC/tests/proof/root_lines.py" "$TOP_SRC" "$T"/calls/out.*)
    figure root-lines "$lines"
    is "${lines%% *}" 0 "a login runs no line of parsers or of the network as root"
    like "$lines" "provider/pam/provision.c:[1-9]" "though it was looked"
else
    skip "a login runs no line of parsers or of the network as root" "valgrind or python3 is not installed"
fi
figure longest-login-ms "${longest:-none}"
done_testing
