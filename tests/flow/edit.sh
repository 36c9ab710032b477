# SPDX-License-Identifier: MIT
# edit.sh - sourced after lib.sh: a profile to be edited, and an editor.
# shellcheck shell=sh disable=SC2034  # for the test
URL=https://a.example.com CA=/etc/ssl/certs/ca-certificates.crt
profile pay /token
file=$T/config/tokenward/profiles.d/pay.yaml
cp "$file" "$T/good"
editor() { # editor LINE...: what it does with its file, $1
    printf '%s\n' '#!/bin/sh' "$@" >"$T/bin/editor"
    chmod 755 "$T/bin/editor"
}
edit() { user env VISUAL= EDITOR=editor tokenward edit "$@" >"$T/out" 2>&1 </dev/null; STATUS=$?; }
left() { find "$T/config/tokenward" -name '.edit.*'; }
# Ctrl-C and Ctrl-\ on the terminal that tokenward has, from its editor.
interrupts='p=$PPID; [ "$(cat /proc/$p/comm)" != sh ] || p=$(cut -d " " -f 4 /proc/$p/stat); kill -INT $p; kill -QUIT $p'
