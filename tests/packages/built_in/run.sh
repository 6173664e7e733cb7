#!/bin/sh
# SPDX-License-Identifier: MIT
# Built-in plugins: archives, bundles, programs that are linked with them, dynamically and statically.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/packages/built_in/build.sh"
# ---- the seed's example, unchanged ----

cp "$tree"/examples/seed/*.c .
check "a plugin's sources become an archive" archive_of plugin_name.a plugin_name.c
check "a program links with it" host_of host host.c --with plugin_name.a
says "and opens it like the loadable plugin" ./host <<'E2'
Hello, number 7
E2
check "two builds give the same bytes" sh -c \
    'cp plugin_name.a first.a && "$0" build -buildmode=archive '"$TEST_CFLAGS"' -o plugin_name.a plugin_name.c &&
    cmp first.a plugin_name.a' "$PLUGIN"
check "the program needs no file of the plugin" sh -c 'mkdir alone && cp host alone && rm -f alone/plugin_name.so &&
    cd alone && ./host | grep -q "number 7"'

# Any build system can link a bundle, and stamp the program.
check "a bundle is an object" "$PLUGIN" bundle -o plugins.o plugin_name.a
by_hand() {
    # shellcheck disable=SC2086
    "$@" -g $TEST_CFLAGS -I"$prefix/include" -o by_hand host.c plugins.o -L"$libraries" \
        -Wl,-rpath,"$libraries" -lplugin && "$PLUGIN" stamp by_hand && ./by_hand >said &&
        [ "$(cat said)" = "Hello, number 7" ]
}
for linker in bfd lld mold $(command -v ld.gold >/dev/null && echo gold); do
    check "a program linked by hand, by $linker" by_hand gcc -fuse-ld=$linker
    check "a program linked with --gc-sections, by $linker" by_hand gcc -fuse-ld=$linker -Wl,--gc-sections
done
[ -n "$TEST_CFLAGS" ] || check "a program linked by hand, by clang" by_hand clang # whose sanitizers are others
check "a program linked by hand, not PIE" by_hand gcc -no-pie
check "a program linked with -flto" by_hand gcc -flto
if [ -z "$TEST_CFLAGS" ]; then
    for flag in -static -static-pie; do
        check "a program with $flag builds" host_of static$flag $flag host.c --with plugin_name.a
        [ ! -s log ] || sed 's/^/# /' log
        says "$flag: the program runs" ./static$flag <<'E2'
Hello, number 7
E2
        check "$flag: the linker does not warn" [ ! -s "$work/log" ]
    done
    nothing_else() {
        mkdir root && cp static-static root/host && if [ "$(id -u)" -eq 0 ]; then
            chroot root /host
        else
            (cd root && unshare -r chroot . /host)
        fi
    }
    lacks chroot "a static program alone" ||
        says "a static program needs no file except its own" nothing_else <<'E2'
Hello, number 7
E2
    "$PLUGIN" build -buildmode=plugin -o loadable.so plugin_name.c
    sed 's/plugin_name.so/loadable.so/' host.c >opens_file.c
    check "a static program without plugins builds" host_of opens_file -static opens_file.c
    says "plugin_open says that a static program has no dynamic loader" ./opens_file <<'E2'
host: cannot open plugin loadable.so: a static program has no dynamic loader; build the plugin into the program with plugin build --with, or open it with PLUGIN_ISOLATED
E2
fi

# ---- names ----

# Twins: plugins in which all names are equal, and all definitions differ.
for number in 1 2; do
    cat >twin$number.c <<E2
#include <plugin.h>
int V = $number;
static int counter;
__thread int per_thread = 10 * $number;
int common;
int helper(void) { return 100 * $number; }
void F(void) { counter += $number; }
int hit(void) { F(); return V + counter + helper() + per_thread + common; }
E2
    check "build twin $number" archive_of twin$number.a -fcommon twin$number.c
done
check "build their host, which defines the same names" host_of twins "$source/host.c" twin1.c \
    -DNOTHING --with twin1.a --with twin2.a
says "plugins keep their names apart" ./twins twin1.so twin2.so twin1.so <<'E2'
main
twin1.so: 112
twin2.so: 224
twin1.so: 113
E2
says "a built-in plugin is found by its name, in any directory" ./twins /no/where/twin1.so \
    built:./twin2.so built:twin3.so file:./twin1.so <<'E2'
main
/no/where/twin1.so: 112
built:./twin2.so: 224
1 cannot open plugin twin3.so: the program has no such built-in plugin; it has: twin1.so, twin2.so
1 cannot open plugin ./twin1.so: No such file or directory
E2
lacks c++ "names of C++" || {
for number in 1 2; do
    cat >class$number.cc <<E2
#include <plugin.h>
struct Thing {
    virtual ~Thing() {}
    virtual int number() { static int calls; return $number * 1000 + ++calls; }
    template <class T> static T twice(T x) { return 2 * x + $number; }
};
inline int shared_by_nobody = 7 * $number;
Thing thing;
static struct Early { int value; Early() : value(5 * $number) {} } early;
extern "C" int hit()
{
    try { throw $number; } catch (int caught) {
        return thing.number() + Thing::twice(caught) + shared_by_nobody + early.value;
    }
}
E2
    check "build twin $number in C++" archive_of class$number.a -std=c++17 class$number.cc
done
check "build a host with all four" host_of classes "$source/host.c" --with twin1.a --with twin2.a \
    --with class1.a --with class2.a
says "plugins in C++ keep their names apart" ./classes class1.so class2.so twin1.so class1.so <<'E2'
main
class1.so: 1016
class2.so: 2031
twin1.so: 112
class1.so: 1017
E2
}
mkdir again
cp twin1.a again
check_refused "two plugins with one name" \
    "again/twin1.a and twin1.a are both named twin1.so; rename one of them" \
    "$PLUGIN" bundle -o plugins.o again/twin1.a twin1.a

for name in one two; do
    { package p/$name; echo 'int table(void) { return 1; }'; } >$name.c
    { echo '#include <plugin.h>'
      echo "PLUGIN_IMPORT(\"p/$name\"); int table(void); int hit(void) { return table(); }"; } >use_$name.c
    check "build a plugin with package p/$name" archive_of $name.a use_$name.c $name.c
done
check_refused "two packages that define one name" \
    'packages "p/one" and "p/two" both define table; rename one of them' \
    "$PLUGIN" bundle -o plugins.o one.a two.a
echo 'int table(void) { return 2; }' >table.c
check_refused "a program that defines a name of a plugin's package" \
    "table: defined by package p/one in the plugin, and outside of that package in the host; rename one of them" \
    host_of clash "$source/host.c" table.c --with one.a
{ package p/open; echo 'int helper(void); int open_value(void) { return helper(); }'; } >open.c
echo 'int helper(void) { return 1; } int open_value(void); int hit(void) { return open_value(); }' >use_open.c
check_refused "a package that uses a symbol of main" \
    'package "p/open" cannot be shared: it uses helper of a file without PLUGIN_PACKAGE' \
    archive_of open.a use_open.c open.c

# ---- packages ----

cat >shared.h <<'E2'
extern int shared_count;
int shared_next(int step);
E2
cat >shared.c <<'E2'
#include "shared.h"
#include <plugin.h>
#include <stdio.h>
PLUGIN_PACKAGE("example.com/shared");
int shared_count;
int shared_next(int step) { return shared_count += step; }
__attribute__((constructor)) static void construct(void) { puts("shared: constructor"); }
__attribute__((destructor)) static void destruct(void) { puts("shared: destructor"); }
PLUGIN_INIT { puts("shared: init"); shared_count += 100; }
E2
cat >user.c <<'E2'
#include "shared.h"
#include <plugin.h>
#include <stdio.h>
PLUGIN_IMPORT("example.com/shared");
PLUGIN_USES(shared_count);
PLUGIN_USES(shared_next);
__attribute__((constructor)) static void construct(void) { puts(NAME ": constructor"); }
__attribute__((destructor)) static void destruct(void) { puts(NAME ": destructor"); }
PLUGIN_INIT { puts(NAME ": init"); }
int hit(void) { return shared_next(1) * 1000 + shared_count; }
E2
for name in a b; do
    check "build user $name" archive_of user_$name.a -DNAME="\"$name\"" user.c shared.c
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS -o load_$name.so -DNAME="\"load $name\"" user.c shared.c
done
cat >carrier.c <<'E2'
#include "shared.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/shared");
int *own(void) { return &shared_count; }
E2
check "build a host without the package" host_of users "$source/host.c" --with user_b.a --with user_a.a
check "build a host with the package" host_of carrier "$source/host.c" carrier.c shared.c --with user_a.a \
    --with user_b.a
says "plugins that are not opened do not run" ./users <<'E2'
main
E2
says "the package has one copy; its inits run when it is needed, destructors in the reverse order" ./users user_b.so user_a.so <<'E2'
main
shared: constructor
shared: init
b: constructor
b: init
user_b.so: 101101
a: constructor
a: init
user_a.so: 102102
a: destructor
b: destructor
shared: destructor
E2
says "the program's own copy is live" ./carrier user_a.so user_b.so <<'E2'
shared: constructor
shared: init
main
a: constructor
a: init
user_a.so: 101101
b: constructor
b: init
user_b.so: 102102
b: destructor
a: destructor
shared: destructor
E2
cat >order.c <<'E2'
#include <stdio.h>
#define SAYS(kind, name, ...) __attribute__((kind __VA_ARGS__)) static void kind##_##name(void) { puts(#kind " " #name); }
SAYS(constructor, last)
SAYS(constructor, second, (202))
SAYS(constructor, first, (201))
SAYS(destructor, first)
SAYS(destructor, second, (202))
SAYS(destructor, last, (201))
SAYS(destructor, before_first)
int hit(void) { return 1; }
E2
check "build a plugin with constructors of several priorities" archive_of order.a order.c
check "build its program" host_of order "$source/host.c" --with order.a
says "constructors run in order, destructors in the reverse order" ./order order.so <<'E2'
main
constructor first
constructor second
constructor last
order.so: 1
destructor before_first
destructor first
destructor second
destructor last
E2
# Some linkers recognise constructors by the section's type, not by its name.
for linker in bfd lld mold gold; do
    check "build the program by $linker" host_of order_$linker -fuse-ld=$linker "$source/host.c" --with order.a
    says "by $linker: plugins that are not opened do not run" ./order_$linker <<'E2'
main
E2
done
{ package p/early; echo 'int early; PLUGIN_INIT { early = 1; }'; } >early.c
echo 'extern int early; int *use_early(void) { return &early; }' >use_early.c
check "build a library whose inits run before the program has announced its packages" \
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS -o libearly.so -Wl,-soname,libearly.so early.c
check "build a program with it" host_of early "$source/host.c" use_early.c carrier.c shared.c \
    ./libearly.so -Wl,-rpath,"$work" --with user_a.a
says "the program's own copy is live nevertheless" ./early user_a.so <<'E2'
shared: constructor
shared: init
main
a: constructor
a: init
user_a.so: 101101
a: destructor
shared: destructor
E2
# The order of the destructors of loaded modules is up to the dynamic loader.
says "loadable plugins share with built-in ones" sh -c \
    './users ./load_a.so user_a.so ./load_b.so | grep -v destructor' <<'E2'
main
load a: constructor
shared: constructor
shared: constructor
shared: init
load a: init
./load_a.so: 101101
a: constructor
a: init
user_a.so: 102102
load b: constructor
shared: constructor
load b: init
./load_b.so: 103103
E2
check "plugin check knows built-in plugins, too" "$PLUGIN" check users load_a.so
sed 's/shared_next(int step)/shared_next(long step)/' shared.h >changed.h
for file in user shared; do sed 's/shared.h/changed.h/; s/int step/long step/' $file.c >changed_$file.c; done
"$PLUGIN" build -buildmode=plugin $TEST_CFLAGS -o changed.so -DNAME='"changed"' changed_user.c changed_shared.c
says "a loadable plugin that does not fit a built-in plugin's package is refused" ./users ./changed.so <<'E2'
main
3 ./changed.so does not fit users (1 misfit):
  shared_next: parameter 1
      host    int    /* 4 bytes */     built by COMPILER
      plugin  long   /* 8 bytes */     built by COMPILER
  2 uses compared, 0 not
