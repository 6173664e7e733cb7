#!/bin/sh
# SPDX-License-Identifier: MIT
# Values of every kind, as parameters and results, both ways: isolated, each is what it is in process.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o values.so "$source/values/values.c" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/values/values_host.c"
}
check "the plugin and the host build" build_all
./host ./values.so >in-process 2>&1
./host ./values.so isolated >isolated 2>&1
check "in process, all are well" has in-process "all of it: well"
check_fails 1 "none is another one" grep -E ': .*[01 ]*0[01 ]*$' in-process
check_same "isolated, each is the same" in-process isolated

# ---- what has no place in a register, or none that is known ----

cat >refused.h <<'E2'
#include <stdbool.h>
union either { double a; long b; };
struct empty { };
struct bits { unsigned a : 3; };
struct __attribute__((packed)) packed { char a; double b; };
struct __attribute__((aligned(32))) aligned { int a; };
struct extended { long double a; };
struct mixed { long a; double b; };
struct refused {
    __int128 (*wide)(__int128 a);
    union either (*either)(union either a);
    struct empty (*empty)(struct empty a);
    struct bits (*bits)(struct bits a);
    struct packed (*packed)(struct packed a);
    struct aligned (*aligned)(struct aligned a);
    _Complex double (*complex)(_Complex double a);
    struct extended (*extended)(struct extended a);
    int (*mixed)(int a, int b, int c, int d, int e, struct mixed f, double g);
};
E2
cat >refused.c <<'E2'
#include "refused.h"
__int128 wide(__int128 a) { return a; }
union either either(union either a) { return a; }
struct empty empty(struct empty a) { return a; }
struct bits bits(struct bits a) { return a; }
struct packed packed(struct packed a) { return a; }
struct aligned aligned(struct aligned a) { return a; }
_Complex double complex(_Complex double a) { return a; }
struct extended extended(struct extended a) { return a; }
int mixed(int a, int b, int c, int d, int e, struct mixed f, double g) { return a + b + c + d + e + f.a + g; }
E2
cat >refused_host.c <<'E2'
#include "refused.h"
#include <plugin.h>
#include <stdio.h>
int main(void)
{
    struct refused refused;
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    printf("%s\n", plugin_open_as_with("./refused.so", &options, &refused) ? "opens" : plugin_error());
    return 0;
}
E2
build_refused() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o refused.so refused.c &&
        "$PLUGIN" build -o refused_host $TEST_CFLAGS refused_host.c
}
check "a plugin with others builds" build_refused
says "those are refused" ./refused_host <<'E2'
cannot open plugin ./refused.so: it cannot be isolated (16 reasons):
  aligned: result: struct aligned: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it
  aligned: parameter 1: struct aligned a: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it
  bits: result: struct bits: a struct with bit-fields cannot be passed to another process by value: pass a pointer to it
  bits: parameter 1: struct bits a: a struct with bit-fields cannot be passed to another process by value: pass a pointer to it
  complex: result: _Complex double: isolated plugins do not support this type: use a struct of numbers, or an array
  complex: parameter 1: _Complex double a: isolated plugins do not support this type: use a struct of numbers, or an array
  either: result: union either: a union cannot be passed to another process by value: pass a pointer to it
  either: parameter 1: union either a: a union cannot be passed to another process by value: pass a pointer to it
  empty: result: struct empty: a struct without members cannot be passed to another process by value: pass a pointer to it
  empty: parameter 1: struct empty a: a struct without members cannot be passed to another process by value: pass a pointer to it
  extended: result: struct extended: a struct that is one long double cannot be passed to another process by value: pass a pointer to it
  mixed: parameter 6: struct mixed f: a struct that begins in the last register for integers cannot be passed to another process by value: pass a pointer to it
  packed: result: struct packed: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it
  packed: parameter 1: struct packed a: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it
  wide: result: __int128: an integer of this size cannot be passed to another process by value: pass a pointer to it
  wide: parameter 1: __int128 a: an integer of this size cannot be passed to another process by value: pass a pointer to it
E2
finish
