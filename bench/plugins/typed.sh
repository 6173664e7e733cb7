#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes typed.h, typed_host.c and typed.c: COUNT functions of a host, whose types reach a deep graph
# of structs, and a plugin that uses them all.
# usage: typed.sh COUNT
set -eu
awk -v count="$1" '
function declaration(i) {
    return sprintf("int use_%d(struct node_%d *node, const struct node_%d *other, long flags,\n" \
        "    int (*each)(struct node_%d *, void *))", i, i, (i * 7) % count, (i + 1) % count)
}
function definition(i) {
    return sprintf("struct node_%d {\n    struct node_%d *next;\n    struct node_%d *children[%d];\n" \
        "    union { long number; double real; const char *text; } value;\n" \
        "    int (*visit)(struct node_%d *, unsigned flags);\n    unsigned kind : 4, count : 28;\n};",
        i, (i + 1) % count, (i * 3 + 1) % count, i % 5 + 1, (i + 2) % count)
}
BEGIN {
    for (i = 0; i < count; i++)
        print "struct node_" i ";" >"typed.h"
    for (i = 0; i < count; i++)
        print definition(i) >"typed.h"
    for (i = 0; i < count; i++)
        print declaration(i) ";" >"typed.h"
    print "#include \"typed.h\"" >"typed_host.c"
    print "#include \"typed.h\"" >"typed.c"
    print "const char Number[] = \"77777777\";\nint V;" >"typed.c"
    print "int F(int which)\n{\n    switch (which) {" >"typed.c"
    for (i = 0; i < count; i++) {
        print declaration(i) "\n{" >"typed_host.c"
        print "    return (int)(node->count + other->kind + flags) + !each;\n}" >"typed_host.c"
        printf "    case %d: return use_%d(0, 0, which, 0);\n", i, i >"typed.c"
    }
    print "    }\n    return V;\n}" >"typed.c"
}'
