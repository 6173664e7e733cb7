/* The marks of counts behind pointers and of results, of what a callee keeps, of what a caller
 * frees and of memory that is shared: what they make of a plan, and what they are not for. */
#include "tests/crossing/plan_made.h"

/* Shows the plan of these symbols, each "NAME WORDS", or what speaks against it. */
static void check_at(int line, const char *marks, const char *const *symbols, const char *expected)
{
    MISFITS_AUTO misfits = {0};
    TEXT_AUTO shown = {0};
    struct case_of_plan made;
    start_case(&made, marks);
    for (; *symbols; symbols++) {
        char words[1024], name[64];
        sscanf(*symbols, "%63s", name);
        snprintf(words, sizeof words, "func %s", *symbols);
        define(&made.plugin, name, FORMAT_FUNCTION, words);
    }
    made.plugin.module.elf.machine = EM_X86_64;
    end_case(&made);
    struct plan *plan = make_plan(&made, &misfits);
    if (plan)
        show_plan(&shown, plan);
    for (size_t i = 0; i < misfits.kept; i++)
        text_add(&shown, "%s\n", text_chars(&misfits.items[i].text));
    if (strcmp(text_chars(&shown), expected) != 0)
        fprintf(stderr, "line %d: the plan is\n%s", line, text_chars(&shown));
    assert_string_equal(text_chars(&shown), expected);
    free(plan);
    free_case(&made);
}
#define check(marks, symbol, expected)                                                             \
    check_at(__LINE__, marks, (const char *const[]){"f " symbol, NULL}, expected)
#define check_two(marks, symbol, other, expected)                                                  \
    check_at(__LINE__, marks, (const char *const[]){other, "f " symbol, NULL}, expected)

/* ---- counts ---- */

static void a_count_may_lie_behind_a_pointer(void **state)
{
    (void)state;
    check("PLUGIN_COUNTED f p n\n", "function void ( p pointer int n pointer ulong )",
          "f vpp frame 0 (p 0+8, n 16+8, = 32+0)\n"
          "0 f 48/16\n"
          "  16+8 objects 1 in back\n"
          "  0+8 objects 2 in back by u8 of 1 behind 16 by count\n"
          "1 unsigned long 8/8\n"
          "2 int 4/4\n");
    check("PLUGIN_COUNTED f p n\n", "function void ( p pointer int n pointer const uchar )",
          "f vpp frame 0 (p 0+8, n 16+8, = 32+0)\n"
          "0 f 48/16\n"
          "  16+8 objects 1 in\n"
          "  0+8 objects 2 in back by u1 of 1 behind 16\n"
          "1 unsigned char 1/1\n"
          "2 int 4/4\n");
    check("PLUGIN_COUNTED f return n\n", "function pointer void ( n pointer int )",
          "f pp frame 0 (n 0+8, = 16+8)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "  16+8 objects 2 in back by s4 of 1 behind 0\n"
          "1 int 4/4\n"
          "2 unsigned char 1/1\n");
    check("PLUGIN_COUNTED f 0 n\nPLUGIN_OUT f n\n",
          "function pointer const int ( n pointer ushort )",
          "f pp frame 0 (n 0+8, = 16+8)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 back\n"
          "  16+8 objects 2 in by u2 of 1 behind 0\n"
          "1 unsigned short 2/2\n"
          "2 int 4/4\n");
    check("PLUGIN_COUNTED f return n\n", "function pointer char ( n int )",
          "f pi frame 0 (n 0+4, = 16+8)\n"
          "0 f 32/16\n"
          "  16+8 objects 1 in back by s4 at 0\n"
          "1 char 1/1\n");
    check("PLUGIN_COUNTED fn 0 1\n",
          "function void ( p pointer typedef fn function pointer int ( - pointer int ) )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "fn * pp frame 1 ( 0+8, = 16+8)\n"
          "0 f 32/16\n"
          "  0+8 function 1\n"
          "1 fn * 32/16\n"
          "  0+8 objects 2 in back\n"
          "  16+8 objects 3 in back by s4 of 2 behind 0\n"
          "2 int 4/4\n"
          "3 int 4/4\n");
}

