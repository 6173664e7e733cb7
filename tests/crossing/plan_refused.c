/* What cannot cross, all of it, each with its place and what to do. */
#include "tests/crossing/plan_made.h"

static void check_ended(int line, struct case_of_plan *made, const char *expected)
{
    MISFITS_AUTO misfits = {0};
    TEXT_AUTO shown = {0};
    struct plan *plan = make_plan(made, &misfits);
    for (size_t i = 0; i < misfits.kept; i++)
        text_add(&shown, "%s\n", text_chars(&misfits.items[i].text));
    if (strcmp(text_chars(&shown), expected) != 0)
        fprintf(stderr, "line %d: the misfits are\n%s", line, text_chars(&shown));

    assert_string_equal(text_chars(&shown), expected);
    assert_int_equal(!plan, misfits.count > 0);
    free(plan);
    free_case(made);
}

static void check_case(int line, struct case_of_plan *made, const char *expected)
{
    end_case(made);
    check_ended(line, made, expected);
}

/* A function f of these words, with these marks of the host. */
static void check_at(int line, const char *marks, const char *words, const char *expected)
{
    struct case_of_plan made;
    char symbol[4096];
    start_case(&made, marks);
    snprintf(symbol, sizeof symbol, "func f %s", words);
    define(&made.plugin, "f", FORMAT_FUNCTION, symbol);
    check_case(line, &made, expected);
}
#define check(...)       check_at(__LINE__, "", __VA_ARGS__)
#define check_marks(...) check_at(__LINE__, __VA_ARGS__)

/* ---- pointers ---- */

static void bytes_without_a_count_are_refused(void **state)
{
    (void)state;
    check(
        "function pointer char ( text pointer char name pointer pointer char s pointer struct s 8 { t 0 pointer char } )",
        "f: result: char *: nothing says how many bytes: make it const char * if it is a string\n"
        "f: parameter 1: char *text: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string\n"
        "f: parameter 2: char *: nothing says how many bytes: make it const char * if it is a string\n"
        "f: parameter 3: struct s: member t: char *t: nothing says how many bytes: say how many with PLUGIN_COUNTED_MEMBER, or make it const char * if it is a string\n");
}

static void what_functions_behind_pointers_have_is_refused(void **state)
{
    (void)state;
    check(
        "function pointer function void ( - int ... ) ( each pointer function int ( a int - pointer char ) s pointer struct s 8 { t 0 "
        "pointer function pointer char ( - pointer struct t 8 { u 0 pointer function void ( - pointer volatile int ) } ) } )",

        "f: result: void (*)(int, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED\n"
        "f: parameter 1: its parameter 2: char *: nothing says how many bytes: give the function's type a name by typedef and say how many with PLUGIN_COUNTED, or make it const char * if it is a string\n"
        "f: parameter 2: struct s: member t: its result: char *: nothing says how many bytes: make it const char * if it is a string\n"
        "f: parameter 2: struct s: member t: its parameter 1: struct t: member u: its parameter 1: volatile int *: a copy of it would not change when the original does: call a function instead of sharing volatile memory\n");
    check_marks(
        "PLUGIN_OUT f p\nPLUGIN_COUNTED f q n\n",
        "function void ( p pointer function void ( ) q pointer function void ( ) n int )",
        "f: parameter 1: void (*p)(void): PLUGIN_OUT, but it points to a function: drop the mark\n"
        "f: parameter 2: void (*q)(void): PLUGIN_COUNTED(f, q, n), but it points to a function: drop the mark\n");
    check_marks(
        "PLUGIN_COUNTED visit 1 3\n",
        "function void ( p pointer typedef visit function void ( - pointer int - int ) )",
        "visit: the host says PLUGIN_COUNTED(visit, 1, 3), but the plugin has no parameter 3: use one name in both\n");
}

