#!/bin/sh
# SPDX-License-Identifier: MIT
# Marks: how many objects a result has, what a callee keeps, what a caller frees, and what lies in memory
# of plugin_alloc.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
# The threads of a process that has ended are joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o marks.so "$source/marks/marks.c" &&
        "$PLUGIN" build -o marks_host $TEST_CFLAGS "$source/marks/marks_host.c" &&
        "$PLUGIN" build -buildmode=plugin -o broken.so -I"$tree" -I"$tree/src" "$source/marks/broken.c" &&
        "$PLUGIN" build -o host -I"$tree" -I"$tree/src" $TEST_CFLAGS "$source/marks/broken_host.c"
}
check "the plugins and the hosts build" build_all

# ---- as in process ----

./marks_host ./marks.so >in-process 2>&1
./marks_host ./marks.so isolated >isolated 2>&1
check "in process, all is well" has in-process "in shared memory: well"
check_same "isolated, each is the same" in-process isolated

# ---- and not ----

says "what is kept stays after the end, and is another one after a restart" ./host ./broken.so kept <<'E2'
begun: 7
called: 11
again: 1 other 8
after the end: other 8 2
called: 0 CRASHED: call of int (*)(int) of isolated plugin DIR/broken.so: its process was killed by signal 6, and says that it was in crash of broken.so; plugin_restart starts another
restart: 1
begun again: 1
called: 11
kept: 1
passed back: 1
restart: 1
forgotten: 0
E2
says "what is freed stays after the end" ./host ./broken.so freed <<'E2'
dropped there: 2
after the end: some text, , 3 made
freed: 0
restart: 1
dropped there: 0
after the restart: 4
freed: 0
twice: 0 WRONG_TYPE: call of drop of isolated plugin DIR/broken.so: the pointer is no result that it frees, or was freed
another: 0 WRONG_TYPE: call of drop of isolated plugin DIR/broken.so: the pointer is no result that it frees, or was freed
none: 0
E2
says "nothing leaks, and what is kept has limits" ./host ./broken.so limits <<'E2'
grown: 0
flood: 10000
flood: 0 CRASHED: call of flood of isolated plugin DIR/broken.so: its process was killed by signal 6, and says that it could not call the host, in flood of broken.so: host_keep: parameter 1: at most 16384 objects, and 8 MiB, are kept
restart: 1
flood: 10000
too many: 0 UNSUPPORTED: call of keep of isolated plugin DIR/broken.so: keep: parameter given: at most 16384 objects, and 8 MiB, are kept
lives: 1
E2
says "mistakes are told" ./host ./broken.so mistakes <<'E2'
released: 0 WRONG_TYPE: cannot release an object of plugin DIR/broken.so: the plugin was not given this object
kept: 1
released: 1
not kept: 0 CRASHED: call of kept of isolated plugin DIR/broken.so: its process was killed: the answer to kept refers to an object that was not given to be kept, or was released
restart: 1
an argument: 0 UNSUPPORTED: call of argument of isolated plugin DIR/broken.so: it returned a pointer into an argument or into shared memory, and PLUGIN_OWNED says that the caller frees it
negative: 0 UNSUPPORTED: call of negative of isolated plugin DIR/broken.so: it returned a negative number of objects
counted: 3
by none: 0
by shared memory: 0 WRONG_TYPE: call of sum of isolated plugin DIR/broken.so: sum: parameter values: the number of objects lies in memory that may change meanwhile: pass a pointer to a variable of the caller's own
by too many: 0 UNSUPPORTED: call of sum of isolated plugin DIR/broken.so: sum: parameter values: 1099511627776 of int do not fit in what is left of a message of 2097152 bytes
measured: 4005
beyond: 0 WRONG_TYPE: call of measure of isolated plugin DIR/broken.so: measure: the pointer at byte 8 of struct part: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (9 of unsigned char)
a string outside: 0 WRONG_TYPE: call of measure of isolated plugin DIR/broken.so: measure: the pointer at byte 16 of struct part: it leads out of the shared memory that has it
outside: 0 WRONG_TYPE: call of measure of isolated plugin DIR/broken.so: measure: the pointer at byte 8 of struct part: it leads out of the shared memory that has it
an object outside: 0 WRONG_TYPE: call of measure of isolated plugin DIR/broken.so: measure: the pointer at byte 24 of struct part: it leads out of the shared memory that has it
between: 0 WRONG_TYPE: call of measure of isolated plugin DIR/broken.so: measure: the pointer at byte 24 of struct part: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (1 of struct part)
changed: 1
part: 1 1 1
changed: 1
part: 1 1 1
E2
says "P8: what was not given to be kept is not given back" ./host ./broken.so forged <<'E2'
nothing given: 0 CRASHED: call of forge of isolated plugin DIR/broken.so: its process was killed: the call of host_is_own refers to an object that was not given to be kept, or was released
restart: 1
another number: 0 CRASHED: call of forge of isolated plugin DIR/broken.so: its process was killed: the call of host_is_own refers to an object that was not given to be kept, or was released
restart: 1
a function that frees: 0 CRASHED: call of forge of isolated plugin DIR/broken.so: its process was killed: it called a function of the host that it was not given
restart: 1
another number of objects: 1 CRASHED: call of again of isolated plugin DIR/broken.so: its process was killed: the call of host_keep has a kept object with another number of objects
restart: 1
a pointer that is lost: 2 CRASHED: call of again of isolated plugin DIR/broken.so: its process was killed: the call of host_keep has a kept object that loses a pointer, or gets objects
restart: 1
lives: 0
uses the host: 0
dropped here: 1
E2

