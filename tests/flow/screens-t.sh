#!/bin/sh
# SPDX-License-Identifier: MIT
# screens-t.sh - what a person sees, in a real terminal of 80 and of 40
# columns: nothing is wrapped by the terminal, watch follows what happens and
# leaves the terminal as it was, NO_COLOR is honoured.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v tmux >/dev/null || skip_all "tmux is not installed"
has_terminals || skip_all "there are no terminals here"
sandbox
profile pay /oauth/v1/token
profile failing /m/status=401,error=invalid_client/oauth/v1/token
profile device /oauth/v1/token 'provider: device_code' "device_authorization_endpoint: $URL/oauth/v1/device"
user tokenward get pay >/dev/null
user tokenward get failing 2>/dev/null
tm() { tmux -S "$T/tmux" -f /dev/null "$@"; }
# A command whose end is seen, with what it leaves behind; as the user.
cat >"$T/bin/seen" <<'END'
#!/bin/sh
trap : INT
echo "before"
"$@"
echo "ended $?"
stty -a | grep -q ' icanon' && stty -a | grep -q ' echo ' && echo "terminal good"
sleep 100
END
chmod 755 "$T/bin/seen"
if [ "$(id -u)" = 0 ]; then
    AS="setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups "
else
    AS=
fi
open() { # open COLUMNS COMMAND: in a terminal of its own
    tm kill-session -t seen 2>/dev/null
    tm new-session -d -s seen -x "$1" -y 48 "exec ${AS}env LANG=C.UTF-8 $2" # $SHELL may stay
}
tm new-session -d -s idle 'sleep 600' # so that the server stays
EXTRA_PID=$(tm display-message -p -t idle '#{pid}')
screen() { tm capture-pane -p -t seen "$@"; }
await() { # await PATTERN NAME: on the screen
    for _ in $(seq 200); do
        screen | grep -q -e "$1" && { ok 0 "$2"; return; }
        sleep 0.1
    done
    ok 1 "$2"
    screen | sed 's/^/# /'
}
is_shown() { screen | grep -q -e "$1"; }
soon() { # soon PATTERN NAME: before the clock alone has it looked again
    until_true 8 is_shown "$1"; ok $? "$2"
}
# A line that the terminal itself had to break is joined again by -J.
unbroken() { # unbroken COLUMNS NAME
    long=$(screen -J -S - | sed 's/ *$//' | LC_ALL=C awk -v w="$1" 'length($0) > w && !/[^ -~]/' | grep -v -e "$T" -e "$URL")
    is "$long" "" "$2"
}
for columns in 80 40; do
    open $columns "seen tokenward status"
    await '^ended 0' "status, $columns columns"
    unbroken $columns "status, $columns columns: no line is broken by the terminal"
    screen | tr -s ' \n' ' ' | grep -q 'payments wallet'; ok $? "status, $columns columns: the scope is whole"
    screen -e | grep -q "$(printf '\033')\[32mvalid"; ok $? "status, $columns columns: valid is green"
    open $columns "NO_COLOR=1 seen tokenward status"
    await '^ended 0' "status, $columns columns, NO_COLOR"
    screen -e | grep -q "$(printf '\033')\[3"; is $? 1 "status, $columns columns, NO_COLOR: no colour"
    open $columns "seen tokenward doctor pay"
    await '^ended 0' "doctor, $columns columns"
    unbroken $columns "doctor, $columns columns: no line is broken by the terminal"
    screen -e -S - | grep -q "$(printf '\033')\[32mok"; ok $? "doctor, $columns columns: ok is green"
    open $columns "seen tokenward login device"
    await 'Waiting, ' "login, $columns columns: the countdown"
    unbroken $columns "login, $columns columns: no line is broken by the terminal"
    tm send-keys -t seen C-c
    await '^terminal good' "login, $columns columns: ended, and the terminal is good"
    open $columns "seen tokenward watch"
    await 'q ends' "watch, $columns columns"
    unbroken $columns "watch, $columns columns: no line is broken by the terminal"
    screen | grep -q '^before'; is $? 1 "watch, $columns columns: on a page of its own"
    tm send-keys -t seen q
    await '^ended 0' "watch, $columns columns: q ends it"
    await '^terminal good' "watch, $columns columns: the terminal is good"
    screen | grep -q '^before'; ok $? "watch, $columns columns: and shows what it did before"
