#!/bin/sh
# SPDX-License-Identifier: MIT
# logout-t.sh - what is kept is revoked, and removed whether that went well or
# not.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/login.sh
. "$TOP_SRC/tests/flow/login.sh"
sandbox --client "machine:machine-secret:payments"
REVOKE=/oauth/v1/revoke
active() {
    curl -s --cacert "$CA" "$URL/oauth/v1/introspect" -d client_id="$CLIENT_ID" -d client_secret="$CANARY" -d token="$1"
}
logged_in() { # logged_in NAME REVOCATION-PATH [LINE...]
    name=$1 path=$2
    shift 2
    profile "$name" /oauth/v1/token 'provider: refresh_token' ${path:+"revocation_endpoint: $URL$path"} "$@"
    sed -i '/scope:/d' "$T/config/tokenward/profiles.d/$name.yaml"
    ask "/mint/$CLIENT_ID" | user tokenward login "$name" >/dev/null || echo "# no login"
}
gone() { # gone NAME: nothing of it is left but what is locked
    [ ! -e "$STATE/$1" ] && [ "$(find "$T/run/tokenward/$1" -type f ! -name lock | wc -l)" = 0 ]
}
epoch() { od -An -tu8 -j64 -N8 "$T/run/tokenward/epoch" | tr -d ' '; }

# Who asks for nothing leaves nothing.
out=$(user tokenward logout nosuch 2>&1); is $? 66 "no such profile: exit 66"
like "$out" "nothing is kept for 'nosuch'" "and says so"
user tokenward-helper reject nosuch; is $? 0 "a token of it is not kept after a reject, as it was not before"
[ ! -e "$T/run/tokenward/nosuch" ] && [ ! -e "$T/home/.local" ]; ok $? "neither leaves anything"

logged_in work $REVOKE
token=$(user tokenward get work) refresh=$(kept work)
is "$(active "$token")$(active "$refresh")" '{"active":true}{"active":true}' "both tokens are good"
before=$(epoch)
out=$(user tokenward logout work 2>&1); is $? 0 "logout succeeds"
is "$out" "" "and has nothing to say"
gone work; ok $? "nothing is kept"
[ "$(epoch)" -gt "$before" ]; ok $? "programs that hold the token are told"
is "$(active "$token")$(active "$refresh")" '{"active":false}{"active":false}' "both tokens are revoked"
is "$(ask "/count$REVOKE")" 2 "with a request for each"
user tokenward get work 2>/dev/null; is $? 69 "the next get asks for a login"
out=$(user tokenward logout work 2>&1); is $? 66 "a second logout: exit 66"
like "$out" "nothing is kept for 'work'" "and says so"

# In whose place a directory is, no login waits.
logged_in work $REVOKE
user mkdir "$STATE/.login.work"
out=$(user tokenward logout work 2>&1); is "$?$out" 0 "logout with a directory where a login's file would be"
gone work; ok $? "nothing is kept"
user rmdir "$STATE/.login.work"; ok $? "the directory is let be"

# The client's authentication goes with it, whatever it is.
logged_in basic $REVOKE 'token_endpoint_auth_method: client_secret_basic'
refresh=$(kept basic)
user tokenward logout basic; is $? 0 "client_secret_basic"
is "$(active "$refresh")" '{"active":false}' "revokes"
like "$(ask /log)" "$REVOKE .* basic 200" "in a header"

# While secrets are changed, the other one is tried, as it is for tokens.
for method in client_secret_post client_secret_basic; do
    logged_in changing $REVOKE "token_endpoint_auth_method: $method" 'client_secret_next: {file: ../secret}'
    printf old >"$T/config/tokenward/former"
    chmod 600 "$T/config/tokenward/former"
    own "$T/config"
    sed -i 's#client_secret: .*#client_secret: {file: ../former}#' "$T/config/tokenward/profiles.d/changing.yaml"
    refresh=$(kept changing)
    out=$(user tokenward logout changing 2>&1); is $? 0 "$method: a secret that is not the server's any more"
    is "$out$(active "$refresh")" '{"active":false}' "$method: the next one revokes"
done