# ---- marks that do not fit ----

cat >wrong.h <<'E2'
#include <plugin.h>
struct wrong {
    void (*keep)(void *data);
    char *(*text)(void);
    int (*count)(int *numbers, const char *n);
};
PLUGIN_KEPT(keep, data);
PLUGIN_OWNED(text, drop);
PLUGIN_COUNTED(count, numbers, n);
E2
cat >wrong.c <<'E2'
#include "wrong.h"
PLUGIN_KEPT(count, numbers);
void keep(void *data) { (void)data; }
char *text(void) { return 0; }
int count(int *numbers, const char *n) { return *numbers + *n; }
E2
cat >wrong_host.c <<'E2'
#include "wrong.h"
#include <stdio.h>
int main(void)
{
    struct wrong wrong;
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    puts(plugin_open_as_with("./wrong.so", &options, &wrong) ? "opens" : plugin_error());
    puts(plugin_open_as("./wrong.so", &wrong) ? "opens in process" : plugin_error());
    return 0;
}
E2
build_wrong() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o wrong.so wrong.c && "$PLUGIN" build -o wrong_host $TEST_CFLAGS wrong_host.c
}
check "a plugin builds whose marks do not fit" build_wrong
says "they are refused, but not in process" ./wrong_host <<'E2'
cannot open plugin ./wrong.so: it cannot be isolated (4 reasons):
  function count: the plugin says PLUGIN_KEPT(count, numbers), and the host does not: state it in a header that both include
  count: parameter 1: int *numbers: PLUGIN_COUNTED(count, numbers, n), but n leads to no integer of at most 8 bytes: count by one
  keep: parameter 1: void *data: PLUGIN_KEPT, but it is passed as it is, and stays valid anyway: drop the mark
  text: result: char *: PLUGIN_OWNED(text, drop), but the plugin exports no such function: name one, or free
opens in process
E2
says "plugin check --isolated tells the same" "$PLUGIN" check --isolated wrong_host wrong.so <<'E2'
wrong.so does not fit wrong_host: it cannot be isolated (4 reasons):
  function count: the plugin says PLUGIN_KEPT(count, numbers), and the host does not: state it in a header that both include
  count: parameter 1: int *numbers: PLUGIN_COUNTED(count, numbers, n), but n leads to no integer of at most 8 bytes: count by one
  keep: parameter 1: void *data: PLUGIN_KEPT, but it is passed as it is, and stays valid anyway: drop the mark
  text: result: char *: PLUGIN_OWNED(text, drop), but the plugin exports no such function: name one, or free
E2
finish
