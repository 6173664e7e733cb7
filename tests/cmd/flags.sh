#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin flags: what it prints makes links that `plugin stamp` and `plugin check` accept and that run, and
# is what `plugin build` passes.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1
unset CC CXX
prefix=$(cd "$(dirname "$PLUGIN")/.." && pwd)
libraries=$(dirname "$(find "$prefix" -name libplugin.so.0)")
flags() { "$PLUGIN" flags "$@"; }

cp -R "$tree"/examples/project/src "$tree"/examples/project/units "$tree"/examples/project/tests .
mkdir 'a b'
mv src 'a b/src'
cp 'a b/src/unit.h' .

# ---- each mode ----

# prints EXPECTED ARGUMENT...: passes if these flags are printed, in which PREFIX and LIBDIR are the
# installation's.
prints() {
    echo "$1" >expected
    shift
    flags "$@" 2>&1 | sed "s|$libraries|LIBDIR|g; s|$prefix|PREFIX|g" >actual
    check_same "flags $*" expected actual
}
library='-LLIBDIR -Wl,-rpath,LIBDIR -lplugin'
as_needed="-Wl,--push-state,--as-needed $library -Wl,--pop-state"
prints '-g -IPREFIX/include' --cflags
prints '-g -IPREFIX/include' --cflags --host
prints '-g -IPREFIX/include -fPIC -fsemantic-interposition' --cflags --plugin
prints '-g -femit-class-debug-always -IPREFIX/include' --cflags --cc=g++
prints '-g -fno-gnu-unique -femit-class-debug-always -IPREFIX/include -fPIC -fsemantic-interposition' \
    --cflags --plugin --cc='g++ -std=c++17'
prints '-g -fstandalone-debug -IPREFIX/include -fPIC -fsemantic-interposition' \
    --cflags --plugin --cc clang++
prints "-fPIC -shared -Wl,-Bsymbolic $as_needed" --plugin
prints "-fPIC -shared -Wl,-Bsymbolic $as_needed" --plugin -O2 -fuse-ld=lld
prints "-rdynamic $library" --host
prints "-LLIBDIR -lplugin-static" --host --static
prints "$library" --libs
prints "-LLIBDIR -lplugin-static" --libs --static
CC='g++ -O1' prints '-g -femit-class-debug-always -IPREFIX/include' --cflags

# refuses TEXT ARGUMENT...: passes if these arguments are a usage error with this text.
refuses() {
    text=$1
    shift
    check_fails 2 "flags $*: refused" flags "$@"
    cp log said
    check "flags $*: why" has said "plugin flags: $text"
}
refuses 'flags of what? give --cflags, --plugin, --host or --libs'
refuses 'flags of what?' -O2
refuses 'give one of --plugin, --host and --libs' --plugin --host
refuses '--cflags and --libs go to different commands; ask twice' --cflags --libs
refuses '-buildmode and --with are options of plugin build' --plugin -buildmode=plugin
refuses '-buildmode and --with are options of plugin build' --host --with=x.a
refuses '--list needs --plugin, for a link' --host --list=x a.o
refuses '--list needs --plugin, for a link' --cflags --plugin --list=x a.o
refuses '--list needs a file' --plugin --list= a.o
refuses '--list needs the objects that are linked' --plugin --list=x
refuses 'objects need --list=FILE, for which they are linked' --plugin a.o
check "flags --help" flags --help

# ---- links by hand ----

