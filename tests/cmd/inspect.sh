#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin inspect: its text and its JSON for every kind of module. It runs none of their code.
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
cat >plugin.c <<'END'
#include <stdlib.h>
struct point { int x, y; };
int V;
_Thread_local long counter;
double area(const struct point *a, struct point *b) { return a->x * b->y; }
__attribute__((constructor)) static void announce(void) { if (getenv("RUN")) abort(); }
END
cat >host.c <<'END'
#include <plugin.h>
int main(int argc, char **argv)
{
    return argc > 1 && plugin_as(plugin_lookup(plugin_open(argv[1]), "V"), int *) ? 0 : 1;
}
END
cat >asm.s <<'END'
.globl bare
.type bare, @function
bare:
    ret
.section .note.GNU-stack,"",@progbits
END
# shellcheck disable=SC2086 # flags are words
prepare() {
    "$PLUGIN" build -buildmode=plugin -O2 -o plugin.so plugin.c &&
        "$PLUGIN" build -o host host.c $TEST_CFLAGS &&
        cc -c -g -o object.o plugin.c && cc -shared -fPIC -o unstamped.so plugin.c
}
check "the modules build" prepare

RUN=1 "$PLUGIN" inspect --sections plugin.so >text 2>errors
check "a plugin is shown" test -s text -a ! -s errors
for line in 'kind        shared library' 'built by    gcc ' '-O2' 'stamp       version 4, content ' \
    'symbols (3)' '  int V' '  _Thread_local long counter' \
    '  double area(const struct point *a, struct point *b)' 'constructors (1)' '  announce' \
    '  .plugin' '  .BTF' '  .text'; do
    check "as text: $line" has text "$line"
done
check "the types that a host requests are shown" sh -c '"$0" inspect host | grep -qx "  *0x[0-9a-f]*  int \*"' "$PLUGIN"
check "a module without a stamp is shown" sh -c '"$0" inspect unstamped.so | grep -q "stamp  *none"' "$PLUGIN"
check "an object is shown" sh -c '"$0" inspect object.o | grep -q "relocatable object"' "$PLUGIN"

"$PLUGIN" inspect --json --sections plugin.so host unstamped.so object.o >json
cat >check.py <<'END'
import json
plugin, host, unstamped, object_ = [json.loads(line) for line in open("json")]
assert plugin["path"] == "plugin.so"
assert plugin["kind"] == "shared library" and host["kind"] == "executable"
assert object_["kind"] == "relocatable object"
assert plugin["stamped"] and host["stamped"] and not unstamped["stamped"]
assert plugin["format_version"] == 4 and len(plugin["content"]) == 16
assert [(s["name"], s["kind"], s["declaration"]) for s in plugin["symbols"]] == [
    ("V", "variable", "int V"),
    ("area", "function", "double area(const struct point *a, struct point *b)"),
    ("counter", "thread-local variable", "_Thread_local long counter"),
]
assert plugin["compilers"][0]["name"] and "-O2" in plugin["compilers"][0]["flags"]
assert [c["name"] for c in plugin["constructors"]] == ["announce"]
assert [a["type"] for a in host["asked"]] == ["int *"]
names = [s["name"] for s in plugin["sections"]]
assert ".plugin" in names and ".BTF" in names and ".text" in names
END
check "as JSON, one object a line" python3 check.py

nm -D --defined-only plugin.so | awk '{ print "0x" $1, $3 }' >addresses
cat >addresses.py <<'END'
import json
told = {line.split()[1]: int(line.split()[0], 16) for line in open("addresses")}
for symbol in json.loads(open("json").readline())["symbols"]:
    assert told[symbol["name"]] == symbol["address"], symbol
END
check "addresses equal nm's" python3 addresses.py

case $(uname -m) in
x86_64)
    "$PLUGIN" build -buildmode=plugin -o bare.so plugin.c asm.s 2>errors
    check "a symbol without a type warns" has errors "bare"
    check "and is listed" sh -c '"$0" inspect bare.so | grep -q "bare .*not recorded"' "$PLUGIN"
    check "its declaration is null" sh -c '"$0" inspect --json bare.so | grep -q "\"bare\",\"kind\":\"function\",\"address\":[0-9]*,\"declaration\":null"' "$PLUGIN"
    ;;
esac

