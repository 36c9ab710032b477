#!/bin/sh
# SPDX-License-Identifier: MIT
# browser-t.sh - a person logs in by a browser that comes back to this host
# (authorization code): it brings a code, a refusal, or what must not be
# believed; or they paste where it ended; and others come to the port.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/login.sh
. "$TOP_SRC/tests/flow/login.sh"
sandbox
issued() { # issued NAME LIST: all of it by its issuer
    profile "$1" /x 'provider: authorization_code'
    sed -i "s|token_endpoint: .*|issuer: $URL/m/$2|" "$T/config/tokenward/profiles.d/$1.yaml"
}
login() { wait_for_browser "$@"; }
# Where the server sends the browser, and what it is shown there.
led_to() { curl -s --cacert "$CA" -o /dev/null -w '%{redirect_url}' "$SHOWN"; }
browse() { curl -s -m 10 "$@"; }
shown() { echo "$SHOWN" | tr '?&' '\n\n' | sed -n "s/^$1=//p"; }

code_profile work '' ''
out=$(user tokenward get work 2>&1); is $? 69 "nobody is logged in: exit 69"
like "$out" "tokenward login work" "says what to do"

login work
like "$SHOWN" "^$URL/m/tag=work/oauth/v1/authorize?response_type=code&" "the address is shown"
is "$(shown client_id) $(shown code_challenge_method) $(shown scope)" "$CLIENT_ID S256 payments+wallet" "with what is asked for"
like "$(shown redirect_uri)" '^http%3A%2F%2F127.0.0.1%3A[0-9]*%2F$' "and where this host waits"
like "$(cat "$OUT")" '^Waiting, \(15:00\|14:5[0-9]\) left$' "for 15 minutes"
like "$(cat "$OUT")" "With one elsewhere, log in from a terminal" "nothing can be pasted where there is no terminal"
grep -q "▀" "$OUT"; is $? 1 "and no code for a telephone, which cannot come back here"
back=$(led_to)
place=${back%%\?*}
like "$(browse "$place?code=x&state=$(shown code_challenge)")" "Not this login" "who has not the state is told so"
like "$(browse "${place}favicon.ico")" "Nothing here" "who looks for something else, too"
like "$(browse -H 'Host: evil.example' "$back")" "Nothing here" "a site whose name leads here is not heard"
like "$(browse -d x=y "$back")" "Only GET" "nor is a form"
kill -0 "$LOGIN"; is $? 0 "and the login waits on"
page=$(browse -i "$back")
like "$page" "The answer has arrived" "the browser comes back, and is told"
like "$page" "default-src 'none'" "by a page that loads nothing"
wait "$LOGIN"; is $? 0 "login succeeds"
is "$(tail -n 1 "$OUT")" "Logged in for 'work'." "and says so"
tr -d '\n' <"$OUT" | LC_ALL=C grep -q '[^ -~]'; is $? 1 "all was plain text"
browse "$back"; is $? 7 "the port is closed then"
token=$(user tokenward get work); is $? 0 "the token is there"
[ -n "$(kept work)" ]; ok $? "the refresh token is kept"
grep -qF -e "$token" -e "$(kept work)" -e "$CANARY" "$OUT"; is $? 1 "nothing of it was shown"
user "$T/bin/tokenward-helper" fetch --force work; is $? 0 "nobody is needed for the next token"
out=$(user tokenward explain work)
like "$out" "^  login *a refresh token is kept$" "explain says what is kept"

# The page is loaded again before the token is there.
code_profile slow '' ',delay=3000'
login slow
back=$(led_to)
browse "$back" >/dev/null
like "$(browse -m 2 "$back")" "The answer has arrived" "a page that is loaded again while the token is waited for"
like "$(browse -m 2 "${back%%\?*}?code=x&state=x")" "Not this login" "and who brings another state"
wait "$LOGIN"; is $? 0 "and the login succeeds"

# The address is the issuer's to say.
issued whole tag=whole
user tokenward get whole 2>/dev/null; is $? 69 "an issuer, and nobody has logged in: exit 69"
is "$(ask "/count/.well-known/oauth-authorization-server/m/tag=whole")" 0 "for which it is not asked"
login whole
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 0 "an issuer that names where to log in, and itself"
issued lacking oidc,authorize=none
user timeout 60 tokenward login lacking >"$OUT" 2>&1; is $? 78 "an issuer that names no such place: exit 78"
like "$(cat "$OUT")" "lacking.yaml:[0-9]*: profile 'lacking': no authorization_endpoint is known" "is told by its key"

# As init writes it, of a server without discovery.
out=$(user tokenward init --provider authorization_code --authorization-endpoint "$URL/m/tag=said/oauth/v1/authorize" \
    --token-endpoint "$URL/m/tag=said/oauth/v1/token" --redirect-uri http://127.0.0.1/back --client-id "$CLIENT_ID" \
    --secret-file "$T/config/tokenward/secret" --scope payments --ca-file "$CA" said 2>&1 </dev/null); is $? 0 "init: exit 0"
