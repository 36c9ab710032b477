#!/bin/sh
# SPDX-License-Identifier: MIT
# system-t.sh - the system's side: root becomes the service user, which alone
# reads secrets and records; a user's profiles are none of it.  In a mount
# namespace of its own: nothing of the host is touched.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
[ -n "${IN_NAMESPACE:-}" ] || skip_all "needs root and a mount namespace"

# shellcheck disable=SC2046
set -- $(configured sysconfdir moduledir serviceuser)
[ $# = 3 ] || { echo "Bail out! the Makefile does not say where things are"; exit 1; }
SYSCONF=$1/tokenward MODULES=$2 SERVICE=$3 SERVICE_ID=65533
sandbox
cp "$CA" "$T/ca.pem"
chmod 644 "$T/ca.pem"

# An empty directory, on a file system of this namespace.
cover() {
    above=$1
    while [ ! -d "$above" ]; do above=$(dirname "$above"); done
    case $above in / | /usr | /etc | /lib | /usr/lib) [ "$above" != "$1" ] || return 1 ;; esac
    case " $COVERED " in *" $above "*) ;; *)
        case $above in / | /usr | /etc | /lib | /usr/lib) return 1 ;; esac
        mount -t tmpfs -o mode=755 none "$above" || return 1
        COVERED="$COVERED $above" ;;
    esac
    mkdir -p "$1"
}
COVERED=
for dir in "$SYSCONF" "$MODULES" /run; do
    cover "$dir" || skip_all "$dir cannot be covered"
