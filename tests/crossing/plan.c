/* The plans of functions that can cross. What is refused: plan_refused.c. */
#include "src/crossing/functions.h"
#include "tests/crossing/plan_made.h"

/* The plan of a function f of these words, with these marks of the host. */
static void check_at(int line, const char *marks, const char *words, const char *expected)
{
    struct case_of_plan made;
    MISFITS_AUTO misfits = {0};
    TEXT_AUTO shown = {0};
    char symbol[4096];
    start_case(&made, marks);
    snprintf(symbol, sizeof symbol, "func f %s", words);
    define(&made.plugin, "f", FORMAT_FUNCTION, symbol);
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
#define check(...) check_at(__LINE__, __VA_ARGS__)

#define SIZE_T "typedef size_t ulong"
#define POINT  "struct point 8 { x 0 int y 32 int }"

/* ---- values ---- */

static void numbers_are_bytes_of_the_frame(void **state)
{
    (void)state;
    check("", "function void ( )",
          "f v frame 0 (= 0+0)\n"
          "0 f 16/16\n");
    check(
        "",
        "function int ( a char b uchar c short d ushort e unsigned f long g ulong h llong i bool )",
        "f ibBhHIlLlB frame 0 (a 0+1, b 16+1, c 32+2, d 48+2, e 64+4, f 80+8, g 96+8, h 112+8, i 128+1, = 144+4 signed)\n"
        "0 f 160/16\n");
    check("", "function double ( a float b double c ldouble d opaque _Float32 4 )",
          "f dfdgf frame 0 (a 0+4, b 16+8, c 32+16, d 48+4, = 64+8)\n"
          "0 f 80/16\n");
    check("", "function enum e 4 { A 0 } ( a signed-enum s 4 { B 0 } b enum t 1 { C 0 } )",
          "f IiB frame 0 (a 0+4, b 16+1, = 32+4)\n"
          "0 f 48/16\n");
    check("", "function typedef number const int ( const aligned 4 typedef four const int )",
          "f ii frame 0 (const 0+4, = 16+4 signed)\n"
          "0 f 32/16\n");
}

static void structs_by_value_are_bytes_of_the_frame(void **state)
{
    (void)state;
    check("", "function " POINT " ( p " POINT " )",
          "f {ii}{ii} frame 0 (p 0+8, = 16+8)\n"
          "0 f 32/16\n"
          "1 struct point 8/4\n"
          "2 struct point 8/4\n");
    check(
        "",
        "function void ( p struct row 40 { a 0 array 3 array 2 short b 96 char c 128 struct in 16 "
        "{ d 0 double s 64 pointer const char } e 256 float } )",
        "f v{hhhhhhb{dp}f} frame 0 (p 0+40, = 48+0)\n"
        "0 f 64/16\n"
        "  0+40 embedded 1 * 1\n"
        "1 struct row 40/8\n"
        "  13+3 padding\n"
        "  16+16 embedded 1 * 2\n"
        "  36+4 padding\n"
        "2 struct in 16/8\n"
        "  8+8 string\n");
}

/* ---- pointers ---- */

static void a_pointer_to_const_char_is_a_string(void **state)
{
    (void)state;
    check("",
          "function pointer const char ( s pointer const char t typedef text pointer const "
          "typedef letter char )",
          "f ppp frame 0 (s 0+8, t 16+8, = 32+8)\n"
          "0 f 48/16\n"
          "  0+8 string\n"
          "  16+8 string\n"
          "  32+8 string\n");
}

static void a_pointer_is_to_one_object(void **state)
{
    (void)state;
    check("", "function pointer const " POINT " ( a pointer const int b pointer " POINT " )",
          "f ppp frame 0 (a 0+8, b 16+8, = 32+8)\n"
          "0 f 48/16\n"
          "  0+8 objects 2 in\n"
          "  16+8 objects 3 in back\n"
          "  32+8 objects 1 in\n"
          "1 struct point 8/4\n"
          "2 int 4/4\n"
          "3 struct point 8/4\n");
    check("",
          "function void ( a pointer const uchar b pointer pointer const char c pointer array 4 "
          "const char )",
          "f vppp frame 0 (a 0+8, b 16+8, c 32+8, = 48+0)\n"
          "0 f 64/16\n"
          "  0+8 objects 1 in\n"
          "  16+8 objects 2 in back\n"
          "  32+8 objects 3 in\n"
          "1 unsigned char 1/1\n"
          "2 const char * 8/8\n"
          "  0+8 string\n"
          "3 const char [4] 4/1\n");
}

static void an_object_is_aligned_as_its_pointers_request(void **state)
{
    (void)state;
    check(
        "",
        "function void ( a pointer aligned 32 typedef lanes struct four 16 { f 0 array 4 float } )",
        "f vp frame 0 (a 0+8, = 16+0)\n"
        "0 f 32/16\n"
        "  0+8 objects 1 in back\n"
        "1 struct four 16/32\n");
}

static void objects_lead_to_objects(void **state)
{
    (void)state;
    check("",
          "function void ( first pointer struct node 24 { next 0 pointer same node name 64 "
          "pointer const char value 128 int } )",
          "f vp frame 0 (first 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "1 struct node 24/8\n"
          "  0+8 objects 1 in back\n"
          "  8+8 string\n"
          "  20+4 padding\n");
    check("",
          "function void ( s pointer const struct scene 48 { names 0 array 2 pointer const char "
          "points 128 array 2 " POINT " line 256 array 2 struct cell 8 { c 0 char i 32 int } } )",
          "f vp frame 0 (s 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in\n"
          "1 struct scene 48/8\n"
          "  0+16 embedded 2 * 2\n"
          "  32+16 embedded 2 * 4\n"
          "2 const char * 8/8\n"
          "  0+8 string\n"
          "3 struct point 8/4\n"
          "4 struct cell 8/4\n"
          "  1+3 padding\n");
}

static void what_is_incomplete_is_opaque(void **state)
{
    (void)state;
    check("",
          "function pointer struct db ; ( a pointer struct db ; b pointer void c pointer const "
          "void d pointer union u ; e pointer typedef box struct __unnamed ; )",
          "f pppppp frame 0 (a 0+8, b 16+8, c 32+8, d 48+8, e 64+8, = 80+8)\n"
          "0 f 96/16\n"
          "  0+8 opaque struct db\n"
          "  16+8 opaque void\n"
          "  32+8 opaque void\n"
          "  48+8 opaque union u\n"
          "  64+8 opaque box\n"
          "  80+8 opaque struct db\n");
    check("", "function void ( a pointer pointer struct db ; )",
          "f vp frame 0 (a 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "1 struct db * 8/8\n"
          "  0+8 opaque struct db\n");
}

static void what_the_host_says_is_opaque(void **state)
{
    (void)state;
    check("PLUGIN_OPAQUE struct db\nPLUGIN_OPAQUE box\nPLUGIN_OPAQUE struct other\n",
          "function pointer struct db 8 { p 0 pointer char } ( a pointer const same db b pointer "
          "typedef box union - 8 { p 0 pointer char } c pointer pointer same db d pointer typedef "
          "other struct t 4 { i 0 int } )",
          "f ppppp frame 0 (a 0+8, b 16+8, c 32+8, d 48+8, = 64+8)\n"
          "0 f 80/16\n"
          "  0+8 opaque struct db\n"
          "  16+8 opaque box\n"
          "  32+8 objects 1 in back\n"
          "  48+8 objects 2 in back\n"
          "  64+8 opaque struct db\n"
          "1 struct db * 8/8\n"
          "  0+8 opaque struct db\n"
          "2 struct t 4/4\n");
}

/* ---- padding ---- */

static void bytes_of_no_member_are_padding(void **state)
{
    (void)state;
    check("", "function void ( p pointer struct s 24 { a 0 char b 32 int c 64 short d 128 long } )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "1 struct s 24/8\n"
          "  1+3 padding\n"
          "  10+6 padding\n");
    check("", "function void ( p pointer struct s 8 { a 0:3 int b 3:10 int c 32 char } )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "1 struct s 8/4\n"
          "  2+2 padding\n"
          "  5+3 padding\n");
    check("",
          "function void ( p pointer union u 16 { a 0 struct w 16 { x 0 char y 64 char } b 0 short "
          "c 0 array 2 struct v 6 { z 0 char w 16 short } } )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in back\n"
          "1 union u 16/2\n"
          "  4+2 padding\n"
          "  7+1 padding\n"
          "  10+6 padding\n");
    check(
        "",
        "function void ( p pointer struct s 16 { u 0 union u 8 { a 0 int b 0 char } v 64 long } )",
        "f vp frame 0 (p 0+8, = 16+0)\n"
        "0 f 32/16\n"
        "  0+8 objects 1 in back\n"
        "1 struct s 16/8\n"
        "  0+8 embedded 1 * 2\n"
        "2 union u 8/4\n"
        "  4+4 padding\n");
}

/* ---- marks ---- */

static void a_mark_says_how_many(void **state)
{
    (void)state;
    check("PLUGIN_COUNTED f values n\n", "function int ( values pointer const int n " SIZE_T " )",
          "f ipL frame 0 (values 0+8, n 16+8, = 32+4 signed)\n"
          "0 f 48/16\n"
          "  0+8 objects 1 in by u8 at 16\n"
          "1 int 4/4\n");
    check("PLUGIN_COUNTED f bytes n\nPLUGIN_COUNTED f text n\n",
          "function int ( n short bytes pointer const void text pointer char )",
          "f ihpp frame 0 (n 0+2, bytes 16+8, text 32+8, = 48+4 signed)\n"
          "0 f 64/16\n"
          "  16+8 objects 1 in by s2 at 0\n"
          "  32+8 objects 2 in back by s2 at 0\n"
          "1 unsigned char 1/1\n"
          "2 char 1/1\n");
    check("PLUGIN_COUNTED f argv argc\n",
          "function int ( argc int argv pointer pointer const char )",
          "f iip frame 0 (argc 0+4, argv 16+8, = 32+4 signed)\n"
          "0 f 48/16\n"
          "  16+8 objects 1 in back by s4 at 0\n"
          "1 const char * 8/8\n"
          "  0+8 string\n");
    check("PLUGIN_COUNTED_MEMBER struct polygon points count\n",
          "function void ( p pointer const struct polygon 16 { points 0 pointer " POINT
          " count 64 unsigned } )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in\n"
          "1 struct polygon 16/8\n"
          "  0+8 objects 2 in back by u4 at 8\n"
          "  12+4 padding\n"
          "2 struct point 8/4\n");
    check("PLUGIN_COUNTED_MEMBER polygon data count\n",
          "function void ( p pointer const typedef polygon struct - 16 { count 0 uchar data 64 "
          "pointer void } )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 in\n"
          "1 polygon 16/8\n"
          "  1+7 padding\n"
          "  8+8 objects 2 in back by u1 at 0\n"
          "2 unsigned char 1/1\n");
}

static void a_mark_says_what_comes_back(void **state)
{
    (void)state;
    check("PLUGIN_COUNTED f buffer n\nPLUGIN_COUNTED_BY_RESULT f buffer\nPLUGIN_OUT f buffer\n",
          "function long ( fd int buffer pointer void n " SIZE_T " )",
          "f lipL frame 0 (fd 0+4, buffer 16+8, n 32+8, = 48+8 signed)\n"
          "0 f 64/16\n"
          "  16+8 objects 1 back by u8 at 32 by result\n"
          "1 unsigned char 1/1\n");
    check("PLUGIN_OUT f p\n", "function int ( p pointer " POINT " )",
          "f ip frame 0 (p 0+8, = 16+4 signed)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 back\n"
          "1 struct point 8/4\n");
}

static void marks_of_what_the_plugin_lacks_are_ignored(void **state)
{
    (void)state;
    check("PLUGIN_COUNTED g a b\nPLUGIN_OUT g a\nPLUGIN_COUNTED_MEMBER struct other a b\n"
          "PLUGIN_OUT f p\nPLUGIN_OUT f p\n",
          "function void ( p pointer int )",
          "f vp frame 0 (p 0+8, = 16+0)\n"
          "0 f 32/16\n"
          "  0+8 objects 1 back\n"
          "1 int 4/4\n");
}

/* ---- the whole ---- */

static void equal_names_and_types_are_one(void **state)
{
    (void)state;
    struct case_of_plan made;
    MISFITS_AUTO misfits = {0};
    TEXT_AUTO shown = {0};
    start_case(&made, "");
    define(&made.plugin, "first", FORMAT_FUNCTION,
           "func first function void ( p pointer struct pair 16 { a 0 pointer struct db ; b 64 "
           "pointer struct db ; } q pointer const same pair )");
    define(&made.plugin, "second", FORMAT_FUNCTION,
           "func second function pointer struct db ; ( q int )");
    end_case(&made);
    struct plan *plan = make_plan(&made, &misfits);
    show_plan(&shown, plan);
    const struct plan_part *parts = plan_part(plan, 0);
    uint32_t opaque = 0, name = 0;
    for (uint32_t i = 0; i < plan->part_count; i++)
        if (parts[i].kind == PLAN_OPAQUE) {
            assert_true(!opaque++ || parts[i].object == name);
            name = parts[i].object;
        }
    assert_int_equal(opaque, 3);
    assert_string_equal(text_chars(&shown), "first vpp frame 0 (p 0+8, q 16+8, = 32+0)\n"
                                            "second pi frame 2 (q 0+4, = 16+8)\n"
                                            "0 first 48/16\n"
                                            "  0+8 objects 1 in back\n"
                                            "  16+8 objects 1 in\n"
                                            "1 struct pair 16/8\n"
                                            "  0+8 opaque struct db\n"
                                            "  8+8 opaque struct db\n"
                                            "2 second 32/16\n"
                                            "  16+8 opaque struct db\n");
    free(plan);
    free_case(&made);
}

/* ---- functions behind pointers, and of the host ---- */

static void a_pointer_to_a_function_leads_to_its_plan(void **state)
{
    (void)state;
    check(
        "",
        "function pointer function int ( - int ) ( each pointer function int ( - int ) s pointer struct s 8 "
        "{ f 0 pointer function void ( - pointer const char - pointer function int ( - int ) ) } )",

        "f ppp frame 0 (each 0+8, s 16+8, = 32+8)\n"
        "int (*)(int) ii frame 2 ( 0+4, = 16+4 signed)\n"
        "int (*)(int) ii frame 3 ( 0+4, = 16+4 signed)\n"
        "void (*)(const char *, int (*)(int)) vpp frame 4 ( 0+8,  16+8, = 32+0)\n"
        "int (*)(int) ii frame 5 ( 0+4, = 16+4 signed)\n"
        "0 f 48/16\n"
        "  0+8 function 2\n"
        "  16+8 objects 1 in back\n"
        "  32+8 function 1\n"
        "1 struct s 8/8\n"
        "  0+8 function 3\n"
        "2 int (*)(int) 32/16\n"
        "3 int (*)(int) 32/16\n"
        "4 void (*)(const char *, int (*)(int)) 48/16\n"
        "  0+8 string\n"
        "  16+8 function 4\n"
        "5 int (*)(int) 32/16\n");
    check(
        "PLUGIN_COUNTED visit 1 2\n",
        "function void ( a pointer typedef visit function void ( - pointer int - ulong ) b pointer function void ( "
        "- pointer int - ulong ) c typedef visit pointer function void ( - pointer int - ulong ) )",

        "f vppp frame 0 (a 0+8, b 16+8, c 32+8, = 48+0)\n"
        "visit * vpL frame 1 ( 0+8,  16+8, = 32+0)\n"
        "void (*)(int *, unsigned long) vpL frame 3 ( 0+8,  16+8, = 32+0)\n"
        "visit vpL frame 5 ( 0+8,  16+8, = 32+0)\n"
        "0 f 64/16\n"
        "  0+8 function 1\n"
        "  16+8 function 2\n"
        "  32+8 function 3\n"
        "1 visit * 48/16\n"
        "  0+8 objects 2 in back by u8 at 16\n"
        "2 int 4/4\n"
        "3 void (*)(int *, unsigned long) 48/16\n"
        "  0+8 objects 4 in back\n"
        "4 int 4/4\n"
        "5 visit 48/16\n"
        "  0+8 objects 6 in back by u8 at 16\n"
        "6 int 4/4\n");
}

static void functions_of_the_host_follow_the_symbols(void **state)
{
    (void)state;
    struct case_of_plan made;
    MISFITS_AUTO misfits = {0};
    TEXT_AUTO shown = {0};
    start_case(&made, "PLUGIN_COUNTED host_sum values count\n");
    define(&made.host, "host_sum", FORMAT_FUNCTION,
           "func host_sum function int ( values pointer const int count int )");
    define(&made.host, "host_weak", FORMAT_FUNCTION, "func host_weak function void ( )");
    define(&made.plugin, "f", FORMAT_FUNCTION,
           "func f function void ( - pointer function void ( ) )");
    import(&made.plugin, -1, "host_sum", FORMAT_FUNCTION, NULL);
    import(&made.plugin, -1, "host_sum", FORMAT_FUNCTION,
           "func host_sum function int ( values pointer const int count int )");
    import(&made.plugin, -1, "host_weak", FORMAT_FUNCTION, "func host_weak function void ( )");
    made.plugin.tables->imports[2].flags = FORMAT_IMPORT_WEAK;
    end_case(&made);
    struct plan *plan = make_plan(&made, &misfits);
    assert_non_null(plan);
    show_plan(&shown, plan);
    assert_int_equal(plan->symbol_count, 1);
    assert_int_equal(plan->import_count, 2);
    assert_true(plan_has_calls_back(plan));
    assert_string_equal(text_chars(&shown),
                        "f vp frame 0 ( 0+8, = 16+0)\n"
                        "host_sum ipi frame 1 (values 0+8, count 16+4, = 32+4 signed)\n"
                        "host_weak v frame 3 (= 0+0)\n"
                        "void (*)(void) v frame 4 (= 0+0)\n"
                        "0 f 32/16\n"
                        "  0+8 function 3\n"
                        "1 host_sum 48/16\n"
                        "  0+8 objects 2 in by s4 at 16\n"
                        "2 int 4/4\n"
                        "3 host_weak 16/16\n"
                        "4 void (*)(void) 16/16\n");
    free(plan);
    free_case(&made);
}

/* May a pointer to the one function be passed as one to the other? */
static bool agree(const char *first, const char *second)
{
    struct case_of_plan made;
    MISFITS_AUTO misfits = {0};
    char symbol[1024];
    start_case(&made, "PLUGIN_COUNTED marked 1 2\n");
    snprintf(symbol, sizeof symbol, "func f %s", first);
    define(&made.plugin, "f", FORMAT_FUNCTION, symbol);
    snprintf(symbol, sizeof symbol, "func g function void ( - pointer %s )", second);
    define(&made.plugin, "g", FORMAT_FUNCTION, symbol);
    end_case(&made);
    struct plan *plan = make_plan(&made, &misfits);
    assert_non_null(plan);
    assert_int_equal(plan->function_count, 3);
    bool is_one = functions_agree(plan, 0, 2);
    assert_true(is_one == functions_agree(plan, 2, 0));
    free(plan);
    free_case(&made);
    return is_one;
}

static void functions_agree_that_cross_alike(void **state)
{
    (void)state;
    assert_true(agree("function int ( a int )", "function int ( - int )"));
    assert_false(agree("function int ( a int )", "function int ( - unsigned )"));
    assert_false(agree("function int ( a int )", "function int ( )"));
    assert_true(
        agree("function void ( p pointer const char )", "function void ( - pointer const char )"));
    assert_false(
        agree("function void ( p pointer const char )", "function void ( - pointer const int )"));
    assert_false(agree("function void ( p pointer const int )", "function void ( - pointer int )"));
    assert_false(agree("function void ( p pointer int n int )",
                       "typedef marked function void ( - pointer int - int )"));
    assert_false(
        agree("function void ( p pointer struct a ; )", "function void ( - pointer struct b ; )"));
}

static void without_memory_there_is_no_plan(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "PLUGIN_COUNTED f values n\nPLUGIN_COUNTED_MEMBER struct list items count\n");
    define(
        &made.plugin, "f", FORMAT_FUNCTION,
        "func f function pointer struct db ; ( each pointer function void ( - int ) values pointer const int n ulong list pointer "
        "struct list 16 { count 0 int items 64 pointer pointer const char } )");
    define_at(&made.plugin, "v", "int", DATA);
    set_segments(&made.plugin);
    end_case(&made);
    for (starve_begin(); starve_goes_on();) {
        MISFITS_AUTO misfits = {0};
        ERROR_AUTO error = {0};
        struct plan *plan = plan_of(&made, NULL, &misfits, &error);
        bool is_starved = starve_end();
        assert_int_equal(!plan, is_starved);
        assert_int_equal(error.code, is_starved ? PLUGIN_NO_MEMORY : PLUGIN_OK);
        free(plan);
    }
    free_case(&made);
}