# Packages and imports, in the order of inits, and which of them have no types.
cat >shape.h <<'END'
struct shape { double r; };
double geom_area(const struct shape *shape);
END
cat >geom.c <<'END'
#include <plugin.h>
#include "shape.h"
PLUGIN_PACKAGE("example.com/geom");
PLUGIN_IMPORT("example.com/num");
struct num { int n; };
extern struct num num_last;
int geom_count;
PLUGIN_INIT { geom_count = num_last.n; }
double geom_area(const struct shape *shape) { return shape->r * geom_count; }
END
cat >num.c <<'END'
#include <plugin.h>
PLUGIN_PACKAGE("example.com/num");
struct num { int n; } num_last;
PLUGIN_INIT { num_last.n = 1; }
PLUGIN_INIT { num_last.n += 2; }
END
cat >user.c <<'END'
#include <plugin.h>
#include <stdio.h>
#include "shape.h"
PLUGIN_IMPORT("example.com/geom");
struct line { int width; };
void host_log(const struct line *line);
PLUGIN_USES(host_log);
__attribute__((weak)) int host_level(int);
PLUGIN_USES(host_level);
PLUGIN_USES(geom_area);
__asm__(".pushsection .data\n.dc.a mystery\n.popsection");
int twice(int r)
{
    struct shape shape = {r};
    host_log((const struct line *)0);
    if (host_level)
        host_level(1);
    puts("twice");
    return 2 * (int)geom_area(&shape);
}
END
check "a plugin with packages builds" "$PLUGIN" build -buildmode=plugin -o user.so user.c geom.c num.c
"$PLUGIN" inspect user.so >text
sed -n '/^packages/,/^imports/{/^imports/d;s/^  *0x[0-9a-f]*/      ADDRESS/;s/  [0-9a-f]\{16\}  /  HASH  /;p;}' text >shown
cat >expected <<'END'
packages (3), in the order of their inits
  example.com/num
    init      num.c:4
    init      num.c:5
    source    HASH  num.c
      ADDRESS  struct num num_last
  example.com/geom
    imports   example.com/num
    init      geom.c:8
    source    HASH  geom.c
    source    HASH  shape.h
      ADDRESS  double geom_area(const struct shape *shape)
      ADDRESS  int geom_count
  main
    imports   example.com/geom
END
check_same "packages are shown in the order of their inits" expected shown
grep -E 'geom_area|host_l|mystery|num_last' text | grep -v ' 0x' >shown
cat >expected <<'END'
  double geom_area(const struct shape *)   /* package example.com/geom */
  int host_level(int)   /* weak */
  void host_log(const struct line *)
  mystery   /* unchecked: type not recorded */
  struct num num_last   /* package example.com/num */
END
check_same "imports are shown with the types that the plugin expects" expected shown
check "an import with a versioned library is not marked as unchecked" sh -c '! grep "\.so" text | grep unchecked'

"$PLUGIN" inspect --json user.so >json
cat >packages.py <<'END'
import json
user = json.load(open("json"))
num, geom, main = user["packages"]
assert [p["path"] for p in user["packages"]] == ["example.com/num", "example.com/geom", "main"]
assert [p["imports"] for p in user["packages"]] == [[], ["example.com/num"], ["example.com/geom"]]
assert [(i["file"], i["line"]) for i in num["inits"]] == [("num.c", 4), ("num.c", 5)]
assert [i["address"] > 0 for i in geom["inits"]] == [True]
assert [(s["name"], s["kind"], s["declaration"]) for s in geom["shared"]] == [
    ("geom_area", "function", "double geom_area(const struct shape *shape)"),
    ("geom_count", "variable", "int geom_count"),
]
assert [s["name"] for s in geom["sources"]] == ["geom.c", "shape.h"]
assert all(len(s["hash"]) == 16 for s in geom["sources"])
assert len(geom["fingerprint"]) == 16
assert [s["name"] for s in user["symbols"]] == ["twice"]
imports = {i["name"]: i for i in user["imports"]}
assert imports["geom_area"]["package"] == "example.com/geom"
assert imports["host_log"]["declaration"] == "void host_log(const struct line *)"
assert imports["host_log"]["package"] is None and not imports["host_log"]["weak"]
assert imports["host_level"]["weak"]
assert imports["mystery"]["unchecked"] and imports["mystery"]["declaration"] is None
assert not imports["geom_area"]["unchecked"] and not imports["host_log"]["unchecked"]
END
check "packages and imports as JSON" python3 packages.py
"$PLUGIN" header user.so >user.h
check "a header has no types of packages and imports" sh -c '! grep -E "shape|num|line" user.h'
check "and declares no symbols of packages" sh -c 'grep -q "int twice(int r);" user.h && ! grep geom user.h'

# A name with an escape sequence and JSON syntax.
odd=$(printf 'odd\033[2J"\\.so')
cp plugin.so "$odd"
check "a path's control characters are escaped" sh -c '"$0" inspect "$1" | head -1 | grep -qF "odd\\x1b[2J\"\\.so"' "$PLUGIN" "$odd"
"$PLUGIN" inspect --json "$odd" >odd.json
check "and are valid JSON" python3 -c 'import json; assert json.load(open("odd.json"))["path"] == "odd\x1b[2J\"\\.so"'

check_fails 1 "a missing file is a failure" "$PLUGIN" inspect missing plugin.so
cp log said
check "the message names it" has said "cannot read missing: No such file or directory"
check "other files are shown nevertheless" has said "double area("
check_fails 1 "a text file is a failure" "$PLUGIN" inspect plugin.c
head -c 2000 plugin.so >short.so
check_fails 1 "a truncated file is a failure" "$PLUGIN" inspect short.so
check "-- ends the options" sh -c 'cp plugin.so ./--json && "$0" inspect -- --json | grep -q "int V"' "$PLUGIN"

finish