static void shared_memory_is_refused(void **state)
{
    (void)state;
    check(
        "function void ( a pointer volatile int b pointer atomic int c pointer struct s 8 { stop 0 volatile int n 32 array 1 atomic int } d volatile int )",
        "f: parameter 1: volatile int *a: a copy of it would not change when the original does: call a function instead of sharing volatile memory\n"
        "f: parameter 2: _Atomic int *b: a copy of it would not change when the original does: call a function instead of sharing atomic memory\n"
        "f: parameter 3: struct s: member stop: volatile int stop: a copy of it would not change when the original does: call a function instead of sharing volatile memory\n"
        "f: parameter 3: struct s: member n: _Atomic int n[1]: a copy of it would not change when the original does: call a function instead of sharing atomic memory\n");
}

/* ---- types of one process ---- */

static void what_belongs_to_one_process_is_refused(void **state)
{
    (void)state;
    check(
        "function pointer typedef FILE struct _IO_FILE ; ( a pointer struct _IO_FILE 8 { x 0 pointer int } b pointer typedef locale_t struct __locale_struct ; "
        "c pointer struct __va_list_tag 4 { g 0 int } d pointer typedef jmp_buf array 1 struct __jmp_buf_tag 4 { g 0 int } e typedef pthread_t ulong "
        "f pointer typedef pthread_mutex_t union - 4 { g 0 int } g pointer struct s 4 { m 0 typedef mtx_t union - 4 { g 0 int } } h pointer struct __dirstream ; i typedef mine typedef thrd_t ulong j pointer struct t 4 { b 0 typedef jmp_buf array 1 struct __jmp_buf_tag 4 { g 0 int } } )",
        "f: result: FILE *: isolated plugins do not support streams: pass the bytes, or a path\n"
        "f: parameter 1: struct _IO_FILE *a: isolated plugins do not support streams: pass the bytes, or a path\n"
        "f: parameter 2: locale_t *b: isolated plugins do not support locales: pass the name\n"
        "f: parameter 3: __builtin_va_list c: isolated plugins do not support lists of arguments: pass an array with PLUGIN_COUNTED\n"
        "f: parameter 4: jmp_buf *d: isolated plugins do not support jumps: return an error\n"
        "f: parameter 5: pthread_t e: isolated plugins do not support objects of threads: keep them on one side\n"
        "f: parameter 6: pthread_mutex_t *f: isolated plugins do not support objects of threads: keep them on one side\n"
        "f: parameter 8: struct __dirstream *h: isolated plugins do not support directory streams: pass a path\n"
        "f: parameter 9: mine i: isolated plugins do not support objects of threads: keep them on one side\n"
        "f: parameter 7: struct s: member m: mtx_t m: isolated plugins do not support objects of threads: keep them on one side\n"
        "f: parameter 10: struct t: member b: jmp_buf b: isolated plugins do not support jumps: return an error\n");
}

static void types_that_btf_lacks_are_refused(void **state)
{
    (void)state;
    check(
        "function opaque _Complex~double 16 ( a pointer opaque _Decimal64 8 b pointer struct s 16 { v 0 opaque unknown~type~(x) 16 } c pointer struct pointer_to_member 16 { of 0 pointer int to 64 pointer int } )",
        "f: result: _Complex double: isolated plugins do not support this type: use a struct of numbers, or an array\n"
        "f: parameter 1: _Decimal64 *a: isolated plugins do not support this type: use a struct of numbers, or an array\n"
        "f: parameter 3: struct pointer_to_member *c: isolated plugins do not support pointers to members: use a number\n"
        "f: parameter 2: struct s: member v: unknown type (x) v: isolated plugins do not support types that the stamp does not know: use others\n");
    check(
        "function void ( a pointer struct shape 8 { _vptr 0 pointer struct shape_vtable 8 { area 0 pointer function int ( ) } } )",
        "f: parameter 1: struct shape: member _vptr: struct shape_vtable *_vptr: isolated plugins do not support classes with virtual functions: use a struct\n");
}

/* ---- structs ---- */

static void unions_with_pointers_are_refused(void **state)
{
    (void)state;
    check(
        "function void ( a pointer union value 8 { i 0 int s 0 pointer const char } b pointer struct s 16 { tag 0 int u 64 union - 8 { i 0 int t 0 array 2 struct in 8 { p 0 pointer void } } } )",
        "f: parameter 1: union value: member s: const char *s: nobody can tell whether a union has the pointer: use a struct\n"
        "f: parameter 2: struct s: member u: union: member t: void *p: nobody can tell whether a union has the pointer: use a struct\n");
}

