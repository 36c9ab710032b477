#!/bin/sh
# SPDX-License-Identifier: MIT
# edit-others-t.sh - tokenward edit: files and directories that are others', what
# they do meanwhile, and what is asked then.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/edit.sh
. "${TOP_SRC:-.}/tests/flow/edit.sh"
echo "    timeout: 8" >>"$file"
cp "$file" "$T/good"

if [ "$(id -u)" = 0 ]; then
    chown 0 "$file"; chmod 644 "$file"
    editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"'
    edit "$file"; is $STATUS 73 "somebody else's file: exit 73"
    like "$(cat "$T/out")" "pay.yaml: is no file of yours$" "says so"
    is "$(stat -c %u "$file") $(left)" "0 " "and it stays, with no copy beside it"
    own "$file"; chmod 600 "$file"
    # What root edits, nobody else may lead elsewhere.
    roots() { EDITOR=editor VISUAL='' tokenward edit "$1" >"$T/out" 2>&1 </dev/null; STATUS=$?; }
    mkdir "$T/roots" "$T/home/roots"
    cp "$T/good" "$T/victim"
    editor 'touch "$HOME/begun"; ln -sf '"$T/victim"' "$1"; echo "# more" >>"$1"'
    for place in "${file%/*}:755" "$T/roots:775" "$T/roots:757" "$T/roots:1777" "$T/home/roots:755"; do
        dir=${place%:*}
        [ "$dir/pay.yaml" = "$file" ] || { cp "$T/good" "$dir/pay.yaml"; chmod "${place#*:}" "$dir"; }
        rm -f "$T/home/begun"
        roots "$dir/pay.yaml"; is $STATUS 73 "root, in a directory where others could lead it elsewhere (${place#"$T/"}): exit 73"
        like "$(cat "$T/out")" "$dir/: others than root could lead the editor elsewhere$" "says so"
        like "$(cat "$T/out")" "hint: edit it as the user whose it is, as in: sudo -u NAME tokenward edit" "and what to do"
        is "$(ls -A "$dir") $(ls "$T/home/begun" 2>&1 | grep -c 'No such') $(grep -c '# more' "$T/victim")" "pay.yaml 1 0" "before there is a copy or an editor"
    done
    chmod 755 "$T/roots"; file=$T/roots/pay.yaml
    for owner in "$USER_ID:0" "0:$USER_ID"; do
        cp "$T/good" "$file"; chown "$owner" "$file"; chmod 640 "$file"
        editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"'
        roots "$file"; is $STATUS 0 "in one of its own, a file of $owner: exit 0"
        is "$(stat -c '%u:%g %a' "$file") $(grep -c 'timeout: 7' "$file")" "$owner 640 1" "which stays so"
    done
    cp "$T/good" "$file"
    editor 'sed -i "s/timeout: 8/timeout: 7/" "$1"; chown '"$USER_ID"' "$1"'
    roots "$file"; is "$STATUS $(grep -c 'timeout: 8' "$file")" "73 1" "with what is the user's by then: exit 73"
    file=$T/config/tokenward/profiles.d/pay.yaml
    rm -rf "$T/roots" "$T/home/roots" "$T/victim" "$T/home/begun"
else
    skip "somebody else's file" "needs root"
fi

# Two at once, and one that is killed.
editor 'touch "$HOME/begun"; while [ ! -e "$HOME/go" ]; do sleep 0.1; done; echo "    timeout: 9" >>"$1"'
sed -i '/timeout/d' "$file"
user env EDITOR=editor tokenward edit pay >/dev/null 2>&1 </dev/null &
first=$!
until_true 30 test -e "$T/home/begun"
edit pay; is $STATUS 75 "while it is edited: exit 75"
like "$(cat "$T/out")" "is being edited" "says so"
touch "$T/home/go"
wait $first; is $? 0 "and the first one ends well"
is "$(grep -c 'timeout: 9' "$file")" 1 "with its change"
echo rubbish >"$T/config/tokenward/profiles.d/.edit.pay.yaml"; own "$T/config"
editor 'sed -i "s/timeout: 9/timeout: 10/" "$1"'
edit pay; is $STATUS 0 "over what a killed one left behind"
is "$(grep -c rubbish "$file") $(grep -c 'timeout: 10' "$file")" "0 1" "which is not taken for the file"

# Another editor asks for no lock.
cp -p "$file" "$T/kept"
others="sed 's/payments wallet/accounts/' $file >$file.new; chmod 600 $file.new; mv $file.new $file"
for how in "$others" "sed 's/payments wallet/accounts/' $file >$file.new; cat $file.new >$file; rm $file.new"; do
    cp -p "$T/kept" "$file"; own "$file"
    editor "$how"
    edit pay; is "$STATUS $(grep -c warning "$T/out") $(grep -c 'scope: accounts' "$file")" "0 0 1" "another's change, and none of ours: theirs stays"
    cp -p "$T/kept" "$file"; own "$file"
    editor "$how" 'sed -i "s/timeout: 10/timeout: 12/" "$1"'
    edit pay; is "$STATUS $(grep -c 'scope: accounts' "$file")" "75 1" "and one of ours: exit 75, and theirs stays"
    like "$(cat "$T/out")" "warning: .*pay.yaml: was changed by somebody else meanwhile" "says so"
    like "$(cat "$T/out")" "pay.yaml was not replaced" "and what came of it"
    is "$(left)" "" "of which nothing is left"
