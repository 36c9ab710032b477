# SPDX-License-Identifier: MIT
# host.sh - sourced after lib.sh: a host of one's own for the system's
# profiles, in a mount namespace: its directories, its users, its helper.
[ -n "${IN_NAMESPACE:-}" ] || skip_all "needs root and a mount namespace"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
# shellcheck disable=SC2046
set -- $(configured sysconfdir moduledir serviceuser)
[ $# = 3 ] || { echo "Bail out! the Makefile does not say where things are"; exit 1; }
SYSCONF=$1/tokenward MODULES=$2 SERVICE=$3 SERVICE_ID=65533
for dir in "$SYSCONF" "$MODULES" /run; do
    cover "$dir" || skip_all "$dir cannot be covered"
done
cp "$T/modules"/*.so "$MODULES/"
mkdir /run/tokenward
chown "$SERVICE_ID:$SERVICE_ID" /run/tokenward
# Users anna, bert, carl, dora; bert and carl are of the group team.
grep -vE "^($SERVICE|anna|bert|carl|dora):" /etc/passwd >"$T/passwd"
grep -vE "^($SERVICE|team):" /etc/group >"$T/group"
chmod 644 "$T/passwd" "$T/group"
{
    echo "$SERVICE:x:$SERVICE_ID:$SERVICE_ID::/nonexistent:/usr/sbin/nologin"
    id=61000
    for name in anna bert carl dora; do
        id=$((id + 1))
        echo "$name:x:$id:$id::/nonexistent:/bin/sh"
    done
} >>"$T/passwd"
{ echo "$SERVICE:x:$SERVICE_ID:"; echo "team:x:61100:bert,carl"; } >>"$T/group"
mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group || skip_all "no bind mounts here"
sandbox
cp "$CA" "$T/ca.pem"
chmod 644 "$T/ca.pem"

as() { # as USER COMMAND...: with that user's groups
    who=$1
    shift
    env -u XDG_RUNTIME_DIR -u XDG_CONFIG_HOME HOME=/nonexistent \
        setpriv --reuid="$who" --regid="$(id -u "$who")" --init-groups "$@"
}
tenant() { # tenant NAME PATH [LINE...]: one more profile of the system's
    mkdir -p "$SYSCONF/profiles.d"
    if [ ! -e "$SYSCONF/secret" ]; then
        printf %s "$CANARY" >"$SYSCONF/secret"
        chown "0:$SERVICE_ID" "$SYSCONF/secret"
        chmod 640 "$SYSCONF/secret"
    fi
    name=$1
    endpoint=$URL$2
    shift 2
    {
        printf 'profiles:\n  %s:\n    token_endpoint: %s\n    client_id: %s\n' "$name" "$endpoint" "$CLIENT_ID"
        printf '    client_secret: {%s}\n    scope: payments\n    ca_file: %s\n' "${TENANT_SECRET:-file: ../secret}" "$T/ca.pem"
        for line in "$@"; do echo "    $line"; done
    } >"$SYSCONF/profiles.d/.$name"
    chmod 644 "$SYSCONF/profiles.d/.$name"
    mv "$SYSCONF/profiles.d/.$name" "$SYSCONF/profiles.d/$name.yaml"
}
token() { sed -n 's/^access_token=//p' "/run/tokenward/$1/record"; }
serve_system() { # serve_system [OPTION...]
    "$T/bin/tokenward-helper" --system "$@" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 30 test -S /run/tokenward/credential
}
stop_system() { kill "${1:--TERM}" "$EXTRA_PID"; wait "$EXTRA_PID"; }
