# SPDX-License-Identifier: MIT
# fish completion for tokenward: the program itself says what may come.
function __tokenward_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] complete -- $words[2..] 2>/dev/null
end
function __tokenward_is_command
    set -l words (commandline -opc)
    test (count $words) -ge 3; and test $words[2] = exec; and contains -- -- $words
end
function __tokenward_wants_file
    not __tokenward_is_command; and test -z "$(__tokenward_complete)"
end
complete -c tokenward -n 'not __tokenward_is_command; and not __tokenward_wants_file' -f -k -a '(__tokenward_complete)'
complete -c tokenward -n __tokenward_is_command -x -a '(__fish_complete_subcommand --fcs-skip=(math (contains -i -- -- (commandline -opc))))'
