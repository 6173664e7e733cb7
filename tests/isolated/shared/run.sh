#!/bin/sh
# SPDX-License-Identifier: MIT
# Memory that isolated plugins share with their host (P7, P8): variables, and plugin_alloc.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
# The threads of a process that has ended are joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o shared.so -I"$tree" -I"$tree/src" "$source/shared/shared.c" &&
        "$PLUGIN" build -o host -I"$tree" -I"$tree/src" $TEST_CFLAGS "$source/shared/shared_host.c"
}
check "the plugin and the host build" build_all

# ---- as in process ----

for act in variables pointers; do
    ./host ./shared.so $act >in-process 2>&1
    ./host ./shared.so $act isolated >isolated 2>&1
    # Strings are copies.
    sed -i 's/^host [01]$/host/' in-process isolated
    check_same "isolated, $act are what they are in process" in-process isolated
done
says "variables are shared both ways" ./host ./shared.so variables isolated <<'E2'
first: 6
the plugin has: 7
the host has: 8
a sum: 46
points: 9
ticks: 2
limits: 40
limits again: 60
worker worker
host 0
E2

# ---- life ----

says "a variable stays at its place after the end; a restart resets it" ./host ./shared.so life isolated <<'E2'
after the end: 50
written: 51
restart: 1
the same place: 1
reset: 6
get: 52
stop: 1
after the stop: 52
E2
lacks threads-after-fork "a fork of the host has copies of what is shared" ||
    says "a fork of the host has copies of what is shared" ./host ./shared.so forks isolated <<'E2'
in the child: 111
its own: 3
restart: 1
its own plugin's: 6
get: 10
allocated before: 2
filled: 0
more: 1
in the parent: 111
get: 111
E2
says "memory of plugin_alloc is shared, also over restarts" ./host ./shared.so memory isolated <<'E2'
sum: 499500
a part: 21
none: 0
filled: 1
the same: 1
poke: 5
poked: 6
points: 7
text: 5
no end: 0 WRONG_TYPE: call of length of isolated plugin DIR/shared.so: length: parameter text: the string does not end within the shared memory that has it
restart: 1
sum: 33686018
restart: 1
sum: 9
freed: 0
E2

if [ -n "$TEST_CFLAGS" ]; then
    skip "P7: restarts leave nothing of it" "sanitizers map memory of their own"
else
    says "P7: restarts leave nothing of it" ./host ./shared.so leaks isolated <<'E2'
more descriptors: 0
more mappings: 0
E2
fi

# ---- what is refused ----

says "what does not lie within one variable or allocation is refused" ./host ./shared.so refused isolated <<'E2'
beyond: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (101 of int)
beyond: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (2 of int)
beyond V: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (2000 of int)
beyond, large: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (5121 of int)
absurd: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (4611686018427387905 of int)
unaligned: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to shared memory between objects (1 of int)
pointers: 0 WRONG_TYPE: call of reverse of isolated plugin DIR/shared.so: reverse: parameter first: it refers to pointers in shared memory (1 of struct node)
freed: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to memory that no plugin_alloc gave, or that was freed (1 of int)
freed twice: 0 WRONG_TYPE: cannot free memory of plugin DIR/shared.so: plugin_alloc did not give it, or it was freed
the middle: 0 WRONG_TYPE: cannot free memory of plugin DIR/shared.so: plugin_alloc did not give it, or it was freed
freed, large: 0 WRONG_TYPE: call of sum of isolated plugin DIR/shared.so: sum: parameter values: it refers to memory that no plugin_alloc gave, or that was freed (1 of int)
none of it: 0 WRONG_TYPE: cannot free memory of plugin DIR/shared.so: plugin_alloc did not give it, or it was freed
too much: 0 NO_MEMORY: cannot allocate memory for plugin DIR/shared.so: no room for 1073741825 bytes more: a plugin has at most 1024 MiB
the plugin lives: 6
pointers in name: 0 UNSUPPORTED: call of list of isolated plugin DIR/shared.so: it returned a pointer into a variable, or into memory of plugin_alloc, that leads beyond it, or to pointers
E2
says "P8: a forged reference to shared memory ends the plugin" ./host ./shared.so hostile isolated <<'E2'
descriptors: 0
nothing allocated: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to shared memory that there is not
forged well: 12
restart: 1
beyond it: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to objects that do not lie within one variable, or within memory of one plugin_alloc
unaligned: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to shared memory between objects
behind it: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to memory that no plugin_alloc gave, or that was freed
beyond all: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to shared memory that there is not
no such variable: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to shared memory that there is not
beyond a variable: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to shared memory that there is not
the largest: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to shared memory that there is not
freed: 0 CRASHED: call of forge of isolated plugin DIR/shared.so: its process was killed: the answer to forge refers to memory that no plugin_alloc gave, or that was freed
spoil: 1
zeroed: 0
freed: 0
E2

# ---- opens ----

# opens NAME: opens NAME.c isolated, and prints the error.
cat >opens.c <<'E2'
#include <plugin.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    plugin *p = plugin_open_with(argv[argc - 1], &options);
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    if (!v || !f)
        return printf("%s\n", plugin_error()), 1;
    *v = 7;
    f();
    return 0;
}
E2
opens() {
    "$PLUGIN" build -buildmode=plugin -o "$1.so" "$1.c" -lpthread && ./opens "./$1.so"
}
# shellcheck disable=SC2086 # flags are words
"$PLUGIN" build -o opens $TEST_CFLAGS opens.c
cat >hello.c <<'E2'
#include <stdio.h>
int V;
void F(void) { printf("Hello, number %d isolated\n", V); }
E2
says "the example" opens hello <<'E2'
Hello, number 7 isolated
E2
cat >pointers.c <<'E2'
#include <pthread.h>
#include <stdio.h>
struct node { int value; struct node *next; };
struct list { int count; struct node first; };
const char *text = "text";
struct list list;
int (*call)(void);
union { long number; void *pointer; } either;
pthread_mutex_t mutex;
FILE *file;
_Thread_local int own;
const int *const constant = 0;
int V;
void F(void) { }
E2
says "what cannot be shared is told at once" opens pointers <<'E2'
cannot open plugin ./pointers.so: it cannot be isolated (8 reasons):
  the plugin's variable call: int (*call)(void): isolated plugins do not support variables with pointers: export functions that get and set it, or make it static
  the plugin's variable constant: const int *const constant: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static
  the plugin's variable either: union { long number; void *pointer; } either: member pointer: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static
  the plugin's variable file: FILE *file: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static
  the plugin's variable list: struct list list: member next: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static
  the plugin's variable mutex: pthread_mutex_t mutex: isolated plugins do not support objects of threads: keep them on one side
  the plugin's thread-local variable own: int own: isolated plugins do not support them: export functions that get and set it, or make it static
  the plugin's variable text: const char *text: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static
E2
cat >threads.c <<'E2'
#include <pthread.h>
#include <unistd.h>
int V;
static void *run(void *data) { for (;;) pause(); return data; }
__attribute__((constructor)) static void start(void) { pthread_t t; pthread_create(&t, 0, run, 0); }
void F(void) { }
E2
says "constructors that start threads are refused where there are variables" opens threads <<'E2'
cannot open plugin ./threads.so: its process could not start: its constructors have started threads, which may write to its variables while these become shared: start threads in a function that the host calls, or make the variables static
E2
sed -i 's/^int V/static int V/; s/F(void) { }/F(void) { V++; }/' threads.c
says "elsewhere they are well" opens threads <<'E2'
symbol V not found in plugin DIR/threads.so
E2
finish
