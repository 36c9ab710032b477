#!/bin/sh
# SPDX-License-Identifier: MIT
# start.sh INSTALLED DIR - Debian's glewlwyd on a free port of loopback, with a
# database in DIR, until SIGTERM.  INSTALLED is install.sh's directory.
# Prints url=, ca= and then ready; the rest goes to stderr.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
installed=$1 dir=$2

[ -e "$installed/installed" ] || { echo "glewlwyd is not installed in $installed" >&2; exit 1; }
umask 077
mkdir -p "$dir/none"
sh "$here/../keys.sh" "$dir/keys"
rm -f "$dir/glewlwyd.db"
url=$(python3 "$here/setup.py" prepare "$installed" "$dir")
"$installed/root/usr/bin/glewlwyd" --config-file="$dir/glewlwyd.conf" >&2 &
server=$!
trap 'kill $server 2>/dev/null; wait $server; exit 0' TERM INT
if ! python3 "$here/setup.py" configure "$dir" "$url"; then
    sed 's/^/glewlwyd: /' "$dir/glewlwyd.log" >&2
    kill $server
    exit 1
fi
printf 'url=%s/api/oidc\nca=%s\nready\n' "$url" "$dir/keys/ca.pem"
wait $server