done
cp "$T/modules"/*.so "$MODULES/"
helper() { "$T/bin/tokenward-helper" --system "$@"; }
as_service() { setpriv --reuid="$SERVICE_ID" --regid="$SERVICE_ID" --clear-groups "$@"; }

# Root without a service user does nothing; then there is one.
grep -v "^$SERVICE:" /etc/passwd >"$T/passwd"
grep -v "^$SERVICE:" /etc/group >"$T/group"
chmod 644 "$T/passwd" "$T/group"
mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group || skip_all "no bind mounts here"
out=$(helper fetch sys 2>&1); is $? 78 "without the service user: exit 78"
like "$out" "useradd --system" "and how to make it"
echo "$SERVICE:x:$SERVICE_ID:$SERVICE_ID::/nonexistent:/usr/sbin/nologin" >>"$T/passwd"
echo "$SERVICE:x:$SERVICE_ID:" >>"$T/group"

system_profile() { # system_profile NAME PATH [SECRET]
    mkdir -p "$SYSCONF/profiles.d"
    cat >"$SYSCONF/profiles.d/$1.yaml" <<EOF
profiles:
  $1:
    token_endpoint: $URL$2
    client_id: $CLIENT_ID
    client_secret: {file: ../${3:-secret}}
    scope: payments wallet
    ca_file: $T/ca.pem
EOF
    chmod 644 "$SYSCONF/profiles.d/$1.yaml"
}
printf %s "$CANARY" >"$SYSCONF/secret"
chown "0:$SERVICE_ID" "$SYSCONF/secret"
chmod 640 "$SYSCONF/secret"
system_profile sys /oauth/v1/token
# A user's profiles, of root itself and of the same name: not looked at.
profile sys /nowhere
profile mine /oauth/v1/token
chown -R 0:0 "$T/config"

out=$(helper fetch sys 2>&1); is $? 73 "without /run/tokenward: exit 73"
like "$out" "/run/tokenward: cannot be made" "the directory is named"
like "$out" "install -d -o $SERVICE -m 0755 /run/tokenward" "and how to make it"
mkdir /run/tokenward
chown "$SERVICE_ID:$SERVICE_ID" /run/tokenward
out=$(TOKENWARD_MODULE_DIR=/nowhere helper fetch sys 2>&1); is "$?$out" 0 "root fetches for the system"
for row in "755 /run/tokenward" "755 /run/tokenward/sys" "600 /run/tokenward/sys/record" \
    "600 /run/tokenward/sys/token" "600 /run/tokenward/sys/lock" "600 /run/tokenward/guard" \
    "644 /run/tokenward/index" "644 /run/tokenward/epoch"; do
    is "$(stat -c '%a %u:%g' "${row#* }")" "${row%% *} $SERVICE_ID:$SERVICE_ID" "${row#* } is ${row%% *}, the service user's"
done
out=$(as_service "$T/bin/tokenward-helper" --system fetch --force sys 2>&1); is "$?$out" 0 "and so does the service user"
user cat /run/tokenward/sys/record >/dev/null 2>&1; is $? 1 "a user cannot read the record"
user cat /run/tokenward/sys/token >/dev/null 2>&1; is $? 1 "nor the token file"
user cat "$SYSCONF/secret" >/dev/null 2>&1; is $? 1 "nor the secret"
user cat /run/tokenward/index | grep -q '^profile=sys$'; ok $? "but the index"
grep -q mine /run/tokenward/index; is $? 1 "which has no user's profile"
out=$(helper fetch mine 2>&1); is $? 66 "a user's profile is none of the system's"
like "$out" "no profile 'mine' in $SYSCONF/profiles.d/" "the system's place is named alone"
out=$(user "$T/bin/tokenward-helper" --system fetch --force sys 2>&1); is $? 73 "a user with --system: exit 73"
like "$out" "hint: root and [a-z-]* may do this; if it should be theirs: chown -R" "a user with --system: and whose affair it is"

# Any user may open the directories; holding one holds nobody up.
holders=
for dir in /run/tokenward /run/tokenward/sys; do
    setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups flock "$dir" sleep 20 &
    holders="$holders $!"
done
for dir in /run/tokenward /run/tokenward/sys; do until_true 5 sh -c "! flock -n $dir true"; done
helper --deadline 5 fetch --force sys; is $? 0 "a user who holds the directories holds nobody up"
for holder in $holders; do
    pkill -P "$holder" 2>/dev/null
    kill "$holder" 2>/dev/null
done

# While it works: the service user for good, without a capability.
system_profile slow /m/delay=5000/oauth/v1/token
before=$(requests)
is_asked() { [ "$(requests)" -gt "$before" ]; }
"$T/bin/tokenward-helper" --system fetch slow &
job=$!
until_true 9 is_asked
worker=$(pgrep -P "$job")
for pid in "$job" "$worker"; do
    status=$(tr '\t' ' ' <"/proc/$pid/status" | grep -E '^(Uid|Gid|Groups|Cap|NoNew)')
    like "$status" "^Uid: $SERVICE_ID $SERVICE_ID $SERVICE_ID $SERVICE_ID$" "the service user in all four uids"
    like "$status" "^Gid: $SERVICE_ID $SERVICE_ID $SERVICE_ID $SERVICE_ID$" "and gids"
    like "$status" "^Groups: $SERVICE_ID *$" "and groups"
    like "$status" "^CapPrm: 0000000000000000$" "no capability permitted"
    like "$status" "^CapEff: 0000000000000000$" "none effective"
    like "$status" "^CapInh: 0000000000000000$" "none inheritable"
    like "$status" "^NoNewPrivs: 1$" "no new privileges"
done
wait "$job"; is $? 0 "and it gets its token"

# Whose the secret is, and who else may read it.
refused() { # refused OWNER MODE PATTERN NAME
    chown "$1" "$SYSCONF/secret"
    chmod "$2" "$SYSCONF/secret"
    out=$(helper fetch --force sys 2>&1); is $? 73 "$4: exit 73"
    like "$out" "profiles.d/sys.yaml:5:.*secret: $3" "and why"
    like "$out" "^tokenward-helper: hint: $5 $SYSCONF/.*/secret$" "and what to do"
    out=$(helper check 2>&1); is $? 0 "$4: a warning of check's"
    like "$out" "warning: .*profiles.d/sys.yaml:5: .*secret: $3" "in the same words"
    like "$(helper explain sys)" "a fetch that comes here ends: .*secret: $3" "and explain knows of it"
}
chown "$SERVICE_ID:0" "$SYSCONF/secret"
chmod 600 "$SYSCONF/secret"
helper fetch --force sys; is $? 0 "a secret of the service user's own"
refused 0:0 600 "Permission denied: mode 0600 of uid 0$" "a secret for root alone" "chown $SERVICE"
refused "65534:$SERVICE_ID" 640 "belongs to uid 65534" "a secret of another user's" "chown $SERVICE"
refused "0:$SERVICE_ID" 644 "mode 0644 lets others read it" "a secret that all may read" "chmod 640"
refused "0:$SERVICE_ID" 660 "mode 0660 lets others write it" "a secret that a group may write" "chmod 640"
chmod 700 "$SYSCONF/profiles.d"
out=$(helper check 2>&1); is $? 73 "a directory of profiles for root alone: exit 73"
like "$out" "^tokenward-helper: hint: chmod a+rx $SYSCONF/profiles.d$" "and what to do"
chmod 755 "$SYSCONF/profiles.d"
is "$(as_service head -n 1 /run/tokenward/sys/record)" tokenward-record=1 "the token of before is still kept"

