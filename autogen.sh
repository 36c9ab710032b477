#!/bin/sh
# Makes ./configure from configure.ac; needs autoconf, automake and libtool.
set -e
unset CDPATH
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --install --force --warnings=all,no-obsolete
