#!/bin/sh
# SPDX-License-Identifier: MIT
# fence-t.sh - a provider that has turned against the helper tries to get out:
# what a fetch has no use for fails, what it needs works; and everything works
# where the kernel lacks Landlock, seccomp or both.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
needs_compiler
cp "$TOP_BUILD/tests/flow/lacking" "$T/bin/" || exit 99
compile -D_GNU_SOURCE -I"$TOP_SRC/provider" -o "$T/modules/intruder.so" \
    "$TOP_SRC/tests/flow/intruder.c" 2>"$T/err" || { sed 's/^/# /' "$T/err"; echo "Bail out! no module"; exit 1; }
chmod 644 "$T/modules/intruder.so"
has() { # has landlock|seccomp: 0 or the kernel's version, when it is built in
    ! grep -qi "define TW_NO_$1 1" "$TOP_BUILD/config.h" || { echo 0; return; }
    [ -z "${TOKENWARD_LACKING:-}" ] || { echo 0; return; }
    "$T/bin/lacking" --tell | sed "s/.*$1 \([0-9]*\).*/\1/"
}
LANDLOCK=$(has landlock) SECCOMP=$(has seccomp)
echo "# landlock $LANDLOCK, seccomp $SECCOMP"
sandbox
profile x /oauth/v1/token 'provider: intruder' "home: $T"
profile y /oauth/v1/token
umask 077
printf 'another secret\n' >"$T/config/tokenward/other.secret"
own "$T/run" "$T/config"

# Somebody to be reached, by a name that is no file's.
PYTHON=/usr/bin/python3 LISTENER=
if [ -x $PYTHON ]; then
    cat >"$T/bin/listener.py" <<'END'
import signal, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind("\0" + sys.argv[1])
listener.listen(64)
signal.pause()
END
    chmod 644 "$T/bin/listener.py"
    user $PYTHON "$T/bin/listener.py" "$T" &
    LISTENER=$!
    until_true 30 grep -q " @$T\$" /proc/net/unix
fi

attack() { # attack [COMMAND...]: the fetch, what it said in $T/out
    user rm -f "$T/run/planted" "$T/run/tokenward/x/mine" "$T/run/moved"
    user sh -c 'echo not for tokens >"$XDG_RUNTIME_DIR/outside"'
    user "$@" "$T/bin/tokenward-helper" fetch --force x </dev/null >"$T/out" 2>&1
}
came() { sed -n "s/^intruder: $1 //p" "$T/out"; }
# refused NAME ERRNO...: as one of these; skipped with what it takes
refused() {
    name=$1
    shift
    case " $* " in *" $(came "$name") "*) ok 0 "$name: $(came "$name")" ;; *) is "$(came "$name")" "$1" "$name is refused" ;; esac
}
ruled() { # ruled VERSION NAME: by Landlock, since that version of it
    if [ "$LANDLOCK" -ge "$1" ]; then refused "$2" EACCES; else skip "$2 is refused" "no Landlock $1 here"; fi
}
scoped() { # scoped NAME: to what is inside
    if [ "$LANDLOCK" -lt 6 ]; then
        skip "$1 is refused" "no Landlock 6 here"
    elif [ -z "$LISTENER" ]; then
        skip "$1 is refused" "python3 is not installed"
    else
        refused "$1" EPERM
    fi
}
filtered() {
    if [ "$SECCOMP" = 1 ]; then refused "$1" ENOSYS; else skip "$1 is refused" "no seccomp here"; fi
}
family() {
    if ! hides_sockets; then filtered "$1"; else skip "$1 is refused" "a socket's family is hidden here"; fi
}

attack; is $? 0 "an intruder gets a token like any provider"
for name in read-outside read-profile read-other-secret write-own-secret write-outside make-socket rename; do ruled 1 $name; done
[ "$LANDLOCK" = 0 ] || { [ ! -e "$T/run/planted" ] && [ -e "$T/run/outside" ]; ok $? "and nothing was written or moved"; }
ruled 4 bind
ruled 5 ioctl-device
scoped abstract
ruled 4 connect-elsewhere
for name in truncate fork execve execve-library execve-planted ptrace dumpable signal unshare process_vm_readv keyctl personality writable-code; do
    filtered $name
done
for name in packet vsock; do family $name; done
attack env NO_PROXY=example.test http_proxy=http://127.0.0.1:3128; is $? 0 "where a variable names no proxy of ours, too"
ruled 4 connect-elsewhere
is "$(came read-own-secret)" done "its own secret is read"
is "$(came write-runtime)" done "the runtime directory is written"
is "$(came terminal) $(came terminal2)" "ENOTTY ENOTTY" "the kernel is asked for a terminal, as any C library does"
is "$(grep -c "^intruder: " "$T/out")" 31 "it tried all that it can"