static void counts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    check(
        "PLUGIN_COUNTED f p n\n", "function void ( p pointer int n pointer float )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but n leads to no integer of at most 8 bytes: count by one\n");
    check("PLUGIN_COUNTED f p n\n", "function void ( p pointer int n pointer const char )",
          "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but n leads to no integer of at most 8 "
          "bytes: count by one\n");
    check(
        "PLUGIN_COUNTED f p n\nPLUGIN_COUNTED f n m\n",
        "function void ( p pointer int n pointer int m int )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but the host says PLUGIN_COUNTED(f, n, m), too: drop one of them\n");
    check(
        "PLUGIN_COUNTED f p n\nPLUGIN_OUT f n\n", "function void ( p pointer int n pointer int )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but the host says PLUGIN_OUT(f, n), too: drop one of them\n");
    check(
        "PLUGIN_COUNTED f p n\nPLUGIN_KEPT f n\n", "function void ( p pointer int n pointer int )",
        "f: parameter 1: int *p: PLUGIN_COUNTED(f, p, n), but the host says PLUGIN_KEPT(f, n), too: drop one of them\n");
    check(
        "PLUGIN_COUNTED f p return\n", "function int ( p pointer int )",
        "f: the host says PLUGIN_COUNTED(f, p, return), but the plugin has no parameter return: use one name in both\n");
    check(
        "PLUGIN_COUNTED f return n\n", "function void ( n int )",
        "f: the host says PLUGIN_COUNTED(f, return, n), but the function returns nothing: drop the mark\n");
    check("PLUGIN_COUNTED f return n\n", "function int ( n int )",
          "f: result: int: PLUGIN_COUNTED(f, return, n), but it is no pointer: drop the mark\n");
    check(
        "PLUGIN_COUNTED f return n\nPLUGIN_COUNTED f return m\n",
        "function pointer int ( n int m int )",
        "the host says both PLUGIN_COUNTED(f, return, n) and PLUGIN_COUNTED(f, return, m): drop one of them\n");
    check(
        "PLUGIN_COUNTED f return m\n", "function pointer int ( n int )",
        "f: the host says PLUGIN_COUNTED(f, return, m), but the plugin has no parameter m: use one name in both\n");
    check(
        "PLUGIN_COUNTED_BY_RESULT f return\nPLUGIN_OUT f return\n",
        "function pointer int ( n int )",
        "f: the host says PLUGIN_COUNTED_BY_RESULT(f, return), but the plugin has no parameter return: use one name in both\n"
        "f: the host says PLUGIN_OUT(f, return), but the plugin has no parameter return: use one name in both\n");
}

/* ---- what is kept ---- */

static void a_callee_may_keep(void **state)
{
    (void)state;
    check(
        "PLUGIN_KEPT f s\nPLUGIN_KEPT f t\nPLUGIN_KEPT f v\nPLUGIN_COUNTED f v n\n",
        "function void ( p pointer int s pointer struct s 8 { t 0 pointer const char } t pointer const char v pointer void n pointer int )",
        "f vppppp frame 0 (p 0+8, s 16+8, t 32+8, v 48+8, n 64+8, = 80+0)\n"
        "0 f 96/16\n"
        "  16+8 objects 2 in kept\n"
        "  32+8 string kept\n"
        "  0+8 objects 1 in back\n"
        "  64+8 objects 3 in back\n"
        "  48+8 objects 4 in by s4 of 3 behind 64 kept\n"
        "1 int 4/4\n"
        "2 struct s 8/8\n"
        "  0+8 string\n"
        "3 int 4/4\n"
        "4 unsigned char 1/1\n");
}

static void what_cannot_be_kept_is_refused(void **state)
{
    (void)state;
    check(
        "PLUGIN_KEPT f p\nPLUGIN_KEPT f v\nPLUGIN_KEPT f c\nPLUGIN_KEPT f n\nPLUGIN_KEPT f d\nPLUGIN_KEPT f x\n",
        "function void ( p pointer function void ( ) v pointer void c pointer char n int d pointer struct db ; )",
        "f: the host says PLUGIN_KEPT(f, x), but the plugin has no parameter x: use one name in both\n"
        "f: parameter 1: void (*p)(void): PLUGIN_KEPT, but it points to a function: drop the mark\n"
        "f: parameter 2: void *v: PLUGIN_KEPT, but it is passed as it is, and stays valid anyway: drop the mark\n"
        "f: parameter 3: char *c: nothing says how many bytes: say how many with PLUGIN_COUNTED, or make it const char * if it is a string\n"
        "f: parameter 4: int n: PLUGIN_KEPT(f, n), but it is no pointer: drop the mark\n"
        "f: parameter 5: struct db *d: PLUGIN_KEPT, but it is passed as it is, and stays valid anyway: drop the mark\n");
    check(
        "PLUGIN_KEPT f p\nPLUGIN_OUT f p\nPLUGIN_COUNTED f q n\nPLUGIN_COUNTED_BY_RESULT f q\nPLUGIN_KEPT f q\n",
        "function int ( p pointer int q pointer int n int )",
        "the host says both PLUGIN_KEPT(f, p) and PLUGIN_OUT(f, p): drop one of them\n"
        "the host says both PLUGIN_COUNTED_BY_RESULT(f, q) and PLUGIN_KEPT(f, q): drop one of them\n");
    check("PLUGIN_KEPT f\nPLUGIN_KEPT f p q\n", "function int ( p pointer int )",
          "the host says PLUGIN_KEPT(f): that takes 2 names\n"
          "the host says PLUGIN_KEPT(f p, q): that takes 2 names\n");
}