static void what_is_in_each_element_is_told_once(void **state)
{
    (void)state;
    check("function void ( u pointer union u 48 { a 0 array 3 struct in 16 { p 0 pointer void q 64 "
          "pointer void } } )",
          "f: parameter 1: union u: member a: void *p: nobody can tell whether a union has the "
          "pointer: use a struct\n"
          "f: parameter 1: union u: member a: void *q: nobody can tell whether a union has the "
          "pointer: use a struct\n");
}

static void what_compilers_place_elsewhere_is_refused_by_value(void **state)
{
    (void)state;
    check(
        "function void ( a aligned 16 typedef over int b struct long 24 { a 0 long b 64 long } c "
        "struct moved 8 { a 0 char b 8 short c 32 int } d struct inner 16 { a 0 aligned 16 typedef "
        "over int } )",
        "f: parameter 1: over a: a type that its typedef aligns cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 2: struct long b: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 3: struct moved c: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 4: struct inner d: a type that its typedef aligns cannot be passed to another process by value: pass a pointer to it\n");
}

static void arrays_of_unknown_size_are_refused(void **state)
{
    (void)state;
    check(
        "function void ( a pointer struct s 4 { n 0 int more 32 array 0 char } b pointer array 0 int )",
        "f: parameter 1: struct s: member more: char more[]: isolated plugins do not support arrays of unknown size: use a pointer with PLUGIN_COUNTED_MEMBER\n"
        "f: parameter 2: int []: isolated plugins do not support arrays of unknown size: use a pointer with PLUGIN_COUNTED_MEMBER\n");
}

static void types_without_bytes_are_refused(void **state)
{
    (void)state;
    check(
        "function void ( a pointer struct s 0 { } )",
        "f: parameter 1: struct s: isolated plugins do not support types of no bytes: give it members, or make it incomplete\n");
}

static void what_libffi_cannot_describe_is_refused_by_value(void **state)
{
    (void)state;
    check(
        "function struct bits 4 { a 0:3 int } ( a union u 4 { i 0 int } b struct packed 5 { c 0 char i 8 int } "
        "c aligned 16 struct wide 16 { i 0 int } d struct big 4097 { x 0 array 4097 char } e struct none 0 { } f int128 g typedef over aligned 16 struct t 16 { l 0 long m 64 long } "
        "h tagged pass_by_reference struct c 4 { i 0 int } i array 4 int )",
        "f: result: struct bits: a struct with bit-fields cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 1: union u a: a union cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 2: struct packed b: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 3: struct wide c: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 4: struct big d: an array of more than 4,096 elements cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 5: struct none e: a struct without members cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 6: __int128 f: an integer of this size cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 7: over g: a struct that is packed or aligned cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 8: __attribute__((pass_by_reference)) struct c h: a class that its own functions copy cannot be passed to another process by value: pass a pointer to it\n"
        "f: parameter 9: int i[4]: an array cannot be passed to another process by value: pass a pointer to it\n");
    check(
        "function void ( a pointer struct bits 4 { a 0:3 int } b pointer struct packed 5 { c 0 char i 8 int } c pointer aligned 16 struct wide 16 { i 0 int } d pointer struct big 4097 { x 0 array 4097 char } e pointer int128 )",
        "");
    check(
        "function void ( a struct s 131072 { x 0 array 4096 array 8 int } b struct h 2000000 { x 0 array 500000 int } )",
        "f: parameter 2: struct h b: it is too large to be passed by value: pass a pointer to it\n"
        "f: parameter 1: struct s a: a type of so many values cannot be passed to another process by value: pass a pointer to it\n");
}

/* ---- functions ---- */

static void calls_of_another_kind_are_refused(void **state)
{
    (void)state;
    check("function int ( ... )",
          "f: int f(): its parameters are not known: declare it with (void), or with them\n");
    check(
        "function int ( format pointer const char ... )",
        "f: int f(const char *format, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED\n");
    check(
        "function tagged ms_abi int ( a int )",
        "f: int (__attribute__((ms_abi)) f)(int a): isolated plugins do not support its calling convention: use the usual one\n");
}

