#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages, inits and PLUGIN_RETIRE blocks of isolated plugins, which run in their process.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/packages
cd "$work" || exit 1
if [ -n "$TEST_CFLAGS" ]; then
    skip "all of it" "plugins with inits need libplugin, and the worker has no sanitizers"
    finish
    exit
fi
says_alike="s|$work/|DIR/|g; s|\.c:[0-9]*)|.c:N)|g; s/ ([A-Z][a-z ]*)//"

plugin_of() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o "$1" $2 "$source/plugin.c" "$source/geom.c" "$source/log.c"
}
build_all() {
    # shellcheck disable=SC2086
    plugin_of plugin.so "" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/host.c" &&
        "$PLUGIN" build -o host_geom $TEST_CFLAGS -DWITH_GEOM "$source/host.c" "$source/geom.c" "$source/log.c"
}
check "the plugin and the hosts build" build_all

says "inits run in the plugin's process, imports first, once each, and again in the next process" \
    ./host ./plugin.so open order area restart order stop restart order open order <<'E2'
open: done
order: log geom main
area: 12
restart: done
order: log geom main
stop: done
restart: done
order: log geom main
open: done
order: log geom main
E2
says "a failed init fails the open, which may be repeated; so does one in a restart" \
    ./host ./plugin.so INIT=fail open open INIT= open area INIT=fail restart area INIT= restart area <<'E2'
open: INIT_FAILED: cannot open plugin ./plugin.so: the init of package main (plugin.c:N) failed: no\x0awidth
open: INIT_FAILED: cannot open plugin ./plugin.so: the init of package main (plugin.c:N) failed: no\x0awidth
open: done
area: 12
restart: INIT_FAILED: cannot restart plugin DIR/plugin.so: the init of package main (plugin.c:N) failed: no\x0awidth
area: CRASHED: call of area of isolated plugin DIR/plugin.so: its process was stopped by plugin_restart; plugin_restart starts another
restart: done
area: 12
E2
says "failed inits leave nothing behind" ./host ./plugin.so INIT=fail leaks <<'E2'
leaks: nothing
E2
lacks seccomp "nor do those that make a denied system call" ||
    says "nor do those that make a denied system call" ./host ./plugin.so INIT=socket leaks <<'E2'
leaks: nothing
E2
LIMIT=3000 says "a hang in an init ends at the limit" ./host ./plugin.so INIT=hang open INIT= open <<'E2'
open: TIMEOUT: cannot open plugin ./plugin.so: its constructors and inits exceeded options.timeout_ms (3000 ms)
open: done
E2
lacks seccomp "so does a denied system call in one" ||
    says "so does a denied system call in one" ./host ./plugin.so INIT=socket open <<'E2'
open: CRASHED: cannot open plugin ./plugin.so: before it was ready, its process was killed by signal 31, and says that it called socket, which its sandbox denies, in plugin_init_2 of plugin.so
E2
says "so do a crash and an exit in one" \
    ./host ./plugin.so INIT=crash open INIT=leave open INIT= open order <<'E2'
open: CRASHED: cannot open plugin ./plugin.so: before it was ready, its process was killed by signal 6, and says that it was in plugin_init_2 of plugin.so
open: CRASHED: cannot open plugin ./plugin.so: before it was ready, its process ended with status 0
open: done
order: log geom main
E2
says "what an init writes is there, though the process never ends" ./host ./plugin.so INIT=say open order <<'E2'
the init says this
open: done
order: log geom main
E2
says "a plugin may call libplugin, which opens nothing there" ./host ./plugin.so open nested <<'E2'
open: done
nested: cannot open plugin ./plugin.so: Permission denied
E2

# ---- PLUGIN_RETIRE ----

says "plugin_retire runs the blocks there, then ends the process" \
    ./host ./plugin.so open retire area retire open order <<'E2'
open: done
retired, after log geom main
retire: done
area: CRASHED: call of area of isolated plugin DIR/plugin.so: its process was ended by plugin_retire; plugin_restart starts another
retire: done
open: done
order: log geom main
E2
LIMIT=3000 says "a block that hangs ends at the limit; one of a stopped process does not run" \
    ./host ./plugin.so "INIT=hang in the block" open retire area open stop retire <<'E2'
open: done
retire: TIMEOUT: plugin DIR/plugin.so was retired, but its PLUGIN_RETIRE blocks, destructors and atexit functions exceeded options.timeout_ms (3000 ms), and its process was killed
area: CRASHED: call of area of isolated plugin DIR/plugin.so: its process was ended by plugin_retire; plugin_restart starts another
open: done
stop: done
retire: done
E2

