#!/bin/sh
# SPDX-License-Identifier: MIT
# What PLUGIN_INFO says of a module: recorded by all compilers, without -g, of built-in plugins, too; and
# what is refused, word for word: refusals.expected. REFUSE_WRITE=1 writes it; review the difference.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

own=$tests/stamp/infos
cd "$work" || exit 1
: "${TEST_CFLAGS:=}"
includes="-I$(dirname "$PLUGIN")/../include"

cat >first.c <<'EOF'
#include <plugin.h>
PLUGIN_INFO("version", "1.2");
PLUGIN_INFO("author", "Ann");
int V;
PLUGIN_INFO("author", "Bob, of a name that is longer than the 32 bytes to which gcc aligns an array");
PLUGIN_INFO("empty", "");
PLUGIN_INFO("digit", "1" "2");
EOF
cat >second.c <<'EOF'
#include <plugin.h>
PLUGIN_INFO("größe", "ü = 3,\tor \"4\"");
PLUGIN_INFO("author", "Cid");
EOF
{
    echo '#include <plugin.h>'
    echo 'namespace outer { namespace { PLUGIN_INFO("version", "1.2"); } PLUGIN_INFO("author", "Ann"); }'
    sed '1,3d' first.c
} >first.cc
cp second.c second.cc
cat >wanted <<'EOF'
info (7)
  version = 1.2
  author = Ann
  author = Bob, of a name that is longer than the 32 bytes to which gcc aligns an array
  empty =
  digit = 12
  größe = ü = 3,\x09or "4"
  author = Cid
EOF

# infos FILE: prints what it says of itself.
infos() { "$PLUGIN" inspect "$1" | sed -n '/^info (/,/^symbols (/{/^symbols/d;p;}'; }
# tells NAME FILE: checks that the file says what is wanted.
tells() {
    infos "$2" >told
    check_same "$1" wanted told
}
build_plugin() { "$PLUGIN" build -buildmode=plugin "$@"; }

# -- What is recorded --

for compiler in gcc clang g++ clang++; do
    if ! command -v "$compiler" >/dev/null; then
        skip "$compiler: infos" "there is no $compiler"
        continue
    fi
    case $compiler in *++) ending=cc ;; *) ending=c ;; esac
    lto=-flto
    [ "${compiler#clang}" = "$compiler" ] || lto='-flto -fuse-ld=lld'
    for flags in -O0 '-O2 -fdata-sections -ffunction-sections -Wl,--gc-sections' "-O2 $lto" \
        '-Wall -Wextra -Wpedantic -Wconversion -Werror'; do
        # shellcheck disable=SC2086 # flags are words
        check "$compiler $flags: a plugin is built" build_plugin --cc="$compiler" $flags -o x.so \
            "first.$ending" "second.$ending"
        tells "$compiler $flags: it says what its sources say" x.so
    done
done
check "strip is run" strip x.so
tells "a stripped plugin says the same" x.so

# without_debug COMPILER: a file that is compiled without -g.
without_debug() {
    # shellcheck disable=SC2086 # flags are words
    "$1" -O2 -fPIC $includes -c -o second.o second.c && build_plugin -o x.so first.c second.o
}
for compiler in gcc clang; do
    check "$compiler: a file is built without -g" without_debug "$compiler"
    tells "$compiler: what it says is recorded" x.so
done
# shellcheck disable=SC2086 # flags are words
joined() {
    gcc -g -fPIC $includes -c first.c && gcc -fPIC $includes -c second.c &&
        ld -r -o joined.o first.o second.o && build_plugin -o x.so joined.o
}
check "two objects are joined by ld -r" joined
tells "what both say is recorded" x.so
{ printf '#include <plugin.h>\nPLUGIN_PACKAGE("example.com/shared");\n'; sed 1d second.c; } >package.c
check "a plugin has a package" build_plugin -o x.so first.c package.c
tells "the files of packages speak, too" x.so

{
    echo '#include <plugin.h>'
    seq 999 | sed 's/.*/PLUGIN_INFO("n", "&");/'
} >many.c
check "a plugin says much" build_plugin -O2 -o x.so many.c
{ echo 'info (999)'; seq 999 | sed 's/^/  n = /'; } >wanted.many
infos x.so >told
check_same "all of it is recorded, in order" wanted.many told

longest=$(head -c 4096 /dev/zero | tr '\0' k)
printf '#include <plugin.h>\nPLUGIN_INFO("%s", "%s");\n' "$longest" "$longest" >longest.c
check "a plugin has the longest key and value" build_plugin -o x.so longest.c
printf 'info (1)\n  %s = %s\n' "$longest" "$longest" >wanted.longest
infos x.so >told
check_same "they are recorded" wanted.longest told

cat >shown.py <<'EOF'
import json, subprocess, sys
shown = json.loads(subprocess.run([sys.argv[1], "inspect", "--json", "x.so"], stdout=subprocess.PIPE).stdout)
assert shown["format_version"] == 6, shown
assert [(one["key"], one["value"]) for one in shown["info"]][3:] == [
    ("empty", ""), ("digit", "12"), ("größe", 'ü = 3,\tor "4"'), ("author", "Cid")], shown["info"]