static void other_symbols_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define(&made.plugin, "b", FORMAT_THREAD_LOCAL, "var b int");
    define(&made.plugin, "c", FORMAT_INDIRECT, "func c function int ( )");
    define(&made.plugin, "d", FORMAT_FUNCTION, NULL);
    define(&made.plugin, "e", FORMAT_FUNCTION, "func e function int ( p pointer char )");
    define(&made.plugin, "f", FORMAT_VARIABLE, NULL);
    check_case(
        __LINE__, &made,
        "the plugin's thread-local variable b: int b: isolated plugins do not support them: export functions that get and set it, or make it static\n"
        "the plugin's indirect function c: int c(void): isolated plugins do not support them: export a function that calls it\n"
        "d: its type is not recorded: compile it with -g, or make it static\n"
        "e: parameter 1: char *p: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string\n"
        "the plugin's variable f: its type is not recorded: compile it with -g, or make it static\n");
}

/* ---- variables ---- */

static void variables_that_cannot_be_shared_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define_at(&made.plugin, "a", "pointer int", DATA);
    define_at(&made.plugin, "b", "array 2 struct s 16 { n 0 long next 64 pointer void }", DATA);
    define_at(&made.plugin, "c", "array 0 int", DATA);
    define_at(&made.plugin, "d", "union u 8 { n 0 long f 0 pointer function void ( ) }", DATA);
    define_at(&made.plugin, "e", "typedef pthread_mutex_t union m 40 { n 0 long }", DATA);
    define_at(&made.plugin, "f", "struct t 8 { n 0 int m 32 array 0 char }", DATA);
    define_at(&made.plugin, "g", "struct empty 0 { }", DATA);
    set_segments(&made.plugin);
    check_case(
        __LINE__, &made,
        "the plugin's variable a: int *a: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static\n"
        "the plugin's variable b: struct s b[2]: member next: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static\n"
        "the plugin's variable c: int c[]: isolated plugins do not support arrays of unknown size: export functions that get and set it, or make it static\n"
        "the plugin's variable d: union u d: member f: isolated plugins do not support variables with pointers: export functions that get and set it, or make it static\n"
        "the plugin's variable e: pthread_mutex_t e: isolated plugins do not support objects of threads: keep them on one side\n"
        "the plugin's variable f: struct t f: member m: isolated plugins do not support arrays of unknown size: export functions that get and set it, or make it static\n"
        "the plugin's variable g: struct empty g: isolated plugins do not support types of no bytes: export functions that get and set it, or make it static\n");
}

static void variables_in_no_memory_to_share_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define_at(&made.plugin, "a", "int", DATA - 4);
    define_at(&made.plugin, "b", "int", DATA_END - 2);
    define_at(&made.plugin, "c", "array 8 long", 0x1008);
    define_at(&made.plugin, "d", "long", UINT64_MAX - 3);
    define_at(&made.plugin, "e", "int", DATA);
    define_at(&made.plugin, "f", "int", 0x8000);
    set_segments(&made.plugin);
    check_case(
        __LINE__, &made,
        "the plugin's variable a: int a: it lies in memory that is read-only after relocation: export functions that get and set it, or make it static\n"
        "the plugin's variable b: int b: it lies in no segment: the stamp is damaged\n"
        "the plugin's variable c: long c[8]: it lies in no segment: the stamp is damaged\n"
        "the plugin's variable d: long d: it lies in no segment: the stamp is damaged\n"
        "the plugin's variable f: int f: isolated plugins do not support variables in several segments: export functions that get and set it, or make it static\n");
}

static void variables_that_are_too_large_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define_at(&made.plugin, "a", "array 200000000 char", 0x8000);
    define_at(&made.plugin, "b", "array 200000000 char", 0x8000 + 200000000);
    set_segments(&made.plugin);
    check_case(
        __LINE__, &made,
        "the plugin's variables lie too far apart, or are too large: isolated plugins share at most 256 MiB: export functions that get and set it, or make it static\n");
}

