#!/bin/sh
# SPDX-License-Identifier: MIT
# fault-t.sh - errors injected into each system call of reading profiles and of
# publishing: a message and an exit status of the table, or the fetch works all
# the same; the old token or the new one, whole.
#
# Of each call FAULT_POINTS (8) places are taken; make check-faults takes all,
# and with FAULT_FULL more errors.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v strace >/dev/null || skip_all "strace is not installed"
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
# LeakSanitizer cannot work under strace.
export ASAN_OPTIONS=detect_leaks=0
sandbox
profile fault /oauth/v1/token
user tokenward get fault >/dev/null || { echo "Bail out! no token"; exit 1; }
FETCH="$T/bin/tokenward-helper fetch --force fault"
TABLE=" 0 64 66 69 71 72 73 75 76 77 78 "

# Which calls there are.  Before main, which begins with umask(2), it is the
# dynamic linker and libraries that fail, in their own way.
# shellcheck disable=SC2086
user strace -f -o "$T/run/trace" $FETCH || { echo "Bail out! no trace"; exit 1; }
# places NAME: which of its calls, at most FAULT_POINTS of them, from both ends;
# strace counts in each process by itself.
places() {
    awk -v call="$1(" 'NR == 1 { first = $1 }
        index($2, "umask(") == 1 { begun = 1 }
        index($2, call) == 1 { ++n[$1]; if (begun || $1 != first) print n[$1] }' "$T/run/trace" |
        sort -nu >"$T/places"
    awk -v n="$(wc -l <"$T/places")" -v max="${FAULT_POINTS:-8}" \
        'n <= max || NR <= max / 2 || NR > n - max / 2' "$T/places"
}
whole() {
    [ "$(head -n 1 "$(record fault)")" = tokenward-record=1 ] &&
        [ "$(tail -c 1 "$(record fault)" | od -An -tx1 | tr -d ' ')" = 0a ] &&
        [ -n "$(user tokenward get --cached fault 2>/dev/null)" ]
}

# What make check-faults has on top.
FULL="openat:EACCES openat:EIO openat:ENFILE openat:ELOOP openat:EINTR newfstatat:ENOMEM newfstatat:EACCES \
fstatfs:EIO read:EINTR read:EBADF pread64:EIO lseek:EINVAL write:EDQUOT write:EINTR write:EPIPE write:EFBIG pwrite64:EIO \
mkdirat:EROFS mkdirat:EACCES mkdirat:EDQUOT renameat:EXDEV renameat:EROFS unlinkat:EIO \
unlinkat:EROFS flock:EIO ftruncate:EIO fallocate:ENOSPC munmap:EINVAL mprotect:ENOMEM rt_sigaction:EINVAL \
rt_sigprocmask:EINVAL pipe2:EMFILE pipe2:ENFILE socketpair:EMFILE epoll_create1:EMFILE epoll_ctl:ENOMEM eventfd2:EMFILE \
socket:ENOBUFS socket:EAFNOSUPPORT socket:EACCES connect:ECONNREFUSED connect:ENETUNREACH connect:EHOSTUNREACH \
connect:ETIMEDOUT connect:EACCES connect:EADDRNOTAVAIL bind:EADDRINUSE setsockopt:ENOMEM getsockopt:ENOMEM \
getsockname:ENOBUFS getpeername:ENOTCONN sendto:ECONNRESET sendto:EPIPE sendto:ENOBUFS recvfrom:ECONNRESET \
recvfrom:ENOMEM recvmsg:ECONNRESET sendmsg:ENOBUFS poll:EINTR poll:EINVAL futex:EINVAL setitimer:EINVAL getrandom:EAGAIN \
clock_gettime:EINVAL wait4:ECHILD waitid:ECHILD fsetxattr:ENOSPC fsetxattr:EOPNOTSUPP statx:EIO access:EACCES getdents64:ENOENT"