/* ---- what is freed ---- */

static void a_caller_may_free(void **state)
{
    (void)state;
    check("PLUGIN_OWNED f free\n", "function pointer char ( )",
          "f p frame 0 (= 0+8) freed by C\n"
          "0 f 16/16\n"
          "  0+8 string\n");
    check("PLUGIN_OWNED f free\nPLUGIN_COUNTED f return n\n",
          "function pointer int ( n pointer int )",
          "f pp frame 0 (n 0+8, = 16+8) freed by C\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "  16+8 objects 2 in back by s4 of 1 behind 0\n"
          "1 int 4/4\n"
          "2 int 4/4\n");
    check_two("PLUGIN_OWNED f drop\n", "function pointer struct s 8 { t 0 pointer const char } ( )",
              "drop function void ( s pointer struct s 8 { t 0 pointer const char } )",
              "drop vp frame 0 (s 0+8, = 16+0) frees\n"
              "f p frame 1 (= 0+8) freed by 0\n"
              "0 drop 32/16\n"
              "  0+8 opaque void\n"
              "1 f 16/16\n"
              "  0+8 objects 2 in back\n"
              "2 struct s 8/8\n"
              "  0+8 string\n");
    check_two("PLUGIN_OWNED f drop\n", "function pointer const char ( )",
              "drop function void ( - pointer void )",
              "drop vp frame 0 ( 0+8, = 16+0) frees\n"
              "f p frame 1 (= 0+8) freed by 0\n"
              "0 drop 32/16\n"
              "  0+8 opaque void\n"
              "1 f 16/16\n"
              "  0+8 string\n");
}

static void what_cannot_be_freed_is_refused(void **state)
{
    (void)state;
    check(
        "PLUGIN_OWNED f free\n", "function pointer struct s 8 { t 0 pointer const char } ( )",
        "f: result: struct s *: PLUGIN_OWNED(f, free), but it has pointers in it, and free frees one block: name a function that frees all of it\n");
    check("PLUGIN_OWNED f free\n", "function int ( )",
          "f: result: int: PLUGIN_OWNED(f, free), but it is no pointer: drop the mark\n");
    check(
        "PLUGIN_OWNED f free\n", "function void ( )",
        "f: the host says PLUGIN_OWNED(f, free), but the function returns nothing: drop the mark\n");
    check(
        "PLUGIN_OWNED f free\n", "function pointer void ( )",
        "f: result: void *: PLUGIN_OWNED, but it is passed as it is, and the function that frees it gets it back: drop the mark\n");
    check("PLUGIN_OWNED f free\n", "function pointer function void ( ) ( )",
          "f: result: void (*)(void): PLUGIN_OWNED, but it points to a function: drop the mark\n");
    check(
        "PLUGIN_OWNED f drop\n", "function pointer int ( )",
        "f: result: int *: PLUGIN_OWNED(f, drop), but the plugin exports no such function: name one, or free\n");
    check("PLUGIN_OWNED f free\nPLUGIN_OWNED f drop\n", "function pointer int ( )",
          "the host says both PLUGIN_OWNED(f, free) and PLUGIN_OWNED(f, drop): drop one of them\n");
    check(
        "PLUGIN_OWNED fn drop\n", "function void ( p pointer typedef fn function pointer int ( ) )",
        "f: parameter 1: its result: int *: PLUGIN_OWNED(fn, drop), but a function behind a pointer may be of either side: name free\n");
    check_two(
        "PLUGIN_OWNED f drop\n", "function pointer int ( )",
        "drop function void ( p pointer long )",
        "f: result: int *: PLUGIN_OWNED(f, drop), but drop takes a pointer to another type: name the function that frees this one\n");
    check_two(
        "PLUGIN_OWNED f drop\n", "function pointer int ( )", "drop function int ( p pointer int )",
        "drop: the host says PLUGIN_OWNED(f, drop), but the function does not take one pointer and return nothing: name one that does, or free\n");
    check_two(
        "PLUGIN_OWNED f drop\n", "function pointer int ( )",
        "drop function void ( p pointer int n int )",
        "drop: the host says PLUGIN_OWNED(f, drop), but the function does not take one pointer and return nothing: name one that does, or free\n");
}

