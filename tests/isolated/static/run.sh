#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins of static programs, which have no dynamic loader.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
if [ -n "$TEST_CFLAGS" ]; then
    skip "all of it" "a sanitizer does not support static programs: $TEST_CFLAGS"
    finish
    exit
fi
says_alike="s|$work/|DIR/|g; s|$(dirname "$(dirname "$PLUGIN")")/|PREFIX/|g; s/ ([A-Z][a-z ]*)//"
# The installation is staged: a static program would look for it where it is to be.
PLUGIN_WORKER=$(find "$(dirname "$PLUGIN")/.." -name plugin-worker)
PLUGIN_WORKER=$(cd "$(dirname "$PLUGIN_WORKER")" && pwd)/plugin-worker
export PLUGIN_WORKER

# host_of OUTPUT ARGUMENT...: builds a static program that can open isolated plugins.
static=-static
host_of() {
    output=$1
    shift
    "$PLUGIN" build $static -o "$output" "$@" -lplugin-static-isolated -lffi
}
plugin_of() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$@"
}

# ---- the seed's example ----

cp "$tree/examples/seed/plugin_name.c" .
build_example() {
    plugin_of plugin_name.so plugin_name.c && host_of hello "$source/static/seed_host.c"
}
check "a static program that opens isolated plugins builds" build_example
check "the linker does not warn" [ ! -s "$work/log" ]
says "it opens the example" ./hello ./plugin_name.so <<'E2'
Hello, number 7
E2
is_static() {
    ! readelf -lW hello | grep INTERP
}
check "it has no dynamic loader" is_static

# ---- a static program that opens none ----

check "without libplugin-static-isolated, it builds" "$PLUGIN" build -static -o without "$source/static/seed_host.c"
has_no_ffi() {
    nm without >symbols && ! grep ' ffi_' symbols && nm hello | grep -q ' ffi_call'
}
check "then it has nothing of libffi" has_no_ffi
says "and says what is lacking" ./without ./plugin_name.so <<'E2'
cannot open plugin ./plugin_name.so: PLUGIN_ISOLATED needs more in a static program: link it with -lplugin-static-isolated -lffi, in place of -lplugin-static
E2

# ---- what crosses ----

build_all() {
    plugin_of rows.so "$source/rows/rows.c" && plugin_of backs.so "$source/backs/backs.c" &&
        plugin_of shared.so -I"$tree" -I"$tree/src" "$source/shared/shared.c" &&
        plugin_of backs_refused.so "$source/backs/backs_refused.c" &&
        plugin_of crimes.so -I"$tree" -I"$tree/src" "$source/crimes/crimes.c" &&
        for name in rows backs; do
            "$PLUGIN" build -o ${name}_host "$source/$name/${name}_host.c" &&
                host_of ${name}_static "$source/$name/${name}_host.c" &&
                static=-static-pie host_of ${name}_pie "$source/$name/${name}_host.c" || return 1
        done
    "$PLUGIN" build -o shared_host -I"$tree" -I"$tree/src" "$source/shared/shared_host.c" &&
        host_of shared_static -I"$tree" -I"$tree/src" "$source/shared/shared_host.c" &&
        host_of crimes_static "$source/crimes/crimes_host.c" -lpthread
}
check "hosts of all that crosses build" build_all
for name in rows backs; do
    ./${name}_host ./$name.so >in-process 2>&1
    ./${name}_static ./$name.so isolated >isolated 2>&1
    check_same "static: $name cross as to a plugin in process" in-process isolated
    ./${name}_pie ./$name.so isolated >isolated 2>&1
    check_same "static and position-independent: $name cross, too" in-process isolated
done
check "it was all of it" has in-process "all of it: well"
for act in variables pointers life memory leaks; do
    ./shared_host ./shared.so $act isolated >dynamic 2>&1
    ./shared_static ./shared.so $act isolated >static 2>&1
    check_same "static: shared memory, $act" dynamic static
done
says "a program's stamp has its functions, and not the C library's nor libplugin's" \
    sh -c '"$0" inspect backs_static | sed -n "/^symbols/,/^interfaces/s/^ *0x[0-9a-f]*  //p"' "$PLUGIN" <<'E2'
const char *host_answer(const char *question)
int host_apply(int (*function)(int), int value)
struct point host_far(const struct point *point, double by)
int host_twice(int value)
int host_variable
int main(int argc, char **argv)
E2
./backs_host ./backs_refused.so isolated only >dynamic 2>&1
./backs_static ./backs_refused.so isolated only >static 2>&1
check_same "static: the same is refused" dynamic static
export LIMIT=60000
says "crashes, restarts and forks are those of other hosts" \
    ./crimes_static ./crimes.so number crash 0 number restart number fork number call 0 restart children leaks 30 <<'E2'
