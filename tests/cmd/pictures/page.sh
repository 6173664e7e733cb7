#!/bin/sh
# SPDX-License-Identifier: MIT
# `plugin check --html`: the page is well-formed and self-contained, tells what the text tells, and draws
# what differs.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/cmd/pictures/setup.sh"

# pages STATUS NAME ARGUMENT...: passes if the page is well-formed and has all that `plugin check` prints,
# which stays as it is; both pages are the same, and say what check says by the exit status. The page is
# NAME.html.
pages() {
    status=$1
    name=$2
    shift 2
    "$PLUGIN" check "$@" >"$name.txt" 2>"$name.said"
    check_fails "$status" "$name: --html=FILE: exit status" "$PLUGIN" check --html="$name.html" "$@"
    cat "$name.txt" "$name.said" | sort >expected
    sort log >actual
    check_same "$name: --html=FILE: what is printed" expected actual
    "$PLUGIN" check --html "$@" >printed.html 2>/dev/null
    check "$name: --html: exit status" test $? -eq "$status"
    check_same "$name: --html prints the same page" "$name.html" printed.html
    check "$name: the page is well-formed, self-contained and tells all" python3 "$here/page.py" "$name.html" "$name.txt"
}
# figure FILE HEADING: prints the figure of the misfit with this heading.
figure() {
    sed -n "/^<h3>$2/,/^<.article>/p" "$1" | sed -n '/^<figure>/,/^<.figure>/p'
}

cat >api.h <<'E2'
#include <stddef.h>
#include <stdint.h>
enum level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_ERROR };
struct image {
    uint16_t width, height;
    char format;
    void *pixels;
    size_t stride;
    unsigned dirty : 1;
    unsigned flags : 7;
};
union value { long number; double real; };
struct long_one { int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9; };
int image_load(struct image *image, const char *path);
int image_scale(double factor, int mode);
void host_log(enum level level);
void host_set(union value *v);
void host_long(struct long_one *l);
E2
sed 's/LEVEL_INFO, /LEVEL_INFO, LEVEL_WARN, /; s/char format;/char format; char depth;/; s/size_t stride;/unsigned stride;/
    s/flags : 7/flags : 5/; s/double factor, int mode/float factor/; s/double real;/float real;/; s/int a0,/int first, a0,/
    $a int host_extra(void);' api.h >new.h
cat >host.c <<'E2'
#include <plugin.h>
#include "api.h"
struct codec { int (*codec_open)(struct image *image); void (*codec_close)(void); };
int image_load(struct image *image, const char *path) { return image->width + !path; }
int image_scale(double factor, int mode) { return (int)factor + mode; }
void host_log(enum level level) { (void)level; }
void host_set(union value *v) { v->number = 1; }
void host_long(struct long_one *l) { l->a0 = 1; }
int main(int argc, char **argv)
{
    struct codec codec;
    return argc > 1 && !plugin_open_as(argv[1], &codec);
}
E2
cat >bad.c <<'E2'
#include "new.h"
int codec_open(struct image *image)
{
    union value v = {0};
    struct long_one l = {0};
    host_long(&l), host_set(&v), host_log(LEVEL_ERROR);
    return image_load(image, "a") + image_scale(2) + host_extra();
}
E2
sed 's/new.h/api.h/; s/(2)/(2, 1)/; s/ + host_extra()//; $a void codec_close(void) {}' bad.c >good.c
# shellcheck disable=SC2086 # flags are words
check "the host builds" "$PLUGIN" build -o host host.c $TEST_CFLAGS
check "a plugin builds" plugin good.so good.c
check "one that does not fit builds" plugin bad.so bad.c

pages 0 fits host good.so
check "a plugin that fits: the verdict" has fits.html "good.so fits host, meets struct codec (7 uses compared, 0 not)"
pages 1 both host good.so bad.so
check "the count of plugins that fit" has both.html "<h1>1 of 2 plugins fits"

# ---- the drawings ----

# One of each kind, in golden files; FIGURES_WRITE=1 writes them anew.
for heading in "struct image" "enum level" image_scale; do
    name=$(echo "$heading" | tr ' ' _)
    figure both.html "$heading" >"$name.figure"
    [ -z "${FIGURES_WRITE:-}" ] || cp "$name.figure" "$here/$name.figure"
    check_same "the figure of $heading" "$here/$name.figure" "$name.figure"
done

check "members that all moved are one box" has both.html "8 members, all moved"
check "a union is drawn" has both.html "<title>real: float</title>"

cat >inner.h <<'E2'
struct inner { int one; int two; };
struct outer { struct inner inner; long tail; };
E2
printf '#include <plugin.h>\n#include "inner.h"\nPLUGIN_PACKAGE("example.com/outer");\n%s\n' \
    'long outer_sum(struct outer *o) { return o->tail; }' >outer.c
printf '#include <plugin.h>\n#include "inner.h"\nPLUGIN_IMPORT("example.com/outer");\n%s\n%s\n' \
    'long outer_sum(struct outer *o);' 'void codec_close(void) {} struct image; int codec_open(struct image *i) { struct outer o = {0}; return (int)outer_sum(&o) + !i; }' >nested.c
