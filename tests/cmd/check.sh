#!/bin/sh
# SPDX-License-Identifier: MIT
# `plugin check`: its output as text and as JSON, its exit status, and that its verdicts equal those of
# plugin_open in the same host. Plugins that fit matter as much as misfits: plain dlopen loads many of
# them, too.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
here=$(pwd -P)

# host OUTPUT ARGUMENT...: builds a host from host.c.
host() {
    output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o "$output" host.c $TEST_CFLAGS "$@"
}
# plugin OUTPUT ARGUMENT...: builds a plugin.
plugin() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$@"
}
# library OUTPUT ARGUMENT...: builds a shared library with its file's name as DT_SONAME.
library() {
    output=$1
    shift
    cc -g -shared -fPIC "-Wl,-soname,${output##*/}" -o "$output" "$@"
}

# answer STATUS NAME ARGUMENT... <TEXT: passes if `plugin check` prints this text, without what depends on
# the machine, and exits with this status.
answer() {
    status=$1
    name=$2
    shift 2
    cat >expected
    check_fails "$status" "$name: exit status" "$PLUGIN" check "$@"
    "$PLUGIN" check "$@" 2>&1 | sed -e "s|$here|DIR|g" -e 's/built by [a-z]* [0-9.]*/built by CC/g' \
        -e 's|\(not found in [^,"]*\), [^"]*|\1, ...|g' >actual
    check_same "$name: the output" expected actual
}

# as_open STATUS HOST PLUGIN...: succeeds if `plugin check`, and plugin_open in the host, have this verdict
# and the same text.
allow= # or --allow-unstamped
as_open() {
    wanted=$1
    host=$here/$2
    shift 2
    "$host" "$@" >opened 2>&1
    opened=$?
    "$PLUGIN" check $allow "$host" "$@" >checked 2>&1
    checked=$?
    sed 's/^[^ ].* fits .*/opened/' checked >said
    [ "$opened$checked" = "$wanted$wanted" ] && diff -u opened said && return
    echo "plugin_open: $opened, plugin check: $checked, wanted: $wanted"
    cat opened checked
    return 1
}
fits() {
    check "$1" as_open 0 "$2" "$3" ${4:+"$4"}
}
refused() {
    check "$1" as_open 1 "$2" "$3" ${4:+"$4"}
}

cat >host.c <<'E2'
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void mark(void)
{
    if (getenv("MARK"))
        fclose(fopen(getenv("MARK"), "w"));
}
int main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++) {
        plugin *p = plugin_open(argv[i]);
        puts(p ? "opened" : plugin_error());
        status |= !p;
    }
    return status;
}
E2
cat >api.h <<'E2'
struct shape { int n; double r; };
double host_area(const struct shape *s);
extern int host_count;
E2
cat >api.c <<'E2'
#include "api.h"
int host_count;
double host_area(const struct shape *s) { return s->r; }
E2
cat >mark.c <<'E2'
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void mark(void)
{
    if (getenv("MARK"))
        fclose(fopen(getenv("MARK"), "w"));
}
E2
cat >good.c <<'E2'
#include "api.h"
double F(void) { struct shape s = {0}; return host_area(&s) + host_count; }
E2
sed 's/api.h/other.h/' good.c >bad.c
sed 's/double r/float r/; s/int host_count/long host_count/' api.h >other.h
check "the host builds" host host api.c
check "plugins build" plugin good.so good.c mark.c
check "a plugin that does not fit builds" plugin bad.so bad.c mark.c

# ---- usage ----

check_fails 0 "help" "$PLUGIN" check --help
check_fails 2 "without a host" "$PLUGIN" check
check_fails 2 "without a plugin" "$PLUGIN" check host
check_fails 2 "an unknown option" "$PLUGIN" check --no-such-option host good.so

# ---- text ----

answer 0 "one that fits" host good.so <<'E2'
good.so fits host (2 uses compared, 0 not)
E2
answer 1 "one that does not, before one that does" host bad.so good.so <<'E2'
bad.so does not fit host (2 misfits):
  struct shape: member r
      host    double r;   /* offset 8, 8 bytes */     built by CC
      plugin  float r;    /* offset 4, 4 bytes */     built by CC
      used by host_area (parameter 1)
  host_count: different type
      host    int host_count;    /* 4 bytes */     built by CC
      plugin  long host_count;   /* 8 bytes */     built by CC
  2 uses compared, 0 not