/* ---- what is shared ---- */

static void structs_in_shared_memory_may_be_copied(void **state)
{
    (void)state;
    check("PLUGIN_ARENA struct s\n",
          "function void ( s pointer struct s 16 { d 0 pointer int n 64 pointer const char } )",
          "f vp frame 0 (s 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "1 struct s 16/8 copied\n"
          "  0+8 objects 2 in back\n"
          "  8+8 string\n"
          "2 int 4/4\n");
}

static void what_cannot_be_copied_out_of_it_is_refused(void **state)
{
    (void)state;
    check(
        "PLUGIN_ARENA struct s\nPLUGIN_ARENA struct t\n",
        "function void ( s pointer struct s 16 { d 0 pointer void n 64 pointer struct t 8 { u 0 struct u 8 { f 0 pointer function void ( ) } } } )",
        "f: parameter 1: struct s: PLUGIN_ARENA, but it has pointers to functions, or such that are passed as they are: pass these as parameters\n"
        "f: parameter 1: struct s: member n: struct t: PLUGIN_ARENA, but it has pointers to functions, or such that are passed as they are: pass these as parameters\n");
    check(
        "PLUGIN_ARENA struct s\nPLUGIN_OPAQUE struct s\n",
        "function void ( s pointer struct s 4 { d 0 int } )",
        "the host says both PLUGIN_ARENA(struct s) and PLUGIN_OPAQUE(struct s): drop one of them\n");
    check("PLUGIN_ARENA struct s t\n", "function void ( )",
          "the host says PLUGIN_ARENA(struct s t): that takes 1 name\n");
}

/* ---- what libffi passes wrongly ---- */

static void what_libffi_passes_wrongly_is_refused(void **state)
{
    (void)state;
    check(
        "", "function struct s 16 { a 0 ldouble } ( s struct s 16 { a 0 ldouble } )",
        "f: result: struct s: a struct that is one long double cannot be passed to another process by value: pass a pointer to it\n");
    check("", "function struct t 32 { a 0 ldouble b 128 int } ( )",
          "f {gi} frame 0 (= 0+32)\n"
          "0 f 32/16\n"
          "  0+32 embedded 1 * 1\n"
          "1 struct t 32/16\n"
          "  20+12 padding\n");
    check(
        "",
        "function void ( a int b int c int d int e int s struct s 16 { a 0 long b 64 double } f double )",
        "f: parameter 6: struct s s: a struct that begins in the last register for integers cannot be passed to another process by value: pass a pointer to it\n");
    check(
        "",
        "function struct t 24 { a 0 array 3 long } ( b int c int d int e int s struct s 16 { a 0 array 2 float b 64 long } u struct u 12 { a 0 float b 32 int c 64 float } )",
        "f {lll}iiii{ffl}{fif} frame 0 (b 0+4, c 16+4, d 32+4, e 48+4, s 64+16, u 80+12, = 96+24)\n"
        "0 f 128/16\n"
        "1 struct t 24/8\n"
        "2 struct s 16/8\n"
        "3 struct u 12/4\n");
    check(
        "",
        "function void ( a int b int c int d int s struct s 16 { a 0 long b 64 double } e int f int t struct s 16 { a 0 long b 64 double } )",
        "f viiii{ld}ii{ld} frame 0 (a 0+4, b 16+4, c 32+4, d 48+4, s 64+16, e 80+4, f 96+4, t 112+16, = 128+0)\n"
        "0 f 144/16\n"
        "1 struct s 16/8\n"
        "2 struct s 16/8\n");
    check(
        "",
        "function void ( a int b int c int d int e int s struct s 16 { a 0 struct i 8 { a 0 int b 32 char } c 64 struct j 8 { a 0 array 2 float } } )",
        "f: parameter 6: struct s s: a struct that begins in the last register for integers cannot be passed to another process by value: pass a pointer to it\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_may_lie_behind_a_pointer),
        cmocka_unit_test(counts_that_do_not_fit_are_refused),
        cmocka_unit_test(a_callee_may_keep),
        cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(a_caller_may_free),
        cmocka_unit_test(what_cannot_be_freed_is_refused),
        cmocka_unit_test(structs_in_shared_memory_may_be_copied),
        cmocka_unit_test(what_cannot_be_copied_out_of_it_is_refused),
        cmocka_unit_test(what_libffi_passes_wrongly_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