like "$out" "said.yaml is written. Try: tokenward login said$" "init: says what comes next"
login said
like "$SHOWN" "^$URL/m/tag=said/oauth/v1/authorize?" "init: the address is the one that was said"
like "$(shown redirect_uri)" '^http%3A%2F%2F127.0.0.1%3A[0-9]*%2Fback$' "init: and so is the way back"
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 0 "init: the login succeeds"
user tokenward get said >/dev/null; is $? 0 "init: and the token is there"

# The token before it is rejected while the person is at it.
code_profile meanwhile '' ',refresh-token=none'
for what in first second; do
    login meanwhile
    [ $what = first ] || user tokenward reject meanwhile
    browse "$(led_to)" >/dev/null
    until_true 5 eval '! kill -0 "$LOGIN"' || interrupt
    wait "$LOGIN"; is $? 0 "a login, the $what one"
done
is "$(grep -c '^To log in' "$OUT")" 1 "a token that was rejected meanwhile: nobody is asked twice"
[ -n "$(user tokenward get meanwhile)" ]; ok $? "and the new one is given"

# What is believed of who answered (RFC 9207).
refused_as() { # refused_as EXIT PATTERN WHAT
    browse "$(led_to)" >/dev/null
    wait "$LOGIN"; is $? "$1" "$3: exit $1"
    like "$(cat "$OUT")" "$2" "$3: says so"
    is "$(ask "/count/m/$4/oauth/v1/token")" 0 "$3: the code is not sent on"
}
issued other 'iss=https:%2F%2Fevil.example'
login other
refused_as 76 "profile 'other': .*another issuer's" "another issuer answers" 'iss=https:%2F%2Fevil.example'
issued silent 'iss=none'
login silent
refused_as 76 "profile 'silent': .*does not say whose" "none is named, though it was promised" 'iss=none'
issued old no-iss
login old
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 0 "a server from before RFC 9207"

# Refusals, and answers that are none.
code_profile no ',error=access_denied,description=no%0A%3Cscript%3E%1b%5B2J' ''
login no
page=$(browse "$(led_to)")
like "$page" "Not logged in" "a refusal: the browser is told"
printf %s "$page" | grep -q script; is $? 1 "and shown nothing of the server's"
wait "$LOGIN"; is $? 77 "exit 77"
like "$(cat "$OUT")" "no.yaml:[0-9]*: profile 'no': the login was refused: access_denied" "as the server says"
like "$(cat "$OUT")" "hint: who was asked said no" "and what that means"
tr -d '\n' <"$OUT" | LC_ALL=C grep -q '[^ -~]'; is $? 1 "in printable text"
[ ! -e "$T/run/tokenward/no/backoff" ]; ok $? "and the next login is not put off"
code_profile busy ',error=temporarily_unavailable' ''
login busy
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 75 "a server that is busy: exit 75"
like "$(cat "$OUT")" "hint: .*log in again later" "and what is left to do"
code_profile empty ',code=none' ''
login empty
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 76 "neither a code nor a refusal: exit 76"
code_profile twice ',query=%26code=x' ''
login twice
like "$(browse "$(led_to)")" "no answer of an authorization server" "two codes: are none"
code_profile astray ',state=x' ''
for what in twice astray; do
    [ $what = twice ] || { login $what; like "$(browse "$(led_to)")" "Not this login" "another state"; }
    interrupt
    wait "$LOGIN"; is $? 69 "$what: Ctrl-C ends it: exit 69"
    like "$(cat "$OUT")" "was ended" "$what: and says so"
done
code_profile over ',code-life=0' ''
login over
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 69 "a code that is over: exit 69"
like "$(cat "$OUT")" "invalid_grant" "as the server says"
[ ! -e "$T/run/tokenward/over/backoff" ]; ok $? "and nothing is put off"
port=$(shown redirect_uri | sed 's/.*%3A\([0-9]*\)%2F$/\1/') # free again
code_profile echo '' ",error=invalid_grant,description=redirect_uri%20http:%2F%2F127.0.0.1:$port%2F%20differs" "redirect_uri: http://127.0.0.1:$port/"
login echo
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 69 "a token endpoint that wants another redirect_uri: exit 69"
like "$(cat "$OUT")" "\"redirect_uri http://127.0.0.1:$port/ differs\"" "and it can be read which one it was"
is "$(helpers)" 0 "no process is left"

# A public client, an address of one's own, and what is asked for beside.
code_profile shop '' '' 'redirect_uri: http://localhost/cb' 'prompt: consent' 'login_hint: ada@example.test' 'access_type: offline' \
    'resource: [https://a.example/, https://b.example/]'
