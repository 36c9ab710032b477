#!/bin/sh
# SPDX-License-Identifier: MIT
# corpus-perms-t.sh - perms.tsv against the built programs: one line of TAP for
# each row, by its name there, with real files, owners and modes.  A row that
# has no function here fails; one that cannot be tried says why.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
for TSV in "${TOKENWARD_CORPORA:-$TOP_SRC/../shared/corpora}/profiles/perms.tsv" \
    "$TOP_SRC/tests/corpora/profiles/perms.tsv"; do
    [ ! -r "$TSV" ] || break
done
sandbox
CONFIG=$T/config/tokenward
FILE=$CONFIG/profiles.yaml
PLACE=$T/run/tokenward/p
OTHER_ID=65533 # neither root nor the user
export ASAN_OPTIONS=detect_leaks=0

own_as() { chown -h "$1:$1" "$2"; }
need_root() { [ "$(id -u)" = 0 ] || { why="needs root, to give files to others"; return 1; }; }
need_cc() { command -v cc >/dev/null || { why="needs a C compiler"; return 1; }; }

write_profile() { # write_profile FILE MODE [SECRET]
    rm -rf "$1"
    printf 'profiles:\n  p:\n    token_endpoint: %s/oauth/v1/token\n    client_id: %s\n    client_secret: %s\n    scope: payments wallet\n    ca_file: %s\n' \
        "$URL" "$CLIENT_ID" "${3:-$CANARY}" "$CA" >"$1"
    own "$1"
    chmod "$2" "$1"
}
# Each row begins with a good profile of the user's and nothing kept.
fresh() {
    rm -rf "$CONFIG" "$T/run/tokenward" "$T/victim" "$T/out"
    mkdir "$CONFIG"
    chmod 700 "$CONFIG"
    write_profile "$FILE" 0600
    own "$CONFIG"
}
# run STATUS PATTERN COMMAND...: ends so within a second, says so, tells no secret
run() {
    wanted=$1 pattern=$2
    shift 2
    begun=$(date +%s%N)
    timeout 20 "$@" >"$T/out" 2>&1
    status=$?
    ms=$((($(date +%s%N) - begun) / 1000000))
    [ $status = "$wanted" ] || { echo "# exit $status, wanted $wanted: $(head -c 300 "$T/out")"; return 1; }
    [ -z "$pattern" ] || grep -q -e "$pattern" "$T/out" || { echo "# no '$pattern' in: $(head -n 1 "$T/out")"; return 1; }
    grep -q "$CANARY" "$T/out" && { echo "# the secret was told"; return 1; }
    [ $ms -lt "${LIMIT_MS:-2000}" ] || { echo "# took $ms ms"; late=1; return 1; }
}
as_user() { # user() is a function, and timeout(1) runs programs
    if [ "$(id -u)" = 0 ]; then
        wanted_status=$1 wanted_text=$2
        shift 2
        run "$wanted_status" "$wanted_text" setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups "$@"
    else
        run "$@"
    fi
}
accepts() { as_user 0 '^p: good' "$T/bin/tokenward-helper" check; }
refuses() { as_user 73 "$1" "$T/bin/tokenward-helper" check; } # refuses PATTERN
fetches() { as_user 0 '' "$T/bin/tokenward-helper" fetch --force p; }
whole() { # the kept token, and the token file says the same
    kept=$(user "$T/bin/tokenward" get --cached p) && [ -n "$kept" ] || { echo "# nothing kept"; return 1; }
    [ -z "${1:-}" ] || [ "$kept" = "$1" ] || { echo "# another token is kept"; return 1; }
}
mode_is() { [ "$(stat -c '%a' "$2")" = "$1" ] || { echo "# mode $(stat -c '%a' "$2") of $2"; return 1; }; }

