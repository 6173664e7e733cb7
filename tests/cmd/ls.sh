#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin ls: what the files of a directory are, and which of them fit a host.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
says_alike="s|$work/||g; s/built by [a-z]* [0-9.]*/built by CC/g"
plugin_ls() { "$PLUGIN" ls "$@"; echo "exit status $?"; }

cat >host.c <<'E2'
#include <plugin.h>
struct codec { int (*encode)(int); };
int host_sum(int a, int b) { return a + b; }
int main(int count, char **arguments)
{
    struct codec codec;
    return count < 2 || !plugin_open_as(arguments[1], &codec);
}
E2
cat >a.c <<'E2'
#include <plugin.h>
PLUGIN_INFO("version", "1.2");
PLUGIN_INFO("author", "Zoë\033[31m");
int host_sum(int a, int b);
int encode(int n) { return host_sum(n, 1); }
int Level;
E2
cat >b.c <<'E2'
int host_sum(long a, int b);
extern int nobody_has(void);
int encode(int n) { return host_sum(n, nobody_has()); }
E2
cat >c.c <<'E2'
int other(int n) { return n; }
E2
build() {
    mkdir p p/sub none &&
        "$PLUGIN" build -o host host.c &&
        for name in a b c; do "$PLUGIN" build -buildmode=plugin -o p/$name.so $name.c || return; done &&
        cp p/a.so p/same.so && cp p/a.so p/.hidden.so && cc -shared -fPIC -o p/plain.so c.c && : >p/empty && cp a.c p/ && cp host p/
}
check "the host and the plugins build" build
says "without a host: what each file is" plugin_ls p <<'E2'
p/a.c: no plugin: it is a text file, not an ELF file
p/a.so: plugin, 2 symbols; version 1.2, author Zoë\x1b[31m
p/b.so: plugin, 1 symbol
p/c.so: plugin, 1 symbol
p/empty: no plugin: it is empty
p/host: no plugin: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
p/plain.so: no plugin: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
p/same.so: plugin, 2 symbols; version 1.2, author Zoë\x1b[31m
p/sub: no plugin: it is a directory
exit status 0
E2
says "for a host: what fits, and the first reason why not; each alone" plugin_ls p --for host <<'E2'
p/a.c: no plugin: it is a text file, not an ELF file
p/a.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
p/b.so does not fit host: host_sum: parameter 1: int in the host, long in the plugin (and 1 more misfit)
p/c.so does not fit host: struct codec: encode: the plugin does not export it
p/empty: no plugin: it is empty
p/host: no plugin: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
p/plain.so: no plugin: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
p/same.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
p/sub: no plugin: it is a directory
exit status 0
E2
says "the same, as JSON" plugin_ls --json --for=host p <<'E2'
{"schema":"ls/1","file":"p/a.c","plugin":false,"fits":false,"meets":[],"compared":null,"unchecked":null,"error":"it is a text file, not an ELF file","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/a.so","plugin":true,"fits":true,"meets":["struct codec"],"compared":2,"unchecked":0,"error":null,"info":[{"key":"version","value":"1.2"},{"key":"author","value":"Zoë\u001b[31m"}],"symbols":["int Level","int encode(int n)"]}
{"schema":"ls/1","file":"p/b.so","plugin":true,"fits":false,"meets":[],"compared":2,"unchecked":1,"error":"p/b.so does not fit host (2 misfits):\u000a  host_sum: parameter 1\u000a      host    int    /* 4 bytes */     built by CC\u000a      plugin  long   /* 8 bytes */     built by CC\u000a  nobody_has: not exported by the host\u000a  2 uses compared, 1 not","info":[],"symbols":["int encode(int n)"]}
{"schema":"ls/1","file":"p/c.so","plugin":true,"fits":false,"meets":[],"compared":0,"unchecked":1,"error":"p/c.so does not fit host (1 misfit):\u000a  struct codec: encode: the plugin does not export it\u000a  0 uses compared, 1 not","info":[],"symbols":["int other(int n)"]}
{"schema":"ls/1","file":"p/empty","plugin":false,"fits":false,"meets":[],"compared":null,"unchecked":null,"error":"it is empty","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/host","plugin":false,"fits":false,"meets":[],"compared":null,"unchecked":null,"error":"it is an executable, not a plugin; build it with: plugin build -buildmode=plugin","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/plain.so","plugin":false,"fits":false,"meets":[],"compared":null,"unchecked":null,"error":"it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/same.so","plugin":true,"fits":true,"meets":["struct codec"],"compared":2,"unchecked":0,"error":null,"info":[{"key":"version","value":"1.2"},{"key":"author","value":"Zoë\u001b[31m"}],"symbols":["int Level","int encode(int n)"]}
{"schema":"ls/1","file":"p/sub","plugin":false,"fits":false,"meets":[],"compared":null,"unchecked":null,"error":"it is a directory","info":[],"symbols":[]}
exit status 0
E2
says "JSON without a host" plugin_ls --json p <<'E2'
{"schema":"ls/1","file":"p/a.c","plugin":false,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":"it is a text file, not an ELF file","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/a.so","plugin":true,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":null,"info":[{"key":"version","value":"1.2"},{"key":"author","value":"Zoë\u001b[31m"}],"symbols":["int Level","int encode(int n)"]}
{"schema":"ls/1","file":"p/b.so","plugin":true,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":null,"info":[],"symbols":["int encode(int n)"]}
{"schema":"ls/1","file":"p/c.so","plugin":true,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":null,"info":[],"symbols":["int other(int n)"]}
{"schema":"ls/1","file":"p/empty","plugin":false,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":"it is empty","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/host","plugin":false,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":"it is an executable, not a plugin; build it with: plugin build -buildmode=plugin","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/plain.so","plugin":false,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":"it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE","info":[],"symbols":[]}
{"schema":"ls/1","file":"p/same.so","plugin":true,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":null,"info":[{"key":"version","value":"1.2"},{"key":"author","value":"Zoë\u001b[31m"}],"symbols":["int Level","int encode(int n)"]}
{"schema":"ls/1","file":"p/sub","plugin":false,"fits":null,"meets":[],"compared":null,"unchecked":null,"error":"it is a directory","info":[],"symbols":[]}
exit status 0
E2
check "each line is an object of JSON" sh -c '"$PLUGIN" ls --json --for host p | python3 -c "
import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert [row[\"file\"] for row in rows] == sorted(row[\"file\"] for row in rows) and len(rows) == 9
"'
says "unstamped modules" plugin_ls --allow-unstamped --for=host p/ <<'E2'
p/a.c: no plugin: it is a text file, not an ELF file
p/a.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
p/b.so does not fit host: host_sum: parameter 1: int in the host, long in the plugin (and 1 more misfit)
p/c.so does not fit host: struct codec: encode: the plugin does not export it
p/empty: no plugin: it is empty
p/host: no plugin: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
p/plain.so does not fit host: struct codec: encode: the plugin does not export it
p/same.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
p/sub: no plugin: it is a directory
exit status 0
E2
says "an interface is chosen" plugin_ls --for=host --as='struct codec' p <<'E2'
p/a.c: no plugin: it is a text file, not an ELF file
p/a.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
p/b.so does not fit host: host_sum: parameter 1: int in the host, long in the plugin (and 1 more misfit)
p/c.so does not fit host: struct codec: encode: the plugin does not export it
p/empty: no plugin: it is empty
p/host: no plugin: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
p/plain.so: no plugin: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
p/same.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
p/sub: no plugin: it is a directory
exit status 0
E2
says "no directory, none that is there, none with a file" plugin_ls p/a.so nowhere none <<'E2'
plugin: cannot list directory p/a.so: Not a directory
plugin: cannot list directory nowhere: No such file or directory
exit status 1
E2
says "a host that cannot be read" plugin_ls --for=nowhere p <<'E2'
plugin: cannot read the host nowhere: No such file or directory
exit status 1
E2
printf 'int host_sum(int a, int b);\nint encode(int n) { return host_sum(n, 1); }\n' >d.c
sed '/codec/d' host.c >other.c
check "plugins with a use that cannot be compared build" sh -c 'mkdir q && cp p/a.so q/ &&
    clang -g -O0 -shared -fPIC -o q/silent.so d.c && "$PLUGIN" stamp q/silent.so &&
    cc -shared -fPIC -o q/unstamped.so d.c'
says "uses that were not compared are counted" plugin_ls --for=host q <<'E2'
q/a.so fits host, meets struct codec, 2 symbols; version 1.2, author Zoë\x1b[31m
q/silent.so fits host, meets struct codec (1 use compared, 1 not), 1 symbol
q/unstamped.so: no plugin: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
exit status 0
E2
check "a host without an interface builds" "$PLUGIN" build -o other other.c
says "in unstamped modules, too" plugin_ls --allow-unstamped --for=other q <<'E2'
q/a.so fits other, 2 symbols; version 1.2, author Zoë\x1b[31m
q/silent.so fits other (0 uses compared, 1 not), 1 symbol
q/unstamped.so fits other (0 uses compared, 1 not), 1 symbol
exit status 0
E2
says "and in JSON" plugin_ls --allow-unstamped --json --for=other q <<'E2'
{"schema":"ls/1","file":"q/a.so","plugin":true,"fits":true,"meets":[],"compared":1,"unchecked":0,"error":null,"info":[{"key":"version","value":"1.2"},{"key":"author","value":"Zoë\u001b[31m"}],"symbols":["int Level","int encode(int n)"]}
{"schema":"ls/1","file":"q/silent.so","plugin":true,"fits":true,"meets":[],"compared":0,"unchecked":1,"error":null,"info":[],"symbols":["int encode(int n)"]}
{"schema":"ls/1","file":"q/unstamped.so","plugin":true,"fits":true,"meets":[],"compared":0,"unchecked":1,"error":null,"info":[],"symbols":["encode"]}
exit status 0
E2
check "an unstamped host builds" cc -o unstamped c.c -x c - <<'E2'
int main(void) { return 0; }
E2
says "an unstamped host" plugin_ls --for=unstamped p <<'E2'
p/a.c: no plugin: it is a text file, not an ELF file
p/a.so does not fit unstamped: host_sum: not exported by the host
p/b.so does not fit unstamped: host_sum: not exported by the host (and 1 more misfit)
p/c.so: cannot tell whether p/c.so fits unstamped: the host is not stamped (0 uses compared, 0 not); run: plugin stamp unstamped; or accept it with --allow-unstamped
p/empty: no plugin: it is empty
p/host: no plugin: it is an executable, not a plugin; build it with: plugin build -buildmode=plugin
p/plain.so: no plugin: it is a shared library without the types of its symbols (it has no .plugin section); compile it with -g and run: plugin stamp FILE
p/same.so does not fit unstamped: host_sum: not exported by the host
p/sub: no plugin: it is a directory
exit status 0
E2
check "JSON leaves it open, too" sh -c '"$PLUGIN" ls --json --for=unstamped p | grep -q "p/c.so\",\"plugin\":true,\"fits\":null"'
for wrong in '' '--for' '--for host' '--strict p' '--as=x p' '--no-such p' '--for=host --as=struct\040nothing p'; do
    # shellcheck disable=SC2086 # words
    check_fails 2 "wrong usage: $wrong" "$PLUGIN" ls $wrong
done
check "its help is in the help of all" sh -c '"$PLUGIN" --help | grep -q "^  ls "'

finish
