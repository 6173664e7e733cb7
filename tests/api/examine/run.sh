#!/bin/sh
# SPDX-License-Identifier: MIT
# Before an open: plugin_examine and plugin_scan say what an open would, and run nothing.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/api/examine
cd "$work" || exit 1
chmod 755 .
says_alike="s/([0-9]* of 64 bytes at offset [0-9]*) end/(N) end/; s|$work/|DIR/|g; s|$work|DIR|g; s/built by [a-z]* [0-9.]*/built by COMPILER/g; s/SHA-256 is [0-9a-f]\{64\}/SHA-256 is HASH/; s/cannot be loaded: .*/cannot be loaded: REASON/"

cat >codec.c <<'E2'
#include <plugin.h>
struct point { int x, y; };
extern int host_sum(const struct point *);
extern void host_note(const char *);
extern int helped(void);
__attribute__((constructor)) static void ran(void) { host_note("the constructor ran"); }
PLUGIN_INFO("version", "1.2");
PLUGIN_INFO("author", "Zoë");
PLUGIN_INFO("author", "Ada");
PLUGIN_INFO("empty", "");
int encode(int n) { return host_sum(&(struct point){n, 1}) + helped(); }
int decode(int n) { return n - 1; }
int level = 3;
struct point origin;
E2
cat >helper.c <<'E2'
#include <stdio.h>
__attribute__((constructor)) static void ran(void) { puts("  the library ran"); fflush(stdout); }
int helped(void) { return 0; }
E2
cat >wrong.c <<'E2'
struct point { long x, y; };
extern int host_sum(const struct point *);
extern int nobody_has(void);
int encode(int n) { return host_sum(&(struct point){n, 1}) + nobody_has(); }
E2
cat >partly.c <<'E2'
int encode(long n) { return (int)n; }
E2
{ package example.com/lib; echo 'int lib_count; int lib_next(void) { return ++lib_count; }'; } >lib.c
cat >uses.c <<'E2'
#include <plugin.h>
PLUGIN_IMPORT("example.com/lib");
extern LIB lib_count;
int used(void) { return (int)lib_count + NUMBER; }
E2
cat >fails.c <<'E2'
#include <plugin.h>
PLUGIN_INIT { plugin_init_fail("not today"); }
E2
plugin_of() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$@"
}
build_all() {
    set -e
    cc -g -shared -fPIC -o libhelper.so helper.c
    "$PLUGIN" stamp libhelper.so
    plugin_of codec.so codec.c -L. -lhelper "-Wl,-rpath,$work"
    plugin_of wrong.so wrong.c
    plugin_of partly.so partly.c
    plugin_of uses-1.so -DNUMBER=1 -DLIB=int uses.c lib.c
    plugin_of uses-2.so -DNUMBER=2 -DLIB=int uses.c lib.c
    sed -i 's/int lib_count/long lib_count/' lib.c
    plugin_of uses-3.so -DNUMBER=3 -DLIB=long uses.c lib.c
    plugin_of fails.so fails.c
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o host $TEST_CFLAGS -D_GNU_SOURCE "$source/host.c" -lpthread
}
(build_all) >log 2>&1
status=$?
check "the plugins and the host build" test $status -eq 0
[ $status -eq 0 ] || sed 's/^/# /' log

says "all that a file tells, and nothing of it runs" ./host show codec.so maps codec.so maps libhelper descriptors <<'E2'
DIR/codec.so
info version: 1.2
info author: Zoë
info author: Ada
info empty: 
symbol decode: int decode(int n)
symbol encode: int encode(int n)
symbol level: int level
symbol origin: struct point origin
import helped: int helped(void)
import host_note: void host_note(const char *)
import host_sum: int host_sum(const struct point *)
fits
codec.so: not mapped
libhelper: not mapped
0 descriptors more
E2
says "every misfit, as an open tells it" ./host fits wrong.so <<'E2'
3 wrong.so does not fit DIR/host (2 misfits):
  struct point: member x; 1 member behind it moved
      host    int x;    /* offset 0, 4 bytes */     built by COMPILER
      plugin  long x;   /* offset 0, 8 bytes */     built by COMPILER
      used by host_sum (parameter 1)
  nobody_has: not exported by the host
  1 use compared, 1 not
