#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh DIR - Debian's glewlwyd, unpacked into DIR and once.  It is not
# installed: its package would start a service, make a user and ask for a
# database.  Its libraries are, see etc/install-packages.  Fails with a word
# where it cannot be had.
set -eu
dir=$1

[ ! -e "$dir/installed" ] || exit 0
command -v apt-get >/dev/null || { echo "this is no Debian" >&2; exit 1; }
mkdir -p "$dir"
cd "$dir"
rm -rf root ./*.deb
fetch() { timeout 120 apt-get -q download glewlwyd >apt.log 2>&1; }
refresh() { [ "$(id -u)" = 0 ] && timeout 120 apt-get -qq update >/dev/null 2>&1; }
if ! { fetch || { refresh && fetch; }; } || ! dpkg-deb -x glewlwyd_*.deb root; then
    echo "the package could not be fetched; see $dir/apt.log" >&2
    exit 1
fi
rm ./*.deb
if ldd root/usr/bin/glewlwyd root/usr/lib/glewlwyd/*/*.so | grep 'not found' | sort -u >missing && [ -s missing ]; then
    echo "libraries are missing: $(awk '{ printf "%s ", $1 }' missing)" >&2
    exit 1
fi
: >installed
