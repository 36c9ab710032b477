#!/bin/sh
# SPDX-License-Identifier: MIT
# library-t.sh - a program with libtokenward where there is more than one place
# for tokens: which one it looks at.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
[ -n "${IN_NAMESPACE:-}" ] || skip_all "needs root, and mount namespaces"
cover /run || skip_all "/run cannot be covered"
sandbox
cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/" 2>/dev/null || cp "$TOP_BUILD/tests/flow/reader" "$T/bin/"
cp "$TOP_BUILD/provider/client/.libs/libtokenward.so.0" "$T/bin/"
reads() { user env LD_LIBRARY_PATH="$T/bin" "$@"; }

# The login's own directory, where the variable names none of the user's.
LOGIN=/run/user/$USER_ID
mkdir -p -m 755 /run/user
mkdir -m 700 "$LOGIN" /run/user/1
own "$LOGIN"
profile pay /oauth/v1/token
for named in XDG_RUNTIME_DIR=/run/user/1 XDG_RUNTIME_DIR=/nowhere XDG_RUNTIME_DIR=run; do
    reads "$named" reader pay; is $? 0 "$named: a token all the same"
    [ -s "$LOGIN/tokenward/pay/token" ]; ok $? "which is kept in the login's directory"
    rm -r "$LOGIN/tokenward"
done
is "$(find /run/user/1 "$T/run" -mindepth 1)" "" "and nowhere else"
done_testing
