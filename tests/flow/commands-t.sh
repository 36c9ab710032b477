#!/bin/sh
# SPDX-License-Identifier: MIT
# commands-t.sh - tokenward's smaller commands: list, check and its advice,
# refresh; names that are nearly right; exec, which keeps its token file fresh
# and leaves signals and the exit status to the command.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox

# list
is "$(user tokenward list)" "" "list: nothing, where nothing is"
profile pay /oauth/v1/token
profile wallet /oauth/v1/token
profile short /m/expires-in=4/oauth/v1/token
is "$(user tokenward list | tr '\n' ' ')" "pay short wallet " "list: the names"
profile new /oauth/v1/token
is "$(user tokenward list | tr '\n' ' ')" "new pay short wallet " "list: a profile that came since"
like "$(user tokenward list pay 2>&1)" "^tokenward: hint: usage: tokenward list" "list: takes no words"
# Another configuration, with the same runtime directory.
mkdir -p "$T/home/other/tokenward"; chmod 700 "$T/home/other" "$T/home/other/tokenward"; own "$T/home/other"
profile routed /oauth/v1/token "match: https://h.example.com"
asked() { printf 'protocol=https\nhost=h.example.com\n\n' | user "$@" git-credential-tokenward get 2>&1 | grep -c ^password=; }
is "$(asked env)" 1 "another configuration: what is the first one's"
is "$(user env "XDG_CONFIG_HOME=$T/home/other" tokenward list 2>&1)" "" "another configuration: lists none of the first one's names"
user tokenward list >"$T/names"
is "$(asked env "XDG_CONFIG_HOME=$T/home/other")" 0 "another configuration: none of its URLs leads to a token"
out=$(user env -u XDG_CONFIG_HOME -u HOME tokenward list 2>&1)
like "$out" "no profiles: neither XDG_CONFIG_HOME nor HOME" "no configuration: says so"
is "$(printf '%s\n' "$out" | grep -c pay)" 0 "no configuration: and lists no names"
is "$(user tokenward list | tr '\n' ' ')" "new pay routed short wallet " "the first one's again: its names"
# As many names as an index has room for.
mkdir -p "$T/home/many/tokenward" "$T/home/named/tokenward"
{ printf 'tokenward-index=1\nconfig=%s/home/named/tokenward\n' "$T"
    awk 'BEGIN { for (i = 0; i < 60; i++) x = x "x"; for (i = 1; i <= 90000; i++) printf "profile=%s%04d@%s%04d\n", x, i % 10000, x, i / 10000 }'; } >"$T/home/many/tokenward/index"
chmod 700 "$T/home/many" "$T/home/many/tokenward"
chmod 600 "$T/home/many/tokenward/index"
own "$T/home"
many() { user env XDG_RUNTIME_DIR="$T/home/many" XDG_CONFIG_HOME="$T/home/named" TOKENWARD_HELPER=/nonexistent "$@"; }
is "$(many tokenward list 2>&1 | wc -l)" 90000 "list: ninety thousand long names"
is "$(many tokenward complete -- get x 2>&1 | wc -l)" 90000 "complete: the same"
rm "$T/config/tokenward/profiles.d/routed.yaml"

# What is nearly right.
like "$(user tokenward lst 2>&1)" "did you mean 'list'?" "a command that is nearly right"
like "$(user tokenward get --formt json pay 2>&1)" "did you mean --format" "an option that is"
like "$(user tokenward get --hepl pay 2>&1)" "did you mean --help" "also one that every command takes"
is "$(user tokenward list --jso 2>&1 | grep -c 'did you mean')" 0 "but none that this one does not"
like "$(user tokenward get --nothing-like-it pay 2>&1)" "^tokenward: unknown option --nothing-like-it$" "and one that is not"
like "$(user tokenward get --nothing-like-it pay 2>&1)" "^tokenward: hint: tokenward help get$" "and where the others are told"
for command in "get" "status" "reject" "exec" "explain" "refresh"; do
    set -- "$command" walet
    [ "$command" != exec ] || set -- exec walet -- true
    out=$(user tokenward "$@" 2>&1); is $? 66 "$command walet: exit 66"
    like "$out" "did you mean 'wallet'?" "$command: a profile that is nearly right"