# A person logs in for all of its readers: root does, and what is kept is the
# service's.
cover /var/lib/tokenward
chmod 700 /var/lib/tokenward
chown "$SERVICE_ID:$SERVICE_ID" /var/lib/tokenward
chown "0:$SERVICE_ID" "$SYSCONF/secret"
chmod 640 "$SYSCONF/secret"

# What root has of it without the helper's own path; nobody else has.
for words in check doctor "explain sys" "logout sys" "refresh sys" "refresh --all"; do
    # shellcheck disable=SC2086  # words are wanted
    set -- $words
    command=$1
    shift
    out=$("$T/bin/tokenward" "$command" --system "$@" 2>&1); is $? 0 "tokenward $command --system $*: exit 0"
    like "$out" "\bsys\b\|^tokenward-helper: removed here" "of the system's"
    [ "$command" = check ] || {
        out=$(user "$T/bin/tokenward" "$command" --system "$@" 2>&1); is $? 73 "by a user: exit 73"
        like "$out" "root and $SERVICE may do this" "and who may"
    }
done
is "$(stat -c %u /run/tokenward/sys/token)" "$SERVICE_ID" "what it bought is the service user's"
out=$(user "$T/bin/tokenward" check --system 2>&1); is $? 0 "check by a user, to whom the secret is closed: exit 0"
like "$out" "hint: chown $SERVICE $SYSCONF/.*/secret$" "whose it should be, which is not the user"

system_profile team /oauth/v1/token
printf '    %s\n' 'provider: authorization_code' "authorization_endpoint: $URL/oauth/v1/authorize" \
    'redirect_uri: http://localhost/cb' >>"$SYSCONF/profiles.d/team.yaml"
out=$(helper fetch team 2>&1); is $? 69 "nobody has logged in for the system: exit 69"
like "$out" '^tokenward-helper: hint: run: tokenward login --system team$' "and what to run"
like "$(helper explain team)" '^  login *none is kept: tokenward login --system team$' "which explain says, too"
for command in login logout explain refresh get; do
    out=$(user env XDG_CONFIG_HOME="$T/home/none" "$T/bin/tokenward" $command team 2>&1 </dev/null); is $? 66 "$command by a user: exit 66"
    like "$out" "hint: it is one of the system's, which root sees to with tokenward refresh --system$" "$command by a user: says whose it is"
done
system_profile each@ /oauth/v1/token
printf '    %s\n' "readers: {users: [$(id -un "$USER_ID")]}" 'audience: for-%u' >>"$SYSCONF/profiles.d/each@.yaml"
helper index; is $? 0 "a template of which each user has an instance"
for command in login refresh; do
    out=$(user env XDG_CONFIG_HOME="$T/home/none" "$T/bin/tokenward" $command each@ 2>&1 </dev/null); is $? 66 "$command of the user's instance: exit 66"
    like "$out" "hint: it is one of the system's, which root sees to" "$command of the user's instance: says whose it is"