# compile FILE FLAGS OBJECT: as a shell does with what is printed.
compile() { eval "$cc -I. -I'a b/src' $2 ${TEST_CFLAGS:-} -c -o '$3' '$1'"; }
# link OUTPUT FLAGS OBJECT...
link() {
    output=$1 line=$2
    shift 2
    # shellcheck disable=SC2086 # $cc has flags
    eval "set -- \"\$@\" $line"
    $cc $linker ${TEST_CFLAGS:-} -o "$output" "$@"
}
# make_inch: a plugin without packages, and the host that tests it.
make_inch() {
    compile units/inch.c "$of_plugins" inch.o || return
    compile tests/inch.c "$of_hosts" host.o || return
    line=$(flags --plugin --cc="$cc" "$linker" --list=inch.list inch.o) && link inch.so "$line" inch.o || return
    line=$(flags --host --cc="$cc" "$linker") && link host "$line" host.o || return
    "$PLUGIN" stamp inch.so host && ./host ./inch.so
}
# make_mile: a plugin with a package, and the program that has it too.
make_mile() {
    compile units/mile.c "$of_plugins" mile.o || return
    compile 'a b/src/format.c' "$of_plugins" 'a b/format.o' || return
    compile 'a b/src/convert.c' "$of_hosts '-DUNITS_DIRECTORY=\".\"'" convert.o || return
    compile 'a b/src/format.c' "$of_hosts" format.o || return
    line=$(flags --host --cc="$cc" "$linker") && link convert "$line" convert.o format.o || return
    line=$(flags --plugin --cc="$cc" "$linker" --list='a b/mile.list' mile.o 'a b/format.o') || return
    link mile.so "$line" mile.o 'a b/format.o' || return
    "$PLUGIN" stamp mile.so convert && "$PLUGIN" check convert inch.so mile.so && ./convert 2 mile
}
# makes COMPILER LINKER: passes if both run.
makes() {
    cc=$1 linker=$2
    rm -f ./*.so host convert
    of_plugins=$(flags --cflags --plugin --cc="$cc")
    of_hosts=$(flags --cflags --cc="$cc")
    check "a plugin without packages, by $cc $linker" make_inch
    # mold before 2.3.3 does not know the list; the stamp says so.
    case $linker$(mold --version 2>&1) in
    -fuse-ld=mold*" "[01].* | -fuse-ld=mold*" "2.[0-2].*)
        check_fails 1 "a plugin with packages needs another mold, by $cc" make_mile
        cp log said
        check "which the stamp says, by $cc" has said 'using ld.bfd, lld, or mold 2.3.3 or later'
        ;;
    *)
        check "a plugin with packages, by $cc $linker" make_mile
        cp log said
        check "which uses the program's copy, by $cc $linker" has said '2.00 miles = 3218.69 m'
        ;;
    esac
}
if [ -n "${TEST_CFLAGS:-}" ]; then
    makes gcc -fuse-ld=bfd # others do not link the sanitizers of every compiler
else
    for name in gold lld mold bfd; do
        makes gcc -fuse-ld=$name
        makes 'clang -O2' -fuse-ld=$name
    done
fi
echo old >inch.list
flags --plugin --list=inch.list inch.o >said
check "without packages, the link binds all to the plugin" has said ' -Wl,-Bsymbolic '
check "and the list has no symbol" sh -c '! grep -q "[a-z]" inch.list'
check "that of a package names its symbols" sh -c \
    "grep -q format_digits 'a b/mile.list' && grep -q format_amount 'a b/mile.list'"
flags --plugin -fuse-ld=gold --list=gold.list mile.o 'a b/format.o' >said
check "gold gets -Bsymbolic and the list" has said '-Wl,-Bsymbolic -Wl,--dynamic-list=gold.list'
flags --plugin --list='it'"'"'s $a.list' mile.o 'a b/format.o' >said
eval "printf '%s\n' $(cat said)" >words
check "a name is quoted as the shell needs" grep -qxF -e "-Wl,--dynamic-list=it's \$a.list" words
printf 'all:\n\tprintf "%%s\\n" $(shell "%s" flags --plugin "--list=a b/m.list" mile.o "a b/format.o") >words\n' \
    "$PLUGIN" >Makefile
check "and in make" make -s
check "one word there, too" grep -qxF -e "-Wl,--dynamic-list=a b/m.list" words
check_fails 1 "what cannot be linked" flags --plugin --list=no.list no.o
check "leaves no list" test ! -e no.list

# ---- as plugin build does ----

# passed MODE OUTPUT FILE...: the flags that plugin build passes in its last link.
passed() {
    "$PLUGIN" build -v --cc="$cc" "$@" 2>&1 | sed -n "s|--dynamic-list=[^ ]*|--dynamic-list=LIST|; /^$cc .* -o /p" |
        tail -n 1 | sed 's/ -o [^ ]*$//'
}
# alike NAME FLAGS PASSED: passes if what is passed ends with the flags.
alike() {
    case $3 in
    *"$2") pass "$1" ;;
    *) printf '%s\n%s\n' "$2" "$3" >why && fail "$1" <why ;;
    esac
}
cc=gcc
mkdir built
alike "a plugin, as by plugin build" "$(flags --plugin --cc=gcc)" \
    "$(passed -buildmode=plugin -o built/inch.so units/inch.c)"
alike "a plugin with packages, as by plugin build" \
    "$(flags --plugin --cc=gcc --list=LIST mile.o 'a b/format.o')" \
    "$(passed -buildmode=plugin -o built/mile.so mile.o 'a b/format.o')"
alike "a host, as by plugin build" "$(flags --host --cc=gcc)" "$(passed -o built/host host.o)"
makes gcc -fuse-ld=bfd
# The stamps are the same.
"$PLUGIN" build -buildmode=plugin --cc=gcc ${TEST_CFLAGS:-} -o built/mile.so mile.o 'a b/format.o'
"$PLUGIN" build -buildmode=plugin --cc=gcc ${TEST_CFLAGS:-} -o built/inch.so inch.o
for unit in inch mile; do
    "$PLUGIN" inspect $unit.so >expected
    (cd built && "$PLUGIN" inspect $unit.so) >actual
    check_same "$unit.so has the stamp that plugin build gives it" expected actual
done

# ---- C++ ----

cat >count.cc <<'E2'
struct counter { int n; counter(); int next() { static int all; return n = ++all; } };
counter::counter() : n(0) {}
extern "C" int count() { counter c; return c.next(); }
E2
linker=-fuse-ld=bfd
for cc in g++ clang++; do
    compile count.cc "$(flags --cflags --plugin --cc=$cc)" count.o
    link count.so "$(flags --plugin --cc=$cc)" count.o
    check "a plugin in C++, by $cc" "$PLUGIN" stamp count.so
    check "has no unique variable, by $cc" sh -c '! readelf -sW --dyn-syms count.so | grep UNIQUE'
done

# ---- static ----

if [ -z "${TEST_CFLAGS:-}" ] && ! lacks static "a static host"; then
    cc=gcc linker=-static
    link static "$(flags --host --static)" convert.o format.o
    check "a static host" "$PLUGIN" stamp static
    ldd static >said 2>&1
    check "needs no library" has said 'not a dynamic executable'
fi

finish
