#!/bin/sh
# Runs the commands of examples/filter/README.md, and those of README.md about it, and compares their
# output.
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

shows "the example's README" README.md
sed -n '/^## An interface/,/^## Built in/p' "$tree/README.md" >"$work/section.md"
shows "README.md" "$work/section.md"
if [ -z "${TEST_CFLAGS:-}" ]; then # a static program can have no sanitizer
    sed -n '/^## Built in/,/^## Trust/p' "$tree/README.md" >"$work/built_in.md"
    cp "$tree"/examples/seed/plugin_name.c . && mv host.c filter_host.c && cp "$tree"/examples/seed/host.c .
    shows "README.md, built in" "$work/built_in.md"
    mv filter_host.c host.c && rm plugin_name.c
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

no_warnings() {
    flags="-O2 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wvla -Werror"
    for compiler in gcc clang; do
        # shellcheck disable=SC2086 # flags are words
        $compiler $flags -I"$tree/include" -fsyntax-only ./*.c old/*.c || return 1
    done
}
check "the example has no warnings" no_warnings

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

finish
