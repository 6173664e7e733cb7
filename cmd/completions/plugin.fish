# SPDX-License-Identifier: MIT
# Completion of plugin(1) in fish. `plugin complete` knows the words: a line for each, with a tab and what it
# is; ":files" and ":directories" are left to fish.
function __plugin_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] complete $words[2..-1] (string unescape -- $last; or echo -- $last) 2>/dev/null)
        set -l before (string replace -r '^:\w+ ?' '' -- $line)
        set -l value (string replace -- "$before" '' $last)
        switch $line
            case ':files*'
                printf '%s\n' $before(__fish_complete_path $value)
            case ':directories*'
                printf '%s\n' $before(__fish_complete_directories $value)
            case '*'
                echo -- $line
        end
    end
end
complete -c plugin -f -a '(__plugin_complete)'