E2
says "plugin check says the same" "$PLUGIN" check users changed.so <<'E2'
changed.so does not fit users (1 misfit):
  shared_next: parameter 1
      host    int    /* 4 bytes */     built by COMPILER
      plugin  long   /* 8 bytes */     built by COMPILER
  2 uses compared, 0 not
E2
check "build a plugin with a changed package" archive_of changed.a -DNAME='"changed"' changed_user.c \
    changed_shared.c
says "plugin bundle refuses plugins that do not fit each other" "$PLUGIN" bundle -o plugins.o user_a.a changed.a <<'E2'
plugin: cannot bundle: user_a.so does not fit the plugins before it (1 misfit):
  shared_next: parameter 1
      changed.so  long   /* 8 bytes */     built by COMPILER
      plugin      int    /* 4 bytes */     built by COMPILER
  2 uses compared, 0 not
E2
says "a built-in plugin that does not fit its program stops the build" host_of misfit \
    "$source/host.c" carrier.c shared.c --with changed.a <<'E2'
plugin: cannot stamp misfit: changed.so does not fit misfit (1 misfit):
  shared_next: parameter 1
      host    int    /* 4 bytes */     built by COMPILER
      plugin  long   /* 8 bytes */     built by COMPILER
  2 uses compared, 0 not