done
out=$(user tokenward reject new 2>&1); is "$?$out" "66tokenward: no token of 'new' is kept" "reject: of a profile that is there, no word of what may have been meant"
printf '#!/bin/sh\necho "$*" >>"%s/run/started"\nexec "%s" "$@"\n' "$T" "$TOKENWARD_HELPER" >"$T/bin/told"
chmod 755 "$T/bin/told"
touch "$T/config/tokenward/profiles.d/new.yaml" # so that the names are to be looked for again
for words in "get --cached new" "get --cached walet" "reject walet"; do
    # shellcheck disable=SC2086  # words are wanted
    user env "TOKENWARD_HELPER=$T/bin/told" tokenward $words >/dev/null 2>&1; is "$? $(cat "$T/run/started" 2>/dev/null)" "66 " "$words: starts no helper for a hint"
done
for command in check exec explain get install-helpers list login logout presets providers refresh reject status; do
    out=$(user tokenward "$command" --help 2>&1); is $? 0 "$command --help: exit 0"
    like "$out" "^usage: tokenward $command" "$command --help: its usage"
done

# providers
like "$(user tokenward providers)" "^client_credentials  " "providers: lists them"
out=$(user tokenward providers exec file); is $? 0 "providers: of some"
like "$out" "^  command  " "which keys one adds"
like "$out" "^  file  " "and another"
like "$(user tokenward providers device_code)" "^  device_authorization_endpoint .* (required, unless issuer says it) " "which of them an issuer says"
out=$(user tokenward providers nosuch 2>&1); is $? 72 "providers: none of that name: exit 72"
like "$out" "hint: tokenward providers lists what is installed" "and what there is"

# refresh
before=$(user tokenward get pay)
is "$(user tokenward refresh pay 2>&1)" "pay: refreshed" "refresh: says so"
after=$(user tokenward get pay)
[ "$before" != "$after" ]; ok $? "refresh: another token, though the last one was good"
is "$(user tokenward refresh --all 2>&1 | sort | tr '\n' ' ')" "new: refreshed pay: refreshed short: refreshed wallet: refreshed " \
    "refresh --all"
before=$(field pay generation)
is "$(user tokenward-helper --all fetch 2>&1)" "" "tokenward-helper --all fetch: tells nobody of what is good, as with names"
is "$(user tokenward-helper --progress fetch pay 2>&1)" "pay: good" "--progress: and calls no token refreshed that was not"
is "$(field pay generation)" "$before" "which was kept"
is "$(user tokenward refresh pay new pay 2>&1)" "pay: refreshed
new: refreshed" "refresh: one that is named twice is told of once"
out=$(user tokenward refresh 2>&1); is $? 64 "refresh of nothing: exit 64"
out=$(user tokenward refresh --all pay 2>&1); is $? 64 "refresh --all of something: exit 64"
profile failing /m/status=503/oauth/v1/token
out=$(user tokenward refresh pay failing 2>&1); is $? 75 "refresh: one of two fails: its status"
like "$out" "^pay: refreshed$" "refresh: and the other is fresh"
rm "$T/config/tokenward/profiles.d/failing.yaml"
profile slow /m/delay=1600/oauth/v1/token
user tokenward refresh slow >"$T/out" 2>"$T/err"
is "$(cat "$T/out" "$T/err")" "slow: refreshed" "refresh: no bar without a terminal"
if has_terminals; then
    profile slower /m/delay=4000/oauth/v1/token
    user env TERM=xterm script -qec "tokenward refresh slower pay" /dev/null >"$T/out" </dev/null
    like "$(tr '\r' '\n' <"$T/out")" '^\[#*\.*\] 1 of 2 ' "refresh: a bar on a terminal, after a second"
    like "$(tr '\r' '\n' <"$T/out")" "^slower: refreshed$" "refresh: and it goes before the last word"
    rm "$T/config/tokenward/profiles.d/slower.yaml"
    in_terminal() { user env TERM=xterm script -qec "$1" /dev/null >"$T/out" </dev/null; }
    within 1000 in_terminal "tokenward refresh pay"
    is "$(tr -d '\r' <"$T/out")" "pay: refreshed" "refresh: none when it is quick"
    user env TERM=dumb script -qec "tokenward refresh slow" /dev/null >"$T/out" </dev/null
    is "$(tr -d '\r' <"$T/out")" "slow: refreshed" "refresh: none on a terminal that cannot move"
