#!/bin/sh
# SPDX-License-Identifier: MIT
# edit-t.sh - tokenward edit: a copy is edited, checked, and takes the file's
# place whole; what is wrong, refused or killed leaves the file as it was.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/edit.sh
. "${TOP_SRC:-.}/tests/flow/edit.sh"
editor 'echo "    timeout: 7" >>"$1"' 'echo "$1" >"$HOME/edited"' 'stat -c %a "$1" >>"$HOME/edited"'
inode=$(stat -c %i "$file")
edit pay; is $STATUS 0 "a good change: exit 0"
is "$(tail -n 1 "$file")" "    timeout: 7" "is in the file"
[ "$(stat -c %i "$file")" != "$inode" ]; ok $? "which was replaced and not written"
is "$(stat -c '%a %u' "$file")" "600 $USER_ID" "with its mode and owner"
is "$(cat "$T/home/edited")" "$T/config/tokenward/profiles.d/.edit.pay.yaml
600" "what was edited is a copy beside it, for nobody else"
is "$(left)" "" "of which nothing is left"
other=$T/config/tokenward/profiles.d/other.yaml
cp -p "$file" "$T/kept"; mv "$file" "$other"
editor 'sed -i "s/timeout: 7/timeout: 9/" "$1"'
edit pay; is $STATUS 0 "a profile in a file of another name: exit 0"
is "$(tail -n 1 "$other")" "    timeout: 9" "is edited where it stands"
rm "$other"; mv "$T/kept" "$file"
for closed in '>&-' '<&- >&-' '<&- >&- 2>&-'; do
    mv "$file" "$other"
    editor 'sed -i "s/timeout: 7/timeout: 9/" "$1"'
    user env VISUAL= EDITOR=editor sh -c "tokenward edit pay $closed" >"$T/out" 2>&1 </dev/null; is "$? $(grep -c 'timeout: 9' "$other")" "0 1" "from where there is no $closed: the same"
    mv "$other" "$file"; sed -i 's/timeout: 9/timeout: 7/' "$file"; own "$file"