for fault in absent closed; do
    logged_in "$fault" $REVOKE 'client_secret_next: {file: ../next}'
    sed -i 's#client_secret: .*#client_secret: {file: ../former}#' "$T/config/tokenward/profiles.d/$fault.yaml"
    rm -f "$T/config/tokenward/next"
    case $fault in absent) why='does not exist' ;; closed) why='lets others read it'; echo x >"$T/config/tokenward/next"; chmod 644 "$T/config/tokenward/next"; own "$T/config" ;; esac
    out=$(user tokenward logout "$fault" 2>&1); is $? 77 "the next one is $fault: exit 77, as the server refused the first"
    like "$out" "revocation_endpoint: the server answers invalid_client" "the next one is $fault: which is told"
    like "$out" "hint: client_secret was refused, and client_secret_next cannot be sent: .*$why" "the next one is $fault: that, too"
    like "$out" "removed" "the next one is $fault: and what was done"
    gone "$fault"; ok $? "the next one is $fault: nothing is kept"
done

# So does the file that WLCG's clients look for.
logged_in grid $REVOKE 'wlcg_discovery: true'
[ -s "$T/run/bt_u$USER_ID" ]; ok $? "wlcg_discovery: the token is there, too"
user tokenward logout grid; is $? 0 "logout"
[ ! -e "$T/run/bt_u$USER_ID" ]; ok $? "takes it away"
rm "$T/config/tokenward/profiles.d/grid.yaml"

# Machines have access tokens alone.
profile machine /oauth/v1/token "revocation_endpoint: $URL$REVOKE"
user tokenward get machine >/dev/null
user tokenward logout machine; is $? 0 "a profile without a refresh token"
gone machine; ok $? "nothing is kept"

# What a token is bought with is not what one is revoked with.
profile pinned /oauth/v1/token "revocation_endpoint: $URL/m/want-header=X-Key%3A%201$REVOKE" \
    'params: {pin: {file: ../pin}}' 'headers: {X-Key: "1"}'
printf 1234 >"$T/config/tokenward/pin"
chmod 600 "$T/config/tokenward/pin"
own "$T/config"
token=$(user tokenward get pinned)
rm "$T/config/tokenward/pin"
out=$(user tokenward logout pinned 2>&1); is $? 0 "params are not even read"
is "$out$(active "$token")" '{"active":false}' "and headers are sent"

# The issuer may be who names the endpoint.
profile issued ""
sed -i "s#token_endpoint:.*#issuer: $URL#" "$T/config/tokenward/profiles.d/issued.yaml"
token=$(user tokenward get issued)
user tokenward logout issued; is $? 0 "an endpoint that the issuer names"
is "$(active "$token")" '{"active":false}' "revokes"
gone issued; ok $? "nothing is kept"

# Not revoked, and said so; removed all the same.
refused() { # refused NAME LIST EXIT WORD
    logged_in "$1" "/m/$2$REVOKE"
    refresh=$(kept "$1") token=$(user tokenward get "$1")
    out=$(user tokenward logout "$1" 2>&1); is $? "$3" "$1: exit $3"
    like "$out" "$1.yaml:[0-9]*: .*revocation_endpoint.*$4" "$1: names the line and the reason"
    like "$out" "removed" "$1: and what was done"
    printf %s "$out" | grep -qF -e "$refresh" -e "$token" -e "$CANARY"; is $? 1 "$1: and no secret"
    gone "$1"; ok $? "$1: nothing is kept"
}
refused outage status=503 75 'HTTP 503'
refused wrong status=401,error=invalid_client 77 invalid_client
refused page status=404 76 'HTTP 404'
refused away redirect=302 76 'HTTP 302'
refused echo "error=invalid_request,description=bad%20$CANARY" 77 invalid_request
logged_in nobody ''
sed -i '/revocation/d' "$T/config/tokenward/profiles.d/nobody.yaml"
out=$(user tokenward logout nobody 2>&1); is $? 0 "no revocation_endpoint: it is no failure"
like "$out" "revocation_endpoint" "but is told"
gone nobody; ok $? "nothing is kept"
logged_in unable "/m/error=unsupported_token_type$REVOKE"
out=$(user tokenward logout unable 2>&1); is $? 77 "a server that revokes no refresh token: exit 77"
profile unable2 /oauth/v1/token "revocation_endpoint: $URL/m/error=unsupported_token_type$REVOKE"
user tokenward get unable2 >/dev/null
user tokenward logout unable2; is $? 0 "one that revokes no access token: that runs out by itself"