else
    skip "refresh: a bar on a terminal" "there are no terminals here, or no script(1)"
fi

# check, and its advice: each of these is legal.
out=$(user tokenward check 2>&1); is $? 0 "check: all good: exit 0"
like "$out" "^pay: good " "check: says so"
is "$(printf '%s\n' "$out" | grep -c warning)" 0 "check: and has nothing to say"
unwise() { # unwise HOST LINE...
    host=$1; shift
    {
        printf 'profiles:\n  odd:\n    token_endpoint: https://%s\n    client_id: x\n' "$host"
        for line in "$@"; do echo "    $line"; done
        case "$*" in *client_secret:*) ;; *) echo "    client_secret: {file: $T/config/tokenward/secret}" ;; esac
    } >"$T/config/odd.yaml"
    chmod 600 "$T/config/odd.yaml"; own "$T/config"
    out=$(user tokenward check "$T/config/odd.yaml" 2>&1); is $? 0 "check: $host $*: no fault"
}
unwise acme.okta.com/oauth2/v1/token 'scope: openid api'
like "$out" "warning: .*odd.yaml:5: .*Okta refuses the scope openid" "check: Okta and openid"
unwise okta.com.example.com/token 'scope: openid api'
is "$(printf '%s\n' "$out" | grep -c warning)" 0 "check: openid elsewhere"
unwise login.microsoftonline.com/common/oauth2/v2.0/token 'scope: api://x/read'
like "$out" "warning: .*ends in /.default" "check: Entra and its scopes"
unwise acme.eu.auth0.com/oauth/token
like "$out" "warning: .*without audience" "check: Auth0 and audience"
unwise a.example.com/token 'scope: a offline_access'
like "$out" "warning: .*offline_access" "check: a refresh token that nobody gets"
unwise a.example.com/token 'scope: https://mail.google.com/'
like "$out" "warning: .*NeoMutt.*512 bytes" "check: NeoMutt's OAUTHBEARER"
unwise a.example.com/token 'client_secret: {env: HOME}'
like "$out" "warning: .*odd.yaml:5: .*inherits it" "check: a secret in the environment"
unwise a.example.com/token 'client_secret: {file: /nonexistent}'
like "$out" "warning: .*odd.yaml:5: .*file /nonexistent is not there" "check: a secret that is not there"
chmod 640 "$T/config/tokenward/secret"
unwise a.example.com/token
like "$out" "warning: .*odd.yaml:5: .*secret: mode 0640 lets others read it; wanted: 0600$" "check: a secret that others may read"
chmod 000 "$T/config/tokenward/secret"
unwise a.example.com/token
like "$out" "warning: .*odd.yaml:5: .*Permission denied: mode 0000 of uid $USER_ID$" "check: a secret that nobody may read"
chmod 600 "$T/config/tokenward/secret"
ln -s "$T/config/tokenward/secret" "$T/config/tokenward/link"
unwise a.example.com/token "client_secret: {file: $T/config/tokenward/link}"
like "$out" "warning: .*odd.yaml:5: .*is a symbolic link, which is not followed" "check: a secret behind a link"
cp "$T/config/tokenward/secret" "$T/secret"
for bad in "|is empty" "$CANARY\\n\\n|a secret is one line" "\\357\\273\\277$CANARY|begins with a byte order mark"; do
    # shellcheck disable=SC2059  # it has backslashes
    printf "${bad%|*}" >"$T/config/tokenward/secret"
    unwise a.example.com/token
    like "$out" "warning: .*odd.yaml:5: .*secret: .*${bad#*|}" "check: a secret that ${bad#*|}"
