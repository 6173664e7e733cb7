#!/bin/sh
# SPDX-License-Identifier: MIT
# Interfaces: each row is an interface, how the host uses it, and a plugin. The verdict of plugin check, of
# plugin_open_as and of plugin_bind must be the row's; what fits runs, and of what does not, nothing runs.
# The texts of all refusals are in refusals.expected; INTERFACES_WRITE=1 writes it.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
here=$tests/api/interfaces
cd "$work" || exit 1
says_alike="s|$work/||g; s/built by [a-z]* [0-9.]*/built by COMPILER/g"
: "${TEST_CFLAGS:=}"

cat >shared.h <<'EOF'
#include <plugin.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
struct point { int x, y; };
union word { int i; float f; };
enum color { RED, GREEN = 4 };
typedef struct { long id; char name[8]; } item;
struct open;
EOF
rows=
# row NAME VERDICT MEMBERS USE PLUGIN: the host's struct has these members; USE is an expression of the struct f,
# which is true if the calls work; more marks of the interface may follow a |. A PLUGIN that starts with ! does not
# include the shared header.
row() {
    rows="$rows $1:$2"
    members=${3%%|*}
    marks=
    case $3 in *'|'*) marks=${3#*|} ;; esac
    {
        echo "struct $1 { $members };"
        echo "$marks"
        echo "static bool use_$1(struct $1 f) { (void)f; return $4; }"
    } >>structs.h
    {
        case $5 in '!'*) echo '#include <stdio.h>' ;; *) echo '#include "shared.h"' ;; esac
        echo "__attribute__((constructor)) static void ran(void) { puts(\"$1 ran\"); fflush(stdout); }"
        echo "${5#!}"
    } >"$1.c"
}
fits() { row "$1" fits "$2" "$3" "$4"; }
misfit() { row "$1" misfit "$2" 1 "$3"; }
: >structs.h

