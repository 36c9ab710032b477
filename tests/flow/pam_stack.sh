# SPDX-License-Identifier: MIT
# pam_stack.sh - sourced after lib.sh and before what covers more, in a mount
# namespace: the module in stacks of a test's own, and the helper where the
# module looks for it.
# shellcheck shell=sh
# shellcheck disable=SC2034  # for those who source this
[ -n "${IN_NAMESPACE:-}" ] || skip_all "logins need root and a mount namespace"
MODULE=$TOP_BUILD/provider/pam/.libs/pam_tokenward.so
[ -f "$MODULE" ] || skip_all "pam_tokenward was not built: libpam0g-dev is missing"
command -v pamtester >/dev/null || skip_all "pamtester is not installed"
is_sanitized && skip_all "a sanitizer build"
LIBEXEC=$(configured libexecdir) MODULES=$(configured moduledir)
cover "$LIBEXEC" || skip_all "$LIBEXEC cannot be covered"
install_helper() { rm -f "$LIBEXEC/tokenward-helper"; cp "$T/bin/tokenward-helper" "$LIBEXEC/"; }
install_helper
mkdir "$T/pam.d"
cp -r /etc/pam.d/. "$T/pam.d/"
mount --bind "$T/pam.d" /etc/pam.d || skip_all "no bind mounts here"
service() { # service NAME [OPTION...]: a stack of ours alone; in brackets a word may have spaces
    service_name=$1
    shift
    cat >"/etc/pam.d/$service_name" <<EOF
auth required pam_permit.so
auth optional [$MODULE] $*
account required pam_permit.so
session required pam_permit.so
session optional [$MODULE] $*
EOF
}
fake_helper() { # fake_helper SCRIPT
    rm -f "$LIBEXEC/tokenward-helper"
    printf '#!/bin/sh\n%s\n' "$1" >"$LIBEXEC/tokenward-helper"
    chmod 755 "$LIBEXEC/tokenward-helper"
}