done
cp "$T/secret" "$T/config/tokenward/secret"
unwise a.example.com/token 'ca_file: /nonexistent.pem'
like "$out" "warning: .*odd.yaml:5: .*: ca_file /nonexistent.pem is not there" "check: authorities that are not there"
unwise a.example.com/token 'client_certificate: /nonexistent.pem' 'client_certificate_key: /nonexistent.key'
like "$out" "warning: .*odd.yaml:5: .*: client_certificate /nonexistent.pem is not there" "check: a certificate that is not there"
like "$out" "warning: .*odd.yaml:6: .*: client_certificate_key /nonexistent.key is not there" "check: and its key"
unwise a.example.com/token 'provider: jwt_bearer'
like "$out" "warning: .*odd.yaml:2: .*there is nothing to give for a token$" "check: an assertion that comes from nowhere"
unwise a.example.com/token 'on_refresh: {command: [/nonexistent, now]}'
like "$out" "warning: .*odd.yaml:2: .*on_refresh: command /nonexistent is not there" "check: a program that is not there"
cp "$T/bin/tokenward" "$T/bin/only-here"
unwise a.example.com/token 'on_refresh: {command: [only-here]}'
like "$out" "warning: .*odd.yaml:2: .*on_refresh: command only-here is not there" "check: one that the caller's PATH has alone"
rm "$T/bin/only-here"
chmod 644 "$T/config/odd.yaml"
like "$(user tokenward check "$T/config/odd.yaml" 2>&1)" "warning: .*others may read the file: mode 0644" "check: a profile that others may read"
like "$(user tokenward check "$T/config/odd.yaml" 2>&1)" "^tokenward-helper: hint: chmod go= $T/config/odd.yaml$" "check: and what closes it"
unwise a.example.com/token 'issuer: https://b.example.com'
like "$out" "warning: .*different hosts" "check: endpoint and issuer of two hosts"
unwise a.example.com/token 'token_endpoint_auth_method: client_secret_jwt' 'issuer: https://a.example.com' 'assertion_audience: token_endpoint'
like "$out" "warning: .*odd.yaml:7: .*token_endpoint lets one server pass the assertion on" "check: an assertion for an endpoint alone"
unwise a.example.com/token 'token_endpoint_auth_method: client_secret_jwt' 'issuer: https://a.example.com' 'assertion_audience: issuer'
is "$(printf '%s\n' "$out" | grep -c warning)" 0 "check: one for the issuer"
out=$(user tokenward check "$T/config/none.yaml" 2>&1); is $? 66 "check: a file that is not there: exit 66"
# Names that would steer a terminal: ESC [ 2 J, and the same as one character of UTF-8.
for odd in '\033[2J' '\302\2332J'; do
    odd=$T/config/tokenward/caf$(printf "\303\251 $odd").yaml
    cp "$T/config/tokenward/profiles.d/pay.yaml" "$odd"; own "$odd"
    like "$(user tokenward check "$odd" 2>/dev/null | LC_ALL=C cat -v)" "^pay: good (.*/cafM-CM-) ?*.2J.yaml:2, " "check: a file's name is shown, and steers no terminal"
    echo '  odd: [' >>"$odd"
    like "$(user tokenward check "$odd" 2>&1 | LC_ALL=C cat -v)" "^tokenward-helper: .*/cafM-CM-) ?*.2J.yaml:[0-9]*:" "check: nor where it is bad"
    rm "$odd"