# The issuer knows where.
logged_in found ''
sed -i "/revocation/d;s#token_endpoint:.*#issuer: $URL#" "$T/config/tokenward/profiles.d/found.yaml"
ask "/mint/$CLIENT_ID" | user tokenward login found >/dev/null; is $? 0 "an issuer instead of endpoints"
refresh=$(kept found)
out=$(user tokenward logout found 2>&1); is $? 0 "logout asks it"
is "$out$(active "$refresh")" '{"active":false}' "and revokes"

# Without asking the server.
logged_in quiet $REVOKE
refresh=$(kept quiet)
before=$(ask "/count$REVOKE")
user tokenward logout --no-revoke quiet; is $? 0 "--no-revoke"
is "$(ask "/count$REVOKE")" "$before" "asks nobody"
is "$(active "$refresh")" '{"active":true}' "the token stays good at the server"
gone quiet; ok $? "nothing is kept"

# A profile that is gone, and another server.
logged_in former $REVOKE
rm "$T/config/tokenward/profiles.d/former.yaml"
out=$(user tokenward status)
like "$out" "^former  *valid " "status shows what is kept of a profile that was removed"
eval "$(printf '%s\n' "$out" | sed -n 's/^ *hint: \(tokenward logout former\) removes.*/user \1/p')"; is $? 0 "what it says to remove it by does"
[ ! -e "$T/run/tokenward/former" ] && [ ! -e "$STATE/former" ]; ok $? "nothing is left"
out=$(user tokenward status); is $? 0 "status: exit 0"
printf '%s' "$out" | grep -q '^former'; is $? 1 "and does not show it"
profile counted /oauth/v1/token 'wlcg_discovery: true' 'max_fetches: 1/day'
user tokenward get counted >/dev/null; is $? 0 "one whose fetches are counted"
rm "$T/config/tokenward/profiles.d/counted.yaml"
profile next /oauth/v1/token 'wlcg_discovery: true'
user tokenward get next >/dev/null
user tokenward logout counted; is $? 0 "is removed, too"
is "$(find "$STATE" "$T/run/tokenward" -name '*counted*')" "" "with the count"
is "$(cat "$T/run/bt_u$USER_ID")" "$(field next access_token)" "but not what another has put where WLCG's clients look"
touch "$STATE/.fetches.counted"
own "$STATE"
user tokenward logout counted; is $? 0 "or if the count is all that is left"
user tokenward logout counted 2>/dev/null; is $? 66 "after which nothing is"
rm "$T/config/tokenward/profiles.d/next.yaml"
profile failed /m/status=503/oauth/v1/token
user tokenward get failed 2>/dev/null; is $? 75 "one that has failed"
rm "$T/config/tokenward/profiles.d/failed.yaml"
like "$(user tokenward status)" "tokenward logout failed removes" "of which a note is left: status says what removes it"
user tokenward logout failed; is $? 0 "which does"
[ ! -e "$T/run/tokenward/failed" ]; ok $? "nothing is left of it"
# What is lost by mistake, and put back, has its login still.
logged_in mistake $REVOKE
mv "$T/config/tokenward/profiles.d/mistake.yaml" "$T/mistake"
user tokenward list >/dev/null
forget mistake
mv "$T/mistake" "$T/config/tokenward/profiles.d/mistake.yaml"
user tokenward get mistake >/dev/null; is $? 0 "a profile that comes back needs no new login"
logged_in moved $REVOKE
refresh=$(kept moved) token=$(user tokenward get moved)
sed -i "s#token_endpoint:.*#token_endpoint: $URL/m/tag=other/oauth/v1/token#" "$T/config/tokenward/profiles.d/moved.yaml"
out=$(user tokenward logout moved 2>&1)
is "$(active "$refresh")" '{"active":true}' "a refresh token of another server is not sent to this one"
is "$(active "$token")" '{"active":true}' "nor is an access token"
like "$out" "not shown to this server" "which is told"
gone moved; ok $? "but removed"
logged_in edited $REVOKE
refresh=$(kept edited) token=$(user tokenward get edited)
sed -i "s#scope:.*#scope: payments#" "$T/config/tokenward/profiles.d/edited.yaml"
user tokenward logout edited >/dev/null 2>&1
is "$(active "$token")" '{"active":false}' "an edit that changes no server holds no access token back"
logged_in turned $REVOKE
sed -i "s#provider:.*#scope: payments#" "$T/config/tokenward/profiles.d/turned.yaml"
user tokenward refresh turned >/dev/null 2>&1; is $? 0 "a profile that has got a provider which keeps no refresh token"
out=$(user tokenward logout turned 2>&1); is $? 0 "is logged out"
like "$out" "not shown to this server" "with a word of the one that was kept before"
gone turned; ok $? "which is removed"
logged_in turned $REVOKE
sed -i "s#provider:.*#scope: payments#" "$T/config/tokenward/profiles.d/turned.yaml"
forget turned
user tokenward logout turned >/dev/null 2>&1; is $? 0 "or if it is all that is left"
gone turned; ok $? "after which nothing is"