E2
says "an interface: met, half met, not met" ./host meets codec.so meets partly.so meets wrong.so <<'E2'
  the library ran
  the constructor ran
meets it
3 partly.so does not fit DIR/host (2 misfits):
  struct codec: encode: parameter 1
      host    int    /* 4 bytes */     built by COMPILER
      plugin  long   /* 8 bytes */     built by COMPILER
  struct codec: decode: the plugin does not export it
  1 use compared, 1 not
3 wrong.so does not fit DIR/host (2 misfits):
  struct point: member x; 1 member behind it moved
      host    int x;    /* offset 0, 4 bytes */     built by COMPILER
      plugin  long x;   /* offset 0, 8 bytes */     built by COMPILER
      used by host_sum (parameter 1)
  nobody_has: not exported by the host
  1 use compared, 1 not
wrong.so does not fit DIR/host (1 misfit):
  struct codec: decode: the plugin does not export it
  1 use compared, 1 not
E2
says "a file that is open, a byte copy of it, a failed init" \
    ./host open uses-1.so judge uses-1.so sh "cp uses-1.so copy.so" judge copy.so open copy.so open fails.so fits fails.so <<'E2'
opens
fits
fits
7 cannot open plugin copy.so: it is a byte copy of DIR/uses-1.so, which is open
6 cannot open plugin fails.so: the init of package main (fails.c:2) failed: not today
6 cannot open plugin fails.so: the init of package main (fails.c:2) failed: not today
E2
says "a file in the place of an open one is judged like any other" \
    ./host sh "cp uses-1.so p.so" open p.so sh "cp uses-2.so next.so && mv next.so p.so" judge p.so open p.so \
    sh "cp partly.so next.so && mv next.so p.so" meets p.so sh "echo text >p.so" judge p.so <<'E2'
opens
fits
7 cannot open plugin p.so: the file of the plugin that is open, DIR/p.so, was replaced by another one; retire the open plugin (plugin_retire), or restart the program
3 p.so does not fit DIR/host (2 misfits):
  struct codec: encode: parameter 1
      host    int    /* 4 bytes */     built by COMPILER
      plugin  long   /* 8 bytes */     built by COMPILER
  struct codec: decode: the plugin does not export it
  1 use compared, 1 not
2 cannot examine plugin p.so: it is a text file, not an ELF file
E2
says "packages: an examination claims none, and sees the live ones" \
    ./host judge uses-3.so show uses-1.so fits uses-2.so judge uses-1.so fits uses-3.so <<'E2'
fits
DIR/uses-1.so
symbol used: int used(void)
package example.com/lib
import lib_count: int lib_count
import plugin_announce_: plugin_announce_
fits
fits
fits
3 uses-3.so does not fit DIR/host (1 misfit):
  lib_count: different type
      uses-2.so  int lib_count;    /* 4 bytes */     built by COMPILER
      plugin     long lib_count;   /* 8 bytes */     built by COMPILER
  1 use compared, 0 not
E2

says "one file, and several, used by many threads" ./host threads codec.so <<'E2'
  the library ran
  the constructor ran
all right
E2

if [ -n "$TEST_CFLAGS" ]; then
    skip "a static program" "a sanitizer does not support it: $TEST_CFLAGS"
else
    check "a static host builds" "$PLUGIN" build -static -o static-host -D_GNU_SOURCE "$source/host.c" -lpthread
    says "a static program examines, and says that it cannot open" ./static-host show partly.so fits partly.so <<'E2'
DIR/partly.so
symbol encode: int encode(long n)
cannot open plugin partly.so: a static program has no dynamic loader; build the plugin into the program with plugin build --with, or open it with PLUGIN_ISOLATED
12 cannot open plugin partly.so: a static program has no dynamic loader; build the plugin into the program with plugin build --with, or open it with PLUGIN_ISOLATED
E2
fi