static void what_is_of_the_host_is_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define(&made.host, "host_log", FORMAT_FUNCTION, "func host_log function void ( )");
    define(&made.host, "host_name", FORMAT_VARIABLE, "var host_name int");
    define(&made.host, "host_untyped", FORMAT_FUNCTION, NULL);
    define(&made.host, "host_weak", FORMAT_FUNCTION, NULL);
    define(&made.host, "untyped_in_host", FORMAT_FUNCTION, NULL);
    define(&made.plugin, "f", FORMAT_FUNCTION, "func f function void ( )");
    uint32_t geom = add_package(&made.plugin, "example.com/geom");
    share(&made.plugin, geom, "area", FORMAT_FUNCTION, NULL);
    import(&made.plugin, -1, "host_log", FORMAT_FUNCTION, "func host_log function void ( )");
    import(&made.plugin, -1, "host_log", FORMAT_FUNCTION, "func host_log function int ( )");
    import(&made.plugin, -1, "host_name", FORMAT_VARIABLE, NULL);
    import(&made.plugin, -1, "host_untyped", FORMAT_FUNCTION, NULL);
    import(&made.plugin, -1, "host_weak", FORMAT_FUNCTION, NULL);
    made.plugin.tables->imports[4].flags = FORMAT_IMPORT_WEAK;
    import(&made.plugin, -1, "malloc", FORMAT_FUNCTION, NULL);
    import(&made.plugin, -1, "untyped_in_host", FORMAT_FUNCTION,
           "func untyped_in_host function void ( )");
    made.plugin.module.is_go = true;
    end_case(&made);
    check_ended(
        __LINE__, &made,
        "isolated plugins do not support Go code in other modules than Go plugins: build it with go "
        "build -buildmode=plugin, or open the plugin in process\n"
        "host_name: isolated plugins do not support variables of the host: pass what the plugin needs to its functions\n"
        "host_untyped: the type by which the plugin calls this function of the host is not recorded: compile the plugin with -g; with clang, state PLUGIN_USES(host_untyped)\n"
        "untyped_in_host: the type of this function of the host is not recorded: compile the file that defines it with -g\n");
}

static void what_is_not_of_the_host_is_not_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define(&made.host, "area", FORMAT_FUNCTION, NULL);
    define(&made.host, "calloc", FORMAT_FUNCTION, NULL);
    define(&made.host, "own", FORMAT_FUNCTION, NULL);
    define(&made.host, "weak", FORMAT_FUNCTION, NULL);
    define(&made.plugin, "own", FORMAT_FUNCTION, "func own function void ( )");
    import(&made.plugin, -1, "calloc", FORMAT_FUNCTION, NULL);
    made.plugin.tables->imports[0].library = add_name(&made.plugin, "libc.so.6");
    import(&made.plugin, -1, "malloc", FORMAT_FUNCTION, NULL);
    import(&made.plugin, -1, "own", FORMAT_FUNCTION, NULL);
    made.plugin.tables->imports[2].flags = FORMAT_IMPORT_BY_DEFINITION;
    import(&made.plugin, -1, "weak", FORMAT_FUNCTION, NULL);
    made.plugin.tables->imports[3].flags = FORMAT_IMPORT_WEAK;
    check_case(__LINE__, &made, "");
}

static void plugins_of_32_bits_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define(&made.plugin, "f", FORMAT_FUNCTION, "func f function void ( )");
    end_case(&made);
    made.plugin.types.btf.pointer_size = 4;
    check_ended(__LINE__, &made, "isolated plugins have 64 bits: compile the plugin with -m64\n");
}

/* ---- marks ---- */