done
mkdir -p "$T/home/work/pay"; own "$T/home/work"
editor 'sed -i "s/timeout: 7/timeout: 6/" "$1"'
(cd "$T/home/work" && edit pay; exit $STATUS); is "$? $(grep -c 'timeout: 6' "$file")" "0 1" "from where a directory is called as it is: the profile"
sed -i "s/timeout: 6/timeout: 7/" "$file"
chmod 640 "$file"
editor 'sed -i "s/timeout: 7/timeout: 8/" "$1"'
edit "$file"; is $STATUS 0 "by its path, with an editor that makes a new file"
is "$(grep -c 'timeout: 8' "$file") $(stat -c %a "$file")" "1 640" "changed, and of the same mode"
cp -p "$file" "$T/good"
editor 'sed -i "s/client_secret: .*/client_secret: words/" "$1"'
edit pay; is $STATUS 73 "what may not stand in a file that others can read: exit 73"
like "$(cat "$T/out")" "client_secret stands here by value, and mode 0640 lets others read the file" "says so"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
printf '#!/bin/sh\nfor last; do :; done\ncase " $* " in *" check "*) stat -c %%a "$last" >"$HOME/checked" ;; esac\nexec "%s/bin/tokenward-helper" "$@"\n' "$T" >"$T/bin/looking"
chmod 755 "$T/bin/looking"
chmod 644 "$file"
(export TOKENWARD_HELPER="$T/bin/looking" && edit pay; exit $STATUS)
is "$? $(cat "$T/home/checked")" "73 600" "which nobody else could read while it was checked either"
chmod 666 "$file"
edit "$file"; is $STATUS 73 "a file that others may write: exit 73"
like "$(cat "$T/out")" "mode 0666 lets others write it" "for its mode, which the copy does not have"
chmod 600 "$file"
edit pay; is $STATUS 0 "where nobody else can read it: exit 0"
cp "$T/good" "$file"
# What the other files have counts, and what was wrong with them does not.
cp -p "$file" "$other"; sed -i 's/pay:/wages:/' "$other"; own "$T/config"
editor 'sed -i "s/pay:/wages:/" "$1"'
edit pay; is $STATUS 78 "a name that another file has: exit 78"
like "$(cat "$T/out")" "profile 'wages': stands already in " "says where"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
editor 'sed -i "s/wages:/pay:/" "$1"'
edit wages; is $STATUS 78 "also from the other one: exit 78"
like "$(cat "$T/out")" "profile 'pay': stands already in .*/.edit.other.yaml" "says where"
printf 'profiles:\n  secretive:\n    token_endpoint: https://a.example.com/t\n    client_id: x\n    client_secret: words\n' >"$T/config/tokenward/profiles.yaml"
chmod 600 "$T/config/tokenward/profiles.yaml"; chmod 644 "$file"; own "$T/config"
editor 'echo "    timeout: 8" >>"$1"'; sed -i '/timeout/d' "$file"
edit pay; is "$STATUS $(cat "$T/out")" "0 " "where another file holds a secret, and is closed to others: that one's mode counts for it"
cp -p "$T/good" "$file"; chmod 600 "$file"; own "$file"
user tokenward-helper check --for "$T/nowhere" "$file" >"$T/out" 2>&1; is "$? $(cat "$T/out")" "66 tokenward-helper: $T/nowhere: No such file or directory" "in the place of none: exit 66"
editor 'sed -i "s/wages:/hours:/" "$1"'
printf 'profiles:\n  needy:\n    token_endpoint: https://a.example.com/t\n    client_id: x\n    client_secret: {profile: wages}\n' >"$T/config/tokenward/profiles.yaml"
chmod 600 "$T/config/tokenward/profiles.yaml"; own "$T/config"
editor 'sed -i "s/wages:/hours:/" "$1"'
edit wages; is $STATUS 78 "a name that another profile needs: exit 78"
like "$(cat "$T/out")" "profile 'needy': there is no profile 'wages'" "says which"
sed -i 's/client_id/client_di/' "$T/config/tokenward/profiles.yaml"
printf '  needless:\n    client_id: x\n' >>"$T/config/tokenward/profiles.yaml"
edit wages; is "$STATUS $(cat "$T/out")" "0 " "where something else is wrong with that, and with another: no word of it"
rm "$other" "$T/config/tokenward/profiles.yaml"
inode=$(stat -c %i "$file")
editor 'true'
begun=$(date +%s%N)
edit pay; is "$STATUS $(stat -c %i "$file")" "0 $inode" "no change: nothing is replaced"
took_ms=$((($(date +%s%N) - begun) / 1000000))
is "$(head -n 1 "$T/out")" "tokenward: $file: nothing was changed" "which is told"
if [ $took_ms -lt 1000 ]; then
    is "$(tail -n +2 "$T/out")" "tokenward: hint: an editor with a window of its own has to wait for it, as in EDITOR='code --wait'" "and of an editor that was there for no time what it may have missed"
else
    skip "an editor that was there for no time" "it took $took_ms ms"
fi
editor 'sleep 1.1'
edit pay; is "$STATUS $(cat "$T/out")" "0 tokenward: $file: nothing was changed" "but not of one that was there for a while"
editor 'echo $(sed -n "s/^SigIgn:.*\([0-9a-f]\{8\}\)$/\1/p" /proc/self/status) $(ulimit -c) >"$HOME/begun"'
# A program with a sanitizer ends its own cores when it begins, unless told not to.
# shellcheck disable=SC3045
(ulimit -c unlimited; ulimit -c >"$T/cores"; export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}disable_coredump=0"; edit pay) 2>/dev/null
read -r ignored cores <"$T/home/begun"
is "$((0x$ignored & 0x1000006)) $cores" "0 $(cat "$T/cores")" "an editor hears SIGINT, SIGQUIT and SIGXFSZ, and may leave a core as its caller may"
rm "$T/home/begun"
editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"'
(umask 777; edit pay; exit $STATUS); is $? 0 "a umask that leaves nothing: exit 0"
is "$(tail -n 1 "$file") $(stat -c %a "$file")" "    timeout: 7 600" "is edited all the same"
sed -i "s/timeout: 7/timeout: 8/" "$file"