# ---- options ----

mkdir found && cp partly.so found/partly-found.so && chmod 755 found
says "options: as an open with them" ./host expect fits codec.so fits partly.so \
    search "$work/found" show partly-found.so search "$work" judge partly-found.so \
    unstamped judge libhelper.so strict judge codec.so global judge codec.so built-in judge codec.so plain judge '' <<'E2'
  the library ran
  the constructor ran
fits
3 partly.so does not fit DIR/host (1 misfit):
  encode: parameter 1
      host    int    /* 4 bytes */     built by COMPILER
      plugin  long   /* 8 bytes */     built by COMPILER
  1 use compared, 0 not
DIR/found/partly-found.so
symbol encode: int encode(long n)
fits
1 cannot examine plugin partly-found.so: not found in DIR
fits
fits
fits
12 cannot examine plugin codec.so: options.placement: a built-in plugin is no file
1 cannot examine a plugin: the path is empty
E2
cc -shared -fPIC -x c -o plain.so - <<'E2'
int plain(int n) { return n; }
E2
says "without a stamp" ./host fits plain.so unstamped fits plain.so show plain.so meets plain.so <<'E2'
2 cannot examine plugin plain.so: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
fits
DIR/plain.so
symbol plain: plain
fits
3 plain.so does not fit DIR/host (2 misfits):
  struct codec: encode: the plugin does not export it
  struct codec: decode: the plugin does not export it
  0 uses compared, 2 not
E2

# ---- content, and trust ----

lacks libsodium "content and trust" || {
says "the examined bytes are opened" ./host content wrong.so open wrong.so content uses-1.so open uses-1.so open uses-1.so <<'E2'
a content
3 wrong.so does not fit DIR/host (2 misfits):
  struct point: member x; 1 member behind it moved
      host    int x;    /* offset 0, 4 bytes */     built by COMPILER
      plugin  long x;   /* offset 0, 8 bytes */     built by COMPILER
      used by host_sum (parameter 1)
  nobody_has: not exported by the host
  1 use compared, 1 not
a content
opens
opens
E2
hash=$(sha256sum uses-2.so | cut -d' ' -f1)
says "the content is the SHA-256 of the file" ./host digits "$hash" open uses-2.so digits "$(echo "$hash" | tr a-f A-F)" open uses-2.so <<'E2'
opens
opens
E2
says "other bytes are refused" ./host sh "cp uses-1.so p.so" content p.so sh "cp p.so q.so && echo x >>q.so && mv q.so p.so" open p.so judge p.so \
    content p.so open p.so sh "echo x >>p.so" open p.so content p.so open p.so \
    sh "cp uses-2.so next.so && mv next.so p.so" open p.so <<'E2'
a content
8 cannot open plugin p.so: its bytes are not those of options.content: its SHA-256 is HASH
8 cannot examine plugin p.so: its bytes are not those of options.content: its SHA-256 is HASH
a content
opens
8 cannot open plugin p.so: its bytes are not those of options.content: its SHA-256 is HASH
a content
opens
8 cannot open plugin p.so: its bytes are not those of options.content: its SHA-256 is HASH
E2
says "what is no content agrees with nothing" ./host digits '' open uses-1.so digits 12 open uses-1.so digits "${hash%?}g" open uses-1.so digits "${hash}0" open uses-1.so <<'E2'
8 cannot open plugin uses-1.so: options.content is not a SHA-256 in hexadecimal (64 digits)
8 cannot open plugin uses-1.so: options.content is not a SHA-256 in hexadecimal (64 digits)
8 cannot open plugin uses-1.so: options.content is not a SHA-256 in hexadecimal (64 digits)
8 cannot open plugin uses-1.so: options.content is not a SHA-256 in hexadecimal (64 digits)
E2
says "a file that changed after its examination has no content" ./host sh "cp uses-1.so p.so" keep p.so kept-content sh "cp uses-2.so next.so && mv next.so p.so" \
    kept-content forget keep p.so sh "touch p.so" kept-content open p.so sh "rm p.so" kept-content forget descriptors <<'E2'
kept
a content
a content
kept
14 cannot hash plugin DIR/p.so: it was changed since it was examined
8 cannot open plugin p.so: options.content is not a SHA-256 in hexadecimal (64 digits)
1 cannot hash plugin DIR/p.so: No such file or directory
0 descriptors more
E2
says "a sealed process opens and examines no other files" ./host open uses-1.so content uses-1.so seal plain judge uses-1.so open uses-1.so fits uses-2.so show partly.so \
    trust "$hash" judge uses-2.so digits "$hash" open uses-1.so <<'E2'
opens
a content
fits
opens
11 cannot open plugin uses-2.so: plugin_seal was called: no more plugins can be opened
DIR/partly.so
symbol encode: int encode(long n)
cannot open plugin partly.so: plugin_seal was called: no more plugins can be opened
11 cannot examine plugin uses-2.so: plugin_seal was called: no more plugins can be opened
11 cannot open plugin uses-1.so: plugin_seal was called: no more plugins can be opened
E2

says "under a policy, an untrusted file gives none of its strings" ./host trust "$hash" show codec.so show uses-2.so fits codec.so fits uses-2.so descriptors <<'E2'
8 cannot examine plugin codec.so: its SHA-256 is not in the trust policy
DIR/uses-2.so
symbol used: int used(void)
package example.com/lib
import lib_count: int lib_count
import plugin_announce_: plugin_announce_
fits
8 cannot examine plugin codec.so: its SHA-256 is not in the trust policy
fits
1 descriptors more
E2
}

