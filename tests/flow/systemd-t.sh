#!/bin/sh
# SPDX-License-Identifier: MIT
# systemd-t.sh - a real systemd starts the units: the sandbox, socket
# activation, restarts and a user's unit, with real fetches.
#
# It is the host's own systemd, as the first process of namespaces of its own
# (processes, mounts, network, cgroups) over a copy-on-write view of the host,
# into which the programs are installed.  The host sees nothing of it.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
[ "$(id -u)" = 0 ] || skip_all "needs root"
[ -x /lib/systemd/systemd ] || skip_all "systemd is not installed"
is_sanitized && skip_all "the units' sandbox is not made for sanitizers"
[ -f "$TOP_BUILD/etc/systemd/system/tokenward.service" ] || skip_all "configured without systemd"
case $(configured sysusersdir) in
/usr/local/lib/* | /usr/lib/* | /etc/*) ;;
*) skip_all "configured for a prefix where systemd does not look" ;;
esac
[ -x "$TOP_BUILD/tests/sandbox/sandbox" ] || skip_all "the sandbox was not built: libmicrohttpd is missing"
unshare -m -C -p -f -n -u -i true 2>/dev/null || skip_all "namespaces cannot be made here"
# In a chroot it would be one of two roots, and make no user namespaces.
unshare -U true 2>/dev/null || skip_all "user namespaces cannot be made here"
cgroups=$(findmnt -n -t cgroup2 -o TARGET 2>/dev/null | head -n 1)
[ -n "$cgroups" ] || skip_all "cgroup2 is not mounted"
own_cgroup=$cgroups$(sed -n 's/^0:://p' /proc/self/cgroup)
cgroup=${own_cgroup%/}/tokenward-check.$$
mkdir "$cgroup" 2>/dev/null || skip_all "cgroups cannot be made here"
finish() {
    echo $$ >"$own_cgroup/cgroup.procs"
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
    finish_quietly
}
trap finish EXIT
echo $$ >"$cgroup/cgroup.procs" || skip_all "cgroups cannot be entered here"

mkdir "$T/out" "$T/over"
chmod 755 "$T/out"
: >"$T/out/result"
cp "$TOP_BUILD/tests/sandbox/sandbox" "$T/bin/"
cp "$TOP_SRC/tests/flow/systemd-inside.sh" "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 755 "$T/bin/sandbox"
export T TOP_BUILD CLIENT_ID CANARY
# shellcheck disable=SC2016
timeout -k 5 500 unshare -m -C -p -f -n -u -i --propagation private --kill-child sh -ec '
R=$T/over/root
mount -t tmpfs none "$T/over"
mkdir "$T/over/upper" "$T/over/work" "$R"
mount -t overlay -o "lowerdir=/,upperdir=$T/over/upper,workdir=$T/over/work" none "$R" || exit 9
make -s -C "$TOP_BUILD" install DESTDIR="$R" >"$T/out/install" 2>&1 || exit 8
mount -t proc none "$R/proc"
mount --bind "$R/proc/sys" "$R/proc/sys"
mount -o remount,bind,ro "$R/proc/sys"
mount -t sysfs -o ro none "$R/sys"
mount -t cgroup2 none "$R/sys/fs/cgroup"
mount -t tmpfs -o mode=755 none "$R/run"
mount -t tmpfs none "$R/tmp"
mount -t tmpfs -o mode=755 none "$R/dev"
for node in null zero full random urandom tty; do
    : >"$R/dev/$node"
    mount --bind "/dev/$node" "$R/dev/$node"
done
mkdir "$R/dev/shm" "$R/dev/pts" "$R/out" "$R/test"
mount -t tmpfs none "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 none "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
mount --bind "$T/out" "$R/out"
mount --bind "$T/bin" "$R/test"
ip link set lo up
cd "$R/etc/systemd/system"
# What is of the host, and none of ours.
for unit in systemd-sysctl systemd-binfmt systemd-modules-load systemd-remount-fs systemd-udevd; do
    ln -sf /dev/null "$unit.service"
done
ln -sf /dev/null proc-sys-fs-binfmt_misc.automount
cat >check.target <<END
[Unit]
Requires=sysinit.target
After=sysinit.target
Wants=dbus.socket check.service
END
cat >check.service <<END
[Unit]
DefaultDependencies=no
After=sysinit.target dbus.socket
[Service]
Type=oneshot
Environment=CLIENT_ID=$CLIENT_ID CANARY=$CANARY
ExecStart=/bin/sh /test/systemd-inside.sh
StandardOutput=append:/out/result
StandardError=append:/out/noise
ExecStopPost=/bin/systemctl --force exit 0
END
mkdir "$R/old"
cd "$R"
pivot_root . old
cd /
umount -l /old
exec env -i container=tokenward PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=check.target --log-target=journal
' </dev/null >"$T/out/boot" 2>&1
status=$?
case $status in
8) cat "$T/out/install"; echo "Bail out! make install failed"; exit 1 ;;
9) skip_all "an overlay of the host cannot be mounted here" ;;
esac
grep -q '^begin' "$T/out/result" || { sed 's/^/# /' "$T/out/boot"; skip_all "systemd does not start here"; }
# name, got, wanted: one line each; or name and why it was skipped
while IFS='|' read -r what name got wanted; do
    case $what in
    is) is "$got" "$wanted" "$name" ;;
    skip) skip "$name" "$got" ;;
    esac
done <"$T/out/result"
grep -q '^end' "$T/out/result"
is $? 0 "everything was tried"
[ "$FAILED" = 0 ] || sed 's/^/# /' "$T/out/noise" "$T/out/boot"
done_testing