plain = json.loads(subprocess.run([sys.argv[1], "inspect", "--json", "plain.so"], stdout=subprocess.PIPE).stdout)
assert plain["format_version"] == 4 and plain["info"] == [] and plain["retires"] == [], plain
EOF
echo 'int V;' >plain.c
build_plugin -o x.so first.c second.c && build_plugin -o plain.so plain.c
check "they are shown as JSON, and none of a plugin that says nothing, of version 4" \
    python3 shown.py "$PLUGIN"
infos plain.so >told
check "nor are they shown as text" test ! -s told

# -- Programs and built-in plugins --

printf '#include <plugin.h>\nPLUGIN_INFO("author", "Eve");\nint main(void) { return 0; }\n' >host.c
printf '#include <plugin.h>\nPLUGIN_INFO("version", "2");\nPLUGIN_RETIRE {}\nint W;\n' >other.c
printf '#include <plugin.h>\nint main(void) { return 0; }\n' >silent.c
# shellcheck disable=SC2086 # flags are words
built_in() {
    "$PLUGIN" build -buildmode=archive $TEST_CFLAGS -o first.a first.c package.c &&
        "$PLUGIN" build -buildmode=archive $TEST_CFLAGS -o other.a other.c &&
        "$PLUGIN" build -O2 $TEST_CFLAGS -o host host.c --with=first.a --with=other.a &&
        "$PLUGIN" build $TEST_CFLAGS -Wl,--gc-sections -o silent silent.c --with=first.a --with=other.a
}
# in_built_in FILE PLUGIN: prints what its built-in plugin says, in the form of infos.
in_built_in() {
    "$PLUGIN" inspect "$1" | sed -n "/^built in (/,/^libraries/{/^  $2\$/,/^  [^ ]/s/^    info       / /p;}" >lines
    echo "info ($(wc -l <lines))"
    cat lines
}
check "a program has built-in plugins" built_in
printf 'info (1)\n  author = Eve\n' >wanted.host
infos host >told
check_same "it says what it says itself" wanted.host told
infos silent >told
check "a program that says nothing has nothing" test ! -s told
printf 'info (1)\n  version = 2\n' >wanted.other
for program in host silent; do
    in_built_in "$program" first.so >told
    check_same "$program: a built-in plugin says what it says" wanted told
    in_built_in "$program" other.so >told
    check_same "$program: so does another one" wanted.other told
done
cat >built_in.py <<'EOF'
import json, subprocess, sys
shown = json.loads(subprocess.run([sys.argv[1], "inspect", "--json", "host"], stdout=subprocess.PIPE).stdout)
assert shown["info"] == [{"key": "author", "value": "Eve"}] and shown["retires"] == [], shown
first, other = shown["built_in"]
assert other["info"] == [{"key": "version", "value": "2"}], other
assert len(first["info"]) == 7, first
EOF
check "as JSON, too" python3 built_in.py "$PLUGIN"

# -- Refusals --

# refused NAME DECLARATIONS: adds to the transcript what the stamp says of a plugin with these.
refused() {
    printf '#include <plugin.h>\nint V;\n%s\n' "$2" >refused.c
    {
        echo "== $1"
        build_plugin -o refused.so refused.c 2>&1 && echo "not refused"
    } | sed "s|$work/||g" >>transcript
}
refused 'a value that is too long' "PLUGIN_INFO(\"k\", \"$longest-\");"
refused 'a key that is too long' "PLUGIN_INFO(\"$longest-\", \"v\");"
refused 'a value that is not UTF-8' 'PLUGIN_INFO("name", "caf\xe9");'
refused 'a key that is not UTF-8' 'PLUGIN_INFO("\xff\x1b[0m", "v");'
refused 'a surrogate' 'PLUGIN_INFO("name", "\xed\xa0\x80");'
refused 'a key without a value' \
    '__asm__(".pushsection plugin_infos,\"a\"\n.asciz \"key\"\n.popsection");'
refused 'a key that does not end' \
    '__asm__(".pushsection plugin_infos,\"a\"\n.ascii \"key\"\n.popsection");'
refused 'a value that does not end' \
    '__asm__(".pushsection plugin_infos,\"a\"\n.asciz \"key\"\n.ascii \"value\"\n.popsection");'
[ -z "${REFUSE_WRITE:-}" ] || cp transcript "$own/refusals.expected"
check_same "the refusals" "$own/refusals.expected" transcript

# The compiler itself refuses the rest.
for compiler in gcc clang g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    case $compiler in *++) ending=cc ;; *) ending=c ;; esac
    printf '#include <plugin.h>\nPLUGIN_INFO("", "v");\n' >"x.$ending"
    check_refused "$compiler: a key is not empty" 'the info has no key' \
        build_plugin --cc="$compiler" -o x.so "x.$ending"
    for pair in '"k\\0", "v"' '"k", "v\\0w"'; do
        printf '#include <plugin.h>\nPLUGIN_INFO(%b);\n' "$pair" >"x.$ending"
        check_refused "$compiler: a NUL is refused: $pair" 'the info contains a NUL' \
            build_plugin --cc="$compiler" -o x.so "x.$ending"
    done
done

finish