static void marks_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    check_marks(
        "PLUGIN_COUNTED f p count\nPLUGIN_OUT f q\nPLUGIN_OUT f n\n",
        "function void ( p pointer int n int )",
        "f: the host says PLUGIN_COUNTED(f, p, count), but the plugin has no parameter count: use one name in both\n"
        "f: the host says PLUGIN_OUT(f, q), but the plugin has no parameter q: use one name in both\n"
        "f: parameter 2: int n: PLUGIN_OUT(f, n), but it is no pointer: drop the mark\n");
    check_marks(
        "PLUGIN_COUNTED f p n\n", "function void ( p pointer int n float )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but n is no integer of at most 8 bytes: count by one\n");
    check_marks(
        "PLUGIN_COUNTED f p n\n", "function void ( p pointer int n bool )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but n is no integer of at most 8 bytes: count by one\n");
    check_marks(
        "PLUGIN_COUNTED f p n\n", "function void ( p pointer int n int128 )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but n is no integer of at most 8 bytes: count by one\n"
        "f: parameter 2: __int128 n: an integer of this size cannot be passed to another process by value: pass a pointer to it\n");
    check_marks(
        "PLUGIN_COUNTED f p n\n", "function void ( p pointer struct db ; n int )",
        "f: parameter 1: struct db *p: PLUGIN_COUNTED(f, p, n), but the plugin does not know its type's size: include its definition\n");
    check_marks(
        "PLUGIN_COUNTED f p n\nPLUGIN_COUNTED f p m\n",
        "function void ( p pointer int n int m int )",
        "the host says both PLUGIN_COUNTED(f, p, n) and PLUGIN_COUNTED(f, p, m): drop one of them\n");
    check_marks(
        "PLUGIN_COUNTED_BY_RESULT f p\n", "function int ( p pointer int )",
        "f: parameter 1: int *p: PLUGIN_COUNTED_BY_RESULT(f, p), but nothing says how many there are at most: add PLUGIN_COUNTED\n");
    check_marks(
        "PLUGIN_COUNTED f p n\nPLUGIN_COUNTED_BY_RESULT f p\n",
        "function void ( p pointer int n int )",
        "f: parameter 1: int *p: PLUGIN_COUNTED_BY_RESULT(f, p), but the result is no integer of at most 8 bytes: return one\n");
    check_marks(
        "PLUGIN_COUNTED f p n\nPLUGIN_COUNTED_BY_RESULT f p\n",
        "function int ( p pointer const int n int )",
        "f: parameter 1: const int *p: PLUGIN_COUNTED_BY_RESULT, but it is const, so nothing comes back: drop one of the two\n");
    check_marks(
        "PLUGIN_OUT f p\nPLUGIN_OUT f q\nPLUGIN_OUT f r\nPLUGIN_OUT f s\n",
        "function int ( p pointer const int q pointer void r pointer struct db ; s pointer const char )",
        "f: parameter 1: const int *p: PLUGIN_OUT, but it is const: drop one of the two\n"
        "f: parameter 2: void *q: PLUGIN_OUT, but nothing says of how many bytes: add PLUGIN_COUNTED\n"
        "f: parameter 3: struct db *r: PLUGIN_OUT, but nothing says of how many bytes: add PLUGIN_COUNTED\n"
        "f: parameter 4: const char *s: PLUGIN_OUT, but it is const: drop one of the two\n");
    check_marks("PLUGIN_COUNTED f p\nPLUGIN_OUT f\nPLUGIN_COUNTED_MEMBER struct  a b\n",
                "function void ( p pointer int )",
                "the host says PLUGIN_COUNTED(f p): that takes 3 names\n"
                "the host says PLUGIN_OUT(f): that takes 2 names\n"
                "the host says PLUGIN_COUNTED_MEMBER(struct , a, b): that takes 3 names\n");
}

static void marks_of_opaque_types_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    check_marks(
        "PLUGIN_OPAQUE struct s\nPLUGIN_COUNTED f p n\nPLUGIN_OUT f q\nPLUGIN_OPAQUE a b\n",
        "function void ( p pointer struct s 4 { i 0 int } n int q pointer same s )",
        "the host says PLUGIN_OPAQUE(a b): that takes 1 name\n"
        "f: parameter 1: struct s *p: PLUGIN_COUNTED(f, p, n), but its type is PLUGIN_OPAQUE: drop one of the two\n"
        "f: parameter 3: struct s *q: PLUGIN_OUT, but nothing says of how many bytes: add PLUGIN_COUNTED\n");
}