good.so fits host (2 uses compared, 0 not)
E2
answer 1 "what is no plugin" host host <<'E2'
host does not fit host: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
E2
answer 1 "what is not there" host none.so <<'E2'
plugin: cannot check none.so: No such file or directory
E2
answer 1 "a host that is not there" none good.so <<'E2'
plugin: cannot read the host none: No such file or directory
E2
cp good.so ./--json
answer 0 "a name like an option's" -- host --json <<'E2'
--json fits host (2 uses compared, 0 not)
E2

# ---- JSON ----

cat >read.py <<'E2'
import json, sys
answers = [json.loads(line) for line in sys.stdin]
for answer in answers:
    assert set(answer) == {"schema", "plugin", "host", "fits", "code", "misfits", "grown", "waived", "waivable", "interfaces", "compared", "unchecked", "error"}, answer
    assert answer["fits"] == (answer["code"] == "ok") == (answer["error"] is None), answer
    for misfit in answer["misfits"]:
        assert set(misfit) == {"symbol", "symbols", "package", "path", "host", "plugin", "text"}, misfit
        assert misfit["symbols"][:1] == ([misfit["symbol"]] if misfit["symbol"] else []), misfit
        for line in misfit["text"].split("\n"):
            assert line in answer["error"], line
print([(a["plugin"], a["code"], len(a["misfits"])) for a in answers])
print(answers[0]["misfits"][0] if answers[0]["misfits"] else None)
E2
read_json() {
    "$PLUGIN" check --json "$@" 2>/dev/null | python3 read.py | sed 's/built by [a-z]* [0-9.]*/built by CC/g'
}
read_json host bad.so good.so host none.so >actual 2>&1
cat >expected <<'E2'
[('bad.so', 'misfit', 2), ('good.so', 'ok', 0), ('host', 'not a plugin', 0), ('none.so', 'not found', 0)]
{'symbol': 'host_area', 'package': None, 'symbols': ['host_area'], 'path': 'parameter 1: struct shape: member r', 'host': 'double r;   /* offset 8, 8 bytes */', 'plugin': 'float r;   /* offset 4, 4 bytes */', 'text': 'struct shape: member r\n    host    double r;   /* offset 8, 8 bytes */     built by CC\n    plugin  float r;    /* offset 4, 4 bytes */     built by CC\n    used by host_area (parameter 1)'}
E2
check_same "JSON: one object for each plugin, with all keys" expected actual
check_fails 1 "JSON: exit status of a misfit" "$PLUGIN" check --json host bad.so
check_fails 0 "JSON: exit status of a fit" "$PLUGIN" check host good.so --json
quoted=$(printf 'a "b"\\\001\303\244.so')
cp good.so "$quoted"
check "JSON: names are escaped" read_json host "$quoted"

# ---- strict ----

cat >geom.h <<'E2'
extern int geom_hits;
int geom_area(int r);
E2
cat >geom.c <<'E2'
#include "geom.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/geom");
int geom_hits;
int geom_area(int r) { geom_hits++; return 3 * r * r; }
E2
sed 's/3 \* r/4 * r/' geom.c >changed.c
cat >user.c <<'E2'
#include "geom.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/geom");
int USER(void) { return geom_area(1) + geom_hits; }
E2
check "a host with a package builds" host carrier geom.c
check "a plugin with the package builds" plugin same.so -DUSER=A user.c geom.c
mkdir changed
mv changed.c changed/geom.c
check "a plugin with other sources of the package builds" plugin differs.so -DUSER=B -I. user.c changed/geom.c
fits "a package from other sources fits" carrier ./differs.so
answer 0 "strict: from the same sources" --strict carrier same.so <<'E2'
same.so fits carrier (2 uses compared, 0 not)
E2
answer 1 "strict: from other sources" carrier --strict differs.so <<'E2'
differs.so does not fit carrier (1 misfit):
  package example.com/geom: built from different sources (strict): geom.c differs
  2 uses compared, 0 not
E2
check "a plugin without types of its imports builds" plugin silent.so --cc=clang -O0 good.c
fits "what was not recorded fits" host ./silent.so
answer 1 "strict: what was not recorded" --strict host silent.so <<'E2'
silent.so does not fit host (2 misfits):
  host_area: its type was not recorded in the plugin (strict); declare PLUGIN_USES(host_area)
  host_count: its type was not recorded in the plugin (strict); declare PLUGIN_USES(host_count)
  0 uses compared, 2 not
E2

# ---- several plugins, in order ----

mkdir wide
sed 's/int geom_hits/long geom_hits/' geom.h >wide/geom.h
sed 's/int geom_hits/long geom_hits/' geom.c >wide/geom.c
cp user.c wide/
check "a plugin with another type in the package builds" plugin wide.so -DUSER=C wide/user.c wide/geom.c
fits "it fits alone" host ./wide.so
answer 1 "it does not fit an earlier plugin's copy" host same.so wide.so <<'E2'
same.so fits host (0 uses compared, 0 not)
wide.so does not fit host (1 misfit):
  geom_hits: different type
      same.so  int geom_hits;    /* 4 bytes */     built by CC
      plugin   long geom_hits;   /* 8 bytes */     built by CC
  2 uses compared, 0 not
