#!/bin/sh
# SPDX-License-Identifier: MIT
# Interface files: what a host expects that records nothing, judged with the host and without.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
says_alike="s|$work/||g;s/[0-9a-f]\{16\}/HASH/g;s/built by [a-z]* [0-9.]*/built by CC/g"
plugin_check() { "$PLUGIN" check "$@"; echo "exit status $?"; }

cat >ngx.h <<'END'
typedef struct {
    int index;
    const char *name;
} ngx_module_t;
int ngx_log(const char *);
END
cat >expects.c <<'END'
#include <plugin.h>
#include "ngx.h"
PLUGIN_EXPECTS("ngx_modules", ngx_module_t *[]);
PLUGIN_EXPECTS_OPTIONAL("RedisModule_Alloc", void *(*)(unsigned long));
END
cat >module.c <<'END'
#include "ngx.h"
ngx_module_t one = {1, "one"};
ngx_module_t *ngx_modules[] = {&one, 0};
#ifdef ALLOC
void *(*RedisModule_Alloc)(ALLOC);
#endif
int use(void) { return ngx_log("x"); }
END
sed 's/const char \*name;/long name;/' ngx.h >other.h
sed 's/ngx.h/other.h/; s/"one"/1/' module.c >old.c
sed 's/ngx_modules/ngx_names/' module.c >none.c
echo '#include "ngx.h"
int ngx_log(const char *s) { return !s; } int main(void) { return 0; }' >host.c
sed 's/const char \*s/long s/; /include/d' host.c >wrong_host.c
module() {
    output=$1
    shift
    gcc -g -shared -fPIC -Wl,-Bsymbolic -o "$output" "$@" && "$PLUGIN" stamp "$output"
}
build() (
    set -e
    gcc -g -rdynamic -o host host.c
    gcc -g -rdynamic -o wrong_host wrong_host.c
    "$PLUGIN" stamp host wrong_host
    module module.so module.c
    module alloc.so '-DALLOC=unsigned long' module.c
    module alloc_other.so -DALLOC=int module.c
    module old.so old.c
    module none.so none.c
    "$PLUGIN" build -buildmode=interface expects.c -I.
    "$PLUGIN" build -buildmode=interface -o nginx.expects -I. expects.c
)
check "hosts, modules and interface files build" build
check "the default name is that of the source" cmp expects.expects nginx.expects
check "it is stripped" sh -c '! readelf -SW nginx.expects | grep -q debug_info'

says "with the host: both ways" plugin_check --interface=nginx.expects host module.so alloc.so old.so none.so <<'END'
module.so fits host, meets PLUGIN_EXPECTS of nginx.expects (2 uses compared, 0 not)
alloc.so fits host, meets PLUGIN_EXPECTS of nginx.expects (3 uses compared, 0 not)
old.so does not fit host (1 misfit):
  ngx_module_t: member name
      nginx.expects  const char *name;   /* offset 8, 8 bytes */     built by CC
      plugin         long name;          /* offset 8, 8 bytes */     built by CC
      used by ngx_modules
  2 uses compared, 0 not
none.so does not fit host (1 misfit):
  ngx_modules: the plugin does not export it
  1 use compared, 1 not
exit status 1
END
says "another host" plugin_check --interface=nginx.expects wrong_host module.so <<'END'
module.so does not fit wrong_host (1 misfit):
  ngx_log: parameter 1
      host    long           /* 8 bytes */     built by CC
      plugin  const char *   /* 8 bytes */     built by CC
  2 uses compared, 0 not
exit status 1
END
says "a variable that the host fills" plugin_check --interface=nginx.expects host alloc_other.so <<'END'
alloc_other.so does not fit host (1 misfit):
  RedisModule_Alloc: parameter 1
      nginx.expects  unsigned long   /* 8 bytes */     built by CC
      plugin         int             /* 4 bytes */     built by CC
  3 uses compared, 0 not
exit status 1
END
says "without the host: what it exports is not compared" plugin_check --interface=nginx.expects module.so old.so <<'END'
module.so fits nginx.expects, meets PLUGIN_EXPECTS (1 use compared, 1 not)
old.so does not fit nginx.expects (1 misfit):
  ngx_module_t: member name
      host    const char *name;   /* offset 8, 8 bytes */     built by CC
      plugin  long name;          /* offset 8, 8 bytes */     built by CC
      used by ngx_modules
  1 use compared, 1 not
exit status 1
END
cat >api.h <<'END'
struct api {
    void (*log)(const char *);
#ifdef NEW
    void (*tell)(const char *);
#endif
};
END
cat >api_expects.c <<'END'
#include <plugin.h>
#include "api.h"
PLUGIN_EXPECTS("start", int(const struct api *));
END
echo '#include "api.h"
int start(const struct api *api) { api->log("x"); return 0; }' >starts.c
grown() (
    set -e
    module starts.so starts.c
    "$PLUGIN" build -buildmode=interface -o api.expects -DNEW api_expects.c
    "$PLUGIN" build -buildmode=interface -o grows.expects --grows='struct api' -DNEW api_expects.c
    "$PLUGIN" check --verbose --interface=api.expects starts.so |
        sed -n 's/^ *to waive: //p' | sed 's/REASON/tail only/' >waivers
    "$PLUGIN" build -buildmode=interface -o waives.expects --waive waivers -DNEW api_expects.c
)
check "interface files of a host that grew" grown
says "an interface file promises and waives for its host" sh -c \
    'for i in api grows waives; do "$PLUGIN" check --verbose --interface=$i.expects starts.so; done' <<'END'
starts.so does not fit api.expects (1 misfit):
  struct api: the plugin lacks member tell
      host    void (*tell)(const char *);   /* offset 8, 8 bytes */     built by CC
      plugin  no such member; 8 bytes                                   built by CC
      used by start (parameter 1)
  1 use compared, 0 not
  to waive: start | parameter 1: struct api | HASH HASH | REASON
starts.so fits grows.expects, meets PLUGIN_EXPECTS (1 use compared, 0 not)
  struct api: the host is 1 member longer
starts.so fits waives.expects, meets PLUGIN_EXPECTS (1 use compared, 0 not)
  start: waived: tail only
END
says "a plugin promises nothing by options" \
    sh -c '"$PLUGIN" build -buildmode=plugin --grows="struct api" starts.c; echo "exit status $?"' <<'END'
plugin build: --grows, --alias and --waive need -buildmode=exe or interface: the host says what it accepts; see `plugin build --help`
exit status 2
END
says "without the interface, the host expects nothing" plugin_check host old.so none.so <<'END'
old.so fits host (1 use compared, 0 not)
none.so fits host (1 use compared, 0 not)
exit status 0
END
says "chosen by name" plugin_check --interface=nginx.expects '--as=PLUGIN_EXPECTS of nginx.expects' host module.so <<'END'
module.so fits host, meets PLUGIN_EXPECTS of nginx.expects (2 uses compared, 0 not)
exit status 0
END
says "no plugin" plugin_check --interface=nginx.expects <<'END'
plugin check: no plugin given; see `plugin check --help`
exit status 2
END
says "a file without an interface" plugin_check --interface=module.so host module.so <<'END'
plugin: module.so has no interface; build it of PLUGIN_EXPECTS with: plugin build -buildmode=interface
exit status 1
END
says "no such file" plugin_check --interface=nothing host module.so <<'END'
plugin: cannot read nothing: No such file or directory
exit status 1
END
finish