done
rm "$SYSCONF/profiles.d/each@.yaml"
helper index
own "$T/config"
out=$(user "$T/bin/tokenward" refresh team mine 2>&1); is $? 66 "refresh of it and of one of the user's: exit 66"
like "$out" "hint: it is one of the system's, which root sees to" "refresh of both: says whose it is"
like "$out" "^mine: refreshed$" "refresh of both: and fetches the user's"
completed() { user "$T/bin/tokenward" complete -- "$@" '' | cut -f 1 | tr '\n' ' '; }
like "$(completed get)" "^mine .*team " "get is completed with the user's profiles and the system's"
for command in doctor explain login logout refresh; do
    is "$(completed $command)" "mine sys " "$command with the user's alone"
done
for command in doctor explain login logout refresh status; do
    is "$(completed "$command" --system)" "slow sys team " "$command --system with the system's"
done
is "$(completed get --system)" "$(completed get)" "get, which has no --system, as ever"
like "$(user env XDG_CONFIG_HOME="$T/home/none" "$T/bin/tokenward" doctor team 2>&1)" "-> it is one of the system's, which root sees to" "doctor by a user: says whose it is"
like "$(user env XDG_CONFIG_HOME="$T/home/none" "$T/bin/tokenward" login tean 2>&1 </dev/null | tail -n 1)" "no profile 'tean'" "one that nobody has: no word of the system"
helper login team >"$T/login" 2>&1 </dev/null &
job=$!
until_true 30 grep -q '^Waiting' "$T/login"
curl -s -L --cacert "$CA" "$(sed -n 's/^    \(http.*\)/\1/p' "$T/login")" >"$T/page"
like "$(cat "$T/page")" "The answer has arrived" "what is said there: a person's browser comes back"
wait "$job"; is $? 0 "the login succeeds"
is "$(stat -c '%a %u' /var/lib/tokenward/team)" "600 $SERVICE_ID" "the refresh token is the service user's"
rm -r /run/tokenward/team
out=$(as_service "$T/bin/tokenward-helper" --system fetch team 2>&1); is "$?$out" 0 "which needs nobody from then on"
out=$(helper logout team 2>&1); is $? 0 "root logs it out"
[ ! -e /var/lib/tokenward/team ]; ok $? "and nothing is kept"

# Root edits the system's file, which is judged as one of those.
printf '    client_secret: %s\n    readers: {users: [root]}\n' "$CANARY" >"$T/more"
sed -e '/client_secret/d' "$SYSCONF/profiles.d/sys.yaml" >"$T/edited"
cat "$T/more" >>"$T/edited"
cp "$T/edited" "$SYSCONF/profiles.d/sys.yaml"
chown "0:$SERVICE_ID" "$SYSCONF/profiles.d/sys.yaml"
chmod 640 "$SYSCONF/profiles.d/sys.yaml"
out=$(EDITOR="sed -i s/payments.wallet/payments/" "$T/bin/tokenward" edit "$SYSCONF/profiles.d/sys.yaml" 2>&1 </dev/null); is "$?$out" 0 "root edits the system's profile"
is "$(grep -c 'scope: payments$' "$SYSCONF/profiles.d/sys.yaml") $(stat -c '%a %u %g' "$SYSCONF/profiles.d/sys.yaml")" \
    "1 640 0 $SERVICE_ID" "which is as it was else"
out=$(EDITOR="sed -i s/readers/raeders/" "$T/bin/tokenward" edit "$SYSCONF/profiles.d/sys.yaml" 2>&1 </dev/null); is $? 78 "not with a mistake"
like "$out" "unknown key 'raeders'" "which is told"

# What runs as root, until it is the service user: nothing that reads or speaks.
if command -v valgrind >/dev/null && command -v python3 >/dev/null && ! is_sanitized; then
    mkdir -m 777 "$T/calls"
    valgrind -q --tool=callgrind --callgrind-out-file="$T/calls/out.%p" --dump-after=confine_to_service \
        "$T/bin/tokenward-helper" --system fetch --force sys >"$T/out" 2>&1
    lines=$(python3 "$TOP_SRC/tests/proof/root_lines.py" "$TOP_SRC" "$T"/calls/out.*.1)
    figure root-lines "$lines"
    is "${lines%% *}" 0 "root runs no line of parsers or of the network"
    like "$lines" "helper/base/confine.c:[1-9]" "though it was looked"
else
    skip "root runs no line of parsers or of the network" "valgrind or python3 is not installed"
fi
done_testing
