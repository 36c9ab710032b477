#!/bin/sh
# SPDX-License-Identifier: MIT
# main-t.sh - the main job, end to end: a profile, the sandbox, every reader.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile pay /oauth/v1/token 'match: https://git.example.test' 'env: {PAY_TOKEN: token, PAY_FILE: file}'

token=$(user tokenward get pay 2>"$T/err")
is $? 0 "tokenward get succeeds"
sed 's/^/# /' "$T/err"
[ ${#token} -ge 20 ]; ok $? "and prints a token"
is "$(requests)" 1 "one request was made"
is "$(user tokenward get pay)" "$token" "a second get gives the same token"
is "$(requests)" 1 "from the record, without a request"
is "$(cat "$T/run/tokenward/pay/token")" "$token" "the token file holds the bare token"
is "$(tail -c 1 "$T/run/tokenward/pay/token" | od -An -c | tr -d ' ')" "$(printf %s "$token" | tail -c 1)" "without a newline"
is "$(stat -c '%a %u' "$T/run/tokenward" "$T/run/tokenward/pay" "$(record pay)" "$T/run/tokenward/pay/token" | sort -u | tr '\n' ';')" \
   "600 $USER_ID;700 $USER_ID;" "directories are 0700 and files 0600, the user's own"
is "$(user tokenward get --format header pay)" "Authorization: Bearer $token" "--format header"
like "$(user tokenward get --format json pay)" "\"access_token\": *\"$token\"" "--format json"
like "$(user tokenward get --format env pay)" "$token" "--format env"
is "$(user tokenward get --format curl pay)" "oauth2-bearer = \"$token\"" "--format curl"
like "$(printf 'protocol=https\nhost=git.example.test\n\n' | user git-credential-tokenward get)" "^password=$token$" "git's password form"
like "$(printf 'capability[]=authtype\nprotocol=https\nhost=git.example.test\n\n' | user git-credential-tokenward get)" "^credential=$token$" "git's bearer form"
is "$(printf 'protocol=https\nhost=other.example.test\n\n' | user git-credential-tokenward get)" "" "nothing for another host"
is "$(user tokenward exec pay -- sh -c 'cat "$BEARER_TOKEN_FILE"')" "$token" "exec gives the file"
is "$(user tokenward exec pay -- sh -c 'echo "$PAY_TOKEN"; cat "$PAY_FILE"')" "$token
$token" "exec gives what the profile names"
user tokenward exec pay -- sh -c 'exit 7'; is $? 7 "exec passes the exit status on"
like "$(user tokenward status)" "pay" "status names the profile"
out=$(user tokenward status --json)
like "$out" '"name": *"pay"' "status --json"
printf '%s' "$out" | grep -qF -e "$token"; is $? 1 "and never holds the token"

user tokenward reject pay; is $? 0 "reject"
[ ! -e "$T/run/tokenward/pay/token" ]; ok $? "drops the token file"
second=$(user tokenward get pay)
[ -n "$second" ] && [ "$second" != "$token" ]; ok $? "the next get brings another token"
is "$(requests)" 2 "by one more request"
# getopt(3) is stricter where POSIXLY_CORRECT is set.
forget pay
second=$(user env POSIXLY_CORRECT=1 tokenward get pay --min-valid 60); is $? 0 "POSIXLY_CORRECT: a token is fetched"
is "$(requests)" 3 "by a request"
user env POSIXLY_CORRECT=1 tokenward-helper fetch --min-valid 60 -- pay; is $? 0 "and options stand behind the command"
printf 'protocol=https\nhost=git.example.test\nusername=oauth2\npassword=%s\n\n' "$token" | user git-credential-tokenward erase
is "$(user tokenward get pay)" "$second" "a stale erase keeps the newer token"

# A changed profile is noticed by the next get.
sleep 0.1
sed -i 's/payments wallet/payments/' "$T/config/tokenward/profiles.d/pay.yaml"
user tokenward-helper fetch --force pay
is "$(field pay scope)" payments "a changed scope is what the next token has"

# Past three quarters of its life it is given, and another one is fetched behind
# the caller's back.
before=$(field pay access_token)
age pay $(($(field pay lifetime) * 85 / 100))
is "$(user tokenward get pay 2>&1)" "$before" "one that is due is given"
is_renewed() { # but not within a second of the one before
    user tokenward get pay >/dev/null
    now=$(field pay access_token)
    [ -n "$now" ] && [ "$now" != "$before" ]
}
until_true 30 is_renewed; is $? 0 "and the next one comes without anybody who waits"
is "$(user tokenward get pay)" "$now" "for the next get"

# Errors: exit status by who must act, the file and the line, never a value.
out=$(user tokenward get nosuch 2>&1); is $? 66 "an unknown profile: exit 66"
like "$out" "nosuch" "which names it"
profile wrong /oauth/v1/token 'scope: never'
sed -i '0,/scope: payments wallet/{/scope: payments wallet/d}' "$T/config/tokenward/profiles.d/wrong.yaml"
out=$(user tokenward get wrong 2>&1); is $? 77 "a refused scope: exit 77"
like "$out" "wrong.yaml:[0-9]*: .*scope.*invalid_scope" "names the profile's line and what the server said"
before=$(requests)
user tokenward get wrong >/dev/null 2>&1
is "$(requests)" "$before" "and is not asked again at once"
profile typo /oauth/v1/token 'scoop: x'
out=$(user tokenward-helper check 2>&1); is $? 78 "a typo in a profile: exit 78"
like "$out" "typo.yaml:[0-9]*:[0-9]*: .*scoop" "names file, line, column and key"
profile four / 'timeout: 5'
cat >"$T/config/tokenward/profiles.d/four.yaml" <<EOF
profiles:
  four:
    token_endpoint: $URL/m/status=401,error=invalid_client/oauth/v1/token
    client_id: $CLIENT_ID
    client_secret: $CANARY
    scope: payments
    ca_file: $CA
EOF
chmod 644 "$T/config/tokenward/profiles.d/four.yaml"
out=$(user tokenward get four 2>&1); is $? 73 "a readable file with a secret in it: exit 73"
like "$out" "chmod 600" "says what to do"
printf '%s' "$out" | grep -q "$CANARY"; is $? 1 "and not what the secret is"
chmod 600 "$T/config/tokenward/profiles.d/four.yaml"
out=$(user tokenward get four 2>&1); is $? 77 "invalid_client: exit 77"
printf '%s' "$out" | grep -q "$CANARY"; is $? 1 "without the secret"

# The longest runtime directory that is believed has room for the longest name,
# whoever reads there.
long=$(printf %064d 0)
profile "$long@" "/oauth/v1/token?of=%i" "instances: ['$long']"
deep=$T/run
while [ ${#deep} -lt 640 ]; do deep=$deep/$(printf %0100d 0); done
deep=$deep/
while [ ${#deep} -lt 862 ]; do deep=${deep}d; done
for place in "$deep" "${deep}d"; do
    user mkdir -p "$place"
    user chmod 700 "$place"
done
before=$(requests)
out=$(user env XDG_RUNTIME_DIR="$deep" tokenward get "$long@$long" 2>&1); is $? 0 "a long runtime directory, a long name: a token"
is "$(user env XDG_RUNTIME_DIR="$deep" tokenward get "$long@$long" 2>&1)" "$out" "and the next get is given it"
is "$(($(requests) - before))" 1 "without another request"
if [ ! -e "/run/user/$USER_ID" ]; then
    out=$(user env XDG_RUNTIME_DIR="${deep}d" tokenward get "$long@$long" 2>&1); is $? 73 "a longer one is none: exit 73"
    like "$out" "no runtime directory: /run/user/$USER_ID" "says what was looked at instead"
    # Nor is one that others may write in, or made; a login of another user's
    # left its name behind.
    mkdir -p "$T/run.open" "$T/run.group" "$T/run.others"
    own "$T/run.open" "$T/run.group"
    chmod 702 "$T/run.open"; chmod 720 "$T/run.group"; chmod 755 "$T/run.others"
    ln -s "$T/run" "$T/run.link"
    places="$T/run.open $T/run.group $T/run.link run"
    [ "$(id -u)" != 0 ] || places="$places $T/run.others"
    for place in $places; do
        out=$(user env XDG_RUNTIME_DIR="$place" tokenward get pay 2>&1); is $? 73 "$(basename "$place"): is none: exit 73"
        like "$out" "no runtime directory: .*closed to others" "and why"
    done
else
    skip "a longer one is none" "it would be /run/user/$USER_ID"
fi

# The library, in a program of somebody's: a token that a server refused.
cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/" 2>/dev/null || cp "$TOP_BUILD/tests/flow/reader" "$T/bin/"
cp "$TOP_BUILD/provider/client/.libs/libtokenward.so.0" "$T/bin/"
profile refused /oauth/v1/token
reads() { user env LD_LIBRARY_PATH="$T/bin" "$T/bin/reader" "$@"; }
reads refused; is $? 0 "a program reads a token"
before=$(requests)
reads --reject refused; is $? 0 "rejects it, is given another one, and a late rejection does not cost that"
is "$(($(requests) - before)) $(field refused generation)" "1 3" "by one request"

# Nobody but a timer has tokens fetched, as tokenward-helper(8) tells it to.
words=$(sed -n 's/^\.Ql tokenward-helper --system \(.*fetch\) NAME$/\1/p' "$TOP_SRC/helper/tokenward-helper.8")
profile timed /oauth/v1/token
lived=
for _ in 1 2 3 4; do
    # shellcheck disable=SC2046,SC2086  # several words
    user tokenward-helper $(echo $words | sed "s/SECONDS/${seconds:-60}/") timed || break
    half=$(($(field timed lifetime) / 2))
    seconds=$((half - 1))
    age timed $((half - 60))
    user tokenward get --cached timed >/dev/null && lived="$lived yes"
done
is "$lived" " yes yes yes yes" "a timer, twice in the life of a token: there is a living one before each run ($words)"
done_testing
