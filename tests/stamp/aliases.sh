#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp --alias: a host whose public headers call its structs by another tag, and whose source
# does not say so. Each refusal is in aliases.expected; REFUSE_WRITE=1 writes it.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
cat >api.h <<'END'
struct next_ops { int (*read)(void *); };
#ifdef HOST
typedef struct context next;
typedef struct backend backend;
typedef union item item;
#else
typedef struct next_ops next;
typedef struct public_backend backend;
typedef union public_item item;
#endif
int extents(next *);
backend *get_backend(next *);
int get_item(item *);
END
cat >host.c <<'END'
#define HOST
#include "api.h"
struct backend { int i; };
union item { int i; };
struct context { struct next_ops next; struct backend *b; };
typedef struct { int i; } untagged;
int extents(next *n) { return n->next.read(n); }
backend *get_backend(next *n) { return n->b; }
int get_item(item *i) { return i->i; }
int get_untagged(untagged *u) { return u->i; }
int main(void) { return 0; }
END
cat >plug.c <<'END'
#include "api.h"
int run(next *n) { return extents(n) + n->read(n) + !get_backend(n) + get_item(0); }
END
cat >other.c <<'END'
struct next_ops { int (*read)(void *, int); };
int extents(struct next_ops *);
int run(struct next_ops *n) { return extents(n); }
END
cat >host.cc <<'END'
namespace own { struct shape { int i; }; }
int area(own::shape *s) { return s->i; }
extern "C" int area_of(own::shape *s) { return s->i; }
int main() { return 0; }
END
echo 'namespace api { struct shape; }
extern "C" int area_of(api::shape *);
extern "C" int run() { return area_of(0); }' >plug.cc

all() { # FILE: stamps it with all aliases
    "$PLUGIN" stamp '--alias=struct context=struct next_ops' '--alias=backend=public_backend' \
        '--alias=union item=union public_item' "$1"
}
check "host and plugins build" sh -c '
    gcc -g -rdynamic -o host host.c && gcc -g -shared -fPIC -Wl,-Bsymbolic -o plug.so plug.c &&
        gcc -g -shared -fPIC -Wl,-Bsymbolic -o other.so other.c && "$0" stamp host plug.so other.so' "$PLUGIN"
check_fails 1 "the plugin does not fit without aliases" "$PLUGIN" check host plug.so
cp host plain
check "the host gets aliases" all host
check "the plugin fits" "$PLUGIN" check host plug.so
check_fails 1 "not strictly" "$PLUGIN" check --strict host plug.so
check_refused "members of the other tag are compared" \
    "struct context: member read: the host lacks parameter 2" "$PLUGIN" check host other.so
cp host again
check "stamped again" all again
check "it has the same bytes" cmp host again
check "an alias is shown" sh -c '"$0" inspect host | grep "PLUGIN_ALIAS(struct context, struct next_ops)"' "$PLUGIN"
check "one alias does not help for the other" sh -c '
    "$0" stamp "--alias=struct context=struct next_ops" plain && ! "$0" check plain plug.so >said' "$PLUGIN"
check "which is told" has said "public_backend"
check "scopes of C++" sh -c '
    g++ -g -femit-class-debug-always -rdynamic -o host_cc host.cc &&
        g++ -g -shared -fPIC -Wl,-Bsymbolic -o plug_cc.so plug.cc && "$0" stamp plug_cc.so &&
        "$0" stamp host_cc && ! "$0" check host_cc plug_cc.so >said &&
        "$0" stamp "--alias=own::shape=api::shape" host_cc && "$0" check host_cc plug_cc.so' "$PLUGIN"

# -- A file that knows the tag only --

cat >handles.c <<'END'
struct backend;
struct other;
int is_open(struct backend *b) { return b != 0; }
int is_other(struct other *o) { return o != 0; }
END
cat >backend.c <<'END'
#include <plugin.h>
struct backend { int i; };
#ifdef MARKED
PLUGIN_ALIAS(struct backend, struct public_backend);
#endif
int number(struct backend *b) { return b->i; }
int main(void) { return 0; }
END
echo 'struct public_backend; int is_open(struct public_backend *); int run(void) { return is_open(0); }' >opens.c
echo 'struct public_backend; int is_other(struct public_backend *); int run(void) { return is_other(0); }' >mixes.c
check "a host of two files and its plugins build" sh -c '
    gcc -w -g -rdynamic -I"$(dirname "$0")/../include" -o parts handles.c backend.c &&
        gcc -w -g -rdynamic -DMARKED -I"$(dirname "$0")/../include" -o marked handles.c backend.c &&
        gcc -w -g -shared -fPIC -o opens.so opens.c && gcc -w -g -shared -fPIC -o mixes.so mixes.c &&
        "$0" stamp marked opens.so mixes.so &&
        "$0" stamp "--alias=struct backend=struct public_backend" parts' "$PLUGIN"
check "the alias of one file counts in the other" "$PLUGIN" check marked opens.so
check "that of the option, too" "$PLUGIN" check parts opens.so
check_fails 1 "of no other tag" "$PLUGIN" check marked mixes.so

# -- Refusals --

: >refusals
for option in '' struct '=' 'struct =struct next_ops' 'struct context' 'struct context=' 'struct context=struct ' \
    '=struct next_ops' 'struct none=struct next_ops' 'union context=union next_ops' 'struct context=union next_ops' \
    'union item=struct public_item' 'struct next_ops=struct other' 'untagged=struct other'; do
    echo "== --alias=$option" >>refusals
    "$PLUGIN" stamp "--alias=$option" host >>refusals 2>&1 && echo "no refusal" >>refusals
done
[ -z "${REFUSE_WRITE:-}" ] || cp refusals "$tests/stamp/aliases.expected"
check_same "each refusal" "$tests/stamp/aliases.expected" refusals
finish
