# SPDX-License-Identifier: MIT
# Sourced by the tests that run a second time with built-in plugins (PLACEMENT=built-in). The plugins
# have the same sources; each host is linked with the plugins that its arguments name before it runs.

placement=${PLACEMENT:-loadable}

# only_loadable REASON NAME: skips NAME, and succeeds, if plugins are built in.
only_loadable() {
    [ "$placement" = built-in ] || return 1
    skip "$2" "$1"
}

# plugin_of OUTPUT FLAG|FILE...: builds a plugin. $opens names plugins that it opens itself.
plugin_of() {
    output=$1
    shift
    case "$placement $*" in
    built-in*-Wl,-soname*) ;; # a library that others are linked with
    built-in*)
        for word in $* ${opens:-}; do
            case $word in
            -DOPENS=*) word=${word#-DOPENS=\"} && echo "${word%\"}" ;;
            *.so) [ "$word" = "${opens:-}" ] && echo "$word" ;;
            esac
        done >"${output%.so}.opens"
        # shellcheck disable=SC2086 # a list of flags
        "$PLUGIN" build -buildmode=archive $TEST_CFLAGS ${include:-} -o "${output%.so}.a" "$@"
        return
        ;;
    esac
    # shellcheck disable=SC2086
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS ${include:-} -o "$output" "$@"
}

# host_of OUTPUT FLAG|FILE...: builds a host.
host_of() {
    output=$1
    shift
    # Recorded to link the host again with plugins.
    [ "$placement" = loadable ] || printf '%s\n' "$@" >"$output.arguments"
    # shellcheck disable=SC2086
    "$PLUGIN" build $TEST_CFLAGS ${include:-} -o "$output" "$@"
}

# collect PLUGIN...: adds to collected.log the archives of the plugins and of those that they open.
collect() {
    for collected in "$@"; do
        archive=${collected%.so}.a
        archive=${archive#./}
        if [ ! -e "$archive" ] || grep -qxF "$archive" collected.log; then
            continue
        fi
        echo "$archive" >>collected.log
        # shellcheck disable=SC2046 # names without spaces
        collect $(cat "${archive%.a}.opens")
    done
}

# link_host HOST: links the host with the archives in collected.log, unless it is linked with them already.
link_host() {
    if [ -e "$1.collected" ] && cmp -s collected.log "$1.collected"; then
        return
    fi
    cp collected.log "$1.collected"
    # shellcheck disable=SC2046,SC2086 # names and flags without spaces
    (
        IFS='
'
        set -f
        "$PLUGIN" build $(echo "$TEST_CFLAGS ${include:-}" | tr ' ' '\n') -o "$1" \
            $(cat "$1.arguments") $(sed 's/^/--with=/' collected.log)
    )
}

# with_plugins COMMAND...: runs the command, after linking its host again if plugins are built in.
with_plugins() {
    if [ "$placement" = built-in ]; then
        : >collected.log
        collect "$@" ${opens:-}
        for word in "$@"; do
            [ -e "$word.arguments" ] || continue
            link_host "$word" >link.log 2>&1 || { cat link.log; return 1; }
            break
        done
    fi
    "$@"
}