prof_ok_0600() { accepts; }
prof_ok_0400() { chmod 0400 "$FILE"; accepts; }
prof_ok_system() { see "$TOP_BUILD/tests/unit/profile-perms-t" 'profile_perms/of_root_for_the_service_user'; }
prof_0644() { chmod 0644 "$FILE"; refuses "^tokenward-helper: $FILE:5:20: .*mode 0644 .*wanted: 0600"; }
prof_0640() { chmod 0640 "$FILE"; refuses "mode 0640 .*wanted: 0600"; }
prof_0606() { chmod 0606 "$FILE"; refuses "mode 0606 lets others write it; wanted: 0600"; }
prof_owner_other() {
    need_root || return 77
    chmod 0644 "$FILE"; own_as $OTHER_ID "$FILE"
    refuses "belongs to uid $OTHER_ID; it must belong to uid $USER_ID"
}
prof_owner_root() { # refused, as tokenward-profiles(5) says
    need_root || return 77
    chmod 0644 "$FILE"; own_as 0 "$FILE"
    refuses "belongs to uid 0; it must belong to uid $USER_ID"
}
prof_symlink_own() { # followed, as tokenward-profiles(5) says; never as root
    mv "$FILE" "$T/home/dotfile"; ln -s "$T/home/dotfile" "$FILE"
    accepts || return 1
    [ "$(id -u)" != 0 ] || { chown -R 0:0 "$CONFIG" && run 73 "is a symbolic link" "$T/bin/tokenward-helper" check; }
}
prof_symlink_shadow() {
    need_root || return 77
    rm "$FILE"; ln -s /etc/shadow "$FILE"; chown -R -h 0:0 "$CONFIG"
    run 73 "is a symbolic link" "$T/bin/tokenward-helper" check || return 1
    ! grep -q 'root:' "$T/out"
}
prof_fifo() { rm "$FILE"; mkfifo -m 600 "$FILE"; own "$FILE"; refuses "is not a regular file"; }
prof_device() {
    for device in /dev/tty /dev/zero; do
        rm "$FILE"; ln -s $device "$FILE"
        refuses "$FILE: " || return 1
    done
}
prof_dir_0777() { chmod 0777 "$CONFIG"; refuses "$CONFIG: mode 0777 lets others write it; wanted: 0755"; }
prof_swap() { see "$TOP_BUILD/tests/unit/profile-perms-t" 'profile_perms/swapped_while_read'; }
prof_absent() {
    rm "$FILE"
    as_user 66 "no profile 'p' in $FILE, $CONFIG/profiles.d/\*.yaml" "$T/bin/tokenward-helper" fetch p
}
refuses_run() { as_user 73 "$1" "$T/bin/tokenward-helper" fetch p; } # refuses_run PATTERN
dir_other_uid() {
    need_root || return 77
    mkdir -m 700 "$T/run/tokenward"; own_as $OTHER_ID "$T/run/tokenward"
    refuses_run "$T/run/tokenward: "
}
dir_0777() { # refused, as tokenward-record(5) says
    mkdir -m 777 "$T/run/tokenward"; chmod 777 "$T/run/tokenward"; own "$T/run/tokenward"
    refuses_run "mode 0777 is open to others, wanted 0700" && mode_is 777 "$T/run/tokenward"
}
dir_symlink() {
    mkdir -m 700 "$T/victim"; own "$T/victim"; ln -s "$T/victim" "$T/run/tokenward"
    refuses_run "$T/run/tokenward: " && [ -z "$(ls "$T/victim")" ]
}
dir_is_file() { : >"$T/run/tokenward"; own "$T/run/tokenward"; refuses_run "$T/run/tokenward: .*ot a directory"; }
dir_absent() {
    as_user 73 "no runtime directory: XDG_RUNTIME_DIR, /run/user/$USER_ID" env XDG_RUNTIME_DIR="$T/nowhere" "$T/bin/tokenward-helper" fetch p &&
        [ ! -e "$T/nowhere" ]
}
plant() { # a token is kept; its file makes room for what is planted
    fetches && mkdir -m 700 "$T/victim" && echo mine >"$T/victim/file" && own "$T/victim" && rm "$PLACE/token"
}
planted_is_replaced() {
    fetches && whole && [ -f "$PLACE/token" ] && [ ! -L "$PLACE/token" ] &&
        [ "$(cat "$PLACE/token")" = "$kept" ] && mode_is 600 "$PLACE/token"
}
tok_symlink() {
    plant && ln -s "$T/victim/file" "$PLACE/token" && planted_is_replaced && [ "$(cat "$T/victim/file")" = mine ]
}
tok_symlink_root() { why="needs a login: pam-odd-t.sh has it"; return 77; }
tok_hardlink() {
    plant && ln "$T/victim/file" "$PLACE/token" && planted_is_replaced && [ "$(cat "$T/victim/file")" = mine ]
}
tok_fifo() { plant && mkfifo -m 600 "$PLACE/token" && own "$PLACE/token" && planted_is_replaced; }
tok_dir() {
    plant && mkdir "$PLACE/token" && : >"$PLACE/token/kept" && own "$PLACE/token" &&
        as_user 73 "'token'" "$T/bin/tokenward-helper" fetch --force p && [ -e "$PLACE/token/kept" ] && whole
}
tok_mode() {
    for mask in 0000 0777 0277; do
        rm -rf "$T/run/tokenward"
        as_user 0 '' sh -c "umask $mask; exec '$T/bin/tokenward-helper' fetch p" || return 1
        as_user 0 '' sh -c "umask $mask; exec tokenward reject p" || return 1
        as_user 0 '' sh -c "umask $mask; exec '$T/bin/tokenward-helper' fetch --force p" || return 1
        mode_is 700 "$T/run/tokenward" && mode_is 700 "$PLACE" || return 1
        for name in record token lock backoff; do mode_is 600 "$PLACE/$name" || return 1; done
    done
}
tok_torn() { # the full sweep is kill-t.sh's; here, the calls that publish
    strace -o /dev/null true 2>/dev/null || { why="strace may not trace here"; return 77; }
    fetches || return 1
    for call in openat fchmod write renameat unlinkat flock fcntl; do
        for nth in 1 2 3 4 5 8; do
            user strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$nth \
                "$T/bin/tokenward-helper" fetch --force p >/dev/null 2>&1
            whole || { echo "# killed at $call $nth"; return 1; }
        done
    done
    fetches && whole && [ "$(cat "$PLACE/token")" = "$kept" ] && [ -z "$(find "$PLACE" -name '.new.*')" ]
}
small_disk() { # small_disk FILLER: a tmpfs, and what fills it
    need_root || return 77
    mount -t tmpfs -o "size=64k,nr_inodes=16,mode=700,uid=$USER_ID,gid=$USER_ID" none "$T/run" 2>/dev/null ||
        { why="may not mount a tmpfs here"; return 77; }
    fetches && whole && before=$kept && { user sh -c "$1" 2>/dev/null
        as_user 71 "No space left" "$T/bin/tokenward-helper" fetch --force p; } &&
        whole "$before" && [ -z "$(find "$PLACE" -name '.new.*')" ]
    set -- $?
    umount "$T/run"
    return "$1"
}
tok_enospc() { small_disk "dd if=/dev/zero of='$T/run/fill' bs=1k"; }
tok_inodes() { small_disk "i=0; while : >'$T/run/i'\$i; do i=\$((i + 1)); done"; }

