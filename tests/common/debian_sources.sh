# SPDX-License-Identifier: MIT
# Sourced by scripts that need the sources of Debian packages. The caller sets
#   cache  the absolute path of a directory that keeps downloads between runs
#   work   a temporary directory
# shellcheck shell=sh disable=SC2012,SC2154 # the names have no spaces

# deb_sources DIRECTORY: writes the machine's Debian archives there, as source archives. It may list
# other archives: Debian's have its path and its keyring, or the name of the release.
deb_sources() {
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
    mkdir -p "$1"
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk -v release="$release" '
        $1 == "deb" && /:[^ ]*\/debian/ && / main( |$)/ && !/-backports/ &&
            (/debian-archive-keyring/ || index($0, " " release)) {
            sub(/^ *deb /, "deb-src "); sub(/ main( .*)?$/, " main"); print }' >"$1/debian.list"
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -e "$list" ] && cat "$list" && echo
    done | awk -v release="$release" '
        function judge() {
            if (deb && path && main && off != 1 && (keyring || named)) print text "\n"
            text = ""; deb = path = main = off = keyring = named = 0
        }
        /^[ \t]*$/ { judge(); next }
        /^#/ { next }
        /^Types:.*deb/ { deb = 1; $0 = "Types: deb-src" }
        /^URIs:.*\/debian/ { path = 1 }
        /^Suites:/ { gsub(/ [^ ]*-backports[^ ]*/, ""); named = index($0, " " release) }
        /^Components:.* main( |$)/ { main = 1; $0 = "Components: main" }
        /^Enabled: *no/ { off = 1 }
        /^Signed-By:.*debian-archive-keyring/ { keyring = 1 }
        { text = text $0 "\n" }
        END { judge() }' >"$1/debian.sources"
    [ -s "$1/debian.list" ] || [ -s "$1/debian.sources" ] ||
        { echo "/etc/apt lists no Debian archive to get sources from"; return 1; }
}

# suite_sources DIRECTORY SUITE: writes the archive of this suite there, as `bookworm` or
# `bookworm-security`; from where the machine gets its own.
suite_sources() {
    mkdir -p "$1"
    archive=debian
    case $2 in *-security) archive=debian-security ;; esac
    deb_sources "$work/machine" || return
    uri=$(cat "$work/machine"/debian.* | grep -oE "[a-z+]+:[^] ]*/$archive/?( |\$)" | head -n 1)
    [ "$uri" ] || { echo "/etc/apt lists no archive $archive to get sources from"; return 1; }
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
        "$uri" "$2" /usr/share/keyrings/debian-archive-keyring.gpg >"$1/$2.sources"
}

# apt ARGUMENT...: runs apt-get with private lists, cache and sources. What is installed does not
# choose the version.
apt() {
    mkdir -p "$cache/lists/partial" "$cache/archives/partial"
    apt-get -q -o Dir::State::lists="$cache/lists" -o Dir::Cache="$cache" \
        -o Dir::State::status=/dev/null \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$cache/sources" \
        -o APT::Sandbox::User=root -o Acquire::Retries=2 "$@"
}

# tarball PACKAGE: prints the path of its sources if they are in the cache.
tarball() {
    ls "$cache/$1"_*.orig.tar.* 2>/dev/null | tail -n 1 | grep .
}

# download PACKAGE [SUITE]: gets its sources unless they are in the cache; those of the machine's
# release, or of this suite, for which the caller sets a cache of its own.
download() {
    tarball "$1" && return
    if [ ! -e "$work/updated${2:+-$2}" ]; then # once a run
        if [ $# -gt 1 ]; then suite_sources "$cache/sources" "$2"; else deb_sources "$cache/sources"; fi ||
            return
        apt update || { echo "cannot get the list of Debian's source packages: no network?"; return 1; }
        : >"$work/updated${2:+-$2}"
    fi
    (cd "$cache" && apt source --download-only --tar-only "$1")
    tarball "$1" || { echo "cannot get the sources of $1 from Debian's archive: no network?"; return 1; }
}
