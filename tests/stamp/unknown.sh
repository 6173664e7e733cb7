#!/bin/sh
# SPDX-License-Identifier: MIT
# What the stamp does not know of a type: a tag or attribute that no list has, or that nothing follows.
# Such a type agrees with none, not even with itself, and inspect lists it.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1

# ---- the lists ----

# libdw's header declares the tags and attributes of DWARF 5 and of GNU.
lists_all() {
    missing=$(grep -oE '^ *DW_(TAG|AT)_[A-Za-z0-9_]+ = ' /usr/include/dwarf.h | tr -d ' =' |
        grep -vE '_(lo|hi)_user$|_AT_MIPS_|_TAG_MIPS_' | while read -r name; do
        short=${name#DW_TAG_} short=${short#DW_AT_}
        kind=ATTRIBUTE
        case $name in DW_TAG_*) kind=TAG ;; esac
        grep -qE "${kind}\((0x[0-9a-f]+, )?$short," "$tree/stamp/dwarf/vocabulary.c" || echo "$name"
    done)
    [ -z "$missing" ] || { echo "$missing"; return 1; }
}
check "every tag and attribute of <dwarf.h> is in the lists" lists_all

# ---- types of which something is unknown ----

cat >all.h <<'EOF_C'
struct shape { int sides; };
union either { int i; };
enum color { RED };
typedef int number;
void f_structure_type(struct shape *s);
void f_union_type(union either *u);
void f_enumeration_type(enum color c);
void f_typedef(number n);
void f_pointer_type(int *p);
void f_array_type(int (*a)[3]);
void f_const_type(const char *c);
void f_volatile_type(volatile char *c);
void f_subroutine_type(int (*f)(int));
void f_member(struct shape *s);
void f_enumerator(enum color c);
void f_subrange_type(int (*a)[3]);
EOF_C
functions=$(sed -n 's/^void \(f_[a-z_]*\).*/\1/p' all.h)
{
    echo '#include "all.h"'
    sed -n 's/^\(void f_.*\);/\1 {}/p' all.h
    echo 'int main(void) { return 0; }'
} | sed 's/(struct shape \*s) {}/(struct shape *s) { s->sides = 0; }/' >host.c
{
    echo '#include "all.h"'
    echo 'void run(void);'
    echo 'void run(void) {'
    for function in $functions; do echo "    $function(0);"; done
    echo '}'
} >mod.c
gcc -g -S -dA -O0 -w -o host.s host.c
gcc -g -S -dA -O0 -w -fPIC -o mod.s mod.c

