#!/bin/sh
# SPDX-License-Identifier: MIT
# misdeeds-t.sh - a provider that exits, crashes, hangs, prints or lies, when
# it is loaded or when it is asked: it is told, in time, nothing of it gets
# onto the caller's stdout, and who uses another provider does not notice.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
needs_compiler
sandbox

build() { # build NAME MISDEED IN_CONSTRUCTOR
    compile -I"$TOP_SRC/provider" "-DNAME=\"$1\"" "-DMISDEED=$2" "-DIN_CONSTRUCTOR=$3" \
        -o "$T/modules/$1.so" "$TOP_SRC/tests/flow/misdeeds.c" 2>"$T/err" ||
        { sed 's/^/# /' "$T/err"; echo "Bail out! no module"; exit 1; }
    chmod 644 "$T/modules/$1.so"
}
profiles() { # profiles NAME: one of this provider, and one of another
    rm -rf "$T/config/tokenward/profiles.d" "$T/run/tokenward"
    profile bad /oauth/v1/token "provider: $1"
    sed -i '/scope:/d' "$T/config/tokenward/profiles.d/bad.yaml"
    profile good /oauth/v1/token
}
next() { # next IN_CONSTRUCTOR MISDEED [SUFFIX]: the one after it, built, and its profiles; sets which
    number=$((number + 1))
    which=$(echo "$2" | tr '[:upper:]' '[:lower:]')${3:-}
    build "$which" $number "$1"
    profiles "$which"
}
fetch() { user "$T/bin/tokenward-helper" "$@" >"$T/out" 2>"$T/err"; status=$?; }
get() { # get NAME: what it says in $T/err, what it prints in $T/out
    case $1 in
    bad) within 5000 fetch --deadline 3 fetch --force bad; in_time=$? ;;
    *) fetch fetch "$1" ;;
    esac
    user tokenward get --cached "$1" >"$T/out" 2>>"$T/err" && [ $status = 0 ]
}
number=0
for misdeed in EXIT CRASH HANG PRINT LIE; do
    next 0 "$misdeed"
    get bad
    case $misdeed in
    PRINT) is "$? $(grep -c planted "$T/out")" "0 0" "$which when asked: a token, and nothing else on stdout" ;;
    *)
        [ $status != 0 ] && [ -s "$T/err" ]; ok $? "$which when asked: exit $status, $(head -n 1 "$T/err")"
        [ -s "$T/out" ]; is $? 1 "$which when asked: nothing on stdout" ;;
    esac
    case $misdeed in
    EXIT) like "$(cat "$T/err")" "provider '$which' ended the work" "$which when asked: is named" ;;
    CRASH) is $status 72 "$which when asked: exit 72" && like "$(cat "$T/err")" "provider '$which' died of signal 11" "$which when asked: is named" ;;
    HANG) is $status 72 "$which when asked: exit 72" && like "$(cat "$T/err")" "provider '$which' took too long" "$which when asked: is named" ;;
    esac
    sed 's/^/# /' "$T/err"
    ok $in_time "$which when asked: in time"
    get good; is $? 0 "$which when asked: another provider's profile is served"
    rm "$T/modules/$which.so"
done
# A constructor runs when the profiles are read: of all of them.
number=0
for misdeed in EXIT CRASH HANG PRINT; do
    next 1 "$misdeed" -first
    get bad
    case $misdeed in
    PRINT) is "$? $(grep -c planted "$T/out")" "0 0" "$which: a token, and nothing else on stdout" ;;
    CRASH) like "$(cat "$T/err")" "provider '$which' died of signal 11" "$which: is named" ;;
    *) [ $status != 0 ] && [ -s "$T/err" ]; ok $? "$which: exit $status, $(head -n 1 "$T/err")" ;;
    esac
    ok $in_time "$which: in time"
    rm "$T/modules/$which.so"
done
# One that writes the index by itself has 20 s.
until_true 30 eval '! pgrep -f "^$T/bin/tokenward-helper" >/dev/null'
is "$(pgrep -f "^$T/bin/tokenward-helper" | wc -l)" 0 "no process is left"

serve() { # serve: the resident helper
    user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
}