done
cp -p "$T/kept" "$file"; own "$file"
editor "chmod 400 $file" 'sed -i "s/timeout: 10/timeout: 12/" "$1"'
edit pay; is "$STATUS $(stat -c %a "$file")" "75 400" "another mode meanwhile: the same"
cp -p "$T/kept" "$file"; own "$file"
editor "rm $file" 'sed -i "s/timeout: 10/timeout: 12/" "$1"'
edit pay; [ $STATUS != 0 ] && [ ! -e "$file" ]; ok $? "or one that is gone: it stays so"
cp -p "$T/kept" "$file"; own "$file"

# The editor may write to another directory than the one that was copied in.
cp -p "$file" "$T/kept"
drop_ins=${file%/*}
for how in "cp -a $T/config/moved $drop_ins" "cp -a $T/config/moved $T/home/mine; ln -s $T/home/mine $drop_ins"; do
    for more in true 'echo "# mine" >>"$1"'; do
        editor "mv $drop_ins $T/config/moved; $how" "$more"
        edit pay; is $STATUS 75 "another directory in its place, or a link to one (${how%% *}, ${more%% *}): exit 75"
        like "$(cat "$T/out")" "hint: its directory is another one, and what was edited may be in $drop_ins/.edit.pay.yaml$" "says so, and where to look"
        cmp -s "$file" "$T/kept" && cmp -s "$T/config/moved/pay.yaml" "$T/kept"; ok $? "and both files are as they were"
        [ "$more" = true ] || is "$(tail -n 1 "$drop_ins/.edit.pay.yaml")" "# mine" "what was edited is there"
        rm -rf "$drop_ins" "$T/home/mine"; mv "$T/config/moved" "$drop_ins"
    done
done

# Who refuses an answer has none, when the terminal is gone by the next one.
if ! is_sanitized && command -v "${CC:-cc}" >/dev/null; then
    CC=${CC:-cc}
    echo 'int isatty(int fd); int isatty(int fd) { static int n; return fd == 0 && n++ == 0; }' >"$T/gone.c"
    compile -o "$T/bin/gone.so" "$T/gone.c"; ok $? "a terminal that goes away"
    editor 'sed -i "s/client_id/client_di/" "$1"'
    echo Quit | user env VISUAL= EDITOR=editor LD_PRELOAD="$T/bin/gone.so" tokenward edit pay >"$T/out" 2>&1; is $? 78 "after what is no answer: exit 78"
    is "$(grep -c 'What now' "$T/out") $(grep -c client_di "$file")" "1 0" "asked once, and the file is as it was"
else
    skip "a terminal that goes away" "no compiler, or a sanitizer wants to be preloaded first"
fi

# What now?
if has_terminals; then
    cp "$file" "$T/good"
    editor 'if [ -e "$HOME/again" ]; then sed -i "s/client_di/client_id/; s/timeout: 10/timeout: 11/" "$1"; else touch "$HOME/again"; sed -i "s/client_id/client_di/" "$1"; fi'
    asked() { until_true 20 eval "[ \"\$(grep -o 'What now' '$T/screen' | wc -l)\" = $1 ]"; } # asked N: times
    answer() { # answer KEY: to the question, and waits for the end
        terminal "env EDITOR=editor tokenward edit pay"
        shows "What now?"; ok $? "$1: was asked"
        echo "$1" >&7
        wait "$TERMINAL"
    }
    answer e; is $? 0 "e: edited again, and good: exit 0"
    is "$(grep -c 'timeout: 11' "$file") $(grep -c client_di "$file")" "1 0" "and replaced by what is good"
    editor 'sed -i "s/client_id/client_di/" "$1"'
    answer x; is $? 78 "x: exit 78"
    is "$(grep -c client_di "$file")" 0 "and the file is as it was"
    terminal "env EDITOR=editor tokenward edit pay"
    shows "What now?"
    echo Quit >&7
    asked 2; ok $? "another word: is asked again"
    echo x >&7
    wait "$TERMINAL"; is "$? $(grep -c client_di "$file")" "78 0" "and no answer before that counts"
    answer "$(printf '\003')"; is $? 78 "Ctrl-C: the same as x"
    is "$(grep -c client_di "$file") $(left)" "0 " "and nothing is left behind"
    answer Q; is $? 0 "Q: exit 0"
    is "$(grep -c client_di "$file")" 1 "and replaced, as it was wanted"
    cp "$T/good" "$file"
    editor 'rm "$1"; mkfifo "$1"'
    terminal "env EDITOR=editor tokenward edit pay"
    shows "What now?"
    echo Q >&7
    asked 2; ok $? "Q over what is no file: is asked again"
    echo x >&7
    wait "$TERMINAL"; is "$? $(stat -c %F "$file")" "73 regular file" "and x: exit 73"
    cmp -s "$file" "$T/good"; ok $? "and the file is as it was"
    editor "$others" 'grep -e ^SigIgn -e ^SigBlk /proc/self/status >"$HOME/begun"' "$interrupts" 'sed -i "s/timeout: 10/timeout: 12/" "$1"'
    terminal "env EDITOR=editor tokenward edit pay"
    shows "What now?"
    echo e >&7
    asked 2; ok $? "an editor after a question: and another question"
    is "$(sed 's/.*[0-9a-f]\{4\}\([0-9a-f]\{4\}\)$/\1/' "$T/home/begun" | while read -r set; do echo $((0x$set & 0x1006)); done | tr '\n' ' ')" "0 0 " "it hears SIGINT, SIGQUIT and SIGPIPE"
    echo e >&7
    asked 3; ok $? "and another one"
    printf '\003\n' >&7
    wait "$TERMINAL"; is $? 75 "Ctrl-C is heard there, too: exit 75"
    cp "$T/good" "$file"
    editor "$others" 'sed -i "s/timeout: 10/timeout: 12/" "$1"'
    answer Q; is $? 0 "Q over another's change: exit 0"
    is "$(grep -c 'timeout: 12' "$file") $(grep -c accounts "$file")" "1 0" "and replaced, as it was wanted"
    cp "$T/good" "$file"
    editor 'sed -i "s/client_id/client_di/" "$1"'
    terminal "env EDITOR=editor tokenward edit pay"
    shows "What now?"
    user sh -c "$others"
    echo Q >&7
    asked 2; ok $? "Q over what another changed since the question: is asked again"
    like "$(cat "$T/screen")" "pay.yaml: was changed by somebody else meanwhile" "was told why"
    is "$(grep -c accounts "$file")" 1 "and it is there"
    echo Q >&7
    wait "$TERMINAL"; is "$? $(grep -c client_di "$file")" "0 1" "Q then: replaced, as it was wanted"
    cp "$T/good" "$file"
    editor "mv $drop_ins $T/config/moved; cp -a $T/config/moved $drop_ins" 'echo "# mine" >>"$1"'
    terminal "env EDITOR=editor tokenward edit pay"
    shows "What now?"
    echo Q >&7
    asked 2; ok $? "Q where there is another directory: is asked again"
    like "$(cat "$T/screen")" "pay.yaml: is not where it was, and was not replaced" "was told why"
    echo x >&7
    wait "$TERMINAL"; is $? 75 "and x: exit 75"
    rm -r "$drop_ins"; mv "$T/config/moved" "$drop_ins"
    cp "$T/good" "$file"
    editor "chmod 500 $T/config/tokenward/profiles.d" 'echo "# more" >>"$1"'
    terminal "env EDITOR=editor tokenward edit pay"
    shows "What now?"; ok $? "where it cannot be replaced: was asked"
    like "$(cat "$T/screen")" "pay.yaml: was not replaced: Permission denied" "was told why"
    is "$(grep -c '# more' "$file") $(stat -c %a "$(left)") $(grep -c '# more' "$(left)")" "0 600 1" "and what was edited is there, for nobody else"
    chmod 700 "$T/config/tokenward/profiles.d"
    echo Q >&7
    wait "$TERMINAL"; is $? 0 "Q, where it can: exit 0"
    is "$(grep -c '# more' "$file") $(left)" "1 " "and replaced"
    if [ "$(id -u)" = 0 ]; then
        cp "$T/good" "$file"; chown "$USER_ID:0" "$file"; chmod 640 "$file"
        editor 'if [ -e "$HOME/second" ]; then cp "$1" "$HOME/saved"; else touch "$HOME/second"; echo "# more" >>"$1"; fi'
        rm -f "$T/home/second"
        terminal "env EDITOR=editor tokenward edit pay"
        shows "What now?"; ok $? "of a group that is not the caller's: was asked"
        is "$(stat -c %a "$(left)")" 600 "and the copy is for nobody else, as it was"
        echo e >&7
        until_true 20 test -e "$T/home/saved"
        echo x >&7
        wait "$TERMINAL"; is $? 71 "x: exit 71"
        is "$(grep -c '# more' "$file") $(grep -c '# more' "$T/home/saved") $(left)" "0 1 " "the file is as it was, and what was edited could be saved elsewhere"
        own "$file"; chmod 600 "$file"
    else
        skip "a group that is not the caller's" "needs root"
    fi
else
    skip "what now?" "there are no terminals here, or no script(1)"
fi
done_testing
