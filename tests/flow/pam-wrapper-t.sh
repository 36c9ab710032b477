#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-wrapper-t.sh - the module in libpam itself without root: pamtester in
# stacks of libpam-wrapper, for the user who runs this, whose home and runtime
# directory libnss-wrapper and tests/pam/started.sh put into a scratch one.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
MODULE=$TOP_BUILD/tests/pam/.libs/wrapped.so
[ -f "$MODULE" ] || skip_all "pam_tokenward was not built: libpam0g-dev is missing"
# It has the path of the helper's stand-in in it.
user test -r "$MODULE" || skip_all "the build directory is in one that its user may not look into"
command -v pamtester >/dev/null || skip_all "pamtester is not installed"
is_sanitized && skip_all "a sanitizer build"
PRELOAD=
for library in pam_wrapper nss_wrapper; do
    found=$(wrapper $library)
    [ -n "$found" ] || skip_all "lib$(echo $library | tr _ -) is not installed"
    PRELOAD="$PRELOAD${PRELOAD:+:}$found"
done
ME=tw-$USER_ID
printf '%s:x:%s:%s::%s:/bin/sh\nroot:x:0:0::/root:/bin/sh\ntw-other:x:%s:%s::%s:/bin/sh\n' \
    "$ME" "$USER_ID" "$USER_ID" "$T/home" $((USER_ID + 1)) $((USER_ID + 1)) "$T/home" >"$T/passwd"
printf '%s:x:%s:\n' "$ME" "$USER_ID" >"$T/group"
mkdir -m 755 "$T/pam.d"
user mkdir -m 700 "$T/home/run" "$T/home/.config"
ln -s "$T/config/tokenward" "$T/home/.config/tokenward"
ln -s "$T/modules" "$T/home/modules"
OWN=$T/home/run/tokenward
stack() { # stack NAME CONTROL [OPTION...]: in brackets a word may have spaces
    stack=$1 control=$2
    shift 2
    cat >"$T/pam.d/$stack" <<STACK
auth $control [$MODULE] $*
auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so
session $control [$MODULE] $*
session optional pam_exec.so [log=$T/home/session] /usr/bin/env
STACK
    chmod 644 "$T/pam.d/$stack"
}
pam() { # pam SERVICE USER CALL...: what libpam makes of it; the module's words are in $T/log
    rm -f "$T/home/session"
    user env LD_PRELOAD="$PRELOAD" PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR="$T/pam.d" PAM_WRAPPER_DEBUGLEVEL=2 TMPDIR="$T/home" \
        NSS_WRAPPER_PASSWD="$T/passwd" NSS_WRAPPER_GROUP="$T/group" XDG_RUNTIME_DIR=/nowhere SSLKEYLOGFILE="$T/home/keys" pamtester "$@" >"$T/out" 2>"$T/log"
}
said() { grep -q -e "$1" "$T/log"; }
stack tw-test optional debug deadline=10
stack tw-required required required deadline=10
stack tw-wrong optional deadline=99 nonsense
sandbox
profile login /oauth/v1/token 'login: true' 'env: {ACME_FILE: file, LD_PRELOAD: file}'
profile other /oauth/v1/token

# Who is not served, without root.
for name in root tw-other nobody-such-user '..' 'a/b'; do
    pam tw-test "$name" open_session close_session; is $? 0 "user $name: not served, not refused"
done
pam tw-test tw-other open_session
said "somebody else, and this is not root"; is $? 0 "and it is said why"
[ ! -e "$OWN" ]; ok $? "nothing is made for them"
pam tw-wrong root open_session; is $? 0 "wrong options: the login goes on"
is "$(grep -c "option '.*' is unknown or has no such value" "$T/log")" 2 "and each is told"
pam tw-test "$ME" authenticate; is $? 0 "authenticate is somebody else's matter"

# The login manager's directory: there it may be, and here it can be made only
# by root.  It is looked at and not entered.
MANAGER=/run/user/$USER_ID
if [ ! -d "$MANAGER" ] && [ -n "${IN_NAMESPACE:-}" ] && cover /run; then
    mkdir -m 755 /run/user && mkdir -m 700 "$MANAGER" && chown "$USER_ID:$USER_ID" "$MANAGER"
fi
if [ ! -d "$MANAGER" ]; then
    pam tw-test "$ME" open_session; is $? 0 "no runtime directory: the login goes on"
    said "there is no runtime directory"; is $? 0 "and says so"
    pam tw-required "$ME" open_session; is $? 1 "with tokens required there is no session"
    skip "a session with tokens" "there is no $MANAGER"
    done_testing
    exit 0
fi
before=$(find "$MANAGER" -maxdepth 1 2>/dev/null | sort)
pam tw-required "$ME" open_session; is $? 0 "a session opens, with tokens required"
[ -s "$OWN/login/token" ]; ok $? "its token is there"
is "$(cd "$OWN" && echo */token)" "login/token" "and that of no other profile"
is "$(stat -c '%a %u' "$OWN/login/token")" "600 $USER_ID" "which is the user's alone"
is "$(sed -n 's/=.*//p' "$T/home/seen" | grep -v '^_$\|^PWD$\|^SHLVL$\|^OLDPWD$' | sort | tr '\n' ' ')" \
    "HOME LANG LOGNAME PATH TOKENWARD_MODULE_DIR USER XDG_RUNTIME_DIR " "the helper's environment is built from nothing"
[ ! -e "$T/home/keys" ]; ok $? "and no key log is written"
is "$(grep -E '^(BEARER_TOKEN_FILE|ACME_FILE|LD_PRELOAD)=' "$T/home/session" | sort | tr '\n' ' ')" \
    "ACME_FILE=$MANAGER/tokenward/login/token BEARER_TOKEN_FILE=$MANAGER/tokenward/login/token " "libpam's environment names it, and nothing that a login needs"
before_requests=$(requests)
pam tw-required "$ME" open_session open_session close_session 'setcred(PAM_ESTABLISH_CRED)' 'setcred(PAM_REINITIALIZE_CRED)'; is $? 0 "once more, in any order"
is "$(requests)" "$before_requests" "a kept token is not asked for again"
rm -rf "$OWN/login"
pam tw-required "$ME" 'setcred(PAM_REFRESH_CRED)'; is $? 0 "setcred at an unlock"
[ -s "$OWN/login/token" ]; ok $? "brings a token that was lost"
pam tw-required "$ME" close_session close_session; is $? 0 "a logout never fails"
profile broken /nowhere 'login: perhaps'
pam tw-test "$ME" open_session; is $? 0 "a broken profile: the login goes on"
said "a token is not there yet (config)"; is $? 0 "and says that"
pam tw-required "$ME" open_session; is $? 1 "with tokens required there is no session"
is "$(find "$MANAGER" -maxdepth 1 2>/dev/null | sort)" "$before" "in the login manager's directory nothing was touched"
done_testing
