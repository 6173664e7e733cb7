#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the sides of a case, and judges the rows of its comment, by `plugin check` and by opening the
# plugin. What is refused, plain dlopen runs as well. Starts few programs, which is what a case costs.
# usage: try.sh FILE HOST'S-COMPILER PLUGIN'S-COMPILER
#
# Leaves in the directory of the file's name: `rows`, for each of them its sides, what it should say, and
# what happens, by `|`; `words`, the messages; log.
set -u
file=$1
host_compiler=$2
plugin_compiler=$3
pairs=${file%/*}
name=${file##*/}
# What a report of AddressSanitizer costs, and what is none of the case's business.
export ASAN_OPTIONS=exitcode=99:detect_leaks=0:symbolize=0:detect_odr_violation=0
mkdir "$name" && cd "$name" || exit 1

# compile OUTPUT FLAG... FILE: compiles for the side that is built.
# shellcheck disable=SC2086 # flags are words
compile() {
    object=$1
    shift
    compiler=$plugin_compiler
    [ "$kind" = plugin ] || compiler=$host_compiler
    case $compiler in
    g++) flags='-x c++ -fno-exceptions -femit-class-debug-always' ;;
    clang++) flags='-x c++ -fno-exceptions -fstandalone-debug' ;;
    *) flags= ;;
    esac
    "$compiler" -c -g -O1 -fPIC -Wall -Wextra -Werror $flags $sanitize \
        -I"$PAIRS_PREFIX/include" -o "$object" "$@"
}

# sources KIND FLAG...: compiles a side's files; $objects are these.
sources() {
    kind=$1
    shift
    objects=$built.o
    case $kind$has_main in
    plugin*) compile "$built.o" "$@" "$file" ;;
    hostyes) compile "$built.o" -DHOST "$@" -include "$file" "$pairs/main.c" ;;
    *)
        objects="$objects ../main.o"
        compile "$built.o" -DHOST "$@" "$file"
        ;;
    esac || return 1
    [ $is_package = yes ] || return 0
    objects="$objects $built-package.o"
    compile "$built-package.o" -DPACKAGE "$@" "$file"
}

# link KIND: the default compiler links, whose sanitizer's library serves both compilers. Packages need
# other flags.
# shellcheck disable=SC2086 # flags are words
link() {
    case $1$is_package in
    host*)
        cc $sanitize $TEST_CFLAGS -rdynamic -o "$built" $objects -L"$PAIRS_LIBRARIES" \
            "-Wl,-rpath,$PAIRS_LIBRARIES" -lplugin -ldl
        ;;
    pluginno) ld -shared -Bsymbolic -o "$built" $objects ;;
    pluginyes) "$PLUGIN" build -buildmode=plugin -o "$built" $objects ;;
    esac
}

# build KIND WORDS: builds and stamps a side, unless an earlier row did. $built is its file.
build() {
    kind=$1
    side="$2 "
    built=$kind
    while [ -n "$side" ]; do # without what a shell minds
        word=${side%%[!A-Za-z0-9_]*}
        built=$built${word:+-$word}
        side=${side#*[!A-Za-z0-9_]}
    done
    [ "$kind" = host ] || built=$built$strict.so
    [ ! -e "$built" ] || return 0
    eval "set -- $2"
    defines=-DV=$1
    shift
    for word; do
        shift
        case $word in
        --grows=*) set -- "$@" "$word" ;;
        -*) defines="$defines $word" ;;
        esac
    done
    # shellcheck disable=SC2086 # flags are words
    sources "$kind" $defines && link "$kind" && "$PLUGIN" stamp "$@" "$built" 2>said
}

# build_whole HOST VERSION [FLAG]: builds a program with a built-in plugin, which the program's stamp
# judges. $built is the program, $archive the plugin.
# shellcheck disable=SC2086 # flags are words
build_whole() {
    host=$1
    archive=plugin-$2${3-}.a
    built=host-$host-$archive
    "$PLUGIN" build -buildmode=archive -o "$archive" $sanitize $TEST_CFLAGS "-DV=$2" ${3+"$3"} \
        "$file" &&
        "$PLUGIN" build -o "$built" $sanitize $TEST_CFLAGS -rdynamic -DHOST "-DV=$host" "$file" \
            "$pairs/main.c" "--with=$archive" 2>said
}

# by_dlopen HOST PLUGIN: says what a run without a judge leads to.
by_dlopen() {
    [ -n "$PAIRS_SANITIZE" ] || { how='not run'; return; }
    said=$(PLAIN=1 "./$1" "./$2" -plain 2>&1)
    status=$?
    case $status:$said in
    0:*) how=runs ;;
    9[01]:*) how="does not open: $said" ;;
    99:*'AddressSanitizer: SEGV'*) how=crashes ;;
    99:*) how=overruns ;;
    *) how=misreads ;;
    esac
    [ $status -le 128 ] || how=crashes
    echo "by dlopen: status $status: $said"
}

# judge HOST PLUGIN: what fits must run, and an open must refuse what does not, in the same words.
judge() {
    checked=$("$PLUGIN" check ${strict:+--strict} '--as=struct pair' "$PWD/$1" "./$2" 2>&1)
    verdict=$?
    opened=$("./$1" "./$2" "${strict:--loosely}" 2>&1)
    status=$?
    printf '%s\n' "$checked" "an open: status $status: $opened"
    if [ $verdict = 0 ]; then
        case $status:$opened:$checked in
        0::*', 0 not)') happens='fits, runs' ;;
        *) happens="fits, but an open: status $status" ;;
        esac
    elif [ $status = 91 ] && [ "$checked" = "$opened" ]; then
        by_dlopen "$1" "$2"
        happens="refused, $how"
        printf '%s\n' "== $row" "$checked" >>words
    else
        happens="refused, but an open: status $status"
    fi
}

# try_row: does what the row says. $row is "host HOST, plugin PLUGIN" or "plugin PLUGIN".
try_row() {
    sanitize=$PAIRS_SANITIZE
    strict=
    # The library of the sanitizer is not stamped.
    case $row in *strict*) strict=-strict sanitize= ;; esac
    guest=${row##*plugin }
    happens='not built'
    case $row in
    host*built-in)
        host=${row#host }
        # shellcheck disable=SC2086 # these are words
        if build_whole "${host%%, plugin*}" ${guest% built-in}; then
            opened=$("./$built" "./${archive%.a}.so" -loosely 2>&1)
            happens="fits, but an open: $? $opened"
            [ "$happens" != 'fits, but an open: 0 ' ] || happens='fits, runs'
        else
            printf '%s\n' "== $row" >>words
            cat said >>words
            happens='not stamped'
        fi
        ;;
    host*)
        host=${row#host }
        build host "${host%%, plugin*}" || { cat said; return; }
        host=$built
        build plugin "$guest" || { cat said; return; }
        judge "$host" "$built"
        ;;
    *)
        build plugin "$guest" && { happens=stamped; return; }
        printf '%s\n' "== $row" >>words
        cat said >>words
        happens='not stamped'
        ;;
    esac
}

is_package=no
has_main=
rows=
while read -r line; do
    case $line in
    '* host '[0-9]*:* | '* plugin '[0-9]*:*) rows="$rows${line#??}
" ;;
    'PLUGIN_PACKAGE('*) is_package=yes ;;
    '#define PAIR '*) has_main=yes ;;
    esac
done <"$file"
while IFS=: read -r row wanted && [ -n "$row" ]; do
    echo "== $row"
    : >said
    try_row </dev/null
    echo "$row|${wanted# }|$happens" >>rows
done <<E2 >log 2>&1
$rows
E2