# ---- a directory ----

mkdir -p plugins/sub plugins/also.so
cp codec.so plugins/a.so && cp partly.so plugins/B.so && cp wrong.so plugins/wrong.so && cp plain.so plugins/ && cp host plugins/
cp codec.so plugins/.hidden.so
: >plugins/empty
echo text >plugins/README
mkfifo plugins/fifo
ln -s nowhere plugins/dangling.so
head -c 3000 codec.so >plugins/cut.so
printf 'MZ\220\0' >plugins/windows.dll
cc -c -x c -o plugins/object.o - <<'E2'
int n;
E2
says "a directory, in the order of names" ./host scan plugins first plugins/ scan nowhere scan plugins/README descriptors <<'E2'
plugins/B.so: fits
plugins/README: 2 cannot examine plugin plugins/README: it is a text file, not an ELF file
plugins/a.so: fits, meets struct codec
plugins/also.so: 2 cannot examine plugin plugins/also.so: it is a directory
plugins/cut.so: 2 cannot examine plugin plugins/cut.so: it is truncated or damaged: its section headers (N) end beyond its 3000 bytes
plugins/dangling.so: 1 cannot examine plugin plugins/dangling.so: No such file or directory
plugins/empty: 2 cannot examine plugin plugins/empty: it is empty
plugins/fifo: 2 cannot examine plugin plugins/fifo: it is a FIFO
plugins/host: 2 cannot examine plugin plugins/host: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
plugins/object.o: 2 cannot examine plugin plugins/object.o: it is a relocatable object, not a shared library; link it with: plugin build -buildmode=plugin
plugins/plain.so: 2 cannot examine plugin plugins/plain.so: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
plugins/sub: 2 cannot examine plugin plugins/sub: it is a directory
plugins/windows.dll: 2 cannot examine plugin plugins/windows.dll: it is not an ELF file
plugins/wrong.so: 3 plugins/wrong.so does not fit DIR/host: struct point: member x; 1 member behind it moved: int x in the host, long x in the plugin (and 1 more misfit)
plugins/B.so: fits
1 cannot scan directory nowhere: No such file or directory
1 cannot scan directory plugins/README: Not a directory
0 descriptors more
E2

finish