# A module's constructor runs, and profiles are parsed, where no endpoint is
# spoken to, too: what these commands write is the runtime directory or nothing.
cat >"$T/planter.c" <<'END'
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tokenward-provider.h"
static void plant(const char *place)
{
    char path[4096];
    int fd;

    snprintf(path, sizeof path, "%s/planted", place);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    fprintf(stderr, "planter: %s %s\n", path, fd < 0 ? strerrorname_np(errno) : "done");
}
static void call(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fprintf(stderr, "planter: connect %s\n",
            fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? strerrorname_np(errno) : "done");
    close(fd);
}
static void multiply(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    fprintf(stderr, "planter: fork %s\n", pid < 0 ? strerrorname_np(errno) : "done");
}
__attribute__((constructor)) static void turn(void) { plant(OUTSIDE); plant(RUNTIME); call(); multiply(); }
static int advance(const struct tw_host *host, void *state, const struct tw_event *event, struct tw_action *action)
{
    (void)host; (void)state; (void)event;
    action->kind = TW_ACTION_FAIL;
    return 0;
}
TW_PROVIDER_V1(.name = "planter", .summary = "turns", .advance = advance);
END
compile -D_GNU_SOURCE -DOUTSIDE="\"$T/config\"" -DRUNTIME="\"$T/run/tokenward\"" -I"$TOP_SRC/provider" -o "$T/modules/planter.so" "$T/planter.c" ||
    { echo "Bail out! no module"; exit 1; }
chmod 644 "$T/modules/planter.so"
profile planted /oauth/v1/token 'provider: planter'
sed -i '/scope:/d' "$T/config/tokenward/profiles.d/planted.yaml"
planted() { # planted OUTSIDE RUNTIME COMMAND...
    outside=$1 runtime=$2
    shift 2
    rm -f "$T/config/planted" "$T/run/tokenward/planted"
    user "$T/bin/tokenward-helper" "$@" >"$T/out" 2>&1
    status=$?
    if [ "$LANDLOCK" -ge 1 ]; then
        is "$(sed -n "s#^planter: $T/config/planted ##p" "$T/out") $(sed -n "s#^planter: $T/run/tokenward/planted ##p" "$T/out")" \
            "$outside $runtime" "$*: what a module may write"
    else
        skip "$*: what a module may write" "no Landlock here"
    fi
    ! grep -q '^planter: connect' "$T/out"; [ $? = 1 ]; is $? 0 "its constructor ran"
    if hides_sockets; then
        skip "and calls nobody, nor makes a process" "a socket's family is hidden here"
    elif [ "$SECCOMP" = 1 ]; then
        is "$(sed -n 's/^planter: \(connect\|fork\) //p' "$T/out" | sort -u)" ENOSYS "and calls nobody, nor makes a process"
    else
        skip "and calls nobody, nor makes a process" "no seccomp here"
    fi
    is $status 0 "and it works"
}
planted EACCES EACCES check
planted EACCES EACCES providers planter
planted EACCES done explain planted
planted EACCES done index
if [ "$SECCOMP" = 1 ] && [ "$LANDLOCK" -ge 4 ]; then
    user lacking --seccomp "$T/bin/tokenward-helper" check >"$T/out" 2>&1
    is "$(sed -n 's/^planter: connect //p' "$T/out" | sort -u)" EACCES "without seccomp it is Landlock that lets it call nobody"
else
    skip "without seccomp it is Landlock that lets it call nobody" "this kernel or build lacks one"
fi
user "$T/bin/tokenward-helper" reject y; is $? 0 "reject writes there, too"
rm "$T/config/tokenward/profiles.d/planted.yaml" "$T/modules/planter.so"

# Without Landlock it is the filter that keeps the programs out, and the other
# way round; without both the helper is what file modes make it.
if [ "$SECCOMP" = 1 ] && [ "$LANDLOCK" -gt 0 ]; then
    attack lacking --seccomp; is $? 0 "without seccomp: a token"
    is "$(came read-outside) $(came write-outside)" "EACCES EACCES" "and Landlock holds"
    is "$(came execve) $(came execve-library)" "EPERM EPERM" "a process may be forked, and run no program, not of what it reads"
    is "$(came write-program) $(came execve-planted)" "done EPERM" "nor of what it writes"
    if [ "$LANDLOCK" -ge 3 ]; then
        is "$(came truncate)" EACCES "nor does it empty what it may not write"
    else
        skip "nor does it empty what it may not write" "no Landlock 3 here"
    fi
    if [ "$LANDLOCK" -ge 6 ]; then
        is "$(came signal)" EPERM "and nobody outside is sent a signal"
    else
        skip "nobody outside is sent a signal" "no Landlock 6 here"
    fi
    attack lacking --landlock; is $? 0 "without Landlock: a token"
    is "$(came fork) $(came execve)" "ENOSYS ENOSYS" "and the filter holds"
    is "$(came read-outside)" done "what the user's files let it read is read"
    attack lacking --landlock --seccomp; is $? 0 "without both: a token"
    is "$(came read-outside) $(came execve) $(came execve-library) $(came execve-planted)" "done done done done" "and nothing is fenced"
