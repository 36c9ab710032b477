#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-odd-t.sh - logins where something is wrong: the network, the helper, the
# host's limits and environment, and what a user left to be cleaned up.  None
# fails, none waits too long, nothing outside is touched and nothing is left.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -mn true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -mn sh "$0" "$@"
fi
# shellcheck source=tests/flow/pam_lib.sh
. "${TOP_SRC:-.}/tests/flow/pam_lib.sh"
[ "$(readlink /proc/1/ns/net)" != "$(readlink /proc/self/ns/net)" ] || skip_all "needs a network namespace"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
ip link set lo up
service tw-test debug
service tw-1s deadline=1
before=$(find /etc /usr/local -xdev -printf '%p %m %u %s %T@\n' 2>/dev/null | cksum)
mkdir -p "$T/outside/dir"
echo stays >"$T/outside/file"
chmod -R 777 "$T/outside"
OUTSIDE=$(find "$T/outside" -printf '%P %m %u %s %T@\n' | sort | cksum)

LOGINS=0 FAILURES=0 OVER=0
# attempt NAME LIMIT_MS COMMAND...: a login or logout, which must go on in time,
# if not each time on a busy machine
attempt() {
    what=$1 limit=$2
    shift 2
    LOGINS=$((LOGINS + 1))
    for _ in 1 2 3 4 5; do
        timed "$@" >/dev/null 2>&1
        status=$?
        [ $status = 0 ] && [ "$took" -ge "$limit" ] || break
        pamtester tw-test "$TESTER" close_session >/dev/null 2>&1
    done
    set -- $status
    [ "$1" = 0 ] || FAILURES=$((FAILURES + 1))
    [ "$took" -lt "$limit" ] || OVER=$((OVER + 1))
    is "$1 $([ "$took" -lt "$limit" ] && echo "in time")" "0 in time" "$what ($took ms)"
}
open() { attempt "$1" "$2" pamtester "${3:-tw-test}" "$TESTER" open_session; }
close() { attempt "${1:-}closes" 2400 pamtester tw-test "$TESTER" close_session; }
# A busy machine may need more than the deadline for what does not wait.
SLACK=700

profile login /oauth/v1/token 'login: true'
profile extra /oauth/v1/token 'login: true'
other() { # other URL: where the profile "extra" goes
    sed -i "s|token_endpoint:.*|token_endpoint: $1|" "$T/config/tokenward/profiles.d/extra.yaml"
}
has_token() { until_true 9 test -s "$OWN/login/token"; } # it may come behind the login
served() { has_token; ok $? "$1: the other profile has its token"; }

# The network.
if [ -x "$TOP_BUILD/tests/flow/deaf" ]; then
    "$TOP_BUILD/tests/flow/deaf" &
    DEAF_PID=$!
    printf 'nameserver 127.0.0.2\nnameserver 127.0.0.3\nnameserver 127.0.0.4\n' >"$T/resolv.conf"
    printf 'hosts: files dns\npasswd: files\ngroup: files\n' >"$T/nsswitch.conf"
    mount --bind "$T/resolv.conf" "$(readlink -f /etc/resolv.conf)"
    mount --bind "$T/nsswitch.conf" "$(readlink -f /etc/nsswitch.conf)"
    other https://nowhere.example/token
    open "three name servers that say nothing" $((1000 + SLACK)) tw-1s
    served "dead names"
    close "dead names: "
    open "the same, with the usual deadline" $((3000 + SLACK))
    close "dead names again: "
else
    skip "dead names" "tests/flow/deaf was not built"
fi
# A neighbour that is there, and that nobody hears.
if { ip link add silent type dummy || ip tuntap add silent mode tap; } 2>/dev/null; then
    ip link set silent up && ip addr add 192.0.2.1/24 dev silent &&
        ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev silent
    other https://192.0.2.9/token
    open "a route that leads nowhere" $((1000 + SLACK)) tw-1s
    served "a dead route"
    close "a dead route: "
