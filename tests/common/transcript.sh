# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests that run the commands of a document and compare their output with
# it. The caller defines normalise [FILE], which removes what differs between machines.

# transcript DOCUMENT: prints its indented blocks that start with a command.
transcript() {
    awk '/^    / { if (/^    \$ / || on) { on = 1; print substr($0, 5) } next } { on = 0 }' "$@"
}

# run_transcript FILE: runs its commands and prints what a terminal would show.
run_transcript() {
    sed -n 's/^\$ //p' "$1" >"$work/commands"
    while IFS= read -r command; do
        printf '$ %s\n' "$command"
        sh -c "$command" </dev/null 2>&1
    done <"$work/commands"
}

# shows NAME DOCUMENT: checks that the document has commands and shows their output.
shows() {
    transcript "$2" >"$work/shown"
    run_transcript "$work/shown" >"$work/printed"
    normalise "$work/shown" >"$work/expected"
    normalise "$work/printed" >"$work/actual"
    check "$1: it has commands" grep -q '^\$ ' "$work/shown"
    check_same "$1: it shows their output" "$work/expected" "$work/actual"
}