provider() { # provider SOURCE: a shared library, in a directory of its own
    rm -rf "$T/own"; mkdir -m 755 "$T/own"
    printf '%s\n' "$1" | cc -shared -fPIC -x c -o "$T/own/evil.so" - && chmod 755 "$T/own/evil.so"
}
CONSTRUCTOR="#include <stdlib.h>
__attribute__((constructor)) static void run(void) { system(\"echo ran >$T/home/ran\"); }"
not_run() { # not_run PATTERN: refused, and no constructor ran
    as_user 72 "$1" env TOKENWARD_MODULE_DIR="$T/own" "$T/bin/tokenward-helper" providers evil && [ ! -e "$T/home/ran" ]
}
prov_other_owner() {
    need_root && need_cc || return 77
    provider "$CONSTRUCTOR" && own_as $OTHER_ID "$T/own/evil.so" && not_run "evil.so: belongs to uid $OTHER_ID"
}
prov_world_write() {
    need_cc || return 77
    provider "$CONSTRUCTOR" && chmod 777 "$T/own/evil.so" && not_run "evil.so: mode 0777 lets others write it"
}
prov_no_symbol() {
    need_cc || return 77
    provider "int nothing;" && not_run "evil.so: is no provider"
}
prov_ld_library_path() { why="needs a login: pam-odd-t.sh has it"; return 77; }

see() { # see PROGRAM FILTER: the unit test that has this row; it needs root
    need_root || return 77
    [ -x "$1" ] || { why="Criterion is missing"; return 77; }
    timeout 120 "$1" --filter "$2" >"$T/out" 2>&1 && grep -q 'Tested: .*1 .*Passing: .*1 ' "$T/out"
}

# What lies outside, where a link was planted to it.
planted=0 written=0
look_outside() {
    [ -d "$T/victim" ] || return 0
    planted=$((planted + 1))
    [ -z "$(find "$T/victim" -mindepth 1 ! -name file)" ] || written=$((written + 1))
    [ ! -e "$T/victim/file" ] || [ "$(cat "$T/victim/file")" = mine ] || written=$((written + 1))
}
unmet=0 met=0
while IFS="$(printf '\t')" read -r id _ <&3; do
    [ "$id" != case ] || continue
    row=$(printf %s "$id" | tr - _)
    why="no test for this row"
    # A busy host may be late itself, so a row that was is tried again.
    for _ in 1 2 3; do
        late=
        fresh
        if type "$row" >/dev/null 2>&1; then "$row"; status=$?; else echo "# $why"; status=1; fi
        [ -n "$late" ] || break
    done
    look_outside
    case $status in 0) met=$((met + 1)) ;; 77) ;; *) unmet=$((unmet + 1)) ;; esac
    if [ $status = 77 ]; then skip "perms/$id" "$why"; else ok $status "perms/$id"; fi
done 3<"$TSV"
figure corpus-unmet $unmet "of $((met + unmet)) rows of perms"
figure planted-writes $written "in $planted plantings"
is $written 0 "nothing was written through what was planted"
is $((COUNT - 1)) "$(($(wc -l <"$TSV") - 1))" "every row of perms.tsv"
done_testing
