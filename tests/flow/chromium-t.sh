#!/bin/sh
# SPDX-License-Identifier: MIT
# chromium-t.sh - logins by a real browser, where there is one: it comes back
# with a code, with a refusal, and to localhost; it loads the page again; and
# another site in it tries to answer.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/login.sh
. "$TOP_SRC/tests/flow/login.sh"
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    skip_all "chromium is not installed"
B=$T/browser
mkdir "$B"
own "$B"

# open URL [OPTION...]: prints the page that it leads to.  The sandbox's
# authority is not the browser's, and a container may let it have no sandbox.
# It may not wait for ever, and what it starts ends with it.
open() {
    page=$1
    shift
    user env HOME="$B" XDG_CONFIG_HOME="$B" XDG_CACHE_HOME="$B" timeout -k 5 60 "$CHROMIUM" --headless --no-sandbox \
        --disable-gpu --disable-dev-shm-usage --no-first-run --no-proxy-server --ignore-certificate-errors \
        --user-data-dir="$B/profile" "$@" --dump-dom "$page" 2>"$T/chromium.err"
}
browsers() { pgrep -f -- "--user-data-dir=$B/profile" >/dev/null; }
open 'data:text/html,<p>here' | grep -q '<p>here' ||
    skip_all "chromium shows no page here: $(tail -n 1 "$T/chromium.err" | tr -d '#')"

sandbox
login() { # login NAME
    wait_for_browser "$1"
    PLACE=$(echo "$SHOWN" | sed -n 's/.*redirect_uri=\([^&]*\).*/\1/p' | sed 's/%3A/:/g; s/%2F/\//g')
}

code_profile work '' ''
login work
page=$(open "$SHOWN")
like "$page" '<title>Thank you</title>' "a browser comes back, and its person is thanked"
like "$page" 'The answer has arrived' "in words"
wait "$LOGIN"; is $? 0 "the login succeeds"
token=$(user tokenward get work); is $? 0 "the token is there"
printf %s "$page" | grep -qF -e "$token" -e "$(kept work)" -e "$CANARY"; is $? 1 "and nowhere on the page"

code_profile no ',error=access_denied' ''
login no
like "$(open "$SHOWN")" '<title>Not logged in</title>' "a refusal: the person is told"
wait "$LOGIN"; is $? 77 "exit 77"

# It looks at ::1 first, if the host has it.
code_profile named '' '' 'redirect_uri: http://localhost/cb'
login named
like "$(open "$SHOWN")" 'The answer has arrived' "it comes back to localhost"
wait "$LOGIN"; is $? 0 "and the login succeeds"

# A site of nobody's in the same browser, which is let ask what it wants; when
# all has failed or come, it says so.
cat >"$B/site.html" <<'EOS'
<!DOCTYPE html><title>site</title><body><script>
const place = location.hash.slice(1), said = [];
const made = (tag, src) => new Promise(done => {
    const element = document.createElement(tag);
    element.onload = () => done('loaded');
    element.onerror = () => done('refused');
    element.src = src;
    document.body.append(element);
});
const socket = src => new Promise(done => {
    const socket = new WebSocket(src);
    socket.onopen = () => done('open');
    socket.onerror = () => done('refused');
});
const read = (src, how) => fetch(src, how).then(answer => answer.text().then(text => 'read' + text), () => 'refused');
const wrong = place + '?code=x&state=guessed';
Promise.all([
    read(wrong), read(place, {method: 'POST', body: 'code=x'}), read(place, {method: 'PUT', body: 'x'}),
    read(wrong, {mode: 'no-cors'}), made('img', wrong), made('script', wrong), made('iframe', wrong),
    socket(wrong.replace('http', 'ws')),
]).then(all => { document.body.append('done ' + all.slice(0, 6).join(' ') + ' ' + all[7]); });
</script></body>
EOS
own "$B"
code_profile beset '' ''
login beset
like "$(open "file://$B/site.html#$PLACE" --disable-features=LocalNetworkAccessChecks --virtual-time-budget=10000)" \
    'done refused refused refused re[a-z]* refused refused refused<' "another site in it reads nothing and sends nothing that is taken"
kill -0 "$LOGIN"; is $? 0 "and the login waits on"
like "$(open "http://site.test:${PLACE##*:}?code=x&state=y" --host-resolver-rules='MAP site.test 127.0.0.1')" \
    'Nothing here' "nor does one whose name leads here"
like "$(open "$SHOWN")" 'The answer has arrived' "then its person comes back"
wait "$LOGIN"; is $? 0 "and the login succeeds"

until_true 10 eval '! browsers'; is $? 0 "no browser is left"
done_testing
