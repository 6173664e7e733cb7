/* Types of every kind, and pairs of types with one difference, written as in btf_make.h. */
#ifndef TESTS_TYPES_DIFFERENCES_H
#define TESTS_TYPES_DIFFERENCES_H

#define POINT "struct point 8 { x 0 int y 32 int }"

static const char *const type_kinds[] = {
    "int",
    "bool",
    "double",
    "opaque float~_Complex 8",
    "pointer void",
    "const volatile int",
    "pointer restrict pointer char",
    "atomic int",
    "typedef number int",
    "array 4 array 2 int",
    POINT,
    "struct bits 4 { a 0:3 unsigned b 3:29 unsigned }",
    "union either 8 { n 0 long d 0 double }",
    "struct open ;",
    "union open ;",
    "enum color 4 { red 0 green 1 }",
    "signed-enum color 4 { red 0 green 1 }",
    "enum wide 8 { far 4294967296 }",
    "function int ( a int b pointer char ... )",
    "function void ( )",
    "function int ( ... )",
    ("struct node 16 { next 0 pointer same node run 64 pointer function void ( n pointer same node ) "
     "}"),
};

static const char *const type_differences[][2] = {
    {"int", "unsigned"},
    {"int", "long"},
    {"uchar", "bool"},
    {"int", "float"},
    {"opaque float~_Complex 8", "opaque double~_Complex 8"},
    {"double", "opaque _Float64x 8"},
    {"pointer int", "pointer char"},
    {"pointer int", "pointer const int"},
    {"pointer const int", "pointer volatile int"},
    {"pointer void", "pointer int"},
    {"atomic int", "int"},
    {"array 4 int", "array 5 int"},
    {"array 4 int", "array 4 unsigned"},
    {POINT, "struct points 8 { x 0 int y 32 int }"},
    {"struct u 4 { a 0 int }", "union u 4 { a 0 int }"},
    {POINT, "struct point 8 { x 0 int z 32 int }"},
    {POINT, "struct point 8 { x 0 int y 32 unsigned }"},
    {POINT, "struct point 8 { x 0 int y 16 int }"},
    {POINT, "struct point 12 { x 0 int y 32 int }"},
    {POINT, "struct point 8 { x 0 int }"},
    {"struct bits 4 { a 0:3 int }", "struct bits 4 { a 0:4 int }"},
    {"struct bits 4 { a 0 int }", "struct bits 4 { a 0:32 int }"},
    {"struct open ;", "union open ;"},
    {"struct open ;", "struct closed ;"},
    {"enum color 4 { red 0 }", "enum hue 4 { red 0 }"},
    {"enum color 4 { red 0 }", "enum color 4 { red 1 }"},
    {"enum color 4 { red 0 }", "enum color 4 { blue 0 }"},
    {"enum color 4 { red 0 }", "enum color 4 { red 0 blue 1 }"},
    {"enum color 4 { red 0 }", "enum color 8 { red 0 }"},
    {"enum color 4 { red 0 }", "signed-enum color 4 { red 0 }"},
    {"function int ( a int )", "function long ( a int )"},
    {"function int ( a int )", "function int ( a long )"},
    {"function int ( a int )", "function int ( a int b int )"},
    {"function int ( a int ... )", "function int ( a int )"},
    {"function int ( ... )", "function int ( )"},
    {"pointer struct outer 8 { in 0 pointer " POINT " }",
     "pointer struct outer 8 { in 0 pointer struct point 8 { x 0 int y 32 float } }"},
};

#endif
