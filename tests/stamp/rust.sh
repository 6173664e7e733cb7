#!/bin/sh
# SPDX-License-Identifier: MIT
# Rust: what `extern "C"` makes of its types, as the C header of the plugin's author declares them.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

if ! command -v rustc >/dev/null; then
    skip "Rust" "there is no rustc"
    finish
    exit
fi

cat >r.rs <<'EOF_R'
use std::ffi::{c_char, c_void, CStr};
use std::sync::atomic::AtomicU32;
#[repr(C)]
pub struct Point { pub x: f64, pub level: u8 }
#[repr(C)]
#[derive(Clone, Copy)]
pub enum Color { Red, Green = 5 }
#[repr(C)]
pub union Word { pub number: u32, pub bytes: [u8; 4] }
#[repr(C)]
pub struct Opaque { _private: [u8; 0] }
type Visit = unsafe extern "C" fn(*mut c_void, *const c_char) -> i32;
pub mod other { #[repr(C)] pub struct Point { pub x: f32 } }
pub mod list {
    #[repr(C)]
    pub struct Node { pub next: *mut Node, pub point: *const super::Point, pub visit: Option<super::Visit> }
}
#[no_mangle] pub static MAGIC: u32 = 7;
#[no_mangle] pub static mut LEVEL: u8 = 200;
#[no_mangle] pub static COUNT: AtomicU32 = AtomicU32::new(3);
#[no_mangle] pub static TABLE: [extern "C" fn(char) -> u32; 1] = [code];
#[no_mangle] pub extern "C" fn add(a: i64, b: u8) -> f64 { a as f64 + b as f64 }
#[no_mangle] pub extern "C" fn code(c: char) -> u32 { c as u32 }
#[no_mangle] pub extern "C" fn low(v: i8, w: u16) -> bool { v < 0 && w != 0 }
#[no_mangle] pub extern "C" fn length(s: *const c_char) -> usize { unsafe { CStr::from_ptr(s).to_bytes().len() } }
#[no_mangle] pub extern "C" fn fill(s: *mut c_char, bytes: *const u8, n: usize) { unsafe { std::ptr::copy(bytes as *const c_char, s, n) } }
#[no_mangle] pub extern "C" fn first(p: &mut [u8; 4]) -> u8 { p[0] }
#[no_mangle] pub extern "C" fn norm(p: &Point) -> f64 { p.x }
#[no_mangle] pub extern "C" fn narrow(p: &other::Point) -> f32 { p.x }
#[no_mangle] pub extern "C" fn scale(p: &mut Point, by: f64) { p.x *= by }
#[no_mangle] pub extern "C" fn twice(p: Point) -> Point { Point { x: p.x * 2.0, level: p.level } }
#[no_mangle] pub extern "C" fn next(c: Color, w: Word) -> Color { if unsafe { w.number } == 0 { c } else { Color::Green } }
#[no_mangle] pub extern "C" fn walk(node: *mut list::Node, data: *mut c_void) -> i32 {
    let node = unsafe { &*node };
    match node.visit { Some(f) => unsafe { f(data, b"node\0".as_ptr() as *const c_char) }, None => -1 }
}
#[no_mangle] pub extern "C" fn each(f: Option<Visit>, g: Visit, data: *const c_void) -> *mut c_void {
    let _ = (f, g); data as *mut c_void
}
#[no_mangle] pub extern "C" fn maybe(p: Option<&Point>, q: Option<&mut Point>) -> *const Opaque {
    let _ = (p, q); std::ptr::null()
}
#[no_mangle] pub extern "C" fn own(p: Option<Box<Point>>) -> Box<Point> { p.unwrap() }
#[no_mangle] pub extern "C" fn nothing(p: *mut ()) { let _ = p; }
#[repr(C, packed)] pub struct Packed<T> { pub byte: u8, pub word: u32, pub none: (), pub of: std::marker::PhantomData<T> }
pub struct Plain;
#[repr(C, align(32))] pub struct Wide { pub word: u32, pub raw: std::mem::MaybeUninit<u64> }
#[no_mangle] pub extern "C" fn layout(p: *const Packed<Plain>, w: *const Wide) -> u32 { unsafe { (*p).word + (*w).word } }
#[no_mangle] pub extern "C" fn merged(v: u16, p: *const u32) -> u32 { if v == 77 { unsafe { *p } } else { 5 } }
#[no_mangle] pub extern "C" fn merged_too(v: u16, p: *const i32) -> i32 { if v == 77 { unsafe { *p } } else { 5 } }
#[no_mangle] pub extern "C" fn internal(f: fn(i32) -> i32, s: Option<i32>) -> i32 { f(s.unwrap()) }
EOF_R
# What the C header of this plugin says.
cat >r.h <<'EOF_C'
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
struct Point { double x; uint8_t level; };
enum Color { Red, Green = 5 };
union Word { uint32_t number; uint8_t bytes[4]; };
struct Opaque;
typedef int32_t visit(void *, const char *);
struct Node { struct Node *next; const struct Point *point; visit *visit; };
extern const uint32_t MAGIC;
extern uint8_t LEVEL;
extern uint32_t (*const TABLE[1])(uint32_t);
double add(int64_t a, uint8_t b);
uint32_t code(uint32_t c);
bool low(int8_t v, uint16_t w);
size_t length(const char *s);
void fill(char *s, const uint8_t *bytes, size_t n);
uint8_t first(uint8_t (*p)[4]);
double norm(const struct Point *p);
void scale(struct Point *p, double by);
struct Point twice(struct Point p);
enum Color next(enum Color c, union Word w);
int32_t walk(struct Node *node, void *data);
void *each(visit *f, visit *g, const void *data);
const struct Opaque *maybe(const struct Point *p, struct Point *q);
struct Point *own(struct Point *p);
void nothing(void *p);
EOF_C
names='MAGIC LEVEL TABLE add code low length fill first norm scale twice next walk each maybe own nothing'
{
    printf '#include <plugin.h>\n#include <stdio.h>\n#include HEADER\n'
    printf 'static int misfits;\n'
    printf '#define GET(name) __typeof__(&name) p_##name = plugin_as(plugin_lookup(p, #name), __typeof__(&name)); '
    printf 'if (!p_##name) misfits++, puts(plugin_error())\n'
    printf 'static int32_t visited(void *data, const char *s) { *(const char **)data = s; return 3; }\n'
    printf 'int main(void) {\n    plugin *p = plugin_open("./r.so");\n    if (!p) return puts(plugin_error()), 1;\n'
    for name in $names; do printf '    GET(%s);\n' "$name"; done
    cat <<'EOF_C'
    if (misfits)
        return 1;
    char text[4] = "abc";
    const char *said = "";
    struct Point point = {2, 200};
    struct Node node = {0, &point, visited};
    union Word word = {0};
    p_fill(text, (const uint8_t *)"xy", 2);
    p_scale(&point, 4);
    int walked = p_walk(&node, &said);
    printf("%u %d %g %u %d %zu %s %d %g %g %d %d %s\n", *p_MAGIC, *p_LEVEL, p_add(1, 200), p_code(0x20ac),
           p_low(-1, 1), p_length("four"), text, p_first(&(uint8_t[4]){250}), p_norm(&point),
           p_twice(point).x, p_next(Red, word), walked, said);
    return p_each(visited, 0, &point) != &point;
}
EOF_C
} >uses.c

