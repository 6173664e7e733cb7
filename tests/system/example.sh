#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the commands of examples/filter/README.md, and those of README.md about it, and compares their
# output. Builds and runs the other examples.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/common/transcript.sh"

cp -R "$tree/examples/filter" "$work/demo" || exit 1
cd "$work/demo" || exit 1

# `plugin`, which builds programs with the flags that the library needs.
mkdir "$work/bin"
cat >"$work/bin/plugin" <<END
#!/bin/sh
case " \$* " in
*" -buildmode=plugin "*) exec "$PLUGIN" "\$@" ;;
" build "*) exec "$PLUGIN" "\$@" ${TEST_CFLAGS:-} ;;
*) exec "$PLUGIN" "\$@" ;;
esac
END
chmod +x "$work/bin/plugin"
PATH=$work/bin:$PATH

# Removes what differs between machines and runs.
normalise() {
    sed -e "s|$work/demo|/tmp/demo|g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/g' \
        -e 's/@[0-9.]* ms, [0-9.]* ms/@TIME/' "$@"
}

# The process of an isolated plugin has no sanitizers; and some builds have no isolated plugins.
isolates() { [ -z "${TEST_CFLAGS:-}" ] && find "$(dirname "$PLUGIN")/.." -name libplugin-isolated.so.0 | grep -q .; }
if isolates; then
    shows "the example's README" README.md
else
    sed '/^## Isolated/,/^## A refusal/d' README.md >"$work/in_process.md"
    shows "the example's README" "$work/in_process.md"
fi
sed -n '/^## An interface/,/^## Built in/p' "$tree/README.md" >"$work/section.md"
shows "README.md" "$work/section.md"
if [ -z "${TEST_CFLAGS:-}" ]; then # a static program can have no sanitizer
    sed -n '/^## Built in/,/^## Trust/p' "$tree/README.md" >"$work/built_in.md"
    cp "$tree"/examples/seed/plugin_name.c . && mv host.c filter_host.c && cp "$tree"/examples/seed/host.c .
    shows "README.md, built in" "$work/built_in.md"
    mv filter_host.c host.c && rm plugin_name.c
fi

if isolates; then
    printf 'struct shape { double w, h; };\ndouble area(const struct shape *s) { return s->w * s->h; }\n' >shapes.c
    plugin build -buildmode=plugin -o shapes.so shapes.c && rm shapes.c
    sed -n '/^## Types at run time/,/^## In your project/p' "$tree/README.md" >"$work/types.md"
    shows "README.md, types at run time" "$work/types.md"
fi

