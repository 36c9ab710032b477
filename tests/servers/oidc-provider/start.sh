#!/bin/sh
# SPDX-License-Identifier: MIT
# start.sh INSTALLED DIR - npm's oidc-provider on two free ports of loopback,
# until SIGTERM.  INSTALLED is install.sh's directory; keys are made in DIR.
# Prints url=, tls_url=, ca= and then ready; the rest goes to stderr.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
installed=$1 dir=$2

[ -e "$installed/installed" ] || { echo "oidc-provider is not installed in $installed" >&2; exit 1; }
sh "$here/../keys.sh" "$dir/keys"
# Beside its modules: an import is looked up from the file that asks for it.
cp "$here/server.mjs" "$here/grants.mjs" "$dir/"
[ -e "$dir/node_modules" ] || ln -s "$installed/node_modules" "$dir/node_modules"
exec node "$dir/server.mjs" "$dir/keys"