number: 1
crash: 0 CRASHED: call of crash of isolated plugin DIR/crimes.so: its process was killed by signal 11, and says that it was in crash of crimes.so
number: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process was killed by signal 11, and says that it was in crash of crimes.so; plugin_restart starts another
restart: 1
number: 1
in the child: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process belongs to the process of which this is a fork; plugin_restart starts another
restart in the child: 1
in the child: 1
number: 2
call: -1
restart: 1
children: none
ignoring SIGCHLD: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process ended with status 3; plugin_restart starts another
from its start: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process ended with status 3; plugin_restart starts another
nothing leaks
E2

# What is built in prints something else.
built_in() {
    sed 's/number %d/number %d, built in/' plugin_name.c >variant.c && mkdir archive &&
        "$PLUGIN" build -buildmode=archive -o archive/plugin_name.a variant.c &&
        host_of both "$source/static/seed_host.c" --with=archive/plugin_name.a
}

# ---- packages, and what the plugin's process has ----

says_packages() {
    "$1" ./packages.so open order area nested restart order "INIT=fail" restart INIT= restart retire
}
build_packages() {
    plugin_of packages.so "$source/packages/plugin.c" "$source/packages/geom.c" "$source/packages/log.c" &&
        "$PLUGIN" build -o packages_host "$source/packages/host.c" && host_of packages_static "$source/packages/host.c" &&
        host_of packages_geom -DWITH_GEOM "$source/packages/host.c" "$source/packages/geom.c" "$source/packages/log.c"
}
check "a plugin with packages builds, and its hosts" build_packages
says_packages ./packages_host >dynamic 2>&1
says_packages ./packages_static >static 2>&1
check "it calls libplugin in its process" has dynamic "nested: cannot open plugin"
check_same "static: packages and inits of a plugin" dynamic static
says "static: a variable of a package that the host carries is refused" ./packages_geom ./packages.so open <<'E2'
open: UNSUPPORTED: cannot open plugin ./packages.so: it cannot be isolated (1 reason):
  init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static
E2
{ package example.com/still && echo 'int still(void) { return 40; }'; } >still.c
cat >moved.c <<'E2'
#include <stdio.h>
int V;
int still(void);
void F(void) { printf("%d\n", V + still()); }
E2
build_still() {
    plugin_of moved.so moved.c && host_of hello_still "$source/static/seed_host.c" still.c
}
check "a host with a function in a package builds" build_still
says "static: a plugin calls it" ./hello_still ./moved.so <<'E2'
47
E2
cat >lacks.c <<'E2'
int V;
void absent(void);
void F(void) { absent(); }
E2
cat >sine.c <<'E2'
double sin(double);
int V;
void F(void) { V = (int)sin(V); }
E2
cat >newer.c <<'E2'
#include <stdlib.h>
int V;
void F(void) { V = getenv("HOME") != 0; }
E2
build_lacking() {
    plugin_of lacks.so lacks.c && plugin_of sine.so sine.c -fno-builtin &&
        "$PLUGIN" build -o hello_libm "$source/static/seed_host.c" -Wl,--no-as-needed -lm && plugin_of newer.so newer.c &&
        sed -i 's/GLIBC_2\.2\.5/GLIBC_2.9.5/g; s/GLIBC_2\.17/GLIBC_9.17/g' newer.so &&
        "${NATIVE_CC:-musl-gcc}" -g -shared -fPIC -Wl,-Bsymbolic -o other.so "$tree/examples/seed/plugin_name.c" &&
        "$PLUGIN" stamp other.so
}
check "plugins that lack something build" build_lacking
says "static: what neither its process nor the host has is a misfit" ./hello ./lacks.so <<'E2'
./lacks.so does not fit DIR/hello (1 misfit):
  absent: not exported by the host
  0 uses compared, 1 not
E2
if grep -q GLIBC newer.so; then
    says "so it is in a dynamic host, even if that has a library with it loaded" ./hello_libm ./sine.so <<'E2'
./sine.so does not fit DIR/hello_libm (1 misfit):
  sin: not exported by the host
  0 uses compared, 1 not
E2
    ./hello ./newer.so >newer
    check "static: so is a version that the C library of the process lacks" grep -q \
        '^  getenv: version GLIBC_[0-9.]* of libc.so.6 not found; the plugin was linked with a newer one' newer
    other="musl (libc.so); its process uses glibc"
