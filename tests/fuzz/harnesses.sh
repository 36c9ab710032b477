# SPDX-License-Identifier: MIT
# harnesses.sh - sourced: the harnesses' names, and where their seeds are.
# shellcheck shell=sh
targets() { sed -n 's/^\([a-z][a-z_]*\) .*/\1/p' "$TOP_SRC/tests/fuzz/targets"; }
# From here on what is unquoted is a word for each line, as it is: paths may have spaces.
by_line() {
    set -f
    IFS='
'
}
seeds() { # seeds NAME: files, one a line
    case $1 in
    git) set -- "$1" "$TOP_SRC/tests/corpora/git-credential/in" ;;
    reply) set -- "$1" "$TOP_SRC/tests/corpora/token-responses" ;;
    profile) set -- "$1" "$TOP_SRC/tests/corpora/profiles/schema" ;;
    yaml) set -- "$1" "$TOP_SRC/tests/corpora/profiles" ;;
    esac
    name=$1
    shift
    find "$TOP_SRC/tests/fuzz/seeds/$name" "$@" -type f
}