done

open 80 "NO_COLOR= seen tokenward status"
await '^ended 0' "status, an empty NO_COLOR"
screen -e | grep -q "$(printf '\033')\[32mvalid"; ok $? "status, an empty NO_COLOR: says nothing"
is "$(user env -u NO_COLOR TERM=dumb script -qec "tokenward status" /dev/null </dev/null | grep -c "$(printf '\033')")" 0 "status, a terminal that cannot: no colour"

# watch follows what happens, without a look at the clock.
open 80 "seen tokenward watch pay"
await 'pay .*valid .*  1  ' "watch: generation 1"
user tokenward reject pay
soon 'pay .*rejected' "watch: a rejection is seen at once"
user tokenward get pay >/dev/null
soon 'pay .*valid .*  3  ' "watch: and the token after it"
watching=$(pgrep -P "$(tm display-message -p -t seen '#{pane_pid}')")
before=$(ticks "$watching")
sleep 2
[ $(($(ticks "$watching") - before)) -le 10 ]; ok $? "watch: it sleeps while nothing happens"
tm resize-window -t seen -x 40 -y 30
await '^pay$' "watch: a window that became narrow"
kill -TERM "$watching"
await '^terminal good' "watch: a signal ends it, and the terminal is good"
screen | grep -q '^before'; is $? 0 "watch: and shows what it did before"
open 80 "PS1='ready> ' sh -i"
await '^ready>' "watch: in a shell that stops and continues"
tm send-keys -t seen 'echo before; tokenward watch pay' Enter
await 'q ends' "watch: on its own page there"
tm send-keys -t seen C-z
await 'Stopped' "watch: Ctrl-Z stops it"
screen | grep -q '^before'; ok $? "watch: stopped, it shows what was there before"
like "$(ps -o stat= -p "$(pgrep -P "$(tm display-message -p -t seen '#{pane_pid}')")")" '^T' "watch: and is stopped"
tm send-keys -t seen fg Enter
await 'q ends' "watch: and goes on"
screen | grep -q '^before'; is $? 1 "watch: on its own page again"
tm send-keys -t seen q
await '^ready> *$' "watch: and ends"
for end in INT QUIT HUP Q C-d; do
    open 80 "seen tokenward watch pay"
    await 'q ends' "watch: before $end"
    case $end in
    Q | C-?) tm send-keys -t seen $end ;;
    *) kill -$end "$(pgrep -P "$(tm display-message -p -t seen '#{pane_pid}')")" ;;
    esac
    await '^terminal good' "watch: $end ends it, too"
done
if [ -d "/run/user/$USER_ID" ]; then
    skip "watch: a runtime directory that comes meanwhile" "this user has one"
else
    open 80 "XDG_RUNTIME_DIR='$T/arrived' seen tokenward watch"
    await 'no runtime directory' "watch: before there is a runtime directory"
    cp -a "$T/run" "$T/arrived"
    await 'pay .*valid .*  3  ' "watch: one that comes meanwhile"
fi
# What goes on by the clock alone is shown each second, while it is in seconds.
age pay $(($(field pay refresh_at) - $(date +%s) - 100))
open 80 "seen tokenward watch pay"
await 'pay .* min  *[0-9]* s ' "watch: seconds until the refresh"
shown=$(screen | sed -n 's/^pay .* min  *\([0-9]* s\) .*/\1/p')
until_true 8 eval '! screen | grep -q "^pay .* $shown "'; is $? 0 "watch: go on"
rm "$T/config/tokenward/profiles.d/pay.yaml"
soon 'there is no such profile any more' "watch: a profile that is removed meanwhile"
sleep 3
screen | grep -q 'there is no such profile any more'; is $? 0 "watch: which is told as long as that is so"
profile pay /oauth/v1/token
profile later /oauth/v1/token
open 80 "seen tokenward watch"
await 'q ends' "watch: of all"
profile latest /oauth/v1/token
soon '^latest ' "watch: a profile that comes is seen"
printf 'profiles:\n  broken: [\n' >"$T/config/tokenward/profiles.d/broken.yaml"
chmod 600 "$T/config/tokenward/profiles.d/broken.yaml"; own "$T/config"
soon 'warning: a profile is left out' "watch: that something is wrong is told"
rm "$T/config/tokenward/profiles.d/broken.yaml"
tm resize-window -t seen -x 80 -y 6
await '^\.\.\. and more: name some; q ends' "watch: more than there are lines for"
like "$(screen | head -n 1)" '^PROFILE' "watch: it is the first that are shown"
mkdir -m 700 "$T/empty"; own "$T/empty"
open 80 "env -u HOME -u XDG_CONFIG_HOME XDG_RUNTIME_DIR=$T/empty seen tokenward watch"
await 'neither XDG_CONFIG_HOME nor HOME' "watch: where the profiles are is not known"
is "$(screen | grep -c 'no profiles;')" 0 "watch: and nobody says that there are none"
for term in TERM=dumb -uTERM; do
    out=$(user env "$term" script -qec "tokenward watch pay" /dev/null </dev/null); is $? 64 "watch: $term: exit 64"
    like "$out" 'watch needs a terminal that it can draw on' "watch: says so"