fits no_parameter 'int (*f)(void);' 'f.f() == 7' 'int f(void) { return 7; }'
fits parameters 'double (*f)(int, float, char);' 'f.f(1, 2, 3) == 6' 'double f(int a, float b, char c) { return a + b + c; }'
fits pointer 'int (*f)(struct point *);' 'f.f(&(struct point){1, 2}) == 3' 'int f(struct point *p) { return p->x + p->y; }'
fits by_value 'struct point (*f)(struct point);' 'f.f((struct point){1, 2}).x == 2' 'struct point f(struct point p) { return (struct point){p.y, p.x}; }'
fits union_value 'int (*f)(union word);' 'f.f((union word){.i = 3}) == 3' 'int f(union word w) { return w.i; }'
fits enumeration 'enum color (*f)(enum color);' 'f.f(RED) == GREEN' 'enum color f(enum color c) { return c == RED ? GREEN : RED; }'
fits string 'const char *(*f)(void);' '!strcmp(f.f(), "text")' 'const char *f(void) { return "text"; }'
fits variadic 'int (*f)(int, ...);' 'f.f(2, 3, 4) == 7' 'int f(int n, ...) { va_list l; va_start(l, n); int s = 0; while (n--) s += va_arg(l, int); va_end(l); return s; }'
fits variable 'int *v;' '*f.v == 7 && (*f.v = 8)' 'int v = 7;'
fits constant 'const int *v;' '*f.v == 7' 'const int v = 7;'
fits reads_only 'const int *v;' '*f.v == 7' 'int v = 7;'
fits array 'int (*v)[3];' '(*f.v)[2] == 3' 'int v[3] = {1, 2, 3};'
fits matrix 'int (*v)[2][3];' '(*f.v)[1][2] == 6' 'int v[2][3] = {{1, 2, 3}, {4, 5, 6}};'
fits open_array 'int (*v)[];' '(*f.v)[1] == 2' 'int v[3] = {1, 2, 3};'
fits struct_variable 'struct point *v;' 'f.v->y == 2' 'struct point v = {1, 2};'
fits unnamed_struct 'item *v;' 'f.v->id == 9' 'item v = {9, "nine"};'
fits pointer_variable 'const char **v;' '!strcmp(*f.v, "text")' 'const char *v = "text";'
fits callback 'int (*f)(int (*)(int), int);' 'f.f(0, 5) == 5' 'int f(int (*g)(int), int x) { return g ? g(x) : x; }'
fits function_table 'int (*(*v)[2])(void);' '(*f.v)[0] && (*f.v)[1]() == 2' 'static int one(void) { return 1; } static int two(void) { return 2; } int (*v[2])(void) = {one, two};'
fits incomplete 'void (*f)(struct open *);' '(f.f(0), true)' 'struct open { int i; }; void f(struct open *o) { (void)o; }'
fits typedefs 'uint32_t (*f)(size_t);' 'f.f(4) == 4' 'unsigned f(unsigned long n) { return (unsigned)n; }'
fits boolean 'bool (*f)(bool);' '!f.f(true)' '_Bool f(_Bool b) { return !b; }'
fits long_double 'long double (*f)(long double);' 'f.f(2) == 4' 'long double f(long double x) { return x * 2; }'
fits wide 'int64_t (*f)(uint64_t);' 'f.f(3) == 3' 'long f(unsigned long x) { return (long)x; }'
fits several 'int (*a)(void); int *b; double (*c)(double); char (*d)[4];' 'f.a() + *f.b == 3 && f.c(2) == 2 && (*f.d)[3] == 4' 'int a(void) { return 1; } int b = 2; double c(double x) { return x; } char d[4] = {1, 2, 3, 4};'
fits optional_there 'int (*f)(void); int *v;|PLUGIN_OPTIONAL(struct optional_there, v);' 'f.v && *f.v == 3' 'int f(void) { return 1; } int v = 3;'
fits optional_missing 'int (*f)(void); int *v;|PLUGIN_OPTIONAL(struct optional_missing, v);' '!f.v && f.f() == 1' 'int f(void) { return 1; }'
fits named 'int (*f)(void);|PLUGIN_NAMED(struct named, f, "new");' 'f.f() == 1' 'int renamed(void) __asm__("new"); int renamed(void) { return 1; }'
fits named_keyword 'int (*f)(void);|PLUGIN_NAMED(struct named_keyword, f, "class");' 'f.f() == 2' 'int class(void) { return 2; }'
fits named_dotted 'int (*f)(void); int *v; int *t;|PLUGIN_NAMED(struct named_dotted, f, "a.f"); PLUGIN_NAMED(struct named_dotted, v, "a.v");' 'f.f() == 3 && *f.v == 4 && *f.t == 5' 'int f(void) __asm__("a.f"); int f(void) { return 3; } extern int v __asm__("a.v"); int v = 4; int t = 5;'
fits weak 'int (*f)(void);' 'f.f() == 3' '__attribute__((weak)) int f(void) { return 3; }'
fits indirect 'int (*f)(void);' 'f.f() == 4' 'static int four(void) { return 4; } static int (*choose(void))(void) { return four; } int f(void) __attribute__((ifunc("choose")));'
fits more_symbols 'int (*f)(void);' 'f.f() == 5' 'int f(void) { return 5; } int other; void another(void) {}'
fits implements 'int (*f)(void);' 'f.f() == 6' 'struct implements { int (*f)(void); }; PLUGIN_IMPLEMENTS(struct implements); int f(void) { return 6; }'
fits noreturn 'void (*f)(int);' 'f.f != 0' '_Noreturn void f(int c) { __builtin_trap(); (void)c; }'

