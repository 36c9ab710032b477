#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-stacks-t.sh - the stacks of pam_tokenward(8), as they are written there,
# behind Debian's own: sshd, login, su, sudo and cron log a test user in and
# out, and so does what pam-auth-update(8) makes of our profile.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/pam_lib.sh
. "${TOP_SRC:-.}/tests/flow/pam_lib.sh"
SECURITY=
for dir in /lib/*/security /usr/lib/*/security /lib/security; do
    [ ! -f "$dir/pam_unix.so" ] || { SECURITY=$dir; break; }
done
[ -n "$SECURITY" ] && [ -f /etc/pam.d/common-session ] || skip_all "no stacks of Debian's here"

# The module where libpam looks; nothing of the host's is written to.
mkdir "$T/security" "$T/pam-configs" "$T/pam-state"
cp "$SECURITY"/*.so "$T/security/"
cp "$MODULE" "$T/security/pam_tokenward.so"
cp /usr/share/pam-configs/* "$T/pam-configs/"
cp "$TOP_SRC/etc/pam/pam-config" "$T/pam-configs/tokenward"
cp -r /var/lib/pam/. "$T/pam-state/"
mount --bind "$T/security" "$SECURITY"
mount --bind "$T/pam-configs" /usr/share/pam-configs
mount --bind "$T/pam-state" /var/lib/pam
for dir in /var/log /var/spool /var/lib/sudo /var/mail; do
    [ ! -d "$dir" ] || mount -t tmpfs -o mode=755 none "$dir"
done
chmod 755 "$T/home"
cp /etc/shadow "$T/shadow"
echo "$TESTER:*:19000:0:99999:7:::" >>"$T/shadow"
mount --bind "$T/shadow" /etc/shadow
# What a container does not let anybody do, the audit session's number.
sed -i 's/^\(session *\)required\( *pam_loginuid.so\)/\1optional\2/' /etc/pam.d/*
profile login /oauth/v1/token 'login: true'

# The manual's lines: the nth of its examples.
example() { # example N
    awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh DIAGNOSTICS/ { on = 0 } on && /pam_tokenward.so/ && /^[a-z]/' \
        "$TOP_SRC/provider/pam/pam_tokenward.8" | sed -n "$1p"
}
is "$(example 1)|$(example 2)|$(example 3)|$(example 4)" \
    "session  optional  pam_tokenward.so|session  optional  pam_tokenward.so deadline=1|auth     optional  pam_tokenward.so|" \
    "the manual has three lines"
cp -r /etc/pam.d "$T/pam.debian"
line() { example "$1" >>"/etc/pam.d/$2"; } # line N SERVICE
# shellcheck disable=SC2016
SHOW='echo "$BEARER_TOKEN_FILE"; for i in 1 2 3 4 5 6 7 8 9; do test -s "$BEARER_TOKEN_FILE" && echo there && break; sleep 1; done'
WANTED="$OWN/login/token there"
shown() { tr -d '\r' <"$T/shown" | grep -o "$OWN/login/token\$\|^there\$" | tr '\n' ' ' | sed 's/ $//'; }
is_left() { [ ! -e "$OWN" ] && [ -z "$(counted)" ]; }
left() { # left NAME: nothing is
    until_true 9 is_left && gone
    ok $? "$1: all is gone after it"
}
log_in() { # log_in NAME COMMAND...: what the session says lands in $T/shown
    log_in_name=$1
    shift
    : >"$T/shown"
    "$@" >"$T/shown" 2>&1 </dev/null
    is "$(shown)" "$WANTED" "$log_in_name: the session finds its token"
    [ "$(shown)" = "$WANTED" ] || sed 's/^/# /' "$T/shown"
    left "$log_in_name"
}
cat >"$T/terminal.py" <<'PY'
import os, pty, sys
user, show = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp('login', ['login', '-f', user])
# login(1) drops what was typed before the shell's prompt.
seen, told = b'', False
try:
    while data := os.read(fd, 4096):
        seen += data
        if not told and seen.endswith(b'$ '):
            told = True
            os.write(fd, ('stty -echo; ' + show + '; exit\n').encode())
except OSError:
    pass
sys.stdout.buffer.write(seen)
os.waitpid(pid, 0)
PY
ways() { # ways REMARK: su -l, login and sshd
    log_in "su -l$1" su - "$TESTER" -c "$SHOW"
    if command -v login >/dev/null && command -v python3 >/dev/null; then
        log_in "login$1" timeout 40 python3 "$T/terminal.py" "$TESTER" "$SHOW"
    else
        skip "login$1" "login or python3 is not installed"
        skip "login$1 leaves" "login or python3 is not installed"
    fi
    if command -v sshd >/dev/null && command -v ssh >/dev/null; then
        log_in "sshd$1" ssh_in "$SHOW"
    else
        skip "sshd$1" "openssh is not installed"
        skip "sshd$1 leaves" "openssh is not installed"
    fi
}
! command -v sshd >/dev/null || start_sshd

for service in sshd login cron su-l; do line 1 $service; done
line 2 sudo
ways ""
if command -v sudo >/dev/null; then
    log_in "sudo" sudo -n -u "$TESTER" sh -c "$SHOW"
else
    skip "sudo" "sudo is not installed"
    skip "sudo leaves" "sudo is not installed"
fi
if command -v cron >/dev/null && command -v faketime >/dev/null; then
    # It starts at the third second before a minute's end.
    mkdir -p /var/spool/cron/crontabs
    printf "* * * * * { %s; } >'%s' 2>&1; touch '%s'\n" "$SHOW" "$T/home/shown" "$T/home/done" >"/var/spool/cron/crontabs/$TESTER"
    chown "$TESTER" "/var/spool/cron/crontabs/$TESTER" "$T/home"
    chmod 600 "/var/spool/cron/crontabs/$TESTER"
    DONT_FAKE_MONOTONIC=1 faketime "$(date '+%Y-%m-%d %H:%M:57')" cron -f &
    CRON_PID=$!
    until_true 90 test -e "$T/home/done" # if it was too late for this minute, in the next
    cp "$T/home/shown" "$T/shown" 2>/dev/null || : >"$T/shown"
    is "$(shown)" "$WANTED" "cron: the session finds its token"
    left "cron"
    pkill -P "$CRON_PID" # faketime's child
    wait "$CRON_PID"
else
    skip "cron" "cron or faketime is not installed"
    skip "cron leaves" "cron or faketime is not installed"
fi
# As the manual says of su: the shorter deadline, and su-l includes it.
cp "$T/pam.debian"/* /etc/pam.d/
line 2 su
log_in "su" su "$TESTER" -c "$SHOW"
log_in "su -l by su's line" su - "$TESTER" -c "$SHOW"
# Where setcred is called alone: a screen is unlocked.
{ echo "auth required pam_permit.so"; example 3; } >/etc/pam.d/tw-locker
{ echo "session required pam_permit.so"; example 1; } >/etc/pam.d/tw-test
open_session
rm -rf "$OWN/login"
pamtester tw-locker "$TESTER" 'setcred(PAM_REFRESH_CRED)' >/dev/null 2>&1
until_true 9 test -s "$OWN/login/token"; ok $? "a screen locker's setcred brings a token that was lost"
close_session

# Debian's own way.
cp "$T/pam.debian"/* /etc/pam.d/
if command -v pam-auth-update >/dev/null; then
    DEBIAN_FRONTEND=noninteractive pam-auth-update --package --enable tokenward >"$T/out" 2>&1
    is "$? $(grep -c pam_tokenward /etc/pam.d/common-session) $(grep -c pam_tokenward /etc/pam.d/common-session-noninteractive)" "0 1 0" \
        "pam-auth-update puts our line into the stack of those who log in"
    is "$(grep '^session' /etc/pam.d/common-session | tail -n 1 | tr -s '\t ' ' ')" "session optional pam_tokenward.so " "as the last one"
    ways ", by pam-auth-update"
    DEBIAN_FRONTEND=noninteractive pam-auth-update --package --remove tokenward >"$T/out" 2>&1
    is "$? $(cat /etc/pam.d/common-* | grep -c pam_tokenward)" "0 0" "and takes it out"
else
    skip "pam-auth-update" "it is not installed"
fi
done_testing
