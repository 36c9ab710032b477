# SPDX-License-Identifier: MIT
# pam_lib.sh - sourced by the tests of logins, which are in a mount namespace
# of their own: what is installed, /run, /etc/pam.d and the users are covered,
# and the host stays as it is.  A test user, the sandbox, and stacks.
# shellcheck shell=sh
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck disable=SC2034,SC2154  # for those who source this
# shellcheck source=tests/flow/pam_stack.sh
. "${TOP_SRC:-.}/tests/flow/pam_stack.sh"
# An id that no other run of this test has at the same time.
USER_ID=$((20000 + $$ % 40000))
TESTER=tw-tester
for dir in "$MODULES" /run; do
    cover "$dir" || skip_all "$dir cannot be covered"
done
mkdir -m 755 /run/sshd /run/user
cp "$T/modules"/*.so "$MODULES/"
grep -v "^$TESTER:\|^tokenward:" /etc/passwd >"$T/passwd"
grep -v "^$TESTER:\|^tokenward:" /etc/group >"$T/group"
echo "$TESTER:x:$USER_ID:$USER_ID::$T/home:/bin/sh" >>"$T/passwd"
echo "$TESTER:x:$USER_ID:
tw-extra:x:19999:$TESTER" >>"$T/group"
chmod 644 "$T/passwd" "$T/group"
mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group || skip_all "no bind mounts here"
own "$T/run" "$T/home" "$T/config" "$T/sandbox"
sandbox
mkdir -p "$T/home/.config"
ln -s "$T/config/tokenward" "$T/home/.config/tokenward"
own "$T/home"
unset TOKENWARD_HELPER TOKENWARD_MODULE_DIR XDG_CONFIG_HOME XDG_RUNTIME_DIR
OWN=/run/tokenward/user/$USER_ID
open_session() { pamtester "${1:-tw-test}" "$TESTER" open_session >"$T/out" 2>&1; }
counted() { ls "/run/tokenward/user/.sessions/$USER_ID" 2>/dev/null; }
# One that was out of time, as on a busy machine, went on without having
# removed what the last session leaves.
close_session() {
    begun=$(ms)
    pamtester "${1:-tw-test}" "$TESTER" close_session >"$T/out" 2>&1
    set -- $? "${1:-tw-test}"
    if [ $(($(ms) - begun)) -ge 2000 ] && [ -z "$(counted)" ]; then pamtester "$2" "$TESTER" close_session >"$T/out" 2>&1; fi
    return "$1"
}
ms() { echo $(($(date +%s%N) / 1000000)); }
timed() { # timed COMMAND...: sets took, and keeps its status
    begun=$(ms)
    "$@"
    set -- $?
    took=$(($(ms) - begun))
    [ "$took" -le "${longest:-0}" ] || longest=$took
    return "$1"
}
is_none() { ! pgrep -u "$USER_ID" -f tokenward-helper >/dev/null; }
gone() { until_true 9 is_none; } # none of the user's helpers is left; waits for their ends a little
# An sshd on the loopback interface, which logs the test user in by a key.  The
# ports that a host gives away by itself begin above.
start_sshd() { # start_sshd [LINE...]: more of its configuration; sets port
    mkdir "$T/ssh"
    chmod 755 "$T/ssh"
    ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/host"
    ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/user"
    for try in 0 1 2 3 4; do
        port=$((10000 + ($$ + 4001 * try) % 20000))
        printf '%s\n' "Port $port" "ListenAddress 127.0.0.1" "HostKey $T/ssh/host" "PidFile none" "UsePAM yes" "StrictModes no" \
            "AuthorizedKeysFile $T/ssh/user.pub" "$@" >"$T/ssh/config"
        "$(command -v sshd)" -D -f "$T/ssh/config" -E "$T/ssh/log" &
        EXTRA_PID=$!
        for _ in $(seq 100); do
            kill -0 "$EXTRA_PID" 2>/dev/null || continue 2
            ssh-keyscan -t ed25519 -p "$port" 127.0.0.1 2>/dev/null | grep -qF -e "$(cut -d ' ' -f 2 "$T/ssh/host.pub")" && break 2
            sleep 0.1
        done
    done
}
ssh_in() { # ssh_in COMMAND: by that sshd
    ssh -q -F none -p "$port" -i "$T/ssh/user" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$TESTER@127.0.0.1" "$@"
}