E2
refused "as plugin_open says" host ./same.so ./wide.so
answer 1 "a plugin that does not fit brings no copy" carrier wide.so same.so <<'E2'
wide.so does not fit carrier (1 misfit):
  geom_hits: different type
      host    int geom_hits;    /* 4 bytes */     built by CC
      plugin  long geom_hits;   /* 8 bytes */     built by CC
  2 uses compared, 0 not
same.so fits carrier (2 uses compared, 0 not)
E2

mkdir far
echo 'int far_deep(void) { return 5; }' >deep.c
echo 'int far_deep(void); int far(void) { return far_deep(); }' >far.c
echo 'int far(void); int NAME(void) { return far(); }' >uses-far.c
library far/libfardeep.so deep.c
# shellcheck disable=SC2016 # the dynamic loader expands it
library far/libfar.so far.c -Lfar -lfardeep '-Wl,-rpath,$ORIGIN'
plugin finds-it.so -DNAME=D uses-far.c -Lfar -lfar "-Wl,-rpath,$here/far"
plugin does-not.so -DNAME=E uses-far.c -Lfar -lfar
refused "a library that is not found" host ./does-not.so
allow=--allow-unstamped
fits "which an earlier plugin has loaded" host ./finds-it.so ./does-not.so
allow=

# ---- the host's libraries ----

cat >lib.h <<'E2'
struct config { int a; double b; };
extern struct config lib_config;
extern __thread int lib_thread;
int lib_choose(int);
E2
cat >lib.c <<'E2'
#include "lib.h"
struct config lib_config = {1, 2};
__thread int lib_thread;
static int choice(int n) { return n; }
static int (*resolve(void))(int) { return choice; }
int lib_choose(int) __attribute__((ifunc("resolve")));
E2
echo '#include "lib.h"
int touch(void) { return lib_config.a + lib_thread + lib_choose(1); }' >touch.c
echo '#include "lib.h"
int F(void) { return lib_config.a + lib_thread + lib_choose(1); }' >uses-lib.c
sed 's/lib.h/wrong.h/' uses-lib.c >misuses-lib.c
sed 's/double b/float b/; s/__thread int/__thread long/; s/choose(int)/choose(long)/' lib.h >wrong.h
build_with_library() {
    library libstamped.so lib.c mark.c && "$PLUGIN" stamp libstamped.so &&
        host with-library touch.c -L. -lstamped "-Wl,-rpath,$here" &&
        plugin uses-lib.so uses-lib.c && plugin misuses-lib.so misuses-lib.c &&
        plugin links-lib.so uses-lib.c -L. -lstamped "-Wl,-rpath,$here"
}
check "a host with a stamped library builds" build_with_library
fits "a plugin may use the library of the host" with-library ./uses-lib.so
fits "and be linked with it, too" with-library ./links-lib.so
answer 1 "with types of the library's stamp, also of what the host has a copy of" \
    with-library misuses-lib.so <<'E2'
misuses-lib.so does not fit with-library (3 misfits):
  lib_choose: parameter 1
      libstamped.so  int    /* 4 bytes */     built by CC
      plugin         long   /* 8 bytes */     built by CC
  struct config: member b
      libstamped.so  double b;   /* offset 8, 8 bytes */     built by CC
      plugin         float b;    /* offset 4, 4 bytes */     built by CC
      used by lib_config
  lib_thread: different type
      libstamped.so  _Thread_local int lib_thread;    /* 4 bytes */     built by CC
      plugin         _Thread_local long lib_thread;   /* 8 bytes */     built by CC
  3 uses compared, 0 not
E2
refused "as plugin_open says" with-library ./misuses-lib.so

MARK=$work/mark "$PLUGIN" check with-library uses-lib.so good.so same.so >/dev/null 2>&1
check "plugin check runs no code of the files" test ! -e mark

mv libstamped.so away.so
answer 1 "a host whose library is missing" with-library uses-lib.so <<'E2'
plugin: cannot read the host with-library: library libstamped.so, needed by DIR/with-library: not found in DIR, ...
E2
mv away.so libstamped.so

