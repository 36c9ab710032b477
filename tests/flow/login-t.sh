#!/bin/sh
# SPDX-License-Identifier: MIT
# login-t.sh - a person logs in by device code: on a terminal and without one,
# agreeing, refusing, too late, interrupted; and what a server may not show.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/login.sh
. "$TOP_SRC/tests/flow/login.sh"
sandbox
login() { wait_for_code "$@"; }

device_profile work '' ''
out=$(user tokenward get work 2>&1); is $? 69 "nobody is logged in: exit 69"
like "$out" "tokenward login work" "says what to do"
is "$(ask "/count/m/tag=work,interval=1/oauth/v1/device")" 0 "the server is not asked for a code that nobody would read"

out=$(user tokenward explain work); is $? 0 "explain, before a login"
like "$out" "^  login *none is kept: tokenward login work$" "says what is not there"
like "$out" "^  rule *denied: there is no other source$" "and that a fetch asks nobody"

profile astray /oauth/v1/token 'provider: device_code' "device_authorization_endpoint: $URL/nowhere"
out=$(user tokenward login astray 2>&1); is $? 76 "another address than the endpoint for codes: exit 76"
like "$out" "astray.yaml:[0-9]*: profile 'astray': device_authorization_endpoint: .* HTTP 404" "is told by its own key"
user mkdir "$T/home/other"
user "$T/bin/sandbox" --dir "$T/home/other" --parent >"$T/other.out" 2>&1 &
OTHER=$!
until_true 60 grep -q '^ready' "$T/other.out"
profile astray /oauth/v1/token 'provider: device_code' "device_authorization_endpoint: $(sed -n 's/^url=//p' "$T/other.out")/oauth/v1/device"
like "$(user tokenward login astray 2>&1)" "device_authorization_endpoint: .*: its certificate is " "a place for codes with a port of its own is reached"
kill $OTHER; wait $OTHER 2>/dev/null

login work
like "$(cat "$OUT")" "^    $URL/device$" "the address is shown"
[ -n "$CODE" ]; ok $? "and the code"
like "$(cat "$OUT")" '^Waiting, \(10:00\|9:5[0-9]\) left$' "and how long it is good"
like "$(user "$T/bin/tokenward-helper" --deadline 1 fetch work 2>&1)" "by process [0-9]" "another fetch is told who is at it"
is "$(ask "/device/approve/$CODE")" approved "the person agrees"
wait "$LOGIN"; is $? 0 "login succeeds"
is "$(tail -n 1 "$OUT")" "Logged in for 'work'." "and says so"
tr -d '\n' <"$OUT" | LC_ALL=C grep -q '[^ -~]'; is $? 1 "all was plain text"
token=$(user tokenward get work); is $? 0 "the token is there"
first=$(kept work)
out=$(user tokenward explain work)
like "$out" "^  login *a refresh token is kept$" "explain says that, too"
like "$out" "^  rule *a fetch asks this source$" "and that a fetch asks again"
[ -n "$first" ]; ok $? "the refresh token is kept"
grep -qF -e "$token" -e "$first" "$OUT"; is $? 1 "neither was shown"
user "$T/bin/tokenward-helper" fetch --force work; is $? 0 "nobody is needed for the next token"
is "$(ask /families)" "family 0 alive rotations 1" "the refresh token brought it"

# The address is the issuer's to say.
profile issued /x 'provider: device_code'
sed -i "s|token_endpoint: .*|issuer: $URL|" "$T/config/tokenward/profiles.d/issued.yaml"
login issued
[ -n "$CODE" ]; ok $? "an issuer that names where codes are had: one is shown"
ask "/device/approve/$CODE" >/dev/null
wait "$LOGIN"; is $? 0 "and the login succeeds"
sed -i "s|issuer: .*|issuer: $URL/m/tag=lacking,oidc,device=none|" "$T/config/tokenward/profiles.d/issued.yaml"
out=$(user tokenward login issued 2>&1); is $? 78 "an issuer that names no such place: exit 78"
like "$out" "issued.yaml:[0-9]*: profile 'issued': no device_authorization_endpoint is known: write it" "is told by its key"
is "$(ask /count/m/tag=lacking,oidc,device=none/oauth/v1/token)" 0 "and the token endpoint is not asked instead"
profile issued /oauth/v1/token 'provider: device_code' "issuer: $URL"
out=$(user tokenward check 2>&1); is $? 78 "an issuer that is not asked, since there is a token_endpoint: exit 78"
like "$out" "issued.yaml:2:.*missing: device_authorization_endpoint" "before anybody wants to log in"
rm "$T/config/tokenward/profiles.d/issued.yaml"