E2
check "and leaves no program" [ ! -e misfit ]
echo 'int ask(int x); int hit(void) { return ask(1); }' >asks.c
echo 'long ask(long x) { return x; }' >answers.c
# Without -O, clang describes no function that is only declared, so its type is not checked.
check "build a plugin that uses the program's function" archive_of asks.a -O1 asks.c
cat >expected.misfit <<'E2'
plugin: cannot stamp misfit: asks.so does not fit misfit (1 misfit):
  ask: result
      host    long   /* 8 bytes */     built by COMPILER
      plugin  int    /* 4 bytes */     built by COMPILER
  1 use compared, 0 not
E2
says "a function of the program with another type stops the build" host_of misfit "$source/host.c" answers.c --with asks.a <expected.misfit
if [ -z "$TEST_CFLAGS" ]; then
    says "also of a static program" host_of misfit -static "$source/host.c" answers.c --with asks.a \
        <expected.misfit
fi
says "strict accepts equal sources" ./carrier strict:user_a.so <<'E2'
shared: constructor
shared: init
main
a: constructor
a: init
strict:user_a.so: 101101
a: destructor
shared: destructor
E2
{ cat shared.c; echo '/* a comment */'; } >sub_shared.c
mkdir other && mv sub_shared.c other/shared.c && cp shared.h other
check "build a program with a changed comment" host_of commented "$source/host.c" carrier.c \
    other/shared.c --with user_a.a