check "a plugin with a package builds" plugin first.so nested.c outer.c
sed -i 's/int two/int added, two, three/' inner.h
check "one with a struct that differs within another one" plugin nested.so nested.c outer.c
pages 1 nested host first.so nested.so
figure nested.html "struct inner" >nested.figure
check "a struct within another one: the inner one is drawn" has nested.figure "<title>added: int</title>"
check "a struct within another one: not the outer one" sh -c '! grep -q "<title>tail" nested.figure'
check "a side that is no host: its name" has nested.figure '<text class="side" x="52" y="18">first.so<tspan'

# ---- what to do ----

check "a symbol that nobody has: what to do" has both.html "Define <code>host_extra</code> in the host and export it"
check "a symbol that the interface demands: its declaration" has both.html "<pre tabindex=\"0\">void codec_close(void);</pre>"
cd "$tree/examples/filter" || exit 1
"$PLUGIN" build -o "$work/filter" host.c filter.c
"$PLUGIN" build -buildmode=plugin -o "$work/rot13.so" old/rot13.c old/filter.c
cd "$work" || exit 1
pages 1 filter filter rot13.so
check "a package that lacks a symbol: what to do" has filter.html "was built from sources without <code>filter_log</code>"

# ---- other verdicts ----

echo nonsense >nonsense.so
pages 1 nonsense host nonsense.so good.so
check "a file that is no plugin: the page says so" has nonsense.html "does not fit"
pages 1 absent host absent.so
check "a plugin that is not there: the page says why" has absent.html "cannot check absent.so"
pages 1 verbose --verbose host bad.so
check "--verbose: how to waive" has verbose.html "<h3>To waive</h3>"
check_fails 1 "--json with a page: exit status" "$PLUGIN" check --json --html=json.html host bad.so
check "--json with a page: the page" test -s json.html
check_fails 2 "--json and a page in one stream" "$PLUGIN" check --json --html host bad.so
check_fails 2 "no file" "$PLUGIN" check --html= host bad.so
check_fails 1 "a page that cannot be written: exit status" "$PLUGIN" check --html=absent/x.html host good.so
cp log said
check "a page that cannot be written: the message" has said "cannot write absent/x.html"

# ---- hundreds of misfits ----

python3 - <<'E2'
host = open("many_host.c", "w")
plugin = open("many.c", "w")
host.write("#include <plugin.h>\n")
for i in range(240):
    rest = f"long b[{i % 7 + 1}]; char c; }};\nint host_{i}(struct s{i} *s)"
    host.write(f"struct s{i} {{ int a; {rest} {{ return s->a; }}\n")
    plugin.write(f"struct s{i} {{ int a; char z; {rest};\n")
host.write("int main(int c, char **v) { return c > 1 && !plugin_open(v[1]); }\n")
plugin.write("int f(void) {\nint n = 0;\n")
for i in range(240):
    plugin.write(f"{{ struct s{i} s = {{0}}; n += host_{i}(&s); }}\n")
plugin.write("return n;\n}\n")
E2
# shellcheck disable=SC2086 # flags are words
check "a host of many types builds" "$PLUGIN" build -o many_host many_host.c $TEST_CFLAGS
check "a plugin of others builds" plugin many.so many.c
"$PLUGIN" check --html=many.html many_host many.so >many.txt
head -n 1 many.txt >first.txt
check "hundreds of misfits: the page is well-formed" python3 "$here/page.py" many.html first.txt
check "hundreds of misfits: it has the first, and a number" has many.html "<p class=\"note\">and 140 more"
check "hundreds of misfits: it is below a megabyte" test "$(wc -c <many.html)" -lt 1000000


m=many.so
m="$m $m $m $m $m $m $m $m"
# shellcheck disable=SC2086 # a list
"$PLUGIN" check --html=long.html many_host $m $m $m $m >/dev/null
check "many plugins: the page is well-formed" python3 "$here/page.py" long.html first.txt
check "many plugins: from some length on, nothing is drawn" has long.html "Not drawn: the page is long enough"
check "many plugins: from another one on, misfits are counted" has long.html "<p class=\"note\">and 240 more"
check "many plugins: it is below three megabytes" test "$(wc -c <long.html)" -lt 3000000

# ---- hostile names ----

cc -g -I"$tree/include" -rdynamic -o hostile "$here/hostile_host.c" -Wl,--unresolved-symbols=ignore-all
cc -g -shared -fPIC -Wl,-Bsymbolic -o 'evil<b>"&.so' "$here/hostile_plugin.c"
for file in hostile 'evil<b>"&.so'; do
    check "$file: names are made hostile" python3 "$here/rename.py" "$file"
    check "$file: it is stamped" "$PLUGIN" stamp "$file"
done
pages 1 hostile hostile 'evil<b>"&.so'
check "hostile names: they are text" has hostile.html "struct &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;!--: the host lacks member"
finish
