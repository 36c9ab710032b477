#!/bin/sh
# SPDX-License-Identifier: MIT
# completions-t.sh - words completed by real shells: bash, zsh and fish, from
# where `make install` puts what each of them reads.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
URL=https://a.example.com CA=/etc/ssl/certs/ca-certificates.crt
profile payments /token
profile payroll /token
profile other /token
profile mail@anna /token
profile mail@bert /token
user tokenward list >/dev/null

# The program's own answer, which all three print.
words() { user tokenward complete -- "$@" | cut -f 1 | tr '\n' ' '; }
like " $(words '')" ' check .* get .* status ' "commands"
is "$(words '' | tr ' ' '\n' | grep -c -e ^-)" 0 "and no options before a dash"
is "$(words re)" "refresh reject " "those that begin so"
is "$(words com)" "" "not the one that is for shells"
is "$(words get pay)" "payments payroll " "profiles"
is "$(words status payments pay)" "payments payroll " "as many as are taken"
is "$(words get payments '')" "" "and no more than that"
is "$(words get --f)" "--format " "options"
is "$(user tokenward complete -- get --; user tokenward complete -- get other)" "$(printf -- '--cached\t\n--format\tand a value\n--help\t\n--min-valid\tand a value\n--verbose\t\nother\tprofile')" "each with a word of help"
is "$(words get --format '')" "raw curl env header json " "an option's values"
is "$(words get --format=raw pay)" "payments payroll " "after an option with its value"
is "$(words get --format=)" "--format=raw --format=curl --format=env --format=header --format=json " "the same in one word"
is "$(words get --format=h)" "--format=header " "and what begins so"
is "$(words status --format=h)" "" "which another command does not take"
is "$(words get --min-valid '')" "" "nor another option"
is "$(words get --format = j)" "json " "in three, as bash has it"
is "$(words get --format =)" "raw curl env header json " "with nothing behind the sign"
is "$(words get --format = raw pay)" "payments payroll " "after which a profile comes"
is "$(user tokenward complete -- init -- | cut -f 1 | sort)" \
    "$({ sed -n '/WORDS\[\]/,/^};/s/^ *{"\([a-z-]*\)".*/--\1/p' "$TOP_SRC/helper/setup/init_words.c"; echo --help; } | sort)" \
    "every option of init"
is "$(words init --pr)" "--preset --provider " "and those that begin so"
is "$(words check '')" "" "nothing where a file is wanted"
is "$(words edit pay)" "payments payroll " "a profile where it stands for its file"
is "$(words edit payments '')" "" "one of them"
is "$(words exec payments -- '')" "" "nor where a command is"
is "$(words exec payments -- --a)" "" "nor an option of ours, which would be the command's"
is "$(words help ex)" "exec explain " "help's commands"
is "$(words help get ex)" "" "of one command at a time"
is "$(words help hel)" "" "of which help is none"
is "$(words hel)" "help " "as the first word it is one"
is "$(words --)" "--help --version " "and so are these"
is "$(words nosuch '')" "" "nothing of what is no command"
is "$(user tokenward help complete)" "usage: tokenward complete -- WORD...

For the completions of shells." "which is told of by its own help alone"
out=$(user env XDG_RUNTIME_DIR=/nonexistent tokenward complete -- get '' 2>&1); is "$?$out" 0 "silent where nothing can be known"

# Where they are installed.
share=$T/share
mkdir -p "$share/bash-completion/completions" "$share/zsh" "$share/fish"
cp "$TOP_SRC/etc/completions/bash/tokenward" "$share/bash-completion/completions/"
cp "$TOP_SRC/etc/completions/zsh/_tokenward" "$share/zsh/"
cp "$TOP_SRC/etc/completions/fish/tokenward.fish" "$share/fish/"
chmod -R go=rX "$share"

if command -v bash >/dev/null; then
    cat >"$T/complete.bash" <<'END'
. "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
_tokenward
printf '%s ' "${COMPREPLY[@]}"
END
    in_bash() { user bash --norc "$T/complete.bash" "$share/bash-completion/completions/tokenward" tokenward "$@"; }
    is "$(in_bash get pay)" "payments payroll " "bash: profiles"
    is "$(in_bash get mail @ a)" "anna " "bash: an instance, which is three words to it"
    is "$(in_bash get mail @)" "anna bert " "bash: with nothing behind the sign"
    is "$(in_bash status mail @ anna mail @ b)" "bert " "bash: a second one"
    is "$(in_bash get mail@b)" "mail@bert " "bash: in one word, where it is one"
    is "$(in_bash ref)" "refresh " "bash: commands"
    is "$(in_bash status --j)" "--json " "bash: options"
    is "$(in_bash get --format = j)" "json " "bash: an option's value"
    like "$(in_bash exec payments -- cha)" '\<chage\>\|\<chattr\>\|\<chacl\>' "bash: a command of its own"
else
    skip "bash" "bash is not installed"
fi

# The others show what they complete on a terminal alone.
if command -v tmux >/dev/null && command -v zsh >/dev/null && has_terminals; then
    cat >"$T/home/.zshrc" <<END
fpath=($share/zsh \$fpath)
autoload -Uz compinit && compinit -u -d $T/home/.zcompdump
PS1='ready> '
zstyle ':completion:*' verbose no
END
    own "$T/home"
    as=
    [ "$(id -u)" != 0 ] || as="setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups "
    tmux -S "$T/tmux" -f /dev/null new-session -d -x 80 -y 24 "${as}env HOME=$T/home zsh -i"
    EXTRA_PID=$(tmux -S "$T/tmux" display-message -p '#{pid}')
    screen() { tmux -S "$T/tmux" capture-pane -p; }
    await() { # await PATTERN: on the screen
        for _ in $(seq 600); do screen | grep -q -e "$1" && return 0; sleep 0.1; done
        screen | sed 's/^/# /'
        return 1
    }
    type_in() { tmux -S "$T/tmux" send-keys "$@"; }
    await '^ready>'; ok $? "zsh: is ready"
    type_in 'tokenward get payr' Tab
    await '^ready> tokenward get payroll'; ok $? "zsh: a profile"
    type_in C-u 'tokenward get pay' Tab Tab
    await 'payments *payroll'; ok $? "zsh: profiles"
    type_in C-u 'tokenward refr' Tab
    await '^ready> tokenward refresh'; ok $? "zsh: a command"
    type_in C-u 'tokenward exec payroll -- setpr' Tab
    await '^ready> tokenward exec payroll -- setpriv'; ok $? "zsh: a command of its own"
    tmux -S "$T/tmux" kill-server
else
    skip "zsh" "tmux or zsh is not installed, or there are no terminals"
fi
if command -v fish >/dev/null; then
    in_fish() { user fish --no-config -c "source $share/fish/tokenward.fish; complete -C '$1'" 2>/dev/null | cut -f 1 | tr '\n' ' '; }
    is "$(in_fish 'tokenward get pay')" "payments payroll " "fish: profiles"
    is "$(in_fish 'tokenward refr')" "refresh " "fish: commands"
    is "$(in_fish 'tokenward status --j')" "--json " "fish: options"
    like "$(in_fish 'tokenward exec payroll -- setpri')" 'setpriv' "fish: a command of its own"
    touch "$T/home/a-file.yaml"
    like "$(cd "$T/home" && in_fish 'tokenward check a-fi')" 'a-file.yaml' "fish: a file"
else
    skip "fish" "fish is not installed"
fi
done_testing