else
    skip "a dead route" "no network device can be made here"
fi
other "$URL/m/hang/oauth/v1/token"
open "a server that never answers" $((1000 + SLACK)) tw-1s
served "a hanging server"
close "a hanging server: "
# A handshake of which one byte comes each 200 ms.
cat >"$T/handshake.py" <<'PY'
import socket, time, threading
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(8)
print(s.getsockname()[1], flush=True)
def slow(c):
    try:
        for b in b'\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03' + bytes(4096):
            c.send(bytes([b])); time.sleep(.2)
    except OSError: pass
while True:
    c, _ = s.accept(); threading.Thread(target=slow, args=(c,), daemon=True).start()
PY
$PYTHON "$T/handshake.py" >"$T/handshake" &
EXTRA_PID=$!
for _ in $(seq 50); do [ -s "$T/handshake" ] && break; sleep 0.1; done
other "https://127.0.0.1:$(cat "$T/handshake")/token"
open "a TLS handshake that takes for ever" $((1000 + SLACK)) tw-1s
served "a slow handshake"
close "a slow handshake: "
rm "$T/config/tokenward/profiles.d/extra.yaml"

# The helper itself, as it was started: it is still at work behind the login.
profile slow '/m/delay=6000/oauth/v1/token' 'login: true'
$PYTHON - "$TESTER" <<'PY'
import os, sys
os.set_inheritable(os.open('/etc/shadow', os.O_RDWR), True)
for _ in range(1000):
    os.set_inheritable(os.open('/dev/null', os.O_RDONLY), True)
sys.exit(os.spawnvp(os.P_WAIT, 'pamtester', ['pamtester', 'tw-1s', sys.argv[1], 'open_session']))
PY
is $? 0 "1,000 inherited descriptors, one of them of /etc/shadow"
newest=$(pgrep -n -u "$USER_ID" -x tokenward-helpe)
if [ -n "$newest" ]; then
    status=$(tr '\t' ' ' <"/proc/$newest/status")
    like "$status" "^Uid: $USER_ID $USER_ID $USER_ID $USER_ID$" "the helper at work: the user in all four uids"
    like "$status" "^Gid: $USER_ID $USER_ID $USER_ID $USER_ID$" "and gids"
    like "$status" "^Groups: 19999 $USER_ID *$" "the user's groups"
    for set in Inh Prm Eff Bnd Amb; do like "$status" "^Cap$set: 0000000000000000$" "no capability: $set"; done
    like "$status" "^NoNewPrivs: 1$" "no new privileges"
    is "$(find "/proc/$newest/fd" -lname '*shadow*' | wc -l)" 0 "no descriptor of the caller's"
    [ "$(find "/proc/$newest/fd" -type l | wc -l)" -lt 40 ]; ok $? "and few of its own"
else
    ok 1 "the helper is at work behind the login"
fi
close "while a fetch is under way: "
rm "$T/config/tokenward/profiles.d/slow.yaml"

# 1,000 profiles, in files of the size that a user's may have.
$PYTHON - "$T/config/tokenward/profiles.d" "$URL" "$CLIENT_ID" "$CA" <<'PY'
import sys
where, url, client, ca = sys.argv[1:]
for part in range(10):
    with open(f'{where}/many{part}.yaml', 'w') as out:
        out.write('profiles:\n')
        for i in range(100):
            out.write(f'  many{part}-{i}:\n    token_endpoint: {url}/oauth/v1/token\n    client_id: {client}\n'
                      f'    client_secret: {{file: ../secret}}\n    ca_file: {ca}\n    scope: payments\n    login: true\n')
PY
chmod 600 "$T/config/tokenward/profiles.d"/many*
own "$T/config"
open "1,000 profiles" $((3000 + SLACK))
for _ in $(seq 300); do [ "$(find "$OWN" -name token | wc -l)" -lt 1001 ] || break; sleep 0.1; done
is "$(find "$OWN" -name token | wc -l)" 1001 "each has its token in the end"
close "1,000 profiles: "
rm "$T/config/tokenward/profiles.d"/many*
[ ! -e "$OWN" ]; ok $? "and all are gone"