# The C blocks of both documents are the example's.
from_sources() { # DOCUMENT
    awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$1" >"$work/shown"
    cat ./*.[ch] >"$work/sources"
    [ -s "$work/shown" ] || return 1
    while IFS= read -r line; do
        grep -qxF -e "$line" "$work/sources" || { echo "not in the example: $line"; return 1; }
    done <"$work/shown"
}
check "README.md shows the example's sources" from_sources "$work/section.md"
check "the example's README shows its sources" from_sources README.md

# Plugins from another compiler.
other_compiler() {
    for name in upper number; do
        plugin build --cc=clang -O2 -buildmode=plugin -o $name-clang.so $name.c filter.c || return 1
    done
    plugin check filter ./*-clang.so || return 1
    [ "$(echo to be | ./filter number-clang.so upper-clang.so)" = "  1  TO BE" ]
}
check "plugins from another compiler fit" other_compiler

if isolates; then
    lines() { printf 'to be\n\n%300s\n' or >"$work/lines" && cat "$work/lines"; }
    isolated() {
        for filters in upper.so number.so "upper.so number.so number.so" "number-clang.so upper-clang.so"; do
            # shellcheck disable=SC2086 # filters are words
            lines | ./filter $filters >"$work/in_process" && lines | ./filter --isolated $filters >"$work/isolated" &&
                diff -u "$work/in_process" "$work/isolated" || return 1
        done
        plugin check --isolated filter upper.so number.so upper-clang.so number-clang.so
    }
    check "isolated filters give what they give in process" isolated
    printf '#include "filter.h"\nbool filter_line(struct line *line) { return line->text[line->size] == 0; }\n' >beyond.c
    beyond() {
        plugin build -buildmode=plugin -o beyond.so beyond.c || return 1
        ! lines | ./filter --isolated beyond.so 2>"$work/why" && cat "$work/why" &&
            has "$work/why" "filter: beyond.so fails at line 1: call of filter_line of isolated plugin"
    }
    check "a filter that reads beyond the line is an error" beyond
    rm beyond.c
fi

no_warnings() {
    flags="-O2 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wvla -Werror"
    for compiler in gcc clang; do
        # shellcheck disable=SC2086 # flags are words
        find . -name '*.c' -exec $compiler $flags -I"$tree/include" -fsyntax-only {} + || return 1
    done
}
check "the example has no warnings" no_warnings
builds_silently() { plugin build "$@" >"$work/silent" 2>&1 && [ ! -s "$work/silent" ]; }

# The same sources as built-in plugins; one that does not fit stops the build.
built_in() {
    for name in upper number; do
        plugin build -buildmode=archive -o $name.a $name.c filter.c || return 1
    done
    plugin build -o filter_built_in host.c filter.c --with=upper.a --with=number.a || return 1
    [ "$(echo to be | ./filter_built_in upper.so number.so)" = "  1  TO BE" ]
}
check "built-in filters work" built_in
check "a filter that does not fit becomes an archive" plugin build -buildmode=archive -o rot13.a \
    old/rot13.c old/filter.c
rm -f filter_built_in
plugin build -o filter_built_in host.c filter.c --with=rot13.a >"$work/refusal" 2>&1
normalise "$work/refusal" >"$work/refusal.clean"
cat >"$work/expected" <<'END'
plugin: cannot stamp filter_built_in: rot13.so does not fit filter_built_in (1 misfit):
  filter_log: missing from package example.com/filter of the host
  0 uses compared, 1 not
END
check_same "and stops the program's build, with every misfit" "$work/expected" "$work/refusal.clean"
check "which leaves no program" [ ! -e filter_built_in ]

# README.md says what dlopen would do: it reads the number as the length.
cat >believes.c <<'END'
#include "filter.h"
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    char text[] = "to be";
    struct line line = {.text = text, .length = sizeof text - 1, .number = 1};
    void *p = dlopen(argv[argc - 1], RTLD_NOW);
    bool (*filter_line)(struct line *) = p ? (bool (*)(struct line *))dlsym(p, "filter_line") : NULL;
    return !filter_line || !filter_line(&line) ? puts(dlerror()) : puts(text) < 0;
}
END
believed() {
    plugin build -o believes believes.c filter.c -ldl && [ "$(./believes ./rot13.so)" = "go be" ]
}
check "dlopen runs the plugin that plugin_open_as refuses" believed
rm believes.c

no_filter() {
    printf 'to be\nor not' | ./filter >"$work/out" && printf 'to be\nor not\n' | cmp - "$work/out"
}
check "without plugins, the lines pass unchanged" no_filter

# Examples stay short.
short_files() {
    for file in *.[ch] old/*.[ch]; do
        [ "$(wc -l <"$file")" -lt 60 ] || { echo "$file is too long"; return 1; }
    done
}
check "each source fits a screen" short_files

# ---- examples/crash ----

cp -R "$tree/examples/crash" "$work/crash" && cd "$work/crash" || exit 1
check "crash: it has no warnings" no_warnings
check "crash: its plugin is built" plugin build -buildmode=plugin -o plugin_bad.so plugin_bad.c
check "crash: it is built, without a warning" builds_silently -o crash host.c -Wl,-z,now
# crashes WHERE PATTERN: it dies of SIGSEGV (11), and the whole of its report fits the pattern.
crashes() {
    (ulimit -c 0 && exec ./crash "$1") >report 2>&1
    [ $? -eq 139 ] && grep -v 'runtime error: ' report >line # UBSan's own
    [ "$(wc -l <line)" -eq 1 ] && grep -x "$2" line || { cat report; return 1; }
}
check "crash: in a plugin: its file, version, function and offset" crashes plugin \
    'crashed in plugin_bad\.so, version 1\.2, crunch+0x[0-9a-f]*'
check "crash: in the program" crashes program 'crashed in the program'
if [ -z "${TEST_CFLAGS:-}" ]; then # a sanitizer has a strlen of its own
    check "crash: in a library" crashes library 'crashed in a library, or where no code is'
fi

# ---- examples/upgrade ----

cp -R "$tree/examples/upgrade" "$work/upgrade" && cd "$work/upgrade" || exit 1
check "upgrade: it has no warnings" no_warnings

# await FILE TEXT: waits until a line of the file starts with the text; fails if the host ends before.
await() {
    until grep -q "^$2" "$1"; do
        kill -0 "$host" || return 1
        sleep 0.02
    done
}
# start VERSION: starts the host, which reads `requests` and writes `answers`, and what it `said`; it
# opens this version.
start() {
    rm -f requests && mkfifo requests || return 1
    ./upgrade taxes <requests >answers 2>said &
    host=$!
    exec 3>requests && await said "upgrade: vat.so: version $1"
}
# Closes its standard input, and waits for its end.
stop() {
    exec 3>&-
    wait "$host"
}
# build_upgrade [FLAG...]: builds the host and all versions.
build_upgrade() {
    plugin build "$@" -o upgrade host.c -pthread || return 1
    rm -rf taxes && mkdir -p taxes/new || return 1
    for version in 1 2 3; do
        plugin build -buildmode=plugin "$@" -o vat_$version.so vat_$version.c || return 1
    done
    cp vat_1.so taxes/vat.so
}
# moves_in VERSION: as a user would.
moves_in() { cp "vat_$1.so" taxes/new/.vat.so && mv taxes/new/.vat.so taxes/new/vat.so; }
takes_over() { # VERSION
    before=$(wc -l <said)
    moves_in "$1"
    until sed "1,${before}d" said | grep -qx "upgrade: vat.so: version $1"; do
        kill -0 "$host" || return 1
        sleep 0.02
    done
}
# Requests without a pause, as long as the file exists.
ask() {
    yes "vat.so 10000" | head -n 20000 >batch
    while [ -e asking ]; do
        cat batch >&3 && cat batch
    done >asked
}
# All upgrades, while the workers answer.
upgrades() {
    start 1 || return 1
    touch asking
    ask &
    asker=$!
    await answers 1900 && moves_in 3 && await said "upgrade: .*does not fit" || return 1
    cmp taxes/vat.so vat_1.so || return 1
    for round in 1 2 3 4 5 6 7 8; do
        [ $round -eq 1 ] || takes_over 1 || return 1
        takes_over 2 || return 1
    done
    await answers 700 || return 1
    cmp taxes/vat.so vat_2.so && [ ! -e taxes/new/vat.so ] || return 1
    rm asking
    wait $asker
    stop
}
is_answered() { # every request, by version 1 or 2, and by 1 before 2
    sort answers | uniq -c
    [ "$(wc -l <answers)" -eq "$(wc -l <asked)" ] && ! grep -vxE '1900|700' answers
}
reasons() {
    has said "upgrade: refused: new/vat.so does not fit " && has said "  struct tax: tax_of: parameter 1" &&
        [ "$(grep -cx 'vat.so: version 1 retires' said)" -eq 8 ]
}
# What was refused is still there, and is refused again; a file of other bytes was not swapped in.
restarts() {
    moves_in 3 && start 2 && await said "upgrade: refused: " && echo "vat.so 100" >&3 &&
        await answers 7 && echo "toll.so 100" >&3 && await answers "no plugin: toll.so" &&
        plugin build -buildmode=plugin -o taxes/new/.toll.so vat_1.c && mv taxes/new/.toll.so taxes/new/toll.so &&
        await said "upgrade: toll.so: version 1" && echo "toll.so 100" >&3 && await answers 19 && stop
}
upgrade_all() { # NAME FLAG...
    upgrade_name=$1
    shift
    check "upgrade$upgrade_name: it is built" build_upgrade "$@"
    check "upgrade$upgrade_name: a version that does not fit is refused, one that fits takes over, again and again" upgrades
    check "upgrade$upgrade_name: every request is answered, by the old version or the new" is_answered
    check "upgrade$upgrade_name: the host says why, and version 1 retires each time" reasons
}
upgrade_all ""
check "upgrade: it starts with the last version that fits, and takes new plugins" restarts
if [ -z "${TEST_CFLAGS:-}" ]; then
    upgrade_all " with ThreadSanitizer" -g -fsanitize=thread
    check "upgrade: no race is reported" [ ! "$(grep ThreadSanitizer said)" ]
fi

finish