# ---- libraries with packages ----

library_of() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o "$1" "-Wl,-soname,$1" $2 "$source/$3" $4
}
build_libraries() {
    library_of libhelper.so -DAS_PACKAGE util.c "" &&
        library_of libshapes.so "" shapes.c "-L. -lhelper -Wl,-rpath,\$ORIGIN" &&
        "$PLUGIN" build -buildmode=plugin -o shapes.so -DWITH_LIBRARY "$source/plugin.c" "$source/geom.c" \
            "$source/log.c" -L. -lshapes "-Wl,-rpath,\$ORIGIN"
}
check "a plugin with libraries that have packages builds" build_libraries
says "inits of the plugin's libraries run before its own, those that they need first" \
    ./host ./shapes.so open twice order UTIL=1 restart UTIL= SHAPES=why restart SHAPES= restart order <<'E2'
open: done
twice: 14
order: log geom main
restart: INIT_FAILED: cannot restart plugin DIR/shapes.so: the init of package example.com/util (util.c:N) failed: util has no factor
restart: INIT_FAILED: cannot restart plugin DIR/shapes.so: the init of package example.com/shapes (shapes.c:N) failed: why
restart: done
order: log geom main
E2
mkdir unstamped
cp shapes.so libshapes.so unstamped
objcopy -R .plugin -R .BTF libhelper.so unstamped/libhelper.so
says "inits of a library that is not stamped run when it is mapped" \
    ./host ./unstamped/shapes.so open twice UTIL=1 restart <<'E2'
open: done
twice: 14
restart: INIT_FAILED: cannot restart plugin DIR/unstamped/shapes.so: an init failed: util has no factor
E2

# ---- packages that others carry, too ----

says "a variable of a package that the host carries is refused, before anything is mapped, and by an examination" \
    ./host_geom ./plugin.so examine open "open in process" area <<'E2'
examine: UNSUPPORTED: cannot open plugin ./plugin.so: it cannot be isolated (1 reason):
  init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static
open: UNSUPPORTED: cannot open plugin ./plugin.so: it cannot be isolated (1 reason):
  init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static
open in process: done
area: 12
E2
build_host_library() {
    # shellcheck disable=SC2086 # flags are words
    library_of libgeom.so "$source/log.c" geom.c "" &&
        "$PLUGIN" build -o host_library $TEST_CFLAGS -DWITH_GEOM "$source/host.c" -L. -lgeom "-Wl,-rpath,\$ORIGIN"
}
check "a host whose library has the packages builds" build_host_library
says "so is one of a library of the host" ./host_library ./plugin.so open <<'E2'
open: UNSUPPORTED: cannot open plugin ./plugin.so: it cannot be isolated (1 reason):
  init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static
E2
build_still() {
    { package example.com/still && echo 'int still(void) { return 1; }'; } >still.c
    echo 'int still(void); int moved(void) { return still(); }' >moved.c
    cat >still_host.c <<'E3'
#include <plugin.h>
#include <stdio.h>
int still(void);
int main(void)
{
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    puts(plugin_open_with("./still.so", &options) && still() ? "opened" : plugin_error());
    return 0;
}
E3
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o still.so moved.c still.c &&
        "$PLUGIN" build -o still_host $TEST_CFLAGS still_host.c still.c
}
check "a host whose package has no init builds" build_still
says "it is the host's in the first open of the process" ./still_host <<'E2'
opened
E2
says "the copies of plugins in the host are nothing to an isolated one" \
    ./host ./shapes.so "open in process" order ./plugin.so open order restart order <<'E2'
open in process: done
order: log geom main
open: done
order: log geom main
restart: done
order: log geom main
E2
check "a plugin that carries a package of its library builds" "$PLUGIN" build -buildmode=plugin -o twice.so \
    -DWITH_LIBRARY -DAS_PACKAGE "$source/plugin.c" "$source/geom.c" "$source/log.c" "$source/util.c" -L. \
    -lshapes -lhelper "-Wl,-rpath,\$ORIGIN"
says "a package that both the plugin and its library carry is refused" ./host ./twice.so open <<'E2'
open: UNSUPPORTED: cannot open plugin ./twice.so: it cannot be isolated (1 reason):
  package example.com/util: both DIR/libhelper.so and DIR/twice.so carry it, and an isolated plugin would have two copies: link one of them without it
E2
finish