/* ---- variables ---- */

static void check_variables(int line, struct case_of_plan *made, const char *expected)
{
    MISFITS_AUTO misfits = {0};
    TEXT_AUTO shown = {0};
    set_segments(&made->plugin);
    end_case(made);
    struct plan *plan = make_plan(made, &misfits);
    if (plan)
        show_plan(&shown, plan);
    for (size_t i = 0; i < misfits.kept; i++)
        text_add(&shown, "%s\n", text_chars(&misfits.items[i].text));
    if (strcmp(text_chars(&shown), expected) != 0)
        fprintf(stderr, "line %d: the plan is\n%s", line, text_chars(&shown));
    assert_string_equal(text_chars(&shown), expected);
    free(plan);
    free_case(made);
}

static void variables_without_pointers_are_shared(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define_at(&made.plugin, "a", "const array 4 int", 0x1010);
    define(&made.plugin, "b", FORMAT_FUNCTION, "func b function int ( )");
    define_at(&made.plugin, "c", "volatile array 2 array 3 " POINT, DATA + 64);
    define_at(&made.plugin, "d", "union u 8 { n 0 long s 0 short }", DATA + 16);
    define_at(&made.plugin, "e", "double", DATA_END - 8);
    check_variables(__LINE__, &made,

                    "shared 12304+8\n"
                    "shared 12352+48\n"
                    "shared 16376+8\n"
                    "constant a 4112+16 frame 0\n"
                    "b i frame 1 (= 0+4 signed)\n"
                    "variable c 12352+48 frame 2\n"
                    "variable d 12304+8 frame 3\n"
                    "variable e 16376+8 frame 4\n"
                    "0 a 0/16\n"
                    "1 b 16/16\n"
                    "2 c 0/16\n"
                    "3 d 0/16\n"
                    "4 e 0/16\n");
}