# The host's limits, and where it stands.
for limit in --nproc=0 --as=33554432 --as=50331648 --as=100663296 --cpu=1 --nofile=12 --fsize=0 --stack=65536 --core=unlimited; do
    if [ "$limit" = --fsize=0 ] && is_counted; then
        skip "prlimit $limit" "what counts lines writes them down at the end of the host, too"
        continue
    fi
    attempt "prlimit $limit" $((3000 + SLACK)) prlimit "$limit" pamtester tw-test "$TESTER" open_session
    close "and "
done
attempt "nice 19" $((3000 + SLACK)) nice -n 19 pamtester tw-test "$TESTER" open_session
has_token; ok $? "is served"
close
mkdir "$T/root"
mount --bind / "$T/root"
mount --bind "$T/passwd" "$T/root/etc/passwd"
mount --bind "$T/pam.d" "$T/root/etc/pam.d"
attempt "a root directory without /proc, /dev, /run and a helper" $((3000 + SLACK)) chroot "$T/root" pamtester tw-1s "$TESTER" open_session
attempt "and out of it" 2400 chroot "$T/root" pamtester tw-1s "$TESTER" close_session
rm -rf "$T/root/run/tokenward"
umount "$T/root/etc/passwd" "$T/root/etc/pam.d" "$T/root"

# Its environment: what steers libcurl, OpenSSL, the resolver and libc.
$PYTHON - >"$T/trap" <<'PY' &
import socket
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(8)
print(s.getsockname()[1], flush=True)
while True:
    s.accept(); print('touched', flush=True)
PY
TRAP_PID=$!
for _ in $(seq 50); do [ -s "$T/trap" ] && break; sleep 0.1; done
trap_port=$(head -n 1 "$T/trap")
mkdir -p "$T/hostile/.config/tokenward"
printf 'proxy = http://127.0.0.1:%s\n' "$trap_port" >"$T/hostile/.curlrc"
printf 'default login evil password evil\n' >"$T/hostile/.netrc"
printf 'openssl_conf = x\n[x]\nengines = y\n[y]\nz = w\n[w]\ndynamic_path = %s/none.so\ninit = 1\n' "$T" >"$T/hostile/openssl.cnf"
printf '127.0.0.1 localhost\n' >"$T/hostile/aliases"
chmod -R 777 "$T/hostile"
PROXY=http://127.0.0.1:$trap_port
hostile() {
    env HTTPS_PROXY="$PROXY" https_proxy="$PROXY" HTTP_PROXY="$PROXY" http_proxy="$PROXY" ALL_PROXY="$PROXY" all_proxy="$PROXY" \
        NO_PROXY= no_proxy= SSLKEYLOGFILE="$T/hostile/keys" SSL_CERT_FILE="$T/hostile/.netrc" SSL_CERT_DIR="$T/hostile" \
        OPENSSL_CONF="$T/hostile/openssl.cnf" OPENSSL_MODULES="$T/hostile" OPENSSL_ENGINES="$T/hostile" \
        CURL_CA_BUNDLE=/nowhere CURL_HOME="$T/hostile" HOME="$T/hostile" NETRC="$T/hostile/.netrc" XDG_CONFIG_HOME="$T/hostile/.config" \
        XDG_RUNTIME_DIR="$T/hostile" XDG_STATE_HOME="$T/hostile" RES_OPTIONS='timeout:30 attempts:9' LOCALDOMAIN=evil.example \
        HOSTALIASES="$T/hostile/aliases" RESOLV_HOST_CONF=/etc/shadow LD_LIBRARY_PATH="$T/hostile" LD_AUDIT="$T/none.so" LD_PRELOAD="$T/none.so" \
        LD_BIND_NOT=1 GCONV_PATH="$T/hostile" GETCONF_DIR="$T/hostile" LOCPATH="$T/hostile" NLSPATH="$T/hostile" MALLOC_CHECK_=3 \
        MALLOC_PERTURB_=7 GLIBC_TUNABLES=glibc.malloc.check=3 TZ=:/etc/shadow TZDIR="$T/hostile" TMPDIR="$T/hostile" IFS=x ENV="$T/hostile/.curlrc" \
        BASH_ENV="$T/hostile/.curlrc" TOKENWARD_HELPER=/bin/false TOKENWARD_MODULE_DIR="$T/hostile" TOKENWARD_PRESET_DIR="$T/hostile" \
        CREDENTIALS_DIRECTORY="$T/hostile" LISTEN_FDS=3 NOTIFY_SOCKET="$T/hostile/notify" "$@"
}
asked=$(requests)
attempt "an environment in which everything lies" $((3000 + SLACK)) hostile pamtester tw-test "$TESTER" open_session
has_token; ok $? "and the token is there"
is "$(($(requests) - asked))" 1 "by one request, straight to the server"
is "$(sed 1d "$T/trap")" "" "no proxy was asked"
is "$(find "$T/hostile" -newer "$T/hostile/aliases" -type f | wc -l)" 0 "no key log, and no file of ours in it"
close
kill "$TRAP_PID"

