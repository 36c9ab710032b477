# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: MIT
# logins.sh - sourced by tests of logins beside the system's resident helper,
# after pam_stack.sh and host.sh: services, and what a session finds.
# shellcheck source=tests/flow/templates.sh
. "${TOP_SRC:-.}/tests/flow/templates.sh"
command -v su >/dev/null || skip_all "su is not installed"
unset TOKENWARD_HELPER TOKENWARD_MODULE_DIR XDG_CONFIG_HOME XDG_RUNTIME_DIR
mkdir -m 755 /run/user
service tw-test debug
service tw-1s deadline=1
service tw-10s deadline=10
service tw-required deadline=1 required
sed -i 's/^session optional/session required/' /etc/pam.d/tw-required
for name in su su-l; do
    printf 'auth sufficient pam_rootok.so\naccount required pam_permit.so\nsession required pam_permit.so\nsession optional [%s] deadline=10\n' "$MODULE" >/etc/pam.d/$name
done
for name in anna bert carl; do printf %s "$CANARY" | put "secrets/$name"; done
TEAM='readers: {users: [anna], groups: [team]}'
now_ms() { echo $(($(date +%s%N) / 1000000)); }
open() { # open USER [SERVICE]: sets took
    took=$(now_ms)
    pamtester "${2:-tw-test}" "$1" open_session >"$T/out" 2>&1
    set -- $?
    took=$(($(now_ms) - took))
    return "$1"
}
quickly() { # quickly LIMIT USER [SERVICE]: the same within the limit, if not each time on a busy machine
    limit=$1
    shift
    for _ in 1 2 3 4 5; do
        open "$@"; status=$?
        [ "$took" -ge "$limit" ] || break
        close "$1"
    done
    return $status
}
has() { for token in "$@"; do until_true 9 test -s "/run/tokenward/$token/token"; done; } # it may come behind the login
close() { pamtester tw-test "$1" close_session >"$T/out" 2>&1; }
# shellcheck disable=SC2016
seen() { # seen USER: what a session of that user finds
    su - "$1" -c 'echo "${BEARER_TOKEN_FILE-unset} ${CORP_TOKEN_FILE-unset} ${PAGER-unset}"; test -r "$BEARER_TOKEN_FILE" && cat "$BEARER_TOKEN_FILE"' 2>/dev/null
}
