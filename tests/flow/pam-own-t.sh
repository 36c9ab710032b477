#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-own-t.sh - a user's own profiles beside the system's templates: which of
# two of one name counts, also where something is wrong with the user's.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/pam_stack.sh
. "${TOP_SRC:-.}/tests/flow/pam_stack.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
# shellcheck source=tests/flow/logins.sh
. "${TOP_SRC:-.}/tests/flow/logins.sh"
template corp /oauth/v1/token 'login: true' "$TEAM" 'env: {CORP_TOKEN_FILE: file, CORP_TOKEN: token, PAGER: file}'
serve_system
PLACE=/run/tokenward/corp@anna/token

# A user's own profiles, beside them and of their name.
mkdir -p "$T/anna/.config/tokenward"
sed "s|^\(anna:.*\):/nonexistent:|\1:$T/anna:|" "$T/passwd" >"$T/passwd.new"
cat "$T/passwd.new" >"$T/passwd"
own_profile() { # own_profile NAME
    printf 'profiles:\n  %s:\n    token_endpoint: %s/oauth/v1/token?of=%%i\n    client_id: %s\n    client_secret: %s\n    scope: wallet\n    ca_file: %s\n    login: true\n    instances: [anna]\n' \
        "$1" "$URL" "$CLIENT_ID" "$CANARY" "$T/ca.pem" >"$T/anna/.config/tokenward/profiles.yaml"
    chown -R anna:61001 "$T/anna"
    chmod -R go= "$T/anna"
}
own_profile mine@
MINE=/run/tokenward/user/$(id -u anna)/mine@anna/token
is "$(seen anna | head -n 1)" "$MINE $PLACE unset" "a user's own profile comes first"
own_profile corp@
is "$(seen anna | head -n 1)" "/run/tokenward/user/$(id -u anna)/corp@anna/token unset unset" "and one of the same name hides the system's"
open anna
chmod 777 "$T/anna/.config/tokenward"
is "$(seen anna | head -n 1)" "unset unset unset" "also while it cannot be read any more, as for any reader"
chmod 700 "$T/anna/.config/tokenward"
close anna
# Nor has any reader the system's then, though its token is there.
hidden() { # hidden NAME: what anna has written hides it
    is "$(seen anna | head -n 1)" "unset unset unset" "$1"
    mv "$T/anna/.config" "$T/anna/aside"
    open anna
    has corp@anna
    hers list >/dev/null
    is "$(hers get --cached corp@anna)" "$(cat "$PLACE")" "$1: without it a reader has the system's"
    mv "$T/anna/aside" "$T/anna/.config"
    hers list >/dev/null # so that the names are looked for again
    is "$(hers get --cached corp@anna)" "" "$1: and with it none"
    is "$(hers list | grep -c corp@)" 0 "$1: nor is it listed"
    is "$(hers status | grep -c corp@)" 0 "$1: or shown"
    close anna
}
hers() { as anna env HOME="$T/anna" "$T/bin/tokenward" "$@" 2>/dev/null; }
sed -i 's/login: true/login: perhaps/' "$T/anna/.config/tokenward/profiles.yaml"
hidden "and while it is broken"
chmod 644 "$T/anna/.config/tokenward/profiles.yaml"
hidden "or its file is left out"
chmod 600 "$T/anna/.config/tokenward/profiles.yaml"
echo 'profiles: [' >"$T/anna/.config/tokenward/profiles.yaml"
is "$(seen anna | head -n 1)" "$PLACE $PLACE unset" "a file of hers that is no YAML takes nothing of the system's away"
own_profile mine@
chmod 777 "$T/anna/.config/tokenward"
is "$(seen anna | head -n 1)" "$PLACE $PLACE unset" "nor do profiles that others may write"
sed -i 's/deadline=10/deadline=10 profile=mine@anna/' /etc/pam.d/su /etc/pam.d/su-l
is "$(seen anna | head -n 1)" "$MINE $PLACE unset" "but none takes the place of the profile that the host's administrator named"
sed -i 's/ profile=mine@anna//' /etc/pam.d/su /etc/pam.d/su-l
open anna
like "$(as anna env HOME="$T/anna" "$T/bin/tokenward-helper" fetch --login 2>&1)" "$T/anna/.config/tokenward: " "which the helper tells"
close anna
chmod 700 "$T/anna/.config/tokenward"
rm "$T/anna/.config/tokenward/profiles.yaml"
done_testing