# Who is not one.
long=$(printf 'a%.0s' $(seq 300))
for name in '' ' ' '/' '../../etc' 'DOMAIN\user' 'user@domain' "$long" "$(printf 'a\nb')" "$(printf '\033[2J')" '%s%n' root; do
    attempt "a user named '$(printf %.12s "$name" | tr -dc '[:print:]')'" 1000 pamtester tw-test "$name" open_session close_session
done
is "$(ls -A /run/tokenward/user | grep -v '^.sessions$')" "" "nothing is made for them"

# How long a token of a login stays.
mkdir -p /var/lib/systemd
mount -t tmpfs none /var/lib/systemd
mkdir /var/lib/systemd/linger
profile of-user /oauth/v1/token 'login: true' 'lifetime: user'
profile of-linger /oauth/v1/token 'login: true' 'lifetime: linger'
kept() { (cd "$OWN" 2>/dev/null && echo */token); }
open "profiles of three lifetimes" $((3000 + SLACK))
for name in of-linger of-user login; do until_true 9 test -s "$OWN/$name/token"; done
is "$(kept)" "login/token of-linger/token of-user/token" "all are there"
touch "/var/lib/systemd/linger/$TESTER"
close "lingering: "
is "$(kept)" "of-linger/token of-user/token" "a user who lingers keeps two of them"
open "again" $((3000 + SLACK))
rm "/var/lib/systemd/linger/$TESTER"
close "not lingering: "
is "$(kept)" "of-linger/token" "another keeps one"
rm "$T/config/tokenward/profiles.d"/of-*.yaml
rm -rf "$OWN"