static void marks_of_members_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    check_marks(
        "PLUGIN_COUNTED_MEMBER struct s p count\nPLUGIN_COUNTED_MEMBER struct s q n\nPLUGIN_COUNTED_MEMBER struct s n n\nPLUGIN_COUNTED_MEMBER struct s r b\nPLUGIN_COUNTED_MEMBER struct s t r\n",
        "function void ( p pointer struct s 32 { p 0 pointer int n 64 int b 96:4 int r 128 pointer int t 192 pointer int } )",
        "f: parameter 1: struct s: the host says PLUGIN_COUNTED_MEMBER(struct s, p, count), but the plugin has no member count: use one name in both\n"
        "f: parameter 1: struct s: the host says PLUGIN_COUNTED_MEMBER(struct s, q, n), but the plugin has no member q: use one name in both\n"
        "f: parameter 1: struct s: member n: int n: PLUGIN_COUNTED_MEMBER(struct s, n, n), but it is no pointer: drop the mark\n"
        "f: parameter 1: struct s: member r: int *r: PLUGIN_COUNTED_MEMBER(struct s, r, b), but b is no integer of 1 to 8 whole bytes: count by one\n"
        "f: parameter 1: struct s: member t: int *t: PLUGIN_COUNTED_MEMBER(struct s, t, r), but r is no integer of 1 to 8 whole bytes: count by one\n");
    check_marks(
        "PLUGIN_COUNTED_MEMBER struct s p n\nPLUGIN_COUNTED_MEMBER s_t p m\n",
        "function void ( p pointer typedef s_t struct s 16 { p 0 pointer int n 64 int m 96 int } )",
        "f: parameter 1: struct s: member p: int *p: the host says both PLUGIN_COUNTED_MEMBER(struct s, p, n) and PLUGIN_COUNTED_MEMBER(s_t, p, m): drop one of them\n");
    check_marks(
        "PLUGIN_COUNTED_MEMBER struct s_t p m\n",
        "function void ( p pointer typedef s_t struct - 16 { p 0 pointer char n 64 int m 96 int } )",
        "f: parameter 1: s_t: member p: char *p: nothing says how many bytes: say how many with PLUGIN_COUNTED_MEMBER, or make it const char * if it is a string\n");
}

static void marks_of_the_plugin_alone_are_refused(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "PLUGIN_COUNTED f p n\nPLUGIN_COUNTED_MEMBER struct s p n\nversion 1\n");
    tell_all(
        &made.plugin_told,
        "PLUGIN_COUNTED f p n\nPLUGIN_COUNTED f p m\nPLUGIN_OUT f p\n"
        "PLUGIN_COUNTED_MEMBER struct s p n\nPLUGIN_COUNTED_MEMBER s p n\nPLUGIN_COUNTED_MEMBER struct s p m\nPLUGIN_COUNTED sum\nversion 2\n");
    define(&made.plugin, "f", FORMAT_FUNCTION,
           "func f function void ( p pointer int n int m int )");
    check_case(
        __LINE__, &made,
        "function f: the plugin says PLUGIN_COUNTED(f, p, m), and the host does not: state it in a header that both include\n"
        "function f: the plugin says PLUGIN_OUT(f, p), and the host does not: state it in a header that both include\n"
        "type s: the plugin says PLUGIN_COUNTED_MEMBER(s, p, n), and the host does not: state it in a header that both include\n"
        "struct s: the plugin says PLUGIN_COUNTED_MEMBER(struct s, p, m), and the host does not: state it in a header that both include\n"
        "function sum: the plugin says PLUGIN_COUNTED(sum), and the host does not: state it in a header that both include\n");
}

/* ---- hostile types ---- */

static void members_that_share_bytes_are_refused(void **state)
{
    (void)state;
    check(
        "function void ( p pointer struct s 16 { p 0 pointer const char n 32 int } )",
        "f: parameter 1: struct s: isolated plugins do not support members that share bytes: give each its own\n");
    check(
        "function void ( p pointer struct s 8 { empty 0 struct none 1 { } p 0 pointer const char } )",
        "");
}