# Of several sources each is asked to revoke what it sold.
several() { # several LINE...: of the login's; the other's is a client of its own
    {
        printf 'profiles:\n  several:\n    ca_file: %s\n    any_of:\n' "$CA"
        printf '      - provider: refresh_token\n        client_id: %s\n        client_secret: {file: ../secret}\n' "$CLIENT_ID"
        printf '        %s\n' "$@"
        printf '      - client_id: machine\n        client_secret: machine-secret\n        scope: payments\n'
        printf '        token_endpoint: %s\n        revocation_endpoint: %s\n' "$URL/oauth/v1/token" "$URL/m/tag=machine$REVOKE"
    } >"$T/config/tokenward/profiles.d/several.yaml"
    chmod 600 "$T/config/tokenward/profiles.d/several.yaml"
    own "$T/config"
    ask "/mint/$CLIENT_ID" | user tokenward login several >/dev/null || echo "# no login"
    mv "$T/config/tokenward/secret" "$T/away"
    user tokenward refresh several >/dev/null || echo "# no fallback"
    mv "$T/away" "$T/config/tokenward/secret"
    refresh=$(kept several) token=$(user tokenward get several)
}
several "token_endpoint: $URL/oauth/v1/token" "revocation_endpoint: $URL$REVOKE"
before=$(ask "/count/m/tag=machine$REVOKE")
out=$(user tokenward logout several 2>&1); is $? 0 "several sources: logout"
is "$out$(active "$refresh")" '{"active":false}' "the login is revoked, and nothing is wrong"
is "$(($(ask "/count/m/tag=machine$REVOKE") - before))" 1 "and the token where the other source says"
gone several; ok $? "nothing is kept"
several "token_endpoint: $URL/oauth/v1/token" "revocation_endpoint: $URL$REVOKE"
sed -i 's/- client_id: machine/- name: shop\n        client_id: machine/' "$T/config/tokenward/profiles.d/several.yaml"
before=$(ask "/count/m/tag=machine$REVOKE")
user tokenward logout several >/dev/null 2>&1; is $? 0 "one that was given a name meanwhile: logout"
is "$(($(ask "/count/m/tag=machine$REVOKE") - before))" 1 "and the token where that one says"
several "issuer: $URL"
out=$(user tokenward logout several 2>&1); is $? 0 "one of another issuer: logout"
is "$out$(active "$refresh")$(active "$token")" '{"active":false}{"active":false}' "all is revoked"
several "token_endpoint: $URL/m/tag=dumb/oauth/v1/token"
out=$(user tokenward logout several 2>&1); is $? 0 "one without a revocation_endpoint: logout"
like "$out" "without a revocation_endpoint" "which is told"
is "$(active "$refresh")$(active "$token")" '{"active":true}{"active":false}' "and keeps nobody from revoking the other's"
rm "$T/config/tokenward/profiles.d/several.yaml"
user tokenward logout 2>/dev/null; is $? 64 "no name: exit 64"
for key in 'revoke_on_logout: true' 'lifetime: linger'; do
    profile unlived /oauth/v1/token "$key"
    like "$(user tokenward check "$T/config/tokenward/profiles.d/unlived.yaml" 2>&1)" "warning: .*: lifetime and revoke_on_logout mean nothing without login: true$" \
        "check: $key of no login"
    profile unlived /oauth/v1/token "$key" 'login: true'
    is "$(user tokenward check "$T/config/tokenward/profiles.d/unlived.yaml" 2>&1 | grep -c "mean nothing")" 0 "and of one"
done
profile bad /oauth/v1/token 'revocation_endpoint: http://a.test/revoke'
out=$(user "$T/bin/tokenward-helper" check 2>&1); is $? 78 "an address that is not https: exit 78"
like "$out" "bad.yaml:[0-9]*:[0-9]*: .*revocation_endpoint" "names the key"
done_testing