# A second login replaces the first.
before=$(kept work)
login work
ask "/device/approve/$CODE" >/dev/null
wait "$LOGIN"; is $? 0 "a second login"
[ "$(kept work)" != "$before" ]; ok $? "its refresh token is kept"

# Ended, refused, too late.
before=$(kept work)
login work
interrupt
wait "$LOGIN"; is $? 69 "Ctrl-C: exit 69"
like "$(cat "$OUT")" "was ended" "and says so"
is "$(kept work)" "$before" "the login before it stays"
is "$(helpers)" 0 "no process is left"
is "$(find "$STATE" "$T/run/tokenward" -name '.n*' | wc -l)" 0 "no file either"
user "$T/bin/tokenward-helper" fetch --force work; is $? 0 "and the next fetch is not backed off"
login work
ask "/device/deny/$CODE" >/dev/null
wait "$LOGIN"; is $? 77 "the person says no: exit 77"
like "$(cat "$OUT")" "access_denied" "as the server says"
age work 4000
[ -n "$(user tokenward get work)" ]; ok $? "and the login before it still brings tokens"
device_profile late ',expires-in=2' ''
login late
wait "$LOGIN"; is $? 69 "too late: exit 69"
like "$(cat "$OUT")" "in time" "and says so"

# The answer comes while Ctrl-C is pressed: it is kept.
device_profile slow '' ',delay=3000'
login slow
ask "/device/approve/$CODE" >/dev/null
polls() { ask "/count/m/tag=slow,delay=3000/oauth/v1/token"; }
before=$(polls)
is_asked() { [ "$(polls)" -gt "$before" ]; }
until_true 20 is_asked
interrupt
wait "$LOGIN"; is $? 0 "Ctrl-C while the answer is under way: it is waited for"
[ -n "$(kept slow)" ]; ok $? "and kept"

# Servers that are slow or out of order.
device_profile paced '' ',fail=1,error=slow_down'
login paced
ask "/device/approve/$CODE" >/dev/null
wait "$LOGIN"; is $? 0 "slow_down"
is "$(ask "/count/m/tag=paced,fail=1,error=slow_down/oauth/v1/token")" 2 "is obeyed"
for fault in status=503 reset cut=5; do
    device_profile "out-${fault%%=*}" '' ",fail=1,$fault"
    login "out-${fault%%=*}"
    sleep 1.5
    ask "/device/approve/$CODE" >/dev/null
    wait "$LOGIN"; is $? 0 "$fault for a moment: the login goes on"
done
device_profile down ',expires-in=3' ',status=503'
login down
wait "$LOGIN"; is $? 75 "an outage to the end: exit 75"
like "$(cat "$OUT")" "down.yaml:[0-9]*: profile 'down': token_endpoint: the server answers HTTP 503" "says that it was the server"
like "$(cat "$OUT")" "hint: run: tokenward login down$" "and what to do"
device_profile full ',status=429,retry-after=9' ''
out=$(user timeout 60 tokenward login full 2>&1 </dev/null); is $? 75 "a server that is asked too often before it began: exit 75"
like "$out" "hint: it asks to wait 9 s; too many requests, or an outage; later it may answer$" "and nobody says that it goes on by itself"
device_profile bare '' ',refresh-token=none'
login bare
ask "/device/approve/$CODE" >/dev/null
wait "$LOGIN"; is $? 0 "a server that sends no refresh token"
like "$(cat "$OUT")" "offline_access" "which the person is told"

# What a server may not have shown.
hostile() { # hostile NAME LIST
    device_profile "$1" ",$2" ''
    out=$(user timeout 60 tokenward login "$1" 2>&1 </dev/null); is $? 76 "$1: exit 76"
    printf %s "$out" | tr -d '\n' | LC_ALL=C grep -q '[^ -~]'; is $? 1 "$1: nothing but printable text"
    like "$out" "$3" "$1: says what is wrong"
}
hostile plain-http 'verification-uri=http:%2F%2Fa.test%2F' 'address to log in at'
hostile script 'verification-uri=javascript:alert(1)' 'address to log in at'
hostile escapes 'verification-uri=https:%2F%2Fa.test%2F%1b%5B2J' 'verification_uri'
hostile user-escapes 'user-code=%1b%5B2JAB' 'code'
hostile long-code "user-code=$(printf %070d 0)" 'code'

# Not for everybody.
profile machine /oauth/v1/token
out=$(user tokenward login machine 2>&1); is $? 64 "a profile that needs no login: exit 64"
like "$out" "machine.yaml:[0-9]*: .*needs no login" "says which"
out=$(user tokenward login nosuch 2>&1); is $? 66 "no such profile: exit 66"
user tokenward login 2>/dev/null; is $? 64 "no name: exit 64"