cp "$file" "$T/good"
editor 'sed -i "s/client_id/client_di/" "$1"'
edit pay; is $STATUS 78 "a typo: exit 78"
like "$(cat "$T/out")" "pay.yaml:[0-9]*:[0-9]*: .*unknown key 'client_di'" "says where"
like "$(cat "$T/out")" "did you mean 'client_id'" "and what was meant"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
is "$(left)" "" "with no copy beside it"
awk 'BEGIN { for (i = 0; i < 100; i++) printf "#%060d\n", i }' >>"$file"
editor 'echo "    timeout: 7" >>"$1"'
sed -i '/timeout/d' "$file"
edit pay; is "$STATUS $(tail -n 1 "$file")" "0     timeout: 7" "a change behind the first 4 KiB"
cp -p "$T/good" "$file"; own "$file"
(user env VISUAL="$(printf '%05000d' 0)" tokenward edit pay >"$T/out" 2>&1 </dev/null); is $? 64 "an editor's name without end: exit 64"
editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"' '[ "$(cat /proc/$PPID/comm)" != sh ] || kill -KILL $PPID; kill -KILL $$'
edit pay; is "$STATUS $(grep -c 'timeout: 8' "$file")" "64 1" "an editor that is killed: exit 64, and the file is as it was"
editor "$interrupts" 'sed -i "s/timeout: 8/timeout: 7/" "$1"'
edit pay; is "$STATUS $(grep -c 'timeout: 7' "$file")" "0 1" "while it is edited, SIGINT and SIGQUIT are the editor's"
cp -p "$T/good" "$file"; own "$file"
editor 'exit 1'
edit pay; is $STATUS 64 "an editor that fails: exit 64"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
quiet() { user env --ignore-signal=CHLD VISUAL= EDITOR=editor tokenward edit "$@" >"$T/out" 2>&1 </dev/null; STATUS=$?; }
quiet pay; is $STATUS 64 "the same from a caller that ignores the ends of children"
editor 'sed -i "s/client_id/client_di/" "$1"'
quiet pay; is $STATUS 78 "and a typo: exit 78"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
mv "$file" "$other"
editor 'sed -i "s/timeout: 8/timeout: 9/" "$1"'
quiet pay; is "$STATUS $(grep -c 'timeout: 9' "$other")" "0 1" "and a file of another name is found"
rm "$other"; cp -p "$T/good" "$file"; own "$file"
editor 'rm "$1"; ln -s /etc/passwd "$1"'
edit pay; [ $STATUS != 0 ]; ok $? "an editor that leaves a link: refused"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
cp -p "$T/good" "$T/home/linked"; own "$T/home/linked"
editor 'rm "$1"; ln -s "$HOME/linked" "$1"'
edit pay; is "$STATUS $(stat -c %F "$file")" "73 regular file" "or a link to what is good: exit 73"
editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"; ln "$1" "$HOME/second"'
edit pay; is $STATUS 73 "an editor that leaves a file of two names: exit 73"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
rights() { getfacl -cnp "$file" 2>/dev/null; }
if setfacl -m g::-,u:1:r "$file" 2>/dev/null; then
    own "$file"
    kept=$(rights)
    editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"'
    edit "$file"; is "$STATUS $(grep -c 'timeout: 7' "$file")" "0 1" "a file with an ACL: exit 0"
    is "$(rights)" "$kept" "which has the same afterwards, and its group no more"
    setfacl -b "$file"; chmod 640 "$file"
    setfacl -d -m u:1:r "$T/config/tokenward/profiles.d"
    kept=$(rights)
    editor 'sed -i "s/timeout: 7/timeout: 8/" "$1"'
    edit "$file"; is "$STATUS $(grep -c 'timeout: 8' "$file")" "0 1" "one without, where new files are given one: exit 0"
    is "$(rights)" "$kept" "which has none afterwards"
    setfacl -b -k "$T/config/tokenward/profiles.d"; chmod 600 "$file"
else
    skip "ACLs" "there are none here, or no setfacl(1)"
