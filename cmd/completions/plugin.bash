# SPDX-License-Identifier: MIT
# Completion of plugin(1) in bash. `plugin complete` knows the words: a line for each, with a tab and what
# it is; ":files" and ":directories" are left to bash.
_plugin()
{
    local line word lines=()
    COMPREPLY=()
    mapfile -t lines < <("$1" complete --line "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    for line in "${lines[@]}"; do
        case $line in
        :files*) compopt -o default ;;
        :directories*) compopt -o dirnames ;;
        *)
            word=${line%%$'\t'*}
            # Behind a '=', bash has another word.
            [[ $COMP_WORDBREAKS == *=* && ($2 == = || $3 == =) ]] && word=${word#*=}
            [[ $word == *=  ]] && compopt -o nospace || word=$(printf %q "$word")
            COMPREPLY+=("$word")
            ;;
        esac
    done
} && complete -F _plugin plugin