misfit missing 'int (*f)(void); int *v;' 'int f(void) { return 1; }'
misfit all_missing 'int (*f)(void); int *v;' 'int other;'
misfit result 'int (*f)(void);' 'long f(void) { return 1; }'
misfit parameter 'int (*f)(int, int);' 'int f(int a, double b) { return a + (int)b; }'
misfit fewer_parameters 'int (*f)(int, int);' 'int f(int a) { return a; }'
misfit more_parameters 'int (*f)(int);' 'int f(int a, int b) { return a + b; }'
misfit not_variadic 'int (*f)(int, ...);' 'int f(int a) { return a; }'
misfit member 'int (*f)(struct point *);' '!struct point { int x, z; }; int f(struct point *p) { return p->x; }'
misfit size_of_member 'int (*f)(struct point *);' '!struct point { short x; int y; }; int f(struct point *p) { return p->x; }'
misfit tag 'int (*f)(struct point *);' '!struct place { int x, y; }; int f(struct place *p) { return p->x; }'
misfit swapped 'int (*f)(struct api *);' 'struct api { void (*get)(int); int (*set)(int); }; int f(struct api *a) { return a->set(1); }'
misfit function_for_variable 'int *v;' 'int v(void) { return 1; }'
misfit variable_for_function 'int (*f)(void);' 'int f;'
misfit variable_of_other_type 'int *v;' 'float v = 1;'
misfit drops_const 'int *v;' 'const int v = 1;'
misfit shorter_array 'int (*v)[4];' 'int v[3];'
misfit pointer_for_array 'int (*v)[4];' 'static int real[4]; int *v = real;'
misfit thread_local 'int *v;' '_Thread_local int v = 1;'
misfit optional_of_other_type 'int (*f)(void); int *v;|PLUGIN_OPTIONAL(struct optional_of_other_type, v);' 'int f(void) { return 1; } long v;'
misfit named_missing 'int (*f)(void);|PLUGIN_NAMED(struct named_missing, f, "class");' 'int f(void) { return 2; }'
misfit named_dotted_type 'int (*f)(void);|PLUGIN_NAMED(struct named_dotted_type, f, "a.f");' 'long f(void) __asm__("a.f"); long f(void) { return 2; }'
misfit named_mangled 'int (*f)(void);|PLUGIN_NAMED(struct named_mangled, f, "_Z1fv");' 'int f(void) __asm__("_Z1fv"); int f(void) { return 2; }'
misfit hidden 'int (*f)(void);' '__attribute__((visibility("hidden"))) int f(void) { return 2; } int (*g(void))(void) { return f; }'
misfit static_function 'int (*f)(void);' 'static int f(void) { return 2; } int (*g(void))(void) { return f; }'
misfit calling_convention 'int (*f)(int);' '#ifdef __x86_64__
__attribute__((ms_abi)) int f(int a) { return a; }
#else
int f(long a) { return (int)a; }
#endif'
misfit several_reasons 'int (*a)(void); int *b; double (*c)(double);|PLUGIN_OPTIONAL(struct several_reasons, b);' 'long a(void) { return 1; } long b; float c;'
misfit sign 'unsigned (*f)(void);' 'int f(void) { return 1; }'
misfit enumerators 'int (*f)(enum shade);' 'enum shade { DARK, LIGHT }; int f(enum shade s) { return (int)s; }'
misfit callback_parameter 'int (*f)(int (*)(int));' 'int f(int (*g)(long)) { return g(1); }'

{
    echo '#include "rows.h"'
    echo 'struct api { int (*set)(int); void (*get)(int); };'
    echo 'enum shade { LIGHT, DARK };'
    cat structs.h
    echo 'static int judge(const char *row, const char *path, bool is_bound)'
    echo '{'
    for row in $rows; do echo "    ROW(${row%:*})"; done
    echo '    return puts("no such row"), 2;'
    echo '}'
    echo 'int main(int count, char **words) { return judge(words[count - 2], words[count - 1], words[1][0] == 98); }'
} >host.c
# shellcheck disable=SC2086 # flags are words
check "the host" "$PLUGIN" build -Wall -Wextra -Wshadow -Wconversion -Werror -I. "-I$here" -o host host.c $TEST_CFLAGS
: >refusals
count=0
for row in $rows; do
    name=${row%:*}
    count=$((count + 1))
    # shellcheck disable=SC2086
    "$PLUGIN" build -buildmode=plugin -Wno-psabi -o "$name.so" "$name.c" $TEST_CFLAGS >log 2>&1 || fail "$name: builds" <log
    ./host open "$name" "./$name.so" >ran 2>said
    status=$?
    sed "$says_alike" said >alike
    "$PLUGIN" check --as="struct $name" host "./$name.so" >checked 2>&1
    check_status=$?
    sed "$says_alike" checked >checked.alike
    ./host bind "$name" "./$name.so" >bound.ran 2>bound
    bound_status=$?
    if [ "${row#*:}" = fits ]; then
        echo "$name ran" >wanted
        check_same "$name: it fits, and works" wanted ran
        check "$name: so says plugin_open_as" test $status -eq 0
        check "$name: so says plugin_bind" test $bound_status -eq 0
        check "$name: so says plugin check" test $check_status -eq 0
    else
        { echo "-- $name"; cat alike; } >>refusals
        check "$name: plugin_open_as refuses it before anything of it runs" sh -c 'test "$0" -eq 3 && test ! -s ran' $status
        check "$name: plugin_bind refuses it" test $bound_status -eq 3
        check "$name: plugin check refuses it" test $check_status -eq 1
        sed 1d alike >alike.rest
        sed 1d checked.alike >checked.rest
        check_same "$name: plugin check says the same" alike.rest checked.rest
    fi
done
[ -z "${INTERFACES_WRITE:-}" ] || cp refusals "$here/refusals.expected"
check_same "the texts of the refusals" "$here/refusals.expected" refusals
check "at least 40 interfaces and plugins" test "$count" -ge 40

finish