login shop
like "$(shown redirect_uri)" '^http%3A%2F%2Flocalhost%3A[0-9]*%2Fcb$' "redirect_uri: a port is added"
is "$(shown prompt) $(shown login_hint) $(shown access_type) $(shown resource | wc -l)" "consent ada%40example.test offline 2" "all options are sent"
browse "$(led_to)" >/dev/null
wait "$LOGIN"; is $? 0 "and the login succeeds"
code_profile comma '' '' 'scope_separator: comma'
login comma
is "$(shown scope)" "payments%2Cwallet" "scope_separator: holds for what a browser is sent with, too"
interrupt
wait "$LOGIN"
for bad in https://127.0.0.1/ http://example.test/ 'http://127.0.0.1/?a=b'; do
    code_profile bad '' '' "redirect_uri: $bad"
    out=$(user tokenward-helper check "$T/config/tokenward/profiles.d/bad.yaml" 2>&1); is $? 78 "redirect_uri: $bad: exit 78"
    like "$out" "bad.yaml:[0-9]*:[0-9]*: profile 'bad': redirect_uri must" "says what it must be"
done
rm "$T/config/tokenward/profiles.d/bad.yaml"
code_profile fixed '' '' 'redirect_uri: http://127.0.0.1:1/'
if [ "$(id -u)" = 0 ] && [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 1 ]; then
    user timeout 60 tokenward login fixed >"$OUT" 2>&1; is $? 78 "a port that it may not have: exit 78"
    like "$(cat "$OUT")" "fixed.yaml:10: profile 'fixed': redirect_uri: port 1 of this host: Permission denied" "says which"
else
    skip "a port that it may not have" "it may"
fi

# Who holds the port, and who only sits there.
code_profile beset '' ''
login beset
port=$(shown redirect_uri | sed 's/.*%3A\([0-9]*\)%2F$/\1/')
code_profile fixed '' '' "redirect_uri: http://127.0.0.1:$port/"
user timeout 60 tokenward login fixed >"$T/second" 2>&1; is $? 78 "a port that is taken: exit 78"
like "$(cat "$T/second")" "fixed.yaml:[0-9]*: profile 'fixed': redirect_uri: port $port of this host: Address already in use" "says which"
if command -v python3 >/dev/null; then
    python3 -c '
import socket, sys, time
them = []
for i in range(60):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
    s.setblocking(False)
    try:
        s.send(b"GET / HTTP/1.1\r\nX: " + b"a" * 30000 if i % 2 else b"")
    except OSError:
        pass
    them.append(s)
print("there", flush=True)
time.sleep(30)' "$port" >"$T/crowd" &
    EXTRA_PID=$!
    until_true 20 grep -q there "$T/crowd"
fi
like "$(browse "$(led_to)")" "The answer has arrived" "a crowd at the port keeps nobody out"
wait "$LOGIN"; is $? 0 "and the login succeeds"
[ -z "${EXTRA_PID:-}" ] || { kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=; }

# At a terminal whose browser is elsewhere.
if has_terminals; then
    terminal "env LANG=C.UTF-8 TERM=xterm sh -c 'set -m; tokenward login work && stty -a'"
    shows Waiting
    SHOWN=$(tr -d '\r' <"$T/screen" | sed -n 's/^    \(http.*\)/\1/p')
    printf 'http://127.0.0.1/?code=x\r' >&7
    shows "not where this login leads to"
    printf '%s\r' "$SHOWN" >&7
    until_true 9 eval '[ "$(grep -c "not where this login leads to" "$T/screen")" = 2 ]'; ok $? "nor is the address that it began at"
    long=$(printf '%5000s' '' | tr ' ' x)
    printf '%s&long=%s\r' "$place?code=x" "$long" >&7
    shows "has cut that off"
    printf '\032\r%s&long=%s\r' "$(led_to)" "$long" >&7 # a Ctrl-Z would leave it so
    wait "$TERMINAL"; is $? 0 "the address is pasted, however long it is: the login succeeds"
    like "$(cat "$T/screen")" "Logged in for 'work'" "and says so"
    like "$(cat "$T/screen")" " icanon" "and the terminal is as it was"
    terminal "env LANG=C.UTF-8 TERM=xterm tokenward login work"
    shows Waiting
    SHOWN=$(tr -d '\r' <"$T/screen" | sed -n 's/^    \(http.*\)/\1/p')
    printf '\004' >&7
    like "$(browse "$(led_to)")" "The answer has arrived" "who has nothing to paste says so by Ctrl-D, and the browser still comes back"
    wait "$TERMINAL"; is $? 0 "and the login succeeds"
    # Behind a shell: what is typed there is not its own.
    terminal "env LANG=C.UTF-8 TERM=xterm sh -c 'set -m; tokenward login work & wait \$!'"
    shows "paste here"
    SHOWN=$(tr -d '\r' <"$T/screen" | sed -n 's/^    \(http.*\)/\1/p')
    printf 'ls\r' >&7
    sleep 0.5
    like "$(browse "$(led_to)")" "The answer has arrived" "in the background, a terminal does not stop it"
    wait "$TERMINAL"; is $? 0 "and the login succeeds"
    grep -q Waiting "$T/screen"; is $? 1 "and it counted nothing into what was typed there"
else
    skip "an address that is pasted" "script(1) is not installed, or makes no terminal"
fi
done_testing