done
# tmux continues whatever is stopped; other terminals do not.
if [ -x /usr/bin/python3 ]; then # not one of root's home
    cp "$TOP_SRC/tests/flow/own_terminal.py" "$T/bin/"
    chmod 644 "$T/bin/own_terminal.py"
    user env TERM=xterm /usr/bin/python3 "$T/bin/own_terminal.py" tokenward watch pay
    is $? 0 "watch: where nobody could have it continued, nothing is stopped"
    # Ctrl-S: what it has to show does not get out, and it is ended all the same.
    cp "$TOP_SRC/tests/flow/stopped_terminal.py" "$T/bin/"
    chmod 644 "$T/bin/stopped_terminal.py"
    for end in 15 q; do
        age pay $(($(field pay refresh_at) - $(date +%s) - 100))
        user env TERM=xterm /usr/bin/python3 "$T/bin/stopped_terminal.py" $end tokenward watch pay
        is $? 0 "watch: $end ends it where the terminal is stopped, which it leaves as it was"
    done
    cp "$TOP_SRC/tests/flow/background.py" "$T/bin/"
    chmod 644 "$T/bin/background.py"
    user env TERM=xterm /usr/bin/python3 "$T/bin/background.py" tokenward watch pay
    is $? 0 "watch: ends in the background, too"
else
    skip "watch: in the background" "python3 is not installed"
    skip "watch: where nobody could have it continued" "python3 is not installed"
    skip "watch: where the terminal is stopped" "python3 is not installed"
fi
# What never comes to rest is shown all the same, and q ends it.
open 80 "seen tokenward watch pay"
await 'q ends' "watch: before a storm"
storms=
for i in 1 2 3 4; do
    (while :; do : >"$T/run/tokenward/storm$i"; done) &
    storms="$storms $!"
done
sleep 1
tm send-keys -t seen q
await '^ended 0' "watch: q ends it in a storm, too"
kill $storms
rm -f "$T/run/tokenward"/storm?
# Where there are no profiles yet.
mkdir -m 700 "$T/late"; own "$T/late"
open 80 "env XDG_RUNTIME_DIR=$T/late XDG_CONFIG_HOME=$T/later seen tokenward watch"
await 'q ends' "watch: without a directory of profiles"
cp -Rp "$T/config" "$T/new"
sed 's/pay:/late:/' "$T/new/tokenward/profiles.d/pay.yaml" >"$T/new/tokenward/profiles.d/late.yaml"
chmod 600 "$T/new/tokenward/profiles.d/late.yaml"; own "$T/new"
mv "$T/new" "$T/later"
await '^late ' "watch: and with one: its profiles are seen"
mv "$T/later" "$T/before"
for _ in $(seq 200); do screen | grep -q '^late' || break; sleep 0.1; done
screen | grep -q '^late'; is $? 1 "watch: and when it is gone again, they are not"
open 80 "sh -c 'stty rows 0 cols 0; seen tokenward watch pay'"
await '^pay .*valid ' "watch: on a terminal of no lines: there is something to see"
out=$(user tokenward watch 2>&1); is $? 64 "watch: without a terminal: exit 64"
like "$out" 'status --json is for programs' "watch: says what to do"
tm kill-server
done_testing