done
like "$(cd "$T" && user tokenward check pay 2>&1)" "^tokenward-helper: hint: check wants a file; without one all profiles are read$" "check: a profile's name is no file's"
printf 'profiles:\n  odd:\n    token_endpiont: x\n' >"$T/config/odd.yaml"
out=$(user tokenward check "$T/config/odd.yaml" 2>&1); is $? 78 "check: a typo: exit 78"
like "$out" "odd.yaml:3:5: .*unknown key" "check: where it is"
like "$out" "did you mean 'token_endpoint'?" "check: and what was meant"
ln -s "$T/home/nowhere.yaml" "$T/config/tokenward/profiles.d/lost.yaml"
out=$(user tokenward check 2>&1); is $? 78 "check: a link to a file that is not there: exit 78"
like "$out" "^tokenward-helper: $T/config/tokenward/profiles.d/lost.yaml: is a link to a file that is not there$" "check: says so"
like "$(user tokenward list 2>&1)" "a profile is left out" "and list tells that something is left out"
rm "$T/config/tokenward/profiles.d/lost.yaml"
sed 's/pay:/late:/' "$T/config/tokenward/profiles.d/pay.yaml" >"$T/config/tokenward/profiles.d/late.yml"
out=$(user tokenward check 2>&1); is $? 0 "check: a file with another suffix: exit 0"
like "$out" "^tokenward-helper: warning: $T/config/tokenward/profiles.d/late.yml is not read: its name must end with .yaml$" "check: warns of it"
out=$(user tokenward get late 2>&1); is $? 66 "get: a profile in such a file: exit 66"
like "$out" "^tokenward: hint: $T/config/tokenward/profiles.d/late.yml is not read" "get: and why"
cp "$T/config/tokenward/profiles.d/late.yml" "$T/config/tokenward/profiles.yml"
like "$(user tokenward check 2>&1)" "warning: $T/config/tokenward/profiles.yml is not read" "check: of two the first is told"
rm "$T/config/tokenward/profiles.yml" "$T/config/tokenward/profiles.d/late.yml"

# get: a token that lives, though another one is wanted and cannot be had.
profile stale /oauth/v1/token
token=$(user tokenward get -- stale); is $? 0 "get: a name behind --"
sed -i 's|/oauth/v1/token|/m/status=503/oauth/v1/token|' "$T/config/tokenward/profiles.d/stale.yaml"
age stale $(($(field stale lifetime) - 60))
is "$(user tokenward get stale 2>"$T/err")$(cat "$T/err")" "$token" "get: the endpoint is down: the token that lives, and no word"
is "$(user tokenward get --verbose stale 2>"$T/err")" "$token" "get --verbose: the same"
like "$(cat "$T/err")" "^tokenward: warning: .*HTTP 503" "get --verbose: and why it is no newer one"
rm "$T/config/tokenward/profiles.d/stale.yaml"

