#!/bin/sh
# SPDX-License-Identifier: MIT
# What plugin_examine, plugin_scan and `plugin check --isolated` say of isolated plugins is what the open
# says.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/([0-9]* uses/(N uses/; s/built by .*/built by CC/"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    mkdir plugins &&
        "$PLUGIN" build -buildmode=plugin -o refused.so "$source/check/refused.c" &&
        echo 'int plain(int number) { return number; }' >plain.c &&
        "$PLUGIN" build -buildmode=plugin -o plugins/plain.so plain.c &&
        cp refused.so plugins &&
        "$PLUGIN" build -buildmode=plugin -o rows.so "$source/rows/rows.c" &&
        "$PLUGIN" build -buildmode=plugin -o packages.so "$source/packages/plugin.c" \
            "$source/packages/geom.c" "$source/packages/log.c" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/check/refused_host.c" &&
        "$PLUGIN" build -o rows_host $TEST_CFLAGS "$source/rows/rows_host.c" &&
        "$PLUGIN" build -o packages_host $TEST_CFLAGS "$source/packages/host.c" &&
        "$PLUGIN" build -o packages_host_geom $TEST_CFLAGS -DWITH_GEOM "$source/packages/host.c" \
            "$source/packages/geom.c" "$source/packages/log.c"
}
check "the plugins and the hosts build" build_all

