# SPDX-License-Identifier: MIT
# lib.sh - sourced by the flow tests: a throw-away home, the embedded sandbox,
# and TAP.  As root everything of a user's runs as an unprivileged one.
set -u
TOP_BUILD=${TOP_BUILD:-$(pwd)}
TOP_SRC=${TOP_SRC:-$TOP_BUILD}
# What is preloaded, and what other programs' configurations name, has no space.
case ${TMPDIR:-/tmp} in *[!A-Za-z0-9/._+-]*) TMPDIR=/tmp ;; esac
T=$(mktemp -d "${TMPDIR:-/tmp}/tokenward-flow.XXXXXX") || exit 99
chmod 755 "$T"
cd "$T" || exit 99 # the project may lie where an unprivileged user may not look
COUNT=0
FAILED=0
CLIENT_ID=3f83b186-9ab7-4cec-8e44-a22c9a6e5e04
CANARY=5ec0ffee-cafe-4c1d-9e1f-ca11ab1e5ec2
USER_ID=$(id -u)
[ "$USER_ID" != 0 ] || USER_ID=65534

ok() { # ok STATUS NAME
    COUNT=$((COUNT + 1))
    if [ "$1" = 0 ]; then
        echo "ok $COUNT - $2"
    else
        FAILED=$((FAILED + 1))
        echo "not ok $COUNT - $2"
    fi
}
is() { # is GOT WANTED NAME
    [ "$1" = "$2" ]
    set -- $? "$1" "$2" "$3"
    ok "$1" "$4"
    [ "$1" = 0 ] || printf '# got:    %s\n# wanted: %s\n' "$2" "$3"
}
like() { # like TEXT PATTERN NAME
    printf '%s\n' "$1" | grep -q -e "$2"
    set -- $? "$1" "$2" "$3"
    ok "$1" "$4"
    [ "$1" = 0 ] || printf '%s\n' "$2" | sed "s/^/# got: /"
}
# cell WHERE INJECTED EXPECTED CAME: a row of the matrix of make check-faults
cell() { echo "# cell | $1 | $2 | $3 | $4 |"; }
skip() { COUNT=$((COUNT + 1)); echo "ok $COUNT - $1 # SKIP $2"; }
skip_all() { echo "1..0 # SKIP $1"; trap - EXIT; finish_quietly; exit 0; }
# Sanitizers make system calls, and allocate, where the programs do not.
is_sanitized() { readelf -d "$TOP_BUILD/tokenward" | grep -qE 'lib(a|ub|t)san'; }
# Built with --coverage: each process writes down what it ran, at its end.
is_counted() { grep -q '\.gcda' "$TOP_BUILD/tokenward"; }
# What tests/proof/table.sh gathers from the logs.
figure() { echo "# figure $*"; } # figure NAME VALUE [REMARK...]
# CC may have words: CC='ccache gcc'.
needs_compiler() {
    CC=${CC:-cc}
    command -v "${CC%% *}" >/dev/null || skip_all "no compiler"
}
# shellcheck disable=SC2086
compile() { $CC -Wall -Wextra -Werror -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -shared -fPIC "$@"; }
# i386 alone: the C library makes sockets by a call whose arguments no filter sees.
hides_sockets() {
    printf '#include <sys/syscall.h>\n#ifdef SYS_socketcall\nhidden\n#endif\n' | ${CC:-cc} -E - 2>/dev/null | grep -qx hidden
}
to_preload() { # to_preload NAME: $T/bin/NAME.so of tests/flow/NAME.c
    is_sanitized && skip_all "a sanitizer wants to be preloaded first"
    needs_compiler
    compile -D_GNU_SOURCE -O1 -o "$T/bin/$1.so" "$TOP_SRC/tests/flow/$1.c" 2>"$T/err" ||
        { sed 's/^/# /' "$T/err"; echo "Bail out! no library to preload"; exit 1; }
}
# A terminal: what is shown is in $T/screen, keys are what goes to descriptor 7.
# What runs in the background has signals ignored that a key sends.
# script(1) asks $SHELL, and one that waits for the command dies by its Ctrl-C.
terminal() { # terminal COMMAND: as the user, in the background
    rm -f "$T/keys"
    mkfifo "$T/keys"
    exec 7<>"$T/keys"
    : >"$T/screen"
    [ "$(id -u)" != 0 ] || set -- "setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups $1"
    env --default-signal=INT,QUIT timeout "$(patience 120)" script -fqec "exec $1" "$T/screen" <"$T/keys" >/dev/null 2>&1 &
    TERMINAL=$!
}
# shows PATTERN: sooner or later; or it is ended
shows() { until_true 20 grep -q -e "$1" "$T/screen" || { kill "$TERMINAL"; return 1; }; }
# A chroot may have no /dev/pts.
has_terminals() { command -v script >/dev/null && script -qec true /dev/null </dev/null >/dev/null 2>&1; }
done_testing() {
    # What begins otherwise is its own affair: a call that it does not know.
    [ -z "${UNDER_VALGRIND:-}" ] || is "$(find "$T/memory" -type f -exec grep -h '^==' {} +)" "" "valgrind found nothing"
    echo "1..$COUNT"
}