# A refresh token from elsewhere, by standard input.
profile given /oauth/v1/token 'provider: refresh_token'
sed -i '/scope:/d' "$T/config/tokenward/profiles.d/given.yaml"
user tokenward get given 2>/dev/null; is $? 69 "no refresh token yet: exit 69"
printf '%s\r\n' "$(ask "/mint/$CLIENT_ID")" | user tokenward login given >"$OUT"; is $? 0 "one is given, by a line that ends in CR LF"
[ -n "$(user tokenward get given)" ]; ok $? "and buys a token"
before=$(kept given)
echo wrong | user tokenward login given >"$OUT" 2>&1; is $? 69 "a wrong one: exit 69"
like "$(cat "$OUT")" "invalid_grant" "as the server says"
is "$(kept given)" "$before" "the one before it stays"
age given 4000
[ -n "$(user tokenward get given)" ]; ok $? "and still brings tokens"
# One that could not even be tried is not the better one either.
instead() { # instead NAME COMMAND...: another is given, which fails with 75
    name=$1
    shift
    before=$(kept "$name")
    ask "/mint/$CLIENT_ID" | user "$@" login "$name" >"$OUT" 2>&1; is $? 75 "$name: another one: exit 75"
    is "$(kept "$name")" "$before" "$name: the one before it stays"
}
profile counted /oauth/v1/token 'provider: refresh_token' 'max_fetches: 1/day'
profile slow /m/delay=1500/oauth/v1/token 'provider: refresh_token'
for name in counted slow; do
    sed -i '/scope:/d' "$T/config/tokenward/profiles.d/$name.yaml"
    ask "/mint/$CLIENT_ID" | user tokenward login "$name" >"$OUT"; is $? 0 "$name: one is given"
done
instead counted tokenward
like "$(cat "$OUT")" "max_fetches is used up" "counted: no fetch is left"
instead slow tokenward-helper --deadline 1
# Nor is one whose helper does not live to hear of it.
before=$(kept slow)
ask "/mint/$CLIENT_ID" | user "$T/bin/tokenward-helper" login slow >"$OUT" 2>&1 &
until_true 9 pgrep -f "$HELPER login slow" >/dev/null
sleep 0.5
pkill -KILL -f "$HELPER login slow"; is $? 0 "slow: a login is killed while another one is tried"
wait $!
is "$(kept slow)" "$before" "slow: the one before it stays"
profile begun /oauth/v1/token 'provider: refresh_token' 'refresh_token: {file: ../first}'
out=$(user tokenward explain begun)
like "$out" "^  login *none is kept yet: the profile's refresh_token is sent$" "explain: one that the profile names is sent first"
like "$(user tokenward doctor begun)" "^  -  *login  *none is kept yet: the profile's" "doctor: and no login is missing"
user tokenward login given </dev/null >"$OUT" 2>&1; is $? 64 "none: exit 64"
for odd in '%s ' ' %s' '%s\011x' 'token=\303\251%s' '%s\000'; do
    # shellcheck disable=SC2059  # it is one
    printf "$odd\n" "$(ask "/mint/$CLIENT_ID")" | user tokenward login given >"$OUT" 2>&1; is $? 64 "'$odd' around it: exit 64"
    like "$(cat "$OUT")" "is no refresh token: one is printable ASCII without spaces" "and says what one is"
done

# A login without a refresh token: the one before it is not used on.
kill "$SANDBOX_PID"
wait "$SANDBOX_PID" 2>/dev/null
rm "$T/bin/sandbox"
sandbox --port "${URL##*:}" --misbehave refresh-token=none
login work
interrupt
wait "$LOGIN"
[ -n "$(kept work)" ]; ok $? "a login that was ended: the one before it stays"
login work
ask "/device/approve/$CODE" >/dev/null
wait "$LOGIN"; is $? 0 "a server that sends no refresh token any more"
like "$(cat "$OUT")" "a new login is needed" "which the person is told"
is "$(kept work)" "" "and that of the login before it, perhaps somebody else's, is not kept"
like "$(user tokenward explain work)" "^  login *none is kept: tokenward login work$" "nor told of"