for level in '' -O; do
    at=${level:-without optimization}
    # shellcheck disable=SC2086 # words
    check "a plugin in Rust, $at" rustc $level -g --edition 2021 --crate-type cdylib -A warnings \
        -C link-arg=-Wl,-Bsymbolic -o r.so r.rs
    check "is stamped, $at" stamp r.so
    check "a host in C, by the author's header, $at" "$PLUGIN" build '-DHEADER="r.h"' -o uses uses.c
    if [ -z "${TEST_CFLAGS:-}" ]; then
        check "calls it, $at" prints '7 200 201 8364 1 4 xyc 250 8 16 0 3 node' ./uses
    else
        skip "calls it, $at" "Rust's library is built without sanitizers"
    fi
    # shellcheck disable=SC2086 # names are words
    check "plugin header writes one that compiles, $at" sh -c '"$0" header r.so >made.h &&
        gcc -Wall -Werror -fsyntax-only -x c made.h && g++ -Wall -Werror -fsyntax-only -x c++ made.h' "$PLUGIN"
    check "with the same types, $at" sh -c '"$0" build "-DHEADER=\"made.h\"" -include stdint.h -o made uses.c &&
        { [ -n "$1" ] || ./made; }' "$PLUGIN" "${TEST_CFLAGS:-}"
    check "Rust's own convention is unknown, $at" sh -c '"$0" inspect r.so | grep "internal" | grep unknown' "$PLUGIN"
    "$PLUGIN" inspect r.so | sed -n 's/^ *0x[0-9a-f]*  //; / merged/p; /^merged/p' |
        grep -vxF -e 'unsigned int merged(unsigned short v, const unsigned int *p)' \
            -e 'int merged_too(unsigned short v, const int *p)' >others
    check "of functions that rustc merged, none has another one's type, $at" \
        sh -c '! grep -v "^merged[a-z_]*   /\* type not recorded \*/\$" others'
    cat >writes.c <<'EOF_C'
#include <plugin.h>
#include <stdio.h>
int main(void)
{
    plugin *p = plugin_open("./r.so");
    if (!p || plugin_as(plugin_lookup(p, "MAGIC"), unsigned *) ||
        plugin_as(plugin_lookup(p, "LEVEL"), signed char *) ||
        plugin_as(plugin_lookup(p, "length"), unsigned long (*)(unsigned char *)) ||
        plugin_as(plugin_lookup(p, "norm"), double (*)(const int *)))
        return 1;
    /* Rust promises not to write. */
    if (!plugin_as(plugin_lookup(p, "length"), unsigned long (*)(char *)))
        return 1;
    return 0;
}
EOF_C
    check "what Rust does not allow is refused, $at" sh -c '"$0" build -w -o writes writes.c &&
        { [ -n "$1" ] || ./writes; }' "$PLUGIN" "${TEST_CFLAGS:-}"
done

finish