else
    skip "so it is in a dynamic host, even if that has a library with it loaded" "musl has sin in its C library"
    skip "static: so is a version that the C library of the process lacks" "musl has no symbol versions"
    other="glibc (libc.so.6); its process uses musl"
fi
./hello ./other.so >other
check "static: so is another C library" has other "needs the C library $other"
check "a program with a built-in plugin of the same name builds" built_in
says "a plugin that is to be isolated is not the one that is built in" ./both ./plugin_name.so <<'E2'
Hello, number 7
E2
cat >opens.c <<'E2'
#include <plugin.h>
int V;
void F(void) { V = plugin_open("./plugin_name.so") != 0; }
E2
build_opens() {
    plugin_of opens.so opens.c && sed 's/return 0;/return *v;/' "$source/static/seed_host.c" >asks.c && host_of asks asks.c &&
        # A program with libplugin in it, which it exports.
        prefix=$(dirname "$(dirname "$PLUGIN")") && cc -g -I"$prefix/include" -o within asks.c -rdynamic \
        "$(find "$prefix" -name libplugin.a)" -ldl -lpthread && "$PLUGIN" stamp within
}
check "a plugin that opens plugins builds" build_opens
check "attack 15: a plugin cannot open another one in a static host" ./asks ./opens.so
libraries=$(dirname "$(dirname "$PLUGIN_WORKER")")
check "attack 15: nor in a host that exports libplugin" env LD_LIBRARY_PATH="$libraries" ./within ./opens.so

# ---- all of it together, with a library ----

together() {
    plugin_of libneeded.so -Wl,-soname,libneeded.so "$source/together/library.c" &&
        plugin_of together.so "$source/together/plugin.c" -L. -lneeded "-Wl,-rpath,\$ORIGIN" &&
        "$PLUGIN" build -o together_host "$source/together/host.c" && host_of together_static "$source/together/host.c"
}
check "a plugin with packages, shared memory, calls back and a library builds" together
./together_host ./together.so isolated again >dynamic 2>&1
./together_static ./together.so isolated again >static 2>&1
check_same "static: all of it together" dynamic static
check "it was all of it" has static "retire: 1"

# ---- where the program of the process is ----

says "PLUGIN_WORKER must be a path" env PLUGIN_WORKER=plugin-worker ./hello ./plugin_name.so <<'E2'
cannot open plugin ./plugin_name.so: PLUGIN_WORKER=plugin-worker is no absolute path to plugin/plugin-worker
E2
says "and lead to a program" env PLUGIN_WORKER=/dev/null ./hello ./plugin_name.so <<'E2'
cannot open plugin ./plugin_name.so: cannot read the program of its process, /dev/null: it is a device
E2
mkdir wrong wrong/plugin
version=$("$PLUGIN" --version | sed 's/.* //')
other=$(echo "$version" | tr 0-8 9)
sed "s/$version/$other/g" "$PLUGIN_WORKER" >wrong/plugin/plugin-worker
chmod +x wrong/plugin/plugin-worker
says "and be of the library's version" env PLUGIN_WORKER="$work/wrong/plugin/plugin-worker" ./hello ./plugin_name.so <<E2
cannot open plugin ./plugin_name.so: its process could not start: plugin-worker is version $other, not that of libplugin
E2
says "libplugin must be beside it, for plugins that need it" \
    env PLUGIN_WORKER="$work/wrong/plugin/plugin-worker" ./packages_static ./packages.so open <<'E2'
open: NOT_FOUND: cannot open plugin ./packages.so: it needs libplugin.so.0, at DIR/wrong/libplugin.so.0: No such file or directory
E2
check "without it, the program looks where it is installed" sh -c \
    'unset PLUGIN_WORKER; ./hello ./plugin_name.so | grep "cannot read the program of its process, .*/plugin/plugin-worker:"'
set_uid() {
    chmod 755 . hello && chown 65534 hello && chmod 4755 hello
}
as_third="setpriv --reuid=65533 --regid=65533 --clear-groups"
if [ "$(id -u)" -ne 0 ]; then
    skip "P9: a set-uid program" "only root can make a program set-uid for another user"
elif ! set_uid; then
    skip "P9: a set-uid program" "this file system has no set-uid programs"
else
    # shellcheck disable=SC2086 # words
    check "P9: a set-uid program does not heed PLUGIN_WORKER" sh -c \
        '"$@" env PLUGIN_WORKER=/dev/null ./hello ./plugin_name.so | tee /dev/stderr | grep "its process, .*/plugin/plugin-worker:"' sh $as_third
fi
finish