# On a terminal.
if has_terminals; then
    # on_terminal COLUMNS VARIABLES PATTERN: what a login shows, with that, until Ctrl-C
    on_terminal() {
        terminal "sh -c 'stty cols $1; exec env $2 tokenward login work'"
        shows "$3"
        printf '\003' >&7
        wait "$TERMINAL"
        cat "$T/screen"
    }
    out=$(on_terminal 100 "LANG=C.UTF-8 TERM=xterm" "$(printf '\r')Waiting, [0-9:]* left.*$(printf '\r')Waiting, ")
    times=$(printf '%s\n' "$out" | tr '\r' '\n' | sed -n 's/^Waiting, \([0-9]*\):\([0-9]*\) left.*/\1\2/p')
    [ "$(printf '%s\n' "$times" | head -n 1)" -gt 950 ]; ok $? "one line says how long the code is good"
    is "$times" "$(printf '%s\n' "$times" | sort -rnu)" "and counts down"
    like "$out" "▀" "a QR code is drawn"
    like "$out" "$(printf '\033')\[30;47m" "black on white"
    out=$(on_terminal 100 "NO_COLOR=1 LANG=C.UTF-8 TERM=xterm" Waiting)
    like "$out" "▀" "NO_COLOR: a QR code"
    printf %s "$out" | grep -q "$(printf '\033')"; is $? 1 "without colours"
    none=$(on_terminal 100 "-u TERM LANG=C.UTF-8" Waiting)
    like "$none" "▀" "nothing says what the terminal can: a QR code"
    printf %s "$none" | grep -q "$(printf '\033')"; is $? 1 "without colours, too"
    if command -v zbarimg >/dev/null && command -v python3 >/dev/null; then
        printf '%s\n' "$out" | python3 "$TOP_SRC/tests/flow/qr_image.py" >"$T/qr.pgm"
        code=$(printf '%s\n' "$out" | grep -o '[B-Z]\{4\}-[B-Z]\{4\}' | head -n 1)
        is "$(zbarimg -q --raw "$T/qr.pgm" 2>/dev/null)" "$URL/device/$code" "and zbarimg reads the address with the code"
    else
        skip "zbarimg reads the QR code" "zbar-tools or python3 is not installed"
    fi
    for other in "30 LANG=C.UTF-8 TERM=xterm" "100 LANG=C TERM=xterm" "100 LANG=C.UTF-8 TERM=dumb"; do
        out=$(on_terminal "${other%% *}" "${other#* }" Waiting)
        printf %s "$out" | grep -q "▀"; is $? 1 "no QR code: $other"
        like "$out" "$URL/device" "but the address"
    done
    mint=$(ask "/mint/$CLIENT_ID")
    terminal "env TERM=xterm tokenward login given"
    shows "Refresh token for 'given':"; ok $? "a refresh token is asked for"
    echo "$mint" >&7
    wait "$TERMINAL"
    out=$(cat "$T/screen")
    like "$out" "Logged in" "taken"
    printf %s "$out" | grep -qF -e "$mint"; is $? 1 "and not shown"
    mint=$(ask "/mint/$CLIENT_ID")
    terminal "env TERM=xterm sh -c 'stty erase ^H iutf8; tokenward login given'"
    shows "Refresh token for 'given':"
    printf 'none\025two wrong  \027\b\b\b\b%s\303\251\177xy\b\b\n' "$mint" >&7
    wait "$TERMINAL"
    like "$(cat "$T/screen")" "Logged in" "what the terminal's keys erase is none of it: a line, a word, a character of two bytes, by either Backspace"
    sent=$(ask /log | wc -l)
    terminal "env TERM=xterm tokenward login given"
    shows "Refresh token for 'given':"
    printf '%s\033[D\n' "$mint" >&7
    wait "$TERMINAL"
    like "$(cat "$T/screen")" "a key that is no text" "a key that only moves: is told"
    is "$(ask /log | wc -l)" "$((sent + 1))" "and nothing is sent"
    terminal "env TERM=xterm sh -c 'tokenward login given; IFS= read -r left; echo left:\$left'"
    shows "Refresh token for 'given':"
    { head -c 66000 /dev/zero | tr '\0' a; echo; } >&7
    shows "more than 65000 bytes were given"; ok $? "more than any is: is told"
    echo next >&7
    wait "$TERMINAL"
    like "$(cat "$T/screen")" "^left:next" "and no shell is left the rest to run"
    grep -q aaa "$T/screen"; is $? 1 "or to show"
    terminal "env TERM=xterm sh -c 'tokenward-helper --deadline 2 login given; echo exit \$?; stty -a'"
    wait "$TERMINAL"
    out=$(cat "$T/screen")
    like "$out" "^exit 75" "nobody gives one: the login ends"
    like "$out" " icanon .* echo " "and the terminal is as it was"
else
    skip "on a terminal" "script(1) is missing, or there is no terminal to be had"
fi
done_testing