# Not brk(2): the kernel's answer is the old break, and strace's -ENOMEM would
# be taken for a new one.
for inject in openat:EMFILE openat:ENOMEM newfstatat:EIO read:EIO \
    getdents64:EIO fcntl:EMFILE mmap:ENOMEM mkdirat:ENOSPC write:ENOSPC write:EIO \
    pwrite64:ENOSPC renameat:EIO renameat:ENOSPC flock:ENOLCK flock:EINTR \
    poll:ENOMEM socket:EMFILE prctl:EPERM capset:EPERM prlimit64:EPERM \
    clone:EAGAIN pidfd_open:ENOSYS getrandom:ENOSYS close:EIO \
    seccomp:ENOMEM seccomp:EINVAL landlock_create_ruleset:ENOSYS landlock_add_rule:ENOMEM landlock_restrict_self:E2BIG \
    ${FAULT_FULL:+$FULL}; do
    name=${inject%:*}
    case $name in mmap) is_sanitized && continue ;; esac
    points=0 bad=0 failed=0
    for nth in $(places "$name"); do
        before=$(field fault generation)
        # shellcheck disable=SC2086
        user timeout 60 strace -f -o "$T/run/trace2" -e trace="$name,umask" -e inject="$name:error=${inject#*:}:when=$nth" $FETCH >"$T/out" 2>&1
        status=$?
        points=$((points + 1))
        said=$(grep -c '^tokenward-helper: ' "$T/out")
        [ $status = 0 ] || failed=$((failed + 1))
        if ! grep -q 'umask(077)' "$T/run/trace2"; then
            failed=$((failed - 1)) # it did not come to main
        elif case $TABLE in *" $status "*) false ;; esac; then
            bad=$((bad + 1)); echo "# $inject at $nth: exit $status: $(head -c 200 "$T/out")"
        elif [ $status != 0 ] && [ "$said" = 0 ] && [ "$name" != write ]; then
            bad=$((bad + 1)); echo "# $inject at $nth: exit $status without a word"
        elif [ $status = 0 ] && [ "$(field fault generation)" = "$before" ]; then
            bad=$((bad + 1)); echo "# $inject at $nth: exit 0, and nothing new: $(head -c 200 "$T/out")"
        fi
        grep -q "$CANARY" "$T/out" && { bad=$((bad + 1)); echo "# $inject at $nth: the secret was told"; }
        whole || { bad=$((bad + 1)); echo "# $inject at $nth: torn or lost"; }
    done
    if [ $points = 0 ]; then
        skip "$inject" "a fetch has no such call here"
    else
        is $bad 0 "$inject: $points times, $failed failed with a word"
        cell fetch "$inject at $points places" "0, or a status of the table with a word; record whole" \
            "$((points - failed)) worked, $failed told, $bad bad"
    fi
done

# Few descriptors.
limited() { # limited OPTION: 0 if it failed with a word of the table, or worked
    # shellcheck disable=SC2086
    out=$(user timeout 60 prlimit "$1" $FETCH 2>&1) # a file might be limited, too
    status=$?
    printf '%s\n' "$out" >"$T/out"
    whole || { echo "# $1: torn or lost"; return 1; }
    case $status in 0) return 0 ;; 127) grep -q 'shared libraries\|cannot\|prlimit' "$T/out"; return ;; esac
    case $TABLE in *" $status "*) grep -q '^tokenward-helper: ' "$T/out" && return ;; esac
    echo "# $1: exit $status: $(head -c 200 "$T/out")"
    return 1
}
bad=0
for n in $(seq 3 24); do limited --nofile="$n" || bad=$((bad + 1)); done
is $bad 0 "3 to 24 descriptors"
cell fetch "RLIMIT_NOFILE from 3 to 24" "0, or a status of the table with a word; record whole" "$bad bad"
# Little memory: an address space from 20 to 200 MiB.
if is_sanitized; then skip "little memory" "a sanitizer needs terabytes"; else
    bad=0
    for n in 20 24 28 32 40 60 100 200; do limited --as=$((n * 1048576)) || bad=$((bad + 1)); done
    is $bad 0 "20 to 200 MiB of address space"
    cell fetch "RLIMIT_AS from 20 to 200 MiB" "0, or a status of the table with a word; record whole" "$bad bad"