else
    skip "what one holds without the other" "this kernel or build lacks one"
fi

# Where WLCG's clients look is written, and what others keep there is not read.
if [ "$LANDLOCK" -gt 0 ]; then
    profile x /oauth/v1/token 'provider: intruder' "home: $T" 'wlcg_discovery: true'
    attack; is $? 0 "with a token for WLCG's clients: a token"
    is "$(came read-outside) $(came write-outside)" "EACCES done" "what is beside it is written, and not read"
    profile x /oauth/v1/token 'provider: intruder' "home: $T"
    user rm "$T/run/bt_u$USER_ID"
else
    skip "what is beside a token for WLCG's clients" "no Landlock here"
fi

# A command runs outside the fence, and the helper inside is none the wider.
printf '%s\n' '#!/bin/sh' "echo was-run >$T/run/by-command" "cat $T/config/tokenward/other.secret >/dev/null && cat $T/config/tokenward/secret" >"$T/home/command"
chmod 700 "$T/home/command"
own "$T/home"
sed -i "s#client_secret:.*#client_secret: {command: [$T/home/command, one, two words]}#" "$T/config/tokenward/profiles.d/x.yaml"
attack; is $? 0 "a secret by a command: a token"
[ -e "$T/run/by-command" ]; ok $? "the command reads and writes what its user may"
[ "$LANDLOCK" = 0 ] || is "$(came read-outside) $(came write-outside)" "EACCES EACCES" "the helper does not"
[ "$SECCOMP" = 0 ] || is "$(came execve)" "ENOSYS" "nor does it run programs"
until_true 30 eval '! pgrep -f "^$T/bin/tokenward-helper" >/dev/null'; is $? 0 "no process is left"

# A port that a URL does not write is its scheme's, in whatever case.
profile loud /oauth/v1/token 'allow_http: loopback'
sed -i 's#token_endpoint: .*#token_endpoint: HTTP://127.0.0.1/token#' "$T/config/tokenward/profiles.d/loud.yaml"
user "$T/bin/tokenward-helper" fetch loud 2>&1 | grep -q 'Permission denied'; is $? 1 "the port of HTTP:// is 80"
rm "$T/config/tokenward/profiles.d/loud.yaml"

# The resident helper.
user "$T/bin/tokenward-helper" serve >"$T/out" 2>"$T/served" &
EXTRA_PID=$!
until_true 20 test -S "$T/run/tokenward/doorbell"
until_true 20 has_token y; ok $? "the resident helper keeps a token"
pid=$(tr -dc 0-9 <"$T/run/tokenward/serve")
if [ "$SECCOMP" = 1 ]; then
    is "$(sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")" 2 "under a filter"
    is "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")" 1 "without new privileges"
else
    skip "under a filter" "no seccomp here"
fi
user tokenward get x >"$T/out" 2>&1; is $? 0 "whose broker starts the fetch of a profile with a command"
kill "$pid"; wait "$EXTRA_PID"; is $? 0 "and which ends when it is told"
EXTRA_PID=

# A provider of ours is asked by the resident helper itself: one that has
# turned, in its place.
compile -D_GNU_SOURCE -DNAME='"client_credentials"' -I"$TOP_SRC/provider" -o "$T/modules/client_credentials.so" \
    "$TOP_SRC/tests/flow/intruder.c" 2>"$T/err" || { sed 's/^/# /' "$T/err"; echo "Bail out! no module"; exit 1; }
chmod 644 "$T/modules/client_credentials.so"
rm -rf "$T/config/tokenward/profiles.d" "$T/run/tokenward" "$T/run/planted" "$T/run/moved"
profile z /oauth/v1/token "home: $T"
user sh -c 'echo not for tokens >"$XDG_RUNTIME_DIR/outside"'
user "$T/bin/tokenward-helper" serve >"$T/served" 2>"$T/out" &
EXTRA_PID=$!
until_true 20 has_token z; ok $? "the resident helper asks one that has turned"
is "$(grep -c "^intruder: " "$T/out")" 31 "which tried all that it can"
for name in write-own-secret write-outside make-socket rename; do ruled 1 $name; done
[ "$LANDLOCK" = 0 ] || { [ ! -e "$T/run/planted" ] && [ -e "$T/run/outside" ]; ok $? "and nothing was written or moved"; }
ruled 4 bind
ruled 5 ioctl-device
scoped abstract
for name in truncate fork execve execve-library execve-planted ptrace dumpable signal unshare process_vm_readv keyctl personality writable-code; do
    filtered $name
done
for name in packet vsock; do family $name; done
pid=$(tr -dc 0-9 <"$T/run/tokenward/serve")
if [ "$SECCOMP" = 1 ]; then
    kill "$pid"; wait "$EXTRA_PID"; is $? 0 "and ends when it is told"
else
    kill -KILL "$pid"
    skip "and ends when it is told" "no seccomp here: it has this shell trace it, and stops"
fi
EXTRA_PID=
done_testing