# get: how long it lives at least, what is waited for, and what has changed.
profile lasting /oauth/v1/token
begin() { # begin LEFT: a token of so many seconds more
    forget lasting
    token=$(user tokenward get lasting)
    age lasting $(($(field lasting lifetime) - $1))
}
begin 900
out=$(user tokenward get --min-valid 1200 lasting); is $? 0 "get --min-valid: of more than is left"
[ "$out" != "$token" ]; ok $? "is another token"
begin 900
is "$(user tokenward get --min-valid 300 lasting)" "$token" "of less: the one that is kept"
begin 30
out=$(user tokenward get lasting); is $? 0 "get: half a minute is left"
[ "$out" != "$token" ]; ok $? "which is too little by itself"
begin 3600
sed -i 's/scope: payments wallet/scope: payments/' "$T/config/tokenward/profiles.d/lasting.yaml"
out=$(user tokenward get lasting)
is "$(field lasting scope) $out" "payments $(field lasting access_token)" "get: the profile has changed: a token of the new one"
# A refresh that is due, and has failed: nobody is asked before it is time.
begin 600
printf '#!/bin/sh\n: >"$HOME/asked"\n' >"$T/bin/asked"
chmod 755 "$T/bin/asked"
is "$(TOKENWARD_HELPER="$T/bin/asked" user tokenward get lasting) $(cd "$T/home" && echo asked*)" "$token asked" "get: a refresh is due: a helper is started"
rm "$T/home/asked"
printf 'failures=1\nnot_before=%s\nboottime_not_before=999999999\n' $(($(date +%s) + 300)) >"$T/backoff"
cp "$T/backoff" "$T/run/tokenward/lasting/backoff"; own "$T/run/tokenward/lasting/backoff"
is "$(TOKENWARD_HELPER="$T/bin/asked" user tokenward get lasting) $(cd "$T/home" && echo asked*)" "$token asked*" "and none while the next try has to wait"
# A helper that takes its time: who has a token waits three seconds at most.
printf '#!/bin/sh\n(sleep 6; echo status=denied; echo message=late) &\n' >"$T/bin/late"
chmod 755 "$T/bin/late"
late() { out=$(TOKENWARD_HELPER="$T/bin/late" user tokenward get lasting 2>&1); status=$?; }
begin 30
within 5500 late; is $? 0 "get: a helper that takes its time, and a token that lives: not waited for ($TOOK ms)"
is "$out" "$token" "the one that lives"
forget lasting
late; is "$status $out" "77 tokenward: late" "and no token: what it says in the end"
printf '#!/bin/sh\nprintf "status=denied\\nmessage=a\\033[31mb\\177c\\n"\n' >"$T/bin/late"
late; is "$status $out" "77 tokenward: a?[31mb?c" "with nothing that would steer a terminal"
rm "$T/config/tokenward/profiles.d/lasting.yaml"

# explain: what is kept, whatever became of it.
like "$(user tokenward explain pay)" "^  token *cached, alive for [0-9]* s$" "explain: a token that is alive"
like "$(user tokenward explain pay)" "^  trusts *line [0-9]*: $CA$" "explain: whose certificates are believed"
mv "$CA" "$CA.away"
like "$(user tokenward explain pay)" "^  trusts *line [0-9]*: $CA: NOT there$" "explain: and that they are not there"
mv "$CA.away" "$CA"
age pay "$(field pay lifetime)"
like "$(user tokenward explain pay)" "^  token *run out: the next reader asks for one$" "explain: one that has run out"
user tokenward reject pay
like "$(user tokenward explain pay)" "^  token *rejected: the next reader asks for one$" "explain: one that was rejected"
generation=$(field pay generation)
out=$(TOKENWARD_HELPER=/nonexistent user tokenward reject pay 2>&1)
is "$?$out $(field pay generation)" "0 $generation" "reject once more: nothing is left to reject, and no helper is started"
user tokenward get pay >/dev/null
sed -i 's/scope: payments wallet/scope: payments/' "$T/config/tokenward/profiles.d/pay.yaml"
like "$(user tokenward explain pay)" "^  token *of the profile as it was before a change" "explain: one of another scope"
is "$(user tokenward explain pay | grep -c '^  refresh ')" 0 "explain: which no refresh is due of"
forget pay
like "$(user tokenward explain pay)" "^  token *none is kept" "explain: none"
sed -i "s|client_id: .*|client_id: $(printf '\303\251')|" "$T/config/tokenward/profiles.d/pay.yaml"
like "$(user tokenward explain pay)" "^  client *line [0-9]*: ??, by client_secret_post$" "explain: nothing but ASCII for a terminal"

# refresh --all: of nothing, of too many, and of some that are broken.
mv "$T/config/tokenward" "$T/tokenward"; mkdir "$T/config/tokenward"; own "$T/config"
out=$(user tokenward refresh --all 2>&1); is $? 66 "refresh --all: of no profile: exit 66"
like "$out" "no profiles in .*/config/tokenward" "refresh --all: says where it looked"
mkdir -m 700 "$T/config/tokenward/profiles.d"
for part in 1 2 3 4 5; do
    echo "profiles:"
    for i in $(seq 205); do echo "  p$part-$i: {client_id: x, client_secret: {env: A}, token_endpoint: 'https://a.example.test/'}"; done