says "an open tells all that cannot cross; so do an examination and a scan" ./host ./refused.so plugins <<'E2'
fits: UNSUPPORTED: cannot open plugin ./refused.so: it cannot be isolated (5 reasons):
  add: int add(int count, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
  copy: the host says PLUGIN_COUNTED(copy, from, size), but the plugin has no parameter from: use one name in both
  copy: parameter 1: char *to: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string
  print: parameter 1: FILE *to: isolated plugins do not support streams: pass the bytes, or a path
  wait: parameter 1: volatile int *word: a copy of it would not change when the original does: call a function instead of sharing volatile memory
meets: UNSUPPORTED: cannot open plugin ./refused.so: it cannot be isolated (5 reasons):
  add: int add(int count, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
  copy: the host says PLUGIN_COUNTED(copy, from, size), but the plugin has no parameter from: use one name in both
  copy: parameter 1: char *to: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string
  print: parameter 1: FILE *to: isolated plugins do not support streams: pass the bytes, or a path
  wait: parameter 1: volatile int *word: a copy of it would not change when the original does: call a function instead of sharing volatile memory
opens: UNSUPPORTED: cannot open plugin ./refused.so: it cannot be isolated (5 reasons):
  add: int add(int count, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
  copy: the host says PLUGIN_COUNTED(copy, from, size), but the plugin has no parameter from: use one name in both
  copy: parameter 1: char *to: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string
  print: parameter 1: FILE *to: isolated plugins do not support streams: pass the bytes, or a path
  wait: parameter 1: volatile int *word: a copy of it would not change when the original does: call a function instead of sharing volatile memory
plain.so: yes
refused.so: UNSUPPORTED: cannot open plugin plugins/refused.so: it cannot be isolated (5 reasons):
  add: int add(int count, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
  copy: the host says PLUGIN_COUNTED(copy, from, size), but the plugin has no parameter from: use one name in both
  copy: parameter 1: char *to: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string
  print: parameter 1: FILE *to: isolated plugins do not support streams: pass the bytes, or a path
  wait: parameter 1: volatile int *word: a copy of it would not change when the original does: call a function instead of sharing volatile memory
E2
build_alike() {
    echo 'struct alike { int (*alike)(int *number); };' >alike.h
    cat >alike_host.c <<'E3'
#include "alike.h"
#include <plugin.h>
#include <stdio.h>
int main(void)
{
    struct alike alike;
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    plugin_file *file = plugin_examine("./alike.so", &options);
    puts(plugin_file_meets(file, struct alike) ? "meets" : plugin_error_line());
    plugin_file_free(file);
    puts(plugin_open_as_with("./alike.so", &options, &alike) ? "opens" : plugin_error_line());
    puts(plugin_open_as("./alike.so", &alike) ? "opens in process" : plugin_error_line());
    return 0;
}
E3
    echo 'int alike(const int *number) { return *number; }' >alike.c
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o alike_host $TEST_CFLAGS alike_host.c &&
        "$PLUGIN" build -buildmode=plugin -o alike.so alike.c
}
check "a plugin whose types are alike, but not equal, builds" build_alike
says "types must be equal as in C, for each of them" ./alike_host <<'E2'
./alike.so does not fit DIR/alike_host: struct alike: alike: parameter 1: int * in the host, const int * in the plugin
./alike.so does not fit DIR/alike_host: struct alike: alike: parameter 1: int * in the host, const int * in the plugin
opens in process
E2

# ---- plugin check ----

says "plugin check --isolated tells the same" "$PLUGIN" check --isolated host refused.so <<'E2'
refused.so does not fit host: it cannot be isolated (5 reasons):
  add: int add(int count, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
  copy: the host says PLUGIN_COUNTED(copy, from, size), but the plugin has no parameter from: use one name in both
  copy: parameter 1: char *to: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string
  print: parameter 1: FILE *to: isolated plugins do not support streams: pass the bytes, or a path
  wait: parameter 1: volatile int *word: a copy of it would not change when the original does: call a function instead of sharing volatile memory
E2
check_fails 1 "its exit status is 1" "$PLUGIN" check --isolated host refused.so
check "without --isolated, the plugin fits" "$PLUGIN" check host refused.so
says "what fits is said to" "$PLUGIN" check --isolated rows_host rows.so <<'E2'
rows.so fits rows_host, isolated, meets struct rows (N uses compared, 0 not)
E2
check "and the exit status is 0" "$PLUGIN" check --isolated rows_host rows.so
says "a variable of a package that the host carries is a reason" "$PLUGIN" check --isolated packages_host_geom packages.so <<'E2'
packages.so does not fit packages_host_geom: it cannot be isolated (1 reason):
  init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static
E2
says "plugins have no packages of each other" "$PLUGIN" check --isolated packages_host packages.so packages.so <<'E2'
packages.so fits packages_host, isolated, meets struct packages (N uses compared, 0 not)
packages.so fits packages_host, isolated, meets struct packages (N uses compared, 0 not)
E2
says "with --json" "$PLUGIN" check --isolated --json packages_host_geom packages.so <<'E2'
{"schema":"check/1","plugin":"packages.so","host":"packages_host_geom","fits":false,"code":"unsupported","misfits":[{"symbol":"init_log","package":"example.com/log","symbols":["init_log"],"path":null,"host":null,"plugin":null,"text":"init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static"}],"grown":[],"waived":[],"waivable":[],"interfaces":[{"name":"struct packages","library":null,"met":true,"judged":true}],"compared":7,"unchecked":0,"error":"packages.so does not fit packages_host_geom: it cannot be isolated (1 reason):\u000a  init_log: isolated plugins do not support variables of package example.com/log, which the host carries: give it a function that returns the value, and make the variable static"}
E2
says "types must be equal as in C there, too" "$PLUGIN" check --isolated alike_host alike.so <<'E2'
alike.so does not fit alike_host (1 misfit):
  struct alike: alike: parameter 1
      host    int *         /* 8 bytes */     built by CC
      plugin  const int *   /* 8 bytes */     built by CC
  1 use compared, 0 not
E2
mkdir library
build_library() {
    echo 'int first(void) { return 1; }' >library.c
    echo 'int first(void); int count(void) { return first(); }' >counted.c
    "$PLUGIN" build -buildmode=plugin -o library/libfirst.so library.c &&
        "$PLUGIN" build -buildmode=plugin -o library/one.so counted.c -Llibrary -lfirst "-Wl,-rpath,\$ORIGIN" &&
        echo 'int main(void) { return 0; }' >main.c && "$PLUGIN" build -o plain main.c
}
check "a plugin with a library builds" build_library
says "a library without DT_SONAME is one" "$PLUGIN" check --isolated plain library/one.so <<'E2'
library/one.so does not fit plain: its library libfirst.so, at DIR/library/libfirst.so, has no DT_SONAME, by which the plugin's process would not find it; link it with -Wl,-soname=libfirst.so
E2
check_fails 2 "--isolated does not go with --global" "$PLUGIN" check --isolated --global=refused.so host refused.so
finish