says "strict refuses other sources" ./commented strict:user_a.so user_a.so <<'E2'
shared: constructor
shared: init
main
3 user_a.so does not fit commented (1 misfit):
  package example.com/shared: built from different sources (strict): shared.c differs
  2 uses compared, 0 not
a: constructor
a: init
user_a.so: 101101
a: destructor
shared: destructor
E2
check "link a program without -rdynamic" sh -c '"$0" bundle -o plugins.o user_a.a &&
    cc -g '"$TEST_CFLAGS"' -I"$1/include" -o closed "$2" plugins.o -L"$3" -Wl,-rpath,"$3" -lplugin &&
    "$0" stamp closed' "$PLUGIN" "$prefix" "$source/host.c" "$libraries"
says "it shares the package with no loadable plugin" ./closed ./load_a.so user_a.so <<'E2'
main
3 ./load_a.so does not fit closed (1 misfit):
  package example.com/shared: the host does not export its symbols; link it with -rdynamic
  0 uses compared, 0 not
shared: constructor
shared: init
a: constructor
a: init
user_a.so: 101101
a: destructor
shared: destructor
E2
# shellcheck disable=SC2086
check "link an unstamped program" cc -g $TEST_CFLAGS -I"$prefix/include" -I. -o unstamped \
    "$source/host.c" carrier.c shared.c plugins.o -rdynamic -L"$libraries" -Wl,-rpath,"$libraries" -lplugin
./unstamped user_a.so >said
check "its packages are unknown" has said \
    "package example.com/shared: also in $work/unstamped, which is not stamped"

# ---- plugin inspect ----

"$PLUGIN" inspect users | sed -n '/^built in/,/^libraries/p' >shown.raw
sed 's/built by    .*/built by    COMPILER/' shown.raw >shown
cat >expected <<'E2'
built in (2)
  user_a.so
    built by    COMPILER
    package     example.com/shared
    int hit(void)
  user_b.so
    built by    COMPILER
    package     example.com/shared   /* another plugin's copy */
    int hit(void)
