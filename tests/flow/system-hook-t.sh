#!/bin/sh
# SPDX-License-Identifier: MIT
# system-hook-t.sh - what the system's helpers do by processes of their own:
# hooks after a refresh, commands that print a secret, another profile's token
# as a subject; as the service user, without a capability.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
mkdir /run/told
chown "$SERVICE_ID:$SERVICE_ID" /run/told
# The last file says that all are written.
cat >"$T/bin/told" <<'END'
#!/bin/sh
out=/run/told/$TOKENWARD_PROFILE
env | grep -vE '^(PWD|SHLVL|_|OLDPWD)=' | sort >"$out.env"
printf '%s\n' "$@" >"$out.argv"
id -u >"$out.id"; id -G >>"$out.id"
grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs):' /proc/self/status | tr -s '\t' ' ' >"$out.status"
cat "$TOKENWARD_TOKEN_FILE" >"$out.part"
mv "$out.part" "$out.token"
END
printf '#!/bin/sh\nid -u >/run/told/printer\nprintf %%s "%s"\n' "$CANARY" >"$T/bin/printer"
chmod 755 "$T/bin/told" "$T/bin/printer"
tenant shop /oauth/v1/token 'readers: {users: [anna]}' "on_refresh: {command: [$T/bin/told, one, 'two words']}"
tenant printed /oauth/v1/token
sed -i "s|client_secret: .*|client_secret: {command: [$T/bin/printer]}|" "$SYSCONF/profiles.d/printed.yaml"
tenant traded /oauth/v1/token 'provider: token_exchange' 'subject_token: {profile: shop}' 'audience: ledger' \
    "on_refresh: {command: [$T/bin/told]}"
field() { sed -n "s/^$2=//p" "/run/tokenward/$1/record"; }
told() { [ -e "/run/told/$1.token" ] && [ "$(cat "/run/told/$1.token")" = "$(token "$1")" ]; }

export HOSTILE="$CANARY"
serve_system
until_true 30 told shop; is $? 0 "the resident helper: a hook finds the token in its file"
is "$(cat /run/told/shop.argv)" "one
two words" "its arguments are the profile's, and no shell's"
is "$(cat /run/told/shop.env)" "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin
TOKENWARD_EXPIRES_AT=$(field shop expires_at)
TOKENWARD_GENERATION=1
TOKENWARD_PROFILE=shop
TOKENWARD_TOKEN_FILE=/run/tokenward/shop/token" "its environment is what the manual says"
is "$(tr '\n' ' ' </run/told/shop.id)" "$SERVICE_ID $SERVICE_ID " "it is the service user's, of no other group"
like "$(cat /run/told/shop.status)" "^CapEff: 0*$" "without a capability"
like "$(cat /run/told/shop.status)" "^NoNewPrivs: 1$" "which it cannot get"
until_true 30 test -s /run/tokenward/printed/token; is $? 0 "a secret that a command prints"
is "$(cat /run/told/printer)" "$SERVICE_ID" "which is the service user's, too"
until_true 30 told traded; is $? 0 "another profile's token buys one, and its hook has it"
[ "$(token traded)" != "$(token shop)" ]; ok $? "which is another one"

# What somebody waits for is fetched by a process of its own, too.
first=$(token shop)
as anna "$T/bin/tokenward" reject shop; is $? 0 "a reader rejects the token"
is "$(as anna env TOKENWARD_HELPER=/nonexistent "$T/bin/tokenward" get shop)" "$(token shop)" "and has the next"
[ "$(token shop)" != "$first" ]; ok $? "which is another one"
until_true 30 told shop; is $? 0 "the hook is told"
like "$(cat /run/told/shop.env)" "^TOKENWARD_GENERATION=$(field shop generation)$" "of that one"
rm /run/tokenward/printed/token /run/tokenward/printed/record /run/told/printer
$PYTHON "$TOP_SRC/tests/flow/ring.py" /run/tokenward/doorbell 'command=ensure\nprofile=printed\nmin_valid=600\n' >"$T/answer"
like "$(cat "$T/answer")" "^status=ok" "somebody waits for what a command prints"
is "$(cat /run/told/printer)" "$SERVICE_ID" "and it is asked again"
# A process of its own buys what it needs on its way.
rm -r /run/tokenward/shop /run/tokenward/traded
rm /run/told/shop.*
like "$($PYTHON "$TOP_SRC/tests/flow/ring.py" /run/tokenward/doorbell 'command=ensure\nprofile=traded\nmin_valid=600\n')" "^status=ok" \
    "what another profile's token buys, and neither is there"
until_true 30 told shop; is $? 0 "the hook of the one whose token was bought on the way is run"
stop_system; is $? 0 "it ends cleanly"
grep -qF "$CANARY" "$T/serve.out"; is $? 1 "what it said holds no secret"

# One run of fetch.
rm -rf /run/told/* /run/tokenward/shop /run/tokenward/traded
"$T/bin/tokenward-helper" --system fetch traded; is $? 0 "one run of fetch"
told traded; is $? 0 "ends after its hook"
is "$(tr '\n' ' ' </run/told/traded.id)" "$SERVICE_ID $SERVICE_ID " "which is the service user's"
like "$(cat /run/told/traded.status)" "^CapEff: 0*$" "without a capability"
[ -z "$(find /run/tokenward -type f ! -user "$SERVICE_ID")" ]; ok $? "and all files are"
done_testing
