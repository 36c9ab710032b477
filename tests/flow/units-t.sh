#!/bin/sh
# SPDX-License-Identifier: MIT
# units-t.sh - the systemd units: systemd's own verdict on them, and the
# resident helper on a socket that it is handed.  Nothing is installed.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v systemd-analyze >/dev/null || skip_all "systemd is not installed"
UNITS=$TOP_BUILD/etc/systemd
[ -f "$UNITS/system/tokenward.service" ] || skip_all "configured without systemd"
exposure() {
    systemd-analyze --offline=true --no-pager security "$1" 2>/dev/null |
        sed -n 's/.*exposure level for [^:]*: \([0-9]*\)\.\([0-9]*\).*/\1\2/p'
}
level=$(exposure "$UNITS/system/tokenward.service")
[ -n "$level" ] && [ "$level" -le 20 ]; is $? 0 "systemd-analyze security: at most 2.0 (${level:-?} tenths)"
# As on a host where the program is where it will be installed.
mkdir "$T/units"
for unit in tokenward.service tokenward.socket tokenward-credential.socket; do
    sed "s#^ExecStart=[^ ]*#ExecStart=$T/bin/tokenward-helper#" "$UNITS/system/$unit" >"$T/units/$unit"
done
out=$(SYSTEMD_UNIT_PATH="$T/units:" systemd-analyze --man=no verify "$T/units/tokenward.service" "$T/units/tokenward.socket" "$T/units/tokenward-credential.socket" 2>&1 |
    grep -F "$T/units/tokenward")
is "$out" "" "systemd-analyze verify: nothing to say"
if command -v systemd-socket-activate >/dev/null; then
    mkdir "$T/run/tokenward"
    chmod 700 "$T/run/tokenward"
    own "$T/run"
    user systemd-socket-activate --seqpacket -l "$T/run/tokenward/doorbell" \
        -E XDG_RUNTIME_DIR -E XDG_CONFIG_HOME -E HOME -E TOKENWARD_MODULE_DIR \
        "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 9 test -S "$T/run/tokenward/doorbell"
    out=$(user /usr/bin/python3 - "$T/run/tokenward/doorbell" <<'END'
import socket, sys, time
caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
caller.settimeout(10)
for _ in range(100): # it is bound before it is listened at
    if not caller.connect_ex(sys.argv[1]):
        break
    time.sleep(.1)
caller.send(b"command=status\n")
print(caller.recv(4096).decode(), end="")
END
)
    like "$out" "^status=ok" "the first one who rings is answered, by a socket that was handed over"
    # Its manager would hand over the same one again.
    helper=$(helper_pid)
    told() { grep -c "doorbell was removed" "$T/serve.out"; }
    reloads() { grep -c 'event=reload' "$T/serve.out"; }
    reload() { # until that has been done
        before=$(reloads)
        kill -HUP "$helper"
        until_true 9 eval "[ \"\$(reloads)\" -gt $before ]"
    }
    mv "$T/run/tokenward/doorbell" "$T/run/tokenward/away"
    reload
    reload
    is "$(told)" 1 "its file is removed: that is told, once"
    like "$(cat "$T/serve.out")" "hint=\"systemctl .*restart tokenward-credential.socket" "with what to do"
    mv "$T/run/tokenward/away" "$T/run/tokenward/doorbell"
    reload
    is "$(told)" 1 "it is there again: nothing is told"
    mv "$T/run/tokenward/doorbell" "$T/run/tokenward/away"
    reload
    is "$(told)" 2 "and once more when it is gone again"
    is "$(helper_pid)" "$helper" "it goes on"
    mv "$T/run/tokenward/away" "$T/run/tokenward/doorbell"
    kill "$(pgrep -f "^$T/bin/tokenward-helper serve" | head -n 1)"
    wait "$EXTRA_PID"; is $? 0 "SIGTERM: exit 0"
    [ -S "$T/run/tokenward/doorbell" ]; is $? 0 "and the socket is left to whose it is"
else
    skip "a socket that is handed over" "systemd-socket-activate is not installed"
fi
done_testing
