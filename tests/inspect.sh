#!/bin/sh
# plugin inspect: what it shows, as text and as JSON, of modules of every kind; and that it runs
# nothing of them.
. "$(dirname "$0")/tap.sh"

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

RUN=1 "$PLUGIN" inspect plugin.so >text 2>errors
check "a plugin is shown" test -s text -a ! -s errors
for line in 'kind        shared library' 'built by    gcc ' '-O2' 'stamp       version 1, content ' \
    'symbols (3)' '  int V' '  _Thread_local long counter' \
    '  double area(const struct point *a, struct point *b)' 'constructors (1)' '  announce' \
    '  .plugin' '  .BTF' '  .text'; do
    check "as text: $line" has text "$line"
done
check "a host's questions are shown" sh -c '"$0" inspect host | grep -qx "  *0x[0-9a-f]*  int \*"' "$PLUGIN"
check "what is not stamped is shown" sh -c '"$0" inspect unstamped.so | grep -q "stamp  *none"' "$PLUGIN"
check "an object is shown" sh -c '"$0" inspect object.o | grep -q "relocatable object"' "$PLUGIN"

"$PLUGIN" inspect --json plugin.so host unstamped.so object.o >json
cat >check.py <<'END'
import json
plugin, host, unstamped, object_ = [json.loads(line) for line in open("json")]
assert plugin["path"] == "plugin.so"
assert plugin["kind"] == "shared library" and host["kind"] == "executable"
assert object_["kind"] == "relocatable object"
assert plugin["stamped"] and host["stamped"] and not unstamped["stamped"]
assert plugin["format_version"] == 1 and len(plugin["content"]) == 16
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

# Addresses are those that nm tells.
nm -D --defined-only plugin.so | awk '{ print "0x" $1, $3 }' >addresses
cat >addresses.py <<'END'
import json
told = {line.split()[1]: int(line.split()[0], 16) for line in open("addresses")}
for symbol in json.loads(open("json").readline())["symbols"]:
    assert told[symbol["name"]] == symbol["address"], symbol
END
check "addresses are those of nm" python3 addresses.py

case $(uname -m) in
x86_64)
    "$PLUGIN" build -buildmode=plugin -o bare.so plugin.c asm.s 2>errors
    check "a symbol without a type warns" has errors "bare"
    check "and is listed" sh -c '"$0" inspect bare.so | grep -q "bare .*not recorded"' "$PLUGIN"
    check "its declaration is null" sh -c '"$0" inspect --json bare.so | grep -q "\"bare\",\"kind\":\"function\",\"address\":[0-9]*,\"declaration\":null"' "$PLUGIN"
    ;;
esac

# A name that steers terminals and breaks JSON.
odd=$(printf 'odd\033[2J"\\.so')
cp plugin.so "$odd"
check "a path's control characters are escaped" sh -c '"$0" inspect "$1" | head -1 | grep -qF "odd\\x1b[2J\"\\.so"' "$PLUGIN" "$odd"
"$PLUGIN" inspect --json "$odd" >odd.json
check "and are JSON" python3 -c 'import json; assert json.load(open("odd.json"))["path"] == "odd\x1b[2J\"\\.so"'

check_fails 1 "a missing file is a failure" "$PLUGIN" inspect missing plugin.so
cp log said
check "and named" has said "cannot read missing: No such file or directory"
check "the others are shown all the same" has said "double area("
check_fails 1 "a text file is a failure" "$PLUGIN" inspect plugin.c
head -c 2000 plugin.so >short.so
check_fails 1 "a truncated file is a failure" "$PLUGIN" inspect short.so
check "-- ends the options" sh -c 'cp plugin.so ./--json && "$0" inspect -- --json | grep -q "int V"' "$PLUGIN"

finish
