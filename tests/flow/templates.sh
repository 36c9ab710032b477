# SPDX-License-Identifier: MIT
# templates.sh - sourced after host.sh: profiles of the system's, who rings for
# them, and templates that are written while its helper runs.
# shellcheck shell=sh
cp "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin/ring.py"
ring() { # ring USER LINES
    as "$1" $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$2"
}
put() { # put FILE [MODE]: as the system's, from stdin
    mkdir -p "$SYSCONF/profiles.d" "$SYSCONF/secrets"
    cat >"$SYSCONF/.new"
    chown "0:$SERVICE_ID" "$SYSCONF/.new"
    chmod "${2:-640}" "$SYSCONF/.new"
    mv "$SYSCONF/.new" "$SYSCONF/$1"
}
template() { # template NAME PATH LINE...
    name=$1 path=$2
    shift 2
    {
        printf 'profiles:\n  %s@:\n    token_endpoint: %s%s\n    client_id: %s\n' "$name" "$URL" "$path" "$CLIENT_ID"
        printf '    client_secret: {file: ../secrets/%%u}\n    scope: payments\n    ca_file: %s\n' "$T/ca.pem"
        for line in "$@"; do echo "    $line"; done
    } | put "profiles.d/$name@.yaml"
}
# reload: until the helper has read what is there now, and with it a template
# that came last and has another name each time
marks=0
reload() {
    marks=$((marks + 1))
    printf 'profiles:\n  mark%s@:\n    token_endpoint: %s\n    client_id: a\n    client_secret: {file: ../secrets/%%u}\n    readers: {users: [bert]}\n' \
        $marks "$URL" | put profiles.d/mark.yaml
    until_true 15 knows "mark$marks@anna"
}
knows() { ring anna "command=ensure\\nprofile=$1\\n" | grep -q '^status=access'; }