fi
# Files that may not grow: SIGXFSZ, or EFBIG where that is ignored.
bad=0
for n in 0 1 100 4096; do limited --fsize=$n || bad=$((bad + 1)); done
is $bad 0 "no file longer than 0 to 4096 bytes"
cell fetch "RLIMIT_FSIZE from 0 to 4096" "0, or a status of the table with a word; record whole" "$bad bad"
# shellcheck disable=SC2086
user $FETCH; is $? 0 "the next run works"
is "$(find "$T/run/tokenward" -name '.new.*' | wc -l)" 0 "and leaves no stray"
is "$(cat "$T/run/tokenward/fault/token")" "$(field fault access_token)" "and record and token file agree"
# A command's end is noticed without a descriptor of its process, too.
for way in "cat $T/config/tokenward/secret" "sh -c exit\\ 3" "sleep 60"; do
    case $way in sleep*) timeout=3 ;; *) timeout=30 ;; esac
    profile "by-command" /oauth/v1/token "timeout: $timeout"
    sed -i "s#client_secret:.*#client_secret: {command: [$(echo "$way" | sed 's/\([^\]\) /\1, /g; s/\\ / /g')]}#" \
        "$T/config/tokenward/profiles.d/by-command.yaml"
    case $way in cat*) wanted=0 ;; sleep*) wanted=75 ;; *) wanted=78 ;; esac
    for error in ENOSYS EMFILE; do
        out=$(user timeout 60 strace -f -o "$T/run/trace2" -e trace=pidfd_open -e inject=pidfd_open:error=$error \
            "$T/bin/tokenward-helper" --deadline 40 fetch --force by-command 2>&1)
        is $? $wanted "pidfd_open:$error, and a command '${way%% *}': exit $wanted"
        [ $wanted = 0 ] || like "$out" "by-command.yaml:.*command" "with a word"
    done
done
# Who keeps a command's token fresh needs one.  A command is run without.
out=$(user timeout 60 strace -o "$T/run/trace2" -e trace=pidfd_open -e inject=pidfd_open:error=ENOSYS "$T/bin/tokenward" exec fault -- \
    sh -c 'sed -n "s/^SigIgn:.*\([0-9a-f]\{4\}\)$/\1/p" /proc/self/status; exit 3' 2>&1)
is $? 3 "exec without pidfd_open: the command's exit status"
is "$((0x$(printf '%s\n' "$out" | tail -n 1) & 0x1000))" 0 "which is killed by a pipe that nobody reads, as ever"
like "$out" "^tokenward: warning: the token is not renewed while the command runs: Function not implemented$" "and a warning comes before it"
# A name is resolved by a thread of its own, and a host may allow no more.
profile nameless /token
sed -i 's|token_endpoint: .*|token_endpoint: https://as.example.test/token|' "$T/config/tokenward/profiles.d/nameless.yaml"
out=$(user timeout 60 strace -f -o "$T/run/trace2" -e trace=clone3 -e inject=clone3:error=EAGAIN "$T/bin/tokenward-helper" fetch nameless 2>&1); status=$?
if grep -q INJECTED "$T/run/trace2" && grep -q 'thread failed to start' "$(ldd "$T/bin/tokenward-helper" | sed -n 's/.*libcurl.* => \([^ ]*\).*/\1/p')"; then
    is $status 71 "no thread: exit 71"
    like "$out" "as.example.test: no thread can be started to resolve its name$" "and no word of how the name is spelled"
else
    skip "no thread" "libcurl asks for names in another way here"
fi
# The resident helper tells why it has no socket.
if hides_sockets; then
    skip "serve without a socket: exit 71, with a word" "strace cannot tell one use of a socket from another here"
else
    out=$(user timeout 60 strace -f -o "$T/run/trace2" -e trace=socket -e inject=socket:error=EMFILE "$T/bin/tokenward-helper" serve 2>&1)
    is $? 71 "serve without a socket: exit 71"
    like "$out" "/run/tokenward/doorbell: Too many open files" "with a word"
fi
done_testing