E2
sed '$d' shown >shown.list
check_same "inspect lists built-in plugins" expected shown.list
"$PLUGIN" inspect --json users >users.json
check "so does inspect --json" python3 -c '
import json
built_in = json.load(open("users.json"))["built_in"]
assert [p["name"] for p in built_in] == ["user_a.so", "user_b.so"], built_in
assert built_in[0]["symbols"] == [{"name": "hit", "declaration": "int hit(void)"}], built_in
assert [p["packages"][0]["linked_in"] for p in built_in] == [True, False], built_in
'
check "their packages and inits are not listed as the program's" sh -c '"$0" inspect users >shown &&
    ! grep -q "^packages" shown && ! grep -q "init  *user.c" shown' "$PLUGIN"
cat >damage.py <<'E2'
"""damage.py PROGRAM OUTPUT SECTION TYPE|OFFSET VALUE: changes the type of a section, or 4 bytes."""
import struct, sys
program, output, section, place, value = sys.argv[1:]
data = bytearray(open(program, "rb").read())
(headers,), (count, names) = struct.unpack_from("<Q", data, 40), struct.unpack_from("<HH", data, 60)
(strings,) = struct.unpack_from("<Q", data, headers + 64 * names + 24)
for header in range(headers, headers + 64 * count, 64):
    name = strings + struct.unpack_from("<I", data, header)[0]
    if data[name : data.index(0, name)].decode() == section:
        start = header + 4 if place == "TYPE" else struct.unpack_from("<Q", data, header + 24)[0] + int(place)
        struct.pack_into("<I", data, start, int(value))
open(output, "wb").write(data)
E2
python3 damage.py users parts.damaged plugin_bundle 52 2 # the first plugin's parts
check_refused "more parts than packages" "damaged: a plugin has a wrong number of parts" \
    "$PLUGIN" inspect parts.damaged
for section in plugin_bundle plugin_built_in; do
    python3 damage.py users bare.damaged $section TYPE 8 # SHT_NOBITS
    check_refused "a section $section without bytes" "its built-in plugins are damaged" \
        "$PLUGIN" stamp bare.damaged
done
check "a separate file of debug information is shown without built-in plugins" sh -c \
    'objcopy --only-keep-debug users users.debug && "$0" inspect users.debug' "$PLUGIN"
strip -o stripped users
check "strip keeps built-in plugins" sh -c './stripped user_a.so | grep -q 101101 && "$0" inspect stripped | grep -q "built in (2)"' "$PLUGIN"

# ---- cost ----

if [ -z "$TEST_CFLAGS" ]; then
    { package p/quiet; echo 'static int started; int quiet(void) { return started; }'
      echo 'PLUGIN_INIT { started++; }'; } >quiet.c
    { echo '#include <plugin.h>'; echo 'PLUGIN_IMPORT("p/quiet"); int quiet(void); PLUGIN_INIT { quiet(); }'
      echo 'int hit(void) { return quiet(); }'; } >uses_quiet.c
    check "build a plugin with a package and inits" archive_of quiet.a uses_quiet.c quiet.c
    check "build a program that may make no system call" host_of quiet "$source/quiet.c" --with quiet.a
    lacks seccomp "an open of a built-in plugin makes no system call" ||
        says "an open of a built-in plugin makes no system call" ./quiet quiet.so <<'E2'
done
E2
fi
[ -n "$TEST_CFLAGS" ] || check "the program has no constructor for them" sh -c '"$0" inspect twins >shown &&
    grep -q "^constructors (0)" shown' "$PLUGIN"
check "their tables need no relocations" sh -c '
    for section in plugin_bundle plugin_built_in; do
        range=$(readelf -SW twins | sed "s/^ *\[ *[0-9]*\] *//" | awk -v n=$section "\$1 == n { print \$3, \$5 }")
        [ -n "$range" ] || exit 1
        start=$((0x${range% *})) end=$((0x${range% *} + 0x${range#* }))
        readelf -rW twins | awk "/R_/ { print \$1 }" | while read -r place; do
            [ $((0x$place)) -lt $start ] || [ $((0x$place)) -ge $end ] || exit 1
        done || exit 1
    done'

finish
