#!/bin/sh
# SPDX-License-Identifier: MIT
# raised-t.sh - a program that runs with more privileges than its caller has:
# it is given kept tokens of whom it runs as, believes nothing of the caller's
# environment and starts no helper.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
[ -n "${IN_NAMESPACE:-}" ] || skip_all "needs root, and mount namespaces"
CALLER=65533
# LeakSanitizer may not trace a raised program, nor be told there to let it be.
REFUSED=73
! is_sanitized || REFUSED=1
# The same program, which becomes the user whoever starts it.
mkdir "$T/raised"
for program in tokenward git-credential-tokenward; do
    cp "$T/bin/$program" "$T/raised/"
    chown "$USER_ID" "$T/raised/$program"
    chmod 4755 "$T/raised/$program"
done
cp "$(command -v id)" "$T/raised/" && chown "$USER_ID" "$T/raised/id" && chmod 4755 "$T/raised/id"
caller() { setpriv --reuid=$CALLER --regid=$CALLER --clear-groups "$@"; }
[ "$(caller "$T/raised/id" -u)" = "$USER_ID" ] || skip_all "$T bears no setuid program"
sandbox
profile pay /oauth/v1/token 'match: https://git.example.test'
user tokenward get pay >/dev/null; is $? 0 "the user has a token"
token=$(field pay access_token)
mount -t tmpfs none /run/user 2>/dev/null || { mkdir -p /run/user && mount -t tmpfs none /run/user; }
cp -a "$T/run" "/run/user/$USER_ID"

# What the caller plants: a helper, a directory with a record, profiles.
mkdir -m 700 "$T/planted" "$T/planted/tokenward"
printf '#!/bin/sh\n: >"%s/planted/ran"\n' "$T" >"$T/planted/helper"
chmod 755 "$T/planted/helper"
cp -r "$T/run/tokenward/pay" "$T/planted/tokenward/"
sed -i 's/^access_token=.*/access_token=planted/' "$T/planted/tokenward/pay/record"
cp -r "$T/config/tokenward" "$T/planted/config"
chown -R $CALLER "$T/planted"
raised() {
    caller env XDG_RUNTIME_DIR="$T/planted" XDG_CONFIG_HOME="$T/planted/config" HOME="$T/planted" TOKENWARD_HELPER="$T/planted/helper" \
        TOKENWARD_MODULE_DIR="$T/planted" LD_PRELOAD="$T/planted/x.so" "$@" 2>"$T/err"
}
is "$(raised "$T/bin/tokenward" get --cached pay)" planted "not raised: the caller's own directory"
is "$(raised "$T/raised/tokenward" get pay)" "$token" "raised: the token of whom it runs as"
[ ! -e "$T/planted/ran" ]; ok $? "and no helper of the caller's was started"
like "$(printf 'protocol=https\nhost=git.example.test\n\n' | raised "$T/raised/git-credential-tokenward" get)" "password=$token" "the same for git"
out=$(raised "$T/raised/tokenward" reject pay); is "$?$out" $REFUSED "it drops none: exit 73"
like "$(cat "$T/err")" "^tokenward: a program with raised privileges is given kept tokens only, and starts no helper$" "says why"
# Nothing is kept: it is said, and nobody is started for it, the real one neither.
rm -rf "/run/user/$USER_ID/tokenward/pay"
before=$(requests)
out=$(raised "$T/raised/tokenward" get pay); status=$?
is "$status$out" $REFUSED "nothing is kept: exit 73"
like "$(cat "$T/err")" "a program with raised privileges is given kept tokens only" "says why"
out=$(raised "$T/raised/tokenward" check); is "$?$out" $REFUSED "a command that the helper does: exit 73"
like "$(cat "$T/err")" "a program with raised privileges starts no helper" "says why"
[ ! -e "$T/planted/ran" ] && [ "$(requests)" = "$before" ]; ok $? "and nobody was started"
# A record that another one owns is none, even where the program may read it.
cp -r "$T/planted/tokenward/pay" "/run/user/$USER_ID/tokenward/"
chmod -R a+rX "/run/user/$USER_ID/tokenward/pay"
chown -R $CALLER "/run/user/$USER_ID/tokenward/pay"
out=$(raised "$T/raised/tokenward" get pay); status=$?
[ $status != 0 ] && [ -z "$out" ]; ok $? "a record of another owner's: exit $status, $(head -n 1 "$T/err")"
# Nor where it may read whatever it likes, and the caller has the record to itself.
cp "$T/bin/tokenward" "$T/raised/roots" && chmod 4755 "$T/raised/roots"
mkdir -p -m 700 /run/user/0/tokenward
cp -r "$T/planted/tokenward/pay" /run/user/0/tokenward/
out=$(raised "$T/raised/roots" get --cached pay); is "$?$out" 0planted "raised to root: root's own is given"
chown $CALLER /run/user/0/tokenward/pay/record
is "$(stat -c %a /run/user/0/tokenward/pay/record)" 600 "one of the caller's in root's directory, closed to others"
out=$(raised "$T/raised/roots" get --cached pay); is "$?$out" 73 "is not believed either"

# A doorbell at which another one answers: nobody rings there.
if command -v python3 >/dev/null; then
    rm -rf "/run/user/$USER_ID/tokenward/pay"
    cat >"$T/bin/false_bell.py" <<'EOF'
import os, socket, sys
bell = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
bell.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
os.setuid(int(sys.argv[2]))
bell.listen(8)
print("ready", flush=True)
while True:
    caller, _ = bell.accept()
    print("heard", caller.recv(512), flush=True)
    caller.send(b"status=ok\n")
EOF
    python3 "$T/bin/false_bell.py" "/run/user/$USER_ID/tokenward/doorbell" $CALLER >"$T/bell" 2>&1 &
    EXTRA_PID=$!
    until_true 10 grep -q ready "$T/bell"
    user env XDG_RUNTIME_DIR="/run/user/$USER_ID" tokenward get pay >"$T/out"; is $? 0 "a false doorbell: a helper is started"
    is "$(cat "$T/out")" "$(sed -n 's/^access_token=//p' "/run/user/$USER_ID/tokenward/pay/record")" "whose token is given"
    is "$(grep -c "heard b'.." "$T/bell")" 0 "and nothing was said to it"
    # Nor does a raised program ring whoever answers for whom it runs as.
    kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null
    rm -rf "/run/user/$USER_ID/tokenward/doorbell" "/run/user/$USER_ID/tokenward/pay"
    : >"$T/bell" # the word of the first one is none of this one's
    python3 "$T/bin/false_bell.py" "/run/user/$USER_ID/tokenward/doorbell" "$USER_ID" >"$T/bell" 2>&1 &
    EXTRA_PID=$!
    until_true 10 grep -q ready "$T/bell"
    raised "$T/raised/tokenward" get pay >/dev/null; is $? $REFUSED "raised: none is kept"
    sleep 0.2
    is "$(grep -c "heard b'.." "$T/bell")" 0 "and nobody is rung"
    timeout 9 setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups env XDG_RUNTIME_DIR="/run/user/$USER_ID" tokenward get pay >/dev/null 2>&1
    [ "$(grep -c "heard b'.." "$T/bell")" -gt 0 ]; ok $? "as the user alone would"
else
    skip "a false doorbell" "python3 is not installed"
fi
done_testing