# What a user left to be cleaned up.
leftover() { # leftover NAME COMMAND...: open, have the user do it, close
    left=$1
    shift
    open "$left" $((3000 + SLACK))
    has_token
    (cd "$OWN/login" && "$@")
    close "$left: "
    [ ! -e "$OWN/login/token" ]; ok $? "$left: the token is gone"
}
deep() { user $PYTHON -c 'import os
for _ in range(5000): os.mkdir("d"); os.chdir("d")'; }
links() { user ln -s /etc etc; user ln -s "$T/outside" outside; user ln -s "$T/outside/file" file; user ln "$T/outside/file" hard 2>/dev/null; user mkfifo fifo; }
mounted() { user mkdir mount && mount --bind "$T/outside" mount; }
leftover "5,000 nested directories" deep
rm -rf "$OWN"
leftover "links to /etc and outside, and a FIFO" links
[ ! -e "$OWN" ]; ok $? "and all else"
leftover "a bind mount inside" mounted
umount "$OWN/login/mount"
rm -rf "$OWN"
# tmpfs knows no immutable files; a disk of its own does, where one can be had.
if truncate -s 8M "$T/disk" && mkfs.ext4 -q -F "$T/disk" >/dev/null 2>&1 && mount -o loop "$T/disk" /run/tokenward/user 2>/dev/null; then
    open "an immutable file" $((3000 + SLACK))
    has_token
    chattr +i "$OWN/login/token"; is $? 0 "an immutable file, on a disk of its own"
    close "an immutable file: "
    [ -s "$OWN/login/token" ]; ok $? "is not the logout's to remove"
    [ ! -e "$OWN/login/record" ]; ok $? "but what is beside it goes"
    is "$(ls /run/tokenward/user/.sessions/$USER_ID)" "" "and the session is none any more"
    chattr -i "$OWN/login/token"
    open "a login after it" $((3000 + SLACK))
    close "and "
    [ ! -e "$OWN" ]; ok $? "which removes all"
    umount /run/tokenward/user
else
    skip "an immutable file" "no disk of its own can be had here (mkfs.ext4, loop devices)"
fi
rm -rf "$OWN"
# Directories and links change places while they are removed.
cat >"$T/swap.py" <<'PY'
import ctypes, os, sys, time
base, outside, stop = sys.argv[1:]
libc = ctypes.CDLL(None)
pairs = [(base + '/login', base + '/swap'), (base + '/login/x', base + '/login/swap')]
swaps, end = 0, time.time() + 6
while time.time() < end and not os.path.exists(stop):
    for a, b in pairs:
        try:
            for link in (base + '/login', a): # its other half was removed: this loop would go through it
                os.path.islink(link) and os.unlink(link)
            os.makedirs(a + '/y/z', exist_ok=True)
            os.path.lexists(b) or os.symlink(outside, b)
        except OSError:
            pass
        for _ in range(10):
            swaps += libc.renameat2(-100, a.encode(), -100, b.encode(), 2) == 0
print('# swapped', swaps, 'times')
PY
open "a race" $((3000 + SLACK))
user $PYTHON "$T/swap.py" "$OWN" "$T/outside" "$T/enough" &
swapper=$!
rounds=0
while kill -0 "$swapper" 2>/dev/null && [ "$rounds" -lt 12 ]; do
    close "a race: "
    open "a race" $((3000 + SLACK))
    rounds=$((rounds + 1))
done
touch "$T/enough"
wait "$swapper"
close "after the race: "
touched=$(find "$T/outside" -printf '%P %m %u %s %T@\n' | sort | cksum)
is "$touched" "$OUTSIDE" "nothing outside was touched"
[ "$touched" = "$OUTSIDE" ] || find "$T/outside" -printf '# %P %m %u %s %T@\n'

# The sum.
umount /var/lib/systemd
umount "$(readlink -f /etc/resolv.conf)" "$(readlink -f /etc/nsswitch.conf)" 2>/dev/null
touched=$([ "$(find /etc /usr/local -xdev -printf '%p %m %u %s %T@\n' 2>/dev/null | cksum)" = "$before" ] && echo 0 || echo some)
for _ in $(seq 220); do # 20 s: the helper's own deadline
    pgrep -r DRST -u "$USER_ID" -x tokenward-helpe >/dev/null || break
    sleep 0.1
done
left=$(pgrep -c -r DRST -u "$USER_ID" -x tokenward-helpe)
figure odd-logins "$LOGINS"
figure odd-logins-failed "$FAILURES"
figure odd-logins-over-the-deadline "$OVER"
figure odd-logins-files-outside-touched "$touched"
figure odd-logins-processes-left "$left"
is "$FAILURES $OVER $touched $left" "0 0 0 0" "$LOGINS logins and logouts: 0 failed, 0 over the deadline, 0 files outside touched, 0 processes left"
kill "${DEAF_PID:-$EXTRA_PID}" 2>/dev/null
done_testing