finish_quietly() {
    [ -z "${SANDBOX_PID:-}" ] || kill "$SANDBOX_PID" 2>/dev/null
    # shellcheck disable=SC2086  # perhaps several
    [ -z "${EXTRA_PID:-}" ] || kill $EXTRA_PID 2>/dev/null
    # Behind one that became a user stands the program itself.
    pkill -f "$T/(bin|watched)/"
    wait 2>/dev/null
    umount "$T/run" "$T/state" 2>/dev/null
    rm -rf "$T"
}
trap finish_quietly EXIT
trap 'exit 1' INT TERM

# The programs, where an unprivileged user reaches them.
mkdir "$T/bin" "$T/modules" "$T/presets" "$T/home" "$T/config" "$T/config/tokenward" "$T/run" "$T/sandbox"
for program in tokenward git-credential-tokenward tokenward-credential tokenward-helper; do
    cp "$TOP_BUILD/$program" "$T/bin/" || exit 99
done
# How pgrep -f knows a helper.
HELPER="^$T/bin/tokenward-helper"
# As `make check-valgrind` wants it: every program under it, and what it found.
# Its processor is some thirty times slower, so what a run is given by itself
# (20 s) is longer, as what a test waits for is.
watch_memory() {
    mkdir -m 1777 "$T/memory"
    mkdir "$T/watched"
    for program in "$T/bin"/*; do
        mv "$program" "$T/watched/"
        printf '#!/bin/sh\nexec valgrind -q --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=99 %s %s "$@"\n' \
            "--log-file='$T/memory/%p' --suppressions='$TOP_SRC/tests/proof/valgrind.supp'" \
            "'$T/watched/$(basename "$program")'" >"$program"
    done
    sed -i "s|/tokenward-helper'|& --deadline 200|" "$T/bin/tokenward-helper"
    chmod 755 "$T/bin"/* "$T/watched"
    HELPER="^[^ ]*valgrind.* $T/watched/tokenward-helper --deadline 200"
}
[ -z "${UNDER_VALGRIND:-}" ] || watch_memory
under_valgrind() { [ -n "${UNDER_VALGRIND:-}" ]; }
patience() { if under_valgrind; then echo $((10 * $1)); else echo "$1"; fi; } # patience N: of so many
cp "$TOP_BUILD"/provider/grants/.libs/*.so "$T/modules/" || exit 99
cp "$TOP_SRC"/etc/presets/*.yaml "$T/presets/" || exit 99
chmod 644 "$T/presets"/*
chmod 755 "$T/bin"/* "$T/modules"/*
chmod 700 "$T/run" "$T/home" "$T/config/tokenward" "$T/sandbox"
PATH=$T/bin:$PATH
export PATH HOME="$T/home" XDG_CONFIG_HOME="$T/config" XDG_RUNTIME_DIR="$T/run"
export TOKENWARD_HELPER="$T/bin/tokenward-helper" TOKENWARD_MODULE_DIR="$T/modules"
export TOKENWARD_PRESET_DIR="$T/presets"

# make check-unfenced: as on a kernel without Landlock and seccomp.
LACKING=
if [ -n "${TOKENWARD_LACKING:-}" ]; then
    cp "$TOP_BUILD/tests/flow/lacking" "$T/bin/" || exit 99
    LACKING="$T/bin/lacking --landlock --seccomp"
fi
# traced FILE COMMAND...: as user, under a strace that sees what is written,
# which root's alone does: a helper is not dumpable, and its memory not a user's
# to read.
traced() {
    file=$1
    shift
    set -- -f -y -v -s 65536 -e trace=execve,write,writev,pwrite64,sendto,sendmsg -o "$file" \
        setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups "$@"
    strace "$@"
}
can_trace() { [ "$(id -u)" = 0 ] && command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; }
# shellcheck disable=SC2086 # words are wanted
if [ "$(id -u)" = 0 ]; then
    user() { setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups $LACKING "$@"; }
    own() { chown -R "$USER_ID:$USER_ID" "$@"; }
else
    user() { $LACKING "$@"; }
    own() { :; }
fi
own "$T/run" "$T/home" "$T/config" "$T/sandbox"

sandbox() { # sandbox [OPTION...]: starts it, for as long as this shell lives; sets URL and CA
    [ -x "$TOP_BUILD/tests/sandbox/sandbox" ] ||
        skip_all "the sandbox was not built: libmicrohttpd is missing"
    cp "$TOP_BUILD/tests/sandbox/sandbox" "$T/bin/"
    : >"$T/sandbox.out" # of one before
    user "$T/bin/sandbox" --dir "$T/sandbox" --life 86400 --parent \
        --client "$CLIENT_ID:$CANARY:payments+wallet+accounts" "$@" >"$T/sandbox.out" 2>&1 &
    SANDBOX_PID=$!
    until_true 60 grep -q '^ready' "$T/sandbox.out"
    URL=$(sed -n 's/^url=//p' "$T/sandbox.out")
    CA=$(sed -n 's/^ca=//p' "$T/sandbox.out")
    [ -n "$URL" ] || { sed 's/^/# /' "$T/sandbox.out"; echo "Bail out! no sandbox"; exit 1; }
}
requests() { curl -s --cacert "$CA" "$URL/count" | tr -dc 0-9; }

profile() { # profile NAME PATH [LINE...]: one more, in a file of its own
    mkdir -p "$T/config/tokenward/profiles.d"
    name=$1
    {
        echo "profiles:"
        echo "  $name:"
        echo "    token_endpoint: $URL$2"
        echo "    client_id: $CLIENT_ID"
        echo "    client_secret: {file: ../secret}"
        echo "    scope: payments wallet"
        echo "    ca_file: $CA"
        shift 2
        case "$*" in *timeout:*) ;; *) ! under_valgrind || echo "    timeout: 60" ;; esac
        for line in "$@"; do echo "    $line"; done
    } >"$T/config/tokenward/profiles.d/$name.yaml"
    printf %s "$CANARY" >"$T/config/tokenward/secret"
    chmod 700 "$T/config/tokenward/profiles.d"
    chmod 600 "$T/config/tokenward/profiles.d/$name.yaml" "$T/config/tokenward/secret"
    own "$T/config"
}
record() { echo "$T/run/tokenward/$1/record"; }
field() { sed -n "s/^$2=//p" "$(record "$1")"; }
# Moves a record's end, as if time had passed.
age() { # age NAME SECONDS
    awk -F= -v s="$2" '/^(issued_at|expires_at|boottime_expires|refresh_at)=/ { print $1 "=" ($2 > s ? $2 - s : 0); next } { print }' \
        "$(record "$1")" >"$T/aged"
    cat "$T/aged" >"$(record "$1")"
}
forget() { rm -rf "$T/run/tokenward/$1"; }
# The make above may have said -w, which prints where it was last.
configured() { # configured VARIABLE...: what they are in the Makefile
    echo_them='@echo'
    for variable in "$@"; do echo_them="$echo_them \$($variable)"; done
    printf 'include Makefile\nprint:\n\t%s\n' "$echo_them" |
        MAKEFLAGS='' make -s --no-print-directory -C "$TOP_BUILD" -f - print 2>/dev/null | tail -n 1
}

# What runs beside a test.
until_true() { # until_true SECONDS COMMAND...
    tenths=$(patience $(($1 * 10)))
    shift
    while [ "$tenths" -gt 0 ]; do
        "$@" 2>/dev/null && return 0
        sleep 0.1
        tenths=$((tenths - 1))
    done
    return 1
}
# within MS COMMAND...: does its work, and in less than that; TOOK is how long.
# A busy host may take the processor from it, so it has more tries than one: who
# waits for something is late in each.
within() {
    limit=$(patience "$1")
    shift
    for _ in 1 2 3 4 5; do
        began=$(date +%s%N)
        "$@" || return 1
        TOOK=$((($(date +%s%N) - began) / 1000000))
        [ "$TOOK" -ge "$limit" ] || return 0
    done
    return 1
}
# A port for a server that takes none by itself.  Below those that the kernel
# gives away, or a connection of anybody's might have it by then.
free_port() {
    "$PYTHON" -c 'import random, socket
while True:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", random.randrange(10000, 32768)))
            print(probe.getsockname()[1])
            break
    except OSError:
        pass'
}
has_token() { grep -q '^access_token=' "$(record "$1")"; }
helper_pid() { pgrep -o -f "$HELPER serve"; } # its broker came after it
descriptors() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
memory() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
wrapper() { find /usr/lib /usr/lib64 -name "lib$1.so" 2>/dev/null | head -n 1; } # wrapper NAME: a library of cwrap's, if it is there

# nameless: no name server, in the mount namespace of a test's own; the host's may
# answer for names that are none, or take its time.
nameless() {
    [ -n "${IN_NAMESPACE:-}" ] || return
    echo 'nameserver 127.9.9.9' >"$T/resolv.conf"
    mount --bind "$T/resolv.conf" /etc/resolv.conf
}

# cover DIR: an empty one lies over it, or over the first above it that is
# there, in the mount namespace of a test's own; the host stays as it is.
COVERED=
cover() {
    above=$1
    while [ ! -d "$above" ]; do above=$(dirname "$above"); done
    case " $COVERED " in *" $above "*) ;; *)
        case $above in / | /usr | /etc | /lib | /usr/lib) return 1 ;; esac
        mount -t tmpfs -o mode=755 none "$above" || return 1
        COVERED="$COVERED $above" ;;
    esac
    mkdir -p "$1"
}
