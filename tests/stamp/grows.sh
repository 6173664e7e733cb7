#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp --grows: a host promises for plugins whose headers do not. Each refusal is in
# grows.expected; REFUSE_WRITE=1 writes it.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
cat >api.h <<'END'
struct api {
    unsigned long size;
    void (*log)(const char *);
#if V >= 2
    int (*get)(int key);
#endif
};
typedef struct {
    int version;
    int level;
#if V >= 2
    int depth;
#endif
} info_t;
enum event { OPENED, CLOSED,
#if V >= 2
    MOVED,
#endif
    EVENT_COUNT };
union either { int i; };
struct tail { int n; char name[1]; };
#ifdef MARKED
#include <plugin.h>
PLUGIN_GROWS_SIZED(struct api, size);
#endif
int host_use(struct api *api, info_t *info, enum event event);
END
echo '#include "api.h"
int host_use(struct api *api, info_t *info, enum event event) { return !api + !info + event; }
int host_more(union either *either, struct tail *tail) { return !either + !tail; }
int main(void) { return 0; }' >host.c
echo '#include "api.h"
int run(void) { return host_use(0, 0, OPENED); }' >plug.c
echo '#include "api.h"
struct derived : private tail { int more; };
struct underived { int more; };
class mixed { public: int one; private: int other; };
extern "C" int host_derive(derived *derived, underived *plain) { return !derived + !plain; }
extern "C" int host_mix(mixed *mixed) { return !mixed; }
int main() { return 0; }' >host.cc

headers=$(dirname "$PLUGIN")/../include
built() { # OUTPUT FLAG...
    output=$1
    shift
    gcc -g -I"$headers" -o "$output" "$@"
}
stamped() { # FILE: with all three promises
    "$PLUGIN" stamp '--grows=struct api,sized=size' --grows=info_t,versioned=version \
        '--grows=enum event,until=EVENT_COUNT' "$1"
}
for v in 1 2; do
    check "host and plugin $v build" sh -c '
        gcc -g -rdynamic -DV=$0 -o host$0 host.c && gcc -g -shared -fPIC -Wl,-Bsymbolic -DV=$0 -o plug$0.so plug.c &&
            "$1" stamp host$0 plug$0.so' $v "$PLUGIN"
done
check_fails 1 "an older plugin does not fit the host that promises nothing" "$PLUGIN" check host2 plug1.so
check_fails 1 "nor a newer one" "$PLUGIN" check host1 plug2.so
for v in 1 2; do
    check "host $v promises" stamped host$v
    for p in 1 2; do
        check "plugin $p fits host $v" "$PLUGIN" check host$v plug$p.so
        [ $v = $p ] || check_fails 1 "not strictly" "$PLUGIN" check --strict host$v plug$p.so
    done
done
cp host2 again
check "stamped again" stamped again
check "it has the same bytes" cmp host2 again
check "attack 23: a promise of the plugin alone does not count" sh -c '
    gcc -g -rdynamic -DV=2 -o plain host.c && "$0" stamp plain && cp plug1.so own.so &&
        "$0" stamp "--grows=struct api,sized=size" own.so && ! "$0" check plain own.so >said' "$PLUGIN"
check "what grew is told" has said "struct api: the plugin lacks member get"
check "by the plugin alone" has said "only the plugin promises that it grows"

check "a host that promises in its header" built marked -rdynamic -DV=2 -DMARKED host.c
check "keeps that promise" "$PLUGIN" stamp '--grows=struct api' --grows=info_t '--grows=enum event' marked
"$PLUGIN" check marked plug1.so >said 2>&1
check "and makes it for the plugin: only the enum is left" has said "(1 misfit)"

# -- Refusals --

: >refusals
refuse() { # FILE OPTION
    echo "== $1 $2" >>refusals
    "$PLUGIN" stamp "$2" "$1" >>refusals 2>&1 && echo "no refusal: $2" >>refusals
}
built host -rdynamic host.c -DV=1
built marked -rdynamic -DMARKED -DV=1 host.c
g++ -g -femit-class-debug-always -rdynamic -o host_cc host.cc
for option in '' 'struct' 'struct ' ',sized=size' 'struct api,' 'struct api,sized' 'struct api,sized=' 'struct api,wide=size' \
    'struct none' 'enum api' 'union either' 'either' 'struct api,sized=log' 'struct api,sized=none' \
    'struct api,versioned=log' 'struct api,until=OPENED' 'enum event,sized=OPENED' 'enum event,until=NONE' 'struct tail'; do
    refuse host "--grows=$option"
done
refuse marked '--grows=struct api,versioned=size'
refuse host_cc '--grows=struct derived'
refuse host_cc '--grows=mixed'
check "a class that ends like the name of one with a base" "$PLUGIN" stamp '--grows=class underived' \
    '--alias=class underived=class outside' host_cc
[ -z "${REFUSE_WRITE:-}" ] || cp refusals "$tests/stamp/grows.expected"
check_same "each refusal" "$tests/stamp/grows.expected" refusals
finish