fi
mkfifo "$T/home/pipe.yaml"; own "$T/home"
user env EDITOR=editor timeout "$(patience 20)" tokenward edit "$T/home/pipe.yaml" >"$T/out" 2>&1 </dev/null; is $? 73 "a pipe: exit 73"
like "$(cat "$T/out")" "pipe.yaml: is no file of yours$" "says so"
editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"'
(user env VISUAL=editor EDITOR=false tokenward edit pay >"$T/out" 2>&1 </dev/null); is "$? $(grep -c 'timeout: 7' "$file")" "0 1" "VISUAL comes before EDITOR"
cp -p "$T/good" "$file"; own "$file"
mkdir "$T/few"; ln -s "$(command -v sed)" "$T/few/"
without() { (user env PATH="$T/few" VISUAL= EDITOR= "$T/bin/tokenward" edit pay >"$T/out" 2>&1 </dev/null); }
without; is $? 64 "where both are empty and there is no editor: exit 64"
like "$(cat "$T/out")" "the editor failed, or there is none; the file is as it was$" "says so"
for name in nano vi editor; do
    sed "s/timeout: 7/timeout: ${#name}/" "$T/bin/editor" >"$T/few/$name"; chmod 755 "$T/few/$name"
    without; is "$? $(grep -c "timeout: ${#name}" "$file")" "0 1" "where both are empty it is $name, before those that came"
    cp -p "$T/good" "$file"; own "$file"
done
printf '#!%s/nowhere\n' "$T" >"$T/few/editor"
without; is "$? $(grep -c "timeout: 2" "$file")" "0 1" "where editor cannot be run it is vi"
cp -p "$T/good" "$file"; own "$file"
printf '#!/bin/sh\ncase " $* " in *" check "*) kill -KILL $$ ;; esac\nexec "%s/bin/tokenward-helper" "$@"\n' "$T" >"$T/bin/dying"
chmod 755 "$T/bin/dying"
(export TOKENWARD_HELPER="$T/bin/dying" && edit pay; exit $STATUS); is $? 71 "a check that is killed: exit 71"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
(export TOKENWARD_HELPER="$T/nowhere" && edit "$file"; exit $STATUS); is $? 71 "one that cannot be started: exit 71"
like "$(cat "$T/out")" "^tokenward: $T/nowhere: cannot be started: No such file" "says so"
cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
edit nosuch; is $STATUS 66 "a profile without a file: exit 66"
like "$(cat "$T/out")" "tokenward explain NAME" "says where to look"
is "$(grep -c '^tokenward-helper' "$T/out")" 0 "in no other's words"
printf 'profiles:\n  lost: [\n' >"$T/config/tokenward/profiles.yaml"
chmod 600 "$T/config/tokenward/profiles.yaml"; own "$T/config"
editor 'echo "$1" >"$HOME/edited"'
edit lost; is "$STATUS $(cat "$T/home/edited")" "0 $T/config/tokenward/.edit.profiles.yaml" "one that nobody can read, and that has no file of its name: profiles.yaml"
rm "$T/config/tokenward/profiles.yaml"
cp "$file" "$T/home/work/mine.yaml"; sed -i 's/  pay:/  mine:/' "$T/home/work/mine.yaml"; own "$T/home/work"
editor 'sed -i "s/timeout: 8/timeout: 6/" "$1"'
(cd "$T/home/work" && edit mine.yaml; exit $STATUS); is "$? $(grep -c 'timeout: 6' "$T/home/work/mine.yaml")" "0 1" "a file where one stands, by its bare name"
edit 'no such'; is $STATUS 66 "what can be no profile's name, and is no file: exit 66"
like "$(cat "$T/out")" "no such" "which is named"
edit "$(printf '%05000d' 0 | tr 0 /)$file"; is "$STATUS $(cat "$T/out")" "64 tokenward: the path is too long" "a path that is longer than any is not cut: exit 64"

# What the helper says where it stands may be no place, as another version's.
for said in '' pay: 'pay: nowhere' 'pay: nowhere:3' 'pay: /' 'pay /etc/passwd:3' 'payday: /etc/passwd:3' 'fee: /etc/passwd:3'; do
    printf '#!/bin/sh\n[ "$2" != explain ] && [ "$1" != explain ] || exec echo "%s"\nexec "%s/bin/tokenward-helper" "$@"\n' "$said" "$T" >"$T/bin/other"
    chmod 755 "$T/bin/other"
    editor 'echo "$1" >"$HOME/edited"'
    rm -f "$T/home/edited"
    (export TOKENWARD_HELPER="$T/bin/other" && edit pay; exit $STATUS)
    is "$? $(cat "$T/home/edited")" "0 $T/config/tokenward/profiles.d/.edit.pay.yaml" "where '$said' is said of its place, it is found by its name"
done
done_testing