/* Aliases, and what lies in them, are one memory. */
static void variables_on_each_other_are_one(void **state)
{
    (void)state;
    struct case_of_plan made;
    start_case(&made, "");
    define_at(&made.plugin, "a", "int", DATA + 12);
    define_at(&made.plugin, "b", "array 4 int", DATA);
    define_at(&made.plugin, "c", "int", DATA);
    define_at(&made.plugin, "d", "array 4 int", DATA + 8);
    define_at(&made.plugin, "e", "int", DATA + 24);
    check_variables(__LINE__, &made,

                    "shared 12288+24\n"
                    "shared 12312+4\n"
                    "variable a 12300+4 frame 0\n"
                    "variable b 12288+16 frame 1\n"
                    "variable c 12288+4 frame 2\n"
                    "variable d 12296+16 frame 3\n"
                    "variable e 12312+4 frame 4\n"
                    "0 a 0/16\n"
                    "1 b 0/16\n"
                    "2 c 0/16\n"
                    "3 d 0/16\n"
                    "4 e 0/16\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_bytes_of_the_frame),
        cmocka_unit_test(structs_by_value_are_bytes_of_the_frame),
        cmocka_unit_test(a_pointer_to_const_char_is_a_string),
        cmocka_unit_test(a_pointer_is_to_one_object),
        cmocka_unit_test(an_object_is_aligned_as_its_pointers_request),
        cmocka_unit_test(objects_lead_to_objects),
        cmocka_unit_test(what_is_incomplete_is_opaque),
        cmocka_unit_test(what_the_host_says_is_opaque),
        cmocka_unit_test(bytes_of_no_member_are_padding),
        cmocka_unit_test(a_mark_says_how_many),
        cmocka_unit_test(a_mark_says_what_comes_back),
        cmocka_unit_test(marks_of_what_the_plugin_lacks_are_ignored),
        cmocka_unit_test(equal_names_and_types_are_one),
        cmocka_unit_test(variables_without_pointers_are_shared),
        cmocka_unit_test(variables_on_each_other_are_one),
        cmocka_unit_test(a_pointer_to_a_function_leads_to_its_plan),
        cmocka_unit_test(functions_of_the_host_follow_the_symbols),
        cmocka_unit_test(functions_agree_that_cross_alike),
        cmocka_unit_test(without_memory_there_is_no_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