done | split -l 206 --additional-suffix=.yaml - "$T/config/tokenward/profiles.d/"
chmod 600 "$T/config/tokenward/profiles.d"/*; own "$T/config"
out=$(user tokenward refresh --all 2>&1); is $? 64 "refresh --all: of 1025: exit 64"
like "$out" "more than 1024 profiles: name some" "refresh --all: says so"
rm -r "$T/config/tokenward"; mv "$T/tokenward" "$T/config/tokenward"
rm "$T/config/tokenward/profiles.d/pay.yaml"
printf 'profiles:\n  pay: text\n' >"$T/config/tokenward/profiles.d/pay.yaml"; chmod 600 "$T/config/tokenward/profiles.d/pay.yaml"; own "$T/config"
out=$(user tokenward refresh --all 2>&1); [ $? != 0 ]; ok $? "refresh --all: one is broken: it fails"
like "$out" "pay.yaml:2:8: profile 'pay': must be a map" "refresh --all: which is named"
like "$out" "^wallet: refreshed$" "refresh --all: and the others are fresh"
profile pay /oauth/v1/token

# Where nothing says where the profiles are, none of the root directory's is
# read, edited or written.
homeless() { user env -u HOME -u XDG_CONFIG_HOME "$@" </dev/null 2>&1; }
for words in check "explain pay" "refresh --all" "edit pay" edit \
    "init --no-test --token-endpoint https://a.test/ --client-id x --secret-file $T/config/tokenward/secret first"; do
    # shellcheck disable=SC2086  # words are wanted
    out=$(homeless tokenward $words); is $? 66 "no home: ${words%% *}: exit 66"
    like "$out" "^tokenward.*: no profiles: neither XDG_CONFIG_HOME nor HOME is an absolute path" "and why"
done
# The profile was written anew: a get on a busy host is given the former token
# after three seconds, while the next one is still on its way.
user tokenward refresh pay >/dev/null; is $? 0 "no home: a token that is kept"
user tokenward get pay >"$T/out"
is "$(homeless tokenward get pay)" "$(cat "$T/out")" "no home: a token that is kept is given all the same"
is "$(homeless tokenward check "$T/config/tokenward/profiles.d/pay.yaml" | cut -d ' ' -f 1-2)" "pay: good" "and a file that is named is checked"
mkdir -m 700 "$T/home/empty"; own "$T/home/empty"
out=$(user env XDG_CONFIG_HOME="$T/home/empty" EDITOR=true tokenward edit 2>&1 </dev/null); is $? 66 "edit where there is no file yet: exit 66"
like "$out" "hint: tokenward init writes a first profile" "edit: says what writes one"

unread() { # unread COMMAND: into a pipe without a reader; sets STATUS and SAID
    user sh -c "{ while (echo); do sleep 0.1; done; } 2>/dev/null; { $1; } 2>\"\$XDG_RUNTIME_DIR/said\"; echo \$? >\"\$XDG_RUNTIME_DIR/status\"" | true
    STATUS=$(cat "$T/run/status") SAID=$(cat "$T/run/said")
}
# What was asked for is printed, or its absence is a failure that is told.
for words in "check" "explain pay" presets providers "providers exec" schema "doctor pay" "refresh pay" --help --version; do
    command=tokenward-helper
    [ "$words" != "refresh pay" ] || command=tokenward
    # shellcheck disable=SC2086  # words are wanted
    out=$(user $command $words 2>&1 >/dev/full); is $? 71 "$words, on a full disk: exit 71"
    like "$out" "^tokenward-helper: the answer could not be written: No space left on device" "and why"
    out=$(user sh -c "exec $command $words >&-" 2>&1); is $? 71 "$words, with stdout closed: exit 71"
    like "$out" "^tokenward-helper: the answer could not be written" "and why"
    unread "$command $words"
    is "$STATUS$SAID" 71 "$words, with a reader that has gone: exit 71, and not a word"
done
for words in list status "status --json" "get pay" --help "help get" "complete -- he"; do
    unread "tokenward $words"
    is "$STATUS$SAID" 71 "$words, with a reader that has gone: exit 71, and not a word"
done
is "$(user tokenward doctor pay 2>&1 | head -n 1)" "this host" "doctor, and the first line of it: no word of the rest"
before=$(requests)
unread "tokenward doctor"
is "$(requests)" "$before" "doctor: and no server is asked for nobody"
before=$(field pay generation)
unread "tokenward refresh --all"
[ "$(field pay generation)" -gt "$before" ]; ok $? "refresh: what nobody reads any more is done all the same"

# exec: the command is the process, and its token file stays fresh.
user tokenward exec pay -- sh -c 'kill -TERM $$'; is $? 143 "exec: a signal ends the command, and that is the status"
user tokenward exec pay -- sh -c 'trap "exit 9" USR1; echo $$ >"$0"; while :; do sleep 0.1; done' "$T/run/pid" &
until_true 30 test -s "$T/run/pid"
kill -USR1 "$(cat "$T/run/pid")"; wait $!; is $? 9 "exec: the command gets the signals that are sent to it"
tending() { # what who renews the token has open and stands in, and whether a terminal's signals reach it
    for p in $(pgrep -x tokenward-tend); do
        grep -qz "^HOME=$T/home\$" "/proc/$p/environ" || continue
        readlink "/proc/$p"/fd/* | grep -v '^anon_inode:'
        readlink "/proc/$p/cwd"
        [ "$(ps -o sid= -p "$p")" = "$(ps -o sid= -p $$)" ] || echo apart
    done 2>/dev/null | tr '\n' ' '
}
# shellcheck disable=SC2016
user sh -c 'exec tokenward exec pay -- sh -c "until [ -e $0 ]; do sleep 0.1; done" <&- 3<&- 4<&- 5<&- 6<&-' "$T/run/looked" &
TENDS="/dev/null /dev/null /dev/null / apart "
until_true 9 eval '[ "$(tending)" = "$TENDS" ]'
is "$(tending)" "$TENDS" "exec: who renews the token holds no pipe open, nor anything else"
touch "$T/run/looked"; wait $!
rm "$T/run/looked"
# shellcheck disable=SC2016
user sh -c 'exec tokenward exec pay -- sh -c "until [ -e $0 ]; do sleep 0.1; done" 8<"$HOME" 9>>"$HOME/held"' "$T/run/looked" &
until_true 9 eval '[ "$(tending)" = "$TENDS" ]'
is "$(tending)" "$TENDS" "exec: nor what the caller has open"
touch "$T/run/looked"; wait $!
start=$(date +%s)
is "$(user tokenward exec pay -- echo done | cat)" done "exec: a pipe's reader sees the end"
[ $(($(date +%s) - start)) -lt 60 ]; ok $? "exec: when the command ends, not later"
user tokenward refresh short >/dev/null
cat >"$T/watching" <<'END'
first=$(cat "$BEARER_TOKEN_FILE")
for _ in $(seq 200); do
    now=$(cat "$BEARER_TOKEN_FILE" 2>/dev/null)
    [ -z "$now" ] || [ "$now" = "$first" ] || { echo renewed; exit 0; }
    sleep 0.1
done
echo old
END
is "$(user tokenward exec short -- sh "$T/watching")" renewed "exec: the token file is renewed, with no resident helper"
until_true 30 eval '! pgrep -f "$T/watching" >/dev/null'
is $? 0 "exec: and nothing stays behind the command"
# Where nothing is installed.
out=$(TOKENWARD_MODULE_DIR=/nonexistent user tokenward check 2>&1); is $? 72 "check without a directory of providers: exit 72"
like "$out" "/nonexistent: the directory of providers: No such file or directory" "says which"
like "$out" "hint: install tokenward, or name another one by TOKENWARD_MODULE_DIR" "and what to do"
done_testing