# The resident helper goes on, and serves the others.
build exit 1 0
build crash 2 0
build hang 3 0
build print 4 0
profiles crash
profile print /m/status=503/oauth/v1/token "provider: print"
sed -i '/scope:/d' "$T/config/tokenward/profiles.d/print.yaml"
for which in exit hang; do profile "$which" /oauth/v1/token "provider: $which"; done
sed -i '/scope:/d' "$T/config/tokenward/profiles.d/exit.yaml" "$T/config/tokenward/profiles.d/hang.yaml"
serve
until_true 30 has_token good
until_true 30 grep -q "event=fetch profile=exit status=module message=\"provider 'exit' ended the work" "$T/serve.out"
is $? 0 "served: one that ends the process is told like the others"
until_true 30 grep -q 'event=fetch profile=print status=retry message=".*HTTP 503' "$T/serve.out"
is $? 0 "served: what one prints hides no failure"
until_true 30 grep -q "provider 'crash' died of signal 11" "$T/serve.out"; is $? 0 "served: one that crashes is told"
profile late /oauth/v1/token
until_true 30 has_token late; is $? 0 "served: while one hangs, others come and are fetched"
is "$(user tokenward get late)" "$(field late access_token)" "served: and given"
kill -0 "$(helper_pid)"; is $? 0 "served: it lives"
kill "$(helper_pid)"
wait "$EXTRA_PID"; is $? 0 "served: and ends when it is told to"
EXTRA_PID=
rm "$T/modules/exit.so" "$T/modules/crash.so" "$T/modules/hang.so" "$T/modules/print.so"

# A constructor of somebody else's does not run in the resident helper: its
# profile is refused, in time, and the others are served.
number=0
for misdeed in EXIT CRASH HANG PRINT; do
    next 1 "$misdeed" -first
    sed 's/  bad:/  worse:/' "$T/config/tokenward/profiles.d/bad.yaml" >"$T/config/tokenward/profiles.d/worse.yaml"
    chmod 600 "$T/config/tokenward/profiles.d/worse.yaml"; own "$T/config"
    begun=$(date +%s)
    serve
    until_true 30 has_token good; is $? 0 "served: $which: another provider's profile"
    took=$(($(date +%s) - begun))
    case $misdeed in
    PRINT)
        until_true 30 has_token bad; is $? 0 "served: $which: its profiles, too"
        # A helper's maps are root's alone to read.
        [ "$(id -u)" != 0 ] || is "$(grep -c "$which.so" "/proc/$(helper_pid)/maps")" 0 "served: $which: which is not loaded there" ;;
    *)
        case $misdeed in
        EXIT) how='ended the work' ;;
        CRASH) how='died of signal 11' ;;
        HANG) how='took too long and was ended' ;;
        esac
        like "$(cat "$T/serve.out")" "bad.yaml:[0-9:]* .*provider '$which' $how" "served: $which: is named"
        like "$(cat "$T/serve.out")" "worse.yaml:[0-9:]* .*provider '$which' $how" "served: $which: for each of its profiles"
        [ $took -lt 12 ]; ok $? "served: $which: but waited for once ($took s)" ;;
    esac
    # A reload takes all or nothing.
    profile late /oauth/v1/token
    [ "$misdeed" = PRINT ] || rm "$T/config/tokenward/profiles.d/bad.yaml" "$T/config/tokenward/profiles.d/worse.yaml"
    until_true 30 has_token late; is $? 0 "served: $which: profiles are read again"
    if [ "$misdeed" = CRASH ]; then
        profile again /oauth/v1/token "provider: $which"
        until_true 30 grep -q "event=reload status=module message=.*again.yaml:.*died of signal 11" "$T/serve.out"
        is $? 0 "served: $which: refused when they are read again, too"
    fi
    kill "$(helper_pid)"
    wait "$EXTRA_PID"; is $? 0 "served: $which: it lives, and ends when it is told to"
    EXTRA_PID=
    rm "$T/modules/$which.so"
done

# What cannot be loaded: another machine's, no ELF at all, half of one.
cp "$T/modules/client_credentials.so" "$T/modules/other.so"
printf '\267' | dd of="$T/modules/other.so" bs=1 seek=18 conv=notrunc 2>/dev/null # e_machine: AArch64
echo 'not a module' >"$T/modules/text.so"
head -c 6000 "$T/modules/client_credentials.so" >"$T/modules/half.so" # mapped as it is, it is SIGBUS
chmod 644 "$T/modules"/*.so
for which in other text half; do
    profiles "$which"
    get bad
    is $status 72 "$which.so: exit 72"
    like "$(cat "$T/err")" "$which.so: \(cannot be loaded\|is cut short: 6000 bytes\)" "$which.so: says which"
    get good; is $? 0 "$which.so: another provider's profile is served"
done
done_testing