# edit TAG OLD NEW FILE: in the abbreviations of this tag, replaces one code, of a tag or an attribute.
edit() {
    awk -v tag="(TAG: DW_TAG_$1)" -v old="$2" -v new="$3" '
        /\(TAG: / { here = index($0, tag) }
        here && index($0, old) { sub(/0x[0-9a-f]+/, new); edits++ }
        { print }
        END { exit !edits }' "$4"
}
# with TAG OLD NEW: a host and a plugin, both edited, or the plugin alone.
with() {
    edit "$1" "$2" "$3" host.s >h.s && edit "$1" "$2" "$3" mod.s >m.s &&
        gcc -rdynamic -o host h.s && gcc -shared -o mod.so m.s && "$PLUGIN" stamp host mod.so
}
# refuses FUNCTION TEXT: the function is a misfit, and inspect lists what is unknown.
refuses() {
    "$PLUGIN" check host mod.so >said && { echo "it fits"; return 1; }
    grep -q "^  $1: \|^      used by .*\b$1 (" said && "$PLUGIN" inspect host >inspected &&
        has inspected 'unknown types, which agree with none' && has inspected "$2" &&
        "$PLUGIN" inspect --json host | grep -qF -e "$2"
}
fits() { gcc -rdynamic -o host host.s && gcc -shared -o mod.so mod.s && "$PLUGIN" stamp host mod.so &&
    "$PLUGIN" check --strict host mod.so && ! "$PLUGIN" inspect host | grep unknown; }
check "unchanged, the plugin fits" fits
for tag in structure_type union_type enumeration_type typedef pointer_type array_type const_type \
    volatile_type subroutine_type; do
    check "DW_TAG_0x4400 for DW_TAG_$tag" with $tag "(TAG: DW_TAG_$tag)" 0x4400
    check "makes the type unknown" refuses f_$tag 'DW_TAG_0x4400'
done
for tag in subrange_type member enumerator; do
    check "DW_TAG_0x4400 for the child DW_TAG_$tag" with $tag "(TAG: DW_TAG_$tag)" 0x4400
    check "makes its parent unknown" refuses f_$tag 'DW_TAG_0x4400'
done
check "DW_TAG_0x4400 for DW_TAG_formal_parameter" with formal_parameter '(TAG: DW_TAG_formal_parameter)' 0x4400
check "makes functions unknown" refuses f_typedef 'DW_TAG_0x4400'
for tag in structure_type union_type enumeration_type typedef member; do
    check "DW_AT_0x3fd0 in DW_TAG_$tag" with $tag '(DW_AT_decl_column)' 0x3fd0
    check "makes the type unknown" refuses f_$tag "DW_AT_0x3fd0 of DW_TAG_$tag"
done
check "DW_AT_endianity in DW_TAG_pointer_type" with pointer_type '(DW_AT_byte_size)' 0x65
check "makes the type unknown" refuses f_pointer_type 'DW_AT_endianity of DW_TAG_pointer_type'
check "DW_AT_bit_stride in DW_TAG_subrange_type" with subrange_type '(DW_AT_upper_bound)' 0x2e
check "makes the array unknown" refuses f_subrange_type 'DW_AT_bit_stride of DW_TAG_subrange_type'
check "the struct of an unknown member is named" with structure_type '(DW_AT_decl_column)' 0x3fd0
check "with what is unknown" refuses f_structure_type 'struct shape: DW_AT_0x3fd0 of DW_TAG_structure_type'

# ---- what is followed all the same ----

check "DW_TAG_template_alias" with typedef '(TAG: DW_TAG_typedef)' 0x43
check "is followed like DW_TAG_typedef" "$PLUGIN" check --strict host mod.so
sed 's/^typedef int number;/typedef long number;/' all.h >all.new && mv all.new all.h
gcc -g -S -dA -O0 -w -fPIC -o mod.s mod.c
check "to another type" with typedef '(TAG: DW_TAG_typedef)' 0x43
check_fails 1 "does not agree" "$PLUGIN" check host mod.so
cp log said
check "and the misfit is named" has said '  typedef number'

# ---- numbers ----

# declares FILE DECLARATION: does inspect show the declaration?
declares() { "$PLUGIN" inspect "$1" | grep -qF -e "  $2" || { "$PLUGIN" inspect "$1"; return 1; }; }
# stamped SOURCE COMMAND...: a library of the source, stamped, as x.so.
stamped() {
    printf '%s\n' "$1" >x.c
    shift
    "$@" -g -shared -fPIC -Wl,-Bsymbolic -o x.so x.c && "$PLUGIN" stamp x.so
}
check "an int of another byte order" stamped \
    'struct __attribute__((scalar_storage_order("big-endian"))) be { int a; } v;' gcc
check "is unknown" declares x.so 'DW_AT_endianity of DW_TAG_base_type'
for format in 80:'long double' 64:double 128:__float128; do
    check "-mlong-double-${format%%:*}" stamped \
        'long double half(long double x) { return x / 2; } long double _Complex c;' \
        gcc "-mlong-double-${format%%:*}"
    check "is ${format#*:}" declares x.so "${format#*:} half(${format#*:} x)"
    check "and so is its complex type" declares x.so "_Complex ${format#*:} c"
done
if echo '_BitInt(9) a;' | clang -std=c2x -x c -c -o /dev/null - 2>/dev/null; then
    check "_BitInt of two widths" stamped '_BitInt(37) a; _BitInt(38) b; unsigned _BitInt(37) c;' clang -std=c2x
    bit_ints_differ() {
        "$PLUGIN" inspect x.so | sed -n '/^symbols/,/^[a-rt-z]/s/^ *0x[0-9a-f]*  \(.*\) [abc]$/\1/p' >widths
        [ "$(sort -u widths | wc -l)" -eq 3 ] || [ "$(grep -c '^unknown type' widths)" -eq 3 ] ||
            { cat widths; return 1; }
    }
    check "are different types, or unknown" bit_ints_differ
else
    skip "_BitInt of two widths" "clang does not have _BitInt"
fi

finish
