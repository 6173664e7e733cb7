#!/bin/sh
# SPDX-License-Identifier: MIT
# Names beyond ASCII, in UTF-8, and with $ are the same in C and C++, by all compilers.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

cat >t.h <<'EOF'
#ifdef __cplusplus
extern "C" {
#endif
struct größe { double breite; double höhe; };
struct vms$item { int code; struct größe *maß; };
union größe$u { int ganz; float teil; };
typedef struct größe größe_t;
typedef struct { int é; } ohne_é;
enum état { ÉTAT_A, ÉTAT_B };
double fläche(const struct größe *g);
int item$code(struct vms$item *i);
enum état état_suivant(enum état e);
int teil(union größe$u *u, größe_t *g, ohne_é *o);
extern int compteur_é;
#ifdef __cplusplus
}
#endif
EOF
cat >p.c <<'EOF'
#include "t.h"
double fläche(const struct größe *g) { return g->breite * g->höhe; }
int item$code(struct vms$item *i) { return i->code; }
enum état état_suivant(enum état e) { return e == ÉTAT_A ? ÉTAT_B : ÉTAT_A; }
int teil(union größe$u *u, größe_t *g, ohne_é *o) { return u->ganz + (int)g->höhe + o->é; }
int compteur_é = 3;
EOF
cat >host.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
#include "t.h"
#define TRY(name) (plugin_as(plugin_lookup(p, #name), __typeof__(&name)) ? 0 : puts(plugin_error()))
int main(int count, char **paths)
{
    plugin *p = plugin_open(paths[count - 1]);
    if (!p)
        return puts(plugin_error()), 1;
    return TRY(fläche) + TRY(item$code) + TRY(état_suivant) + TRY(teil) + TRY(compteur_é);
}
EOF
cp p.c p.cc
cp host.c host.cc
hosts=
for compiler in $host_compilers; do
    # shellcheck disable=SC2086 # flags are words
    check "a host in C by $compiler" "$PLUGIN" build --cc="$compiler" -o "host_$compiler" host.c $TEST_CFLAGS
    hosts="$hosts host_$compiler"
    case $compiler in gcc) cxx=g++ ;; clang) cxx=clang++ ;; *) continue ;; esac
    check "a host in C++ by $cxx" "$PLUGIN" build --cc="$cxx" -o "host_$cxx" host.cc
    hosts="$hosts host_$cxx"
done
for by in 'gcc p.c' 'clang p.c' 'g++ p.cc' 'clang++ p.cc'; do
    compiler=${by% *}
    check "a plugin by $compiler" "$PLUGIN" build -buildmode=plugin --cc="$compiler" -o "$compiler.so" "${by#* }"
    for host in $hosts; do
        check "a plugin by $compiler, $host" "./$host" "./$compiler.so"
    done
    for language in c c++; do
        check "a plugin by $compiler, its header compiles as $language" sh -c \
            '"$0" header "$1" >made.h && gcc -Wall -Werror -fsyntax-only -x "$2" made.h' "$PLUGIN" "$compiler.so" $language
    done
done

finish