# shellcheck disable=SC2016 # the dynamic loader expands it
check "a host with DT_RPATH builds" host with-rpath -Wl,--disable-new-dtags,-rpath,'$ORIGIN/far'
library by-hand.so uses-far.c -DNAME=G -Lfar -lfar
"$PLUGIN" stamp by-hand.so
refused "a library in a directory that nobody names" host ./by-hand.so
allow=--allow-unstamped
fits "in one that the host names for all" with-rpath ./by-hand.so
allow=

# ---- differences that are harmless ----

cat >system.h <<'E2'
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/select.h>
#include <time.h>
#ifdef __cplusplus
extern "C"
#endif
int host_all(const char *format, va_list arguments, fd_set *set, struct tm *tm, pthread_mutex_t *lock,
             FILE *file);
E2
cat >system.c <<'E2'
#include "system.h"
int host_all(const char *format, va_list arguments, fd_set *set, struct tm *tm, pthread_mutex_t *lock,
             FILE *file)
{
    (void)arguments;
    return format && set && tm && lock && file;
}
E2
cat >uses-system.c <<'E2'
#include "system.h"
#ifdef __cplusplus
extern "C"
#endif
int F(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int all = host_all(format, arguments, 0, 0, 0, 0);
    va_end(arguments);
    return all;
}
E2
cp uses-system.c uses-system.cc
for standard in c11 gnu11; do
    check "a host of $standard builds" host "host-$standard" "-std=$standard" -D_POSIX_C_SOURCE=200809L \
        system.c
done
for compiler in gcc clang g++ clang++; do
    case $compiler in
    *++) file=uses-system.cc ;;
    *) file=uses-system.c ;;
    esac
    for flags in -O0 -O2 "-O2 -gdwarf-4"; do
        # shellcheck disable=SC2086 # flags are words
        check "a plugin by $compiler $flags builds" plugin system.so "--cc=$compiler" $flags $file
        for standard in c11 gnu11; do
            fits "types of the system, by $compiler $flags and in $standard" "host-$standard" ./system.so
        done
    done
done

# ---- other machines ----

cat >other-host.c <<'E2'
int level(void) { return 1; }
int main(void) { return level(); }
E2
echo 'int level(void); int ask(void) { return level(); }' >other-fits.c
echo 'short level(void); short ask(void) { return level(); }' >other-not.c
other_machine() {
    cc -m32 -g -nostdlib -fPIE -pie -rdynamic -Wl,-e,main -o other-host other-host.c &&
        cc -m32 -g -nostdlib -fPIC -shared -o other-fits.so other-fits.c &&
        cc -m32 -g -nostdlib -fPIC -shared -o other-not.so other-not.c &&
        "$PLUGIN" stamp other-host && "$PLUGIN" stamp other-fits.so && "$PLUGIN" stamp other-not.so
}
check "a host and plugins for another machine build" other_machine
answer 1 "of another machine, one that fits and one that does not" other-host other-fits.so other-not.so <<'E2'
other-fits.so fits other-host (1 use compared, 0 not)
other-not.so does not fit other-host (1 misfit):
  level: result
      host    int     /* 4 bytes */     built by CC
      plugin  short   /* 2 bytes */     built by CC
  1 use compared, 0 not
E2

# ---- what the host does not have yet ----

cat >grown.c <<'E2'
#include <plugin.h>
struct panel { int size; MORE };
PLUGIN_GROWS(struct panel);
#ifdef HOST
struct panel *host_panel(void) { return NULL; }
int main(void) { return 0; }
#else
struct panel *host_panel(void);
int panel_size(void) { return host_panel()->size; }
#endif
E2
check "a host with a struct that grows builds" "$PLUGIN" build -o panels grown.c -DHOST -DMORE=
check "a plugin that knows more of it builds" plugin taller.so grown.c '-DMORE=int log;'
answer 1 "a refusal names the host as the caller does" ./panels taller.so <<'E2'
taller.so does not fit ./panels (1 misfit):
  struct panel: needs member log, which ./panels does not have yet
      host    no such member; 4 bytes                               built by CC
      plugin  int log;                  /* offset 4, 4 bytes */     built by CC
      used by host_panel (result)
  1 use compared, 0 not
E2

# ---- libraries that would end the process ----

if [ -z "$TEST_CFLAGS" ]; then
    library libsanitized.so deep.c -fsanitize=address
    echo 'int far_deep(void); int F(void) { return far_deep(); }' >uses-deep.c
    check "a plugin with a sanitized library builds" plugin sanitized.so uses-deep.c -L. -lsanitized \
        "-Wl,-rpath,$here"
    refused "a sanitizer that comes too late" host ./sanitized.so
    check "a plugin with a sanitizer that leaves no trace in the code builds" plugin leaky.so -fsanitize=leak \
        deep.c
    refused "one that leaves nothing in the code" host ./leaky.so
fi

finish