static void members_beyond_their_struct_are_refused(void **state)
{
    (void)state;
    check(
        "function void ( p pointer struct s 8 { p 32 pointer const char } q pointer struct t 4 { x 0 array 2 int } r pointer union u 4 { l 0 long } s pointer struct v 2 { b 7:9 int } )",
        "f: parameter 1: struct s: member p: const char *p: it lies beyond what has it: the stamp is damaged\n"
        "f: parameter 2: struct t: member x: int x[2]: it lies beyond what has it: the stamp is damaged\n"
        "f: parameter 3: union u: member l: long l: it lies beyond what has it: the stamp is damaged\n");
    check(
        "function void ( p pointer struct s 8 { a 0 array 4294967295 array 4294967295 array 4294967295 int b 0 array 4294967295 struct t 4 { i 0 int } } )",
        "f: parameter 1: struct s: member a: int a[4294967295][4294967295][4294967295]: isolated plugins do not support arrays of unknown size: use a pointer with PLUGIN_COUNTED_MEMBER\n"
        "f: parameter 1: struct s: member b: struct t b[4294967295]: it lies beyond what has it: the stamp is damaged\n");
    check(
        "function void ( p pointer aligned 8192 struct s 8 { a 0 int } q pointer aligned 24 struct t 8 { a 0 int } )",
        "f: parameter 1: struct s: isolated plugins do not support its alignment: request at most 4096 bytes\n");
}

static void without_memory_there_are_no_misfits(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "PLUGIN_COUNTED f values n\nPLUGIN_COUNTED_MEMBER struct list items many\n");
    define(&made.plugin, "f", FORMAT_FUNCTION,
           "func f function pointer char ( values pointer const int list pointer "
           "struct list 16 { count 0 int items 64 pointer pointer char } )");
    end_case(&made);
    for (starve_begin(); starve_goes_on();) {
        MISFITS_AUTO misfits = {0};
        ERROR_AUTO error = {0};
        struct plan *plan = plan_of(&made, NULL, &misfits, &error);
        bool is_starved = starve_end();
        assert_null(plan);
        assert_int_equal(error.code, is_starved ? PLUGIN_NO_MEMORY : PLUGIN_OK);
        assert_true(is_starved || misfits.count);
    }
    free_case(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_without_a_count_are_refused),
        cmocka_unit_test(what_functions_behind_pointers_have_is_refused),
        cmocka_unit_test(shared_memory_is_refused),
        cmocka_unit_test(what_belongs_to_one_process_is_refused),
        cmocka_unit_test(types_that_btf_lacks_are_refused),
        cmocka_unit_test(unions_with_pointers_are_refused),
        cmocka_unit_test(what_is_in_each_element_is_told_once),
        cmocka_unit_test(what_compilers_place_elsewhere_is_refused_by_value),
        cmocka_unit_test(arrays_of_unknown_size_are_refused),
        cmocka_unit_test(types_without_bytes_are_refused),
        cmocka_unit_test(what_libffi_cannot_describe_is_refused_by_value),
        cmocka_unit_test(calls_of_another_kind_are_refused),
        cmocka_unit_test(other_symbols_are_refused),
        cmocka_unit_test(variables_that_cannot_be_shared_are_refused),
        cmocka_unit_test(variables_in_no_memory_to_share_are_refused),
        cmocka_unit_test(variables_that_are_too_large_are_refused),
        cmocka_unit_test(what_is_of_the_host_is_refused),
        cmocka_unit_test(what_is_not_of_the_host_is_not_refused),
        cmocka_unit_test(plugins_of_32_bits_are_refused),
        cmocka_unit_test(marks_that_do_not_fit_are_refused),
        cmocka_unit_test(marks_of_opaque_types_that_do_not_fit_are_refused),
        cmocka_unit_test(marks_of_members_that_do_not_fit_are_refused),
        cmocka_unit_test(marks_of_the_plugin_alone_are_refused),
        cmocka_unit_test(members_that_share_bytes_are_refused),
        cmocka_unit_test(members_beyond_their_struct_are_refused),
        cmocka_unit_test(without_memory_there_are_no_misfits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
