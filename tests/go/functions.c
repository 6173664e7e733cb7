/* Calls the functions of forms/, which return what they were passed. */
#include "forms.h"
#include <complex.h>
#include <limits.h>
#include <stdint.h>

typedef double Celsius;
struct Counter;
SLICE(slice_int, struct plugin_go_slice_int);
SLICE(Point, struct Point);
SLICE(pointer_Point, struct Point *);
struct List {
    long Value;
    struct List *Next;
};

#define NEXT(name, type, from, to) CHECK(AS(Next##name, type (*)(type))((type)(from)) == (type)(to))

static void scalars(void)
{
    CHECK(AS(Not, bool (*)(bool))(false) == true);
    CHECK(AS(Not, bool (*)(bool))(true) == false);
    NEXT(Int, long, -1, 0);
    NEXT(Int, int64_t, INT64_MAX, INT64_MIN);
    NEXT(Int8, signed char, -128, -127);
    NEXT(Int8, signed char, 127, -128);
    NEXT(Int16, short, SHRT_MIN, SHRT_MIN + 1);
    NEXT(Int32, int, -2, -1);
    NEXT(Int64, long, 1L << 62, (1L << 62) + 1);
    NEXT(Uint, unsigned long, ULONG_MAX, 0);
    NEXT(Uint8, unsigned char, 255, 0);
    NEXT(Uint16, unsigned short, 65534, 65535);
    NEXT(Uint32, unsigned, UINT_MAX - 1, UINT_MAX);
    NEXT(Uint64, unsigned long, 1UL << 63, (1UL << 63) + 1);
    NEXT(Uintptr, uintptr_t, 5, 6);
    CHECK(AS(HalfFloat32, float (*)(float))(-3) == -1.5F);
    CHECK(AS(HalfFloat64, double (*)(double))(1e-300) == 5e-301);
    CHECK(AS(TurnComplex64, _Complex float (*)(_Complex float))(1 + 2 * I) == -2 + 1 * I);
    CHECK(AS(TurnComplex, _Complex double (*)(_Complex double))(1 + 2 * I) == -2 + 1 * I);
    CHECK(AS(Same, void *(*)(void *))(&failures) == &failures);
    CHECK(AS(Same, void *(*)(void *))(NULL) == NULL);
    CHECK(AS(Warm, Celsius(*)(Celsius))(20) == 21);
    CHECK(AS(Walk, double (*)(double))(2) == 4);
    AS(Nothing, void (*)(void))();
    AS(Nothing, void (*)(void))();
    CHECK(AS(Calls, long (*)(void))() == 2);
}

static void pointers(void)
{
    long number = 21, *place = &number;
    CHECK(AS(Follow, long (*)(long *))(&number) == 42 && number == 42);
    CHECK(AS(Follow, long (*)(long *))(NULL) == -1);
    CHECK(AS(Where, long *(*)(void))() == AS(Int, long *));
    CHECK(AS(Deep, long (*)(long **))(&place) == 42);
    long four[4] = {1, 2, 3, 4};
    CHECK(AS(SumArray, long (*)(long(*)[4]))(&four) == 10);
    struct plugin_go_slice_int *slice = AS(Slice, struct plugin_go_slice_int *);
    AS(Extend, void (*)(struct plugin_go_slice_int *))(slice);
    CHECK(slice->len == 3 && slice->data[2] == 9);
    plugin_go_string *string = AS(String, plugin_go_string *);
    AS(Rename, void (*)(plugin_go_string *))(string);
    CHECK(says(*string, "renamed"));
    struct Point point = {1, 2};
    AS(MovePoint, void (*)(struct Point *))(&point);
    CHECK(point.X == 2 && point.Y == 1);
    struct geom_Point foreign = {3, 4};
    struct Point *moved = AS(MoveForeign, struct Point * (*)(struct geom_Point *))(&foreign);
    CHECK(moved->X == 3 && moved->Y == 4);
    struct List second = {2, NULL}, first = {1, &second};
    CHECK(AS(SumList, long (*)(struct List *))(&first) == 3);
    struct Counter *counter = AS(NewCounter, struct Counter * (*)(void))();
    long (*count)(struct Counter *, plugin_go_string) =
        AS(Count, long (*)(struct Counter *, plugin_go_string));
    CHECK(count(counter, go("a")) == 1 && count(counter, go("a")) == 2);
    CHECK(count(counter, go("b")) == 1);
    struct plugin_go_results_CountTwo {
        long first, second;
    } counts = AS(CountTwo, struct plugin_go_results_CountTwo(*)(
                                struct Counter *, struct Counter *))(counter, counter);
    CHECK(counts.first == 2 && counts.second == 2);
}

static void strings(void)
{
    long (*length)(plugin_go_string) = AS(Length, long (*)(plugin_go_string));
    CHECK(length(go("hello")) == 5);
    CHECK(length((plugin_go_string){NULL, 0}) == 0);
    plugin_go_string (*repeat)(plugin_go_string, long) =
        AS(Repeat, plugin_go_string(*)(plugin_go_string, long));
    CHECK(says(repeat(go("ab"), 3), "ababab"));
    CHECK(repeat(go("ab"), 0).len == 0);
    CHECK(repeat(go("x"), 100000).data[99999] == 'x');
    plugin_go_string zeros = AS(Zeros, plugin_go_string(*)(void))();
    CHECK(zeros.len == 4 && memcmp(zeros.data, "a\0b\xff", 4) == 0);
    CHECK(length(zeros) == 4);
}

static void slices(void)
{
    unsigned char bytes[] = {1, 2, 255};
    struct plugin_go_slice_uint8 b = {bytes, 3, 3};
    CHECK(AS(SumBytes, long (*)(struct plugin_go_slice_uint8))(b) == 258);
    long numbers[] = {1, 2, 3, 4};
    struct plugin_go_slice_int three = {numbers, 3, 4}, nil = {NULL, 0, 0};
    CHECK(AS(Sum, long (*)(struct plugin_go_slice_int))(three) == 6);
    CHECK(AS(Sum, long (*)(struct plugin_go_slice_int))(nil) == 0);
    /* The Go type has no name, so any tag will do. */
    struct numbers {
        long *data;
        ptrdiff_t len, cap;
    } ours_too = {numbers, 2, 2};
    CHECK(AS(Sum, long (*)(struct numbers))(ours_too) == 3);
    struct fractions {
        double *data;
        ptrdiff_t len, cap;
    };
    CHECK(!plugin_as(plugin_lookup(opened, "Sum"), long (*)(struct fractions)));
    CHECK(plugin_error_code() == PLUGIN_WRONG_TYPE);
    CHECK(AS(SumAll, long (*)(long, struct plugin_go_slice_int))(10, three) == 16);
    AS(DoubleAll, void (*)(struct plugin_go_slice_int))(three);
    CHECK(numbers[0] == 2 && numbers[2] == 6 && numbers[3] == 4);
    CHECK(AS(Room, long (*)(struct plugin_go_slice_int))(three) == 4);
    struct plugin_go_slice_int (*append)(struct plugin_go_slice_int, long) =
        AS(Append, struct plugin_go_slice_int(*)(struct plugin_go_slice_int, long));
    struct plugin_go_slice_int longer = append(three, 9);
    CHECK(longer.data == numbers && longer.len == 4 && numbers[3] == 9);
    longer = append(longer, 10);
    CHECK(longer.data != numbers && longer.len == 5 && longer.cap >= 5 && longer.data[4] == 10);
    struct plugin_go_slice_int none = AS(None, struct plugin_go_slice_int(*)(void))();
    CHECK(!none.data && none.len == 0 && none.cap == 0);
    struct plugin_go_slice_string words =
        AS(Split, struct plugin_go_slice_string(*)(plugin_go_string))(go("a,bc,d"));
    CHECK(words.len == 3 && says(words.data[1], "bc"));
    plugin_go_string ours[] = {go("x"), go("y")};
    struct plugin_go_slice_string pair = {ours, 2, 2};
    CHECK(says(AS(Join, plugin_go_string(*)(struct plugin_go_slice_string, plugin_go_string))(
                   pair, go("-")),
               "x-y"));
    struct plugin_go_slice_string more =
        AS(Upper, struct plugin_go_slice_string(*)(struct plugin_go_slice_string))(words);
    CHECK(more.len == 4 && says(more.data[3], "more") && says(more.data[0], "a"));
    struct plugin_go_slice_int rows[] = {three, three};
    struct plugin_go_slice_slice_int table = {rows, 2, 2};
    CHECK(AS(SumSlices, long (*)(struct plugin_go_slice_slice_int))(table) == 24);
    CHECK(AS(Points, struct plugin_go_slice_Point(*)(long))(5).len == 5);
    struct plugin_go_slice_pointer_Point points =
        AS(PointPointers, struct plugin_go_slice_pointer_Point(*)(long))(7);
    CHECK(points.len == 1 && points.data[0]->Y == 8);
}

static void many(void)
{
    long (*twelve)(long, long, long, long, long, long, long, long, long, long, long, long) = AS(
        Twelve, long (*)(long, long, long, long, long, long, long, long, long, long, long, long));
    CHECK(twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) == 650);
    CHECK(twelve(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1) == -12);
#define FIVE double, double, double, double, double
    double (*twenty)(FIVE, FIVE, FIVE, FIVE) = AS(Twenty, double (*)(FIVE, FIVE, FIVE, FIVE));
    CHECK(twenty(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20) == 2870);
    CHECK(twenty(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .5) == 10);
    typedef plugin_go_string small(float, signed char, float, unsigned char, float, short, float,
                                   bool, float, signed char, float, unsigned short, float,
                                   signed char, float, signed char, float, signed char, float,
                                   signed char);
    small *mixed = AS(Small, small *);
    CHECK(says(mixed(.5F, -1, 1.5F, 255, 2.5F, -300, 3.5F, true, 4.5F, -5, 5.5F, 65535, 6.5F, -7,
                     7.5F, -8, 8.5F, -9, 9.5F, -128),
               "0.5 -1 1.5 255 2.5 -300 3.5 true 4.5 -5 5.5 65535 6.5 -7 7.5 -8 8.5 -9 9.5 -128"));
}

static void results(void)
{
    struct plugin_go_results_DivMod {
        long quotient, rest;
        const char *error;
    } (*divide)(long, long) = AS(DivMod, struct plugin_go_results_DivMod(*)(long, long));
    struct plugin_go_results_DivMod fine = divide(-7, 2), wrong = divide(1, 0);
    CHECK(fine.quotient == -3 && fine.rest == -1 && !fine.error);
    CHECK(wrong.quotient == 0 && wrong.error && strcmp(wrong.error, "division by zero") == 0);
    struct plugin_go_results_Three {
        signed char r0;
        plugin_go_string r1;
        float r2;
    } three = AS(Three, struct plugin_go_results_Three(*)(void))();
    CHECK(three.r0 == -3 && says(three.r1, "three") && three.r2 == 3.5F);
    struct plugin_go_results_Bytes2 {
        unsigned char r0, r1;
    } two = AS(Bytes2, struct plugin_go_results_Bytes2(*)(void))();
    CHECK(two.r0 == 1 && two.r1 == 2);
    struct plugin_go_results_Doubles {
        double r0, r1;
    } doubles = AS(Doubles, struct plugin_go_results_Doubles(*)(void))();
    CHECK(doubles.r0 == 1.5 && doubles.r1 == 2.5);
    struct plugin_go_results_Lots {
        signed char a;
        short b;
        int c;
        long d;
        struct Point p;
        struct plugin_go_slice_int s;
        const char *e;
    } lots = AS(Lots, struct plugin_go_results_Lots(*)(long))(8);
    CHECK(lots.a == 1 && lots.b == 2 && lots.c == 3 && lots.d == 4 && lots.p.Y == 6);
    CHECK(lots.s.len == 2 && lots.s.data[1] == 8 && strcmp(lots.e, "lots of 8") == 0);
    const char *(*fail)(plugin_go_string) = AS(Fail, const char *(*)(plugin_go_string));
    CHECK(!fail(go("")));
    const char *text = fail(go("no disk"));
    CHECK(text && strcmp(text, "no disk") == 0);
    CHECK(plugin_error_code() == PLUGIN_OK && strcmp(plugin_error(), "") == 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {{"scalars", scalars}, {"pointers", pointers}, {"strings", strings},
                 {"slices", slices},   {"many", many},         {"results", results}};
    open_or_exit(argv[1]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (argc == 3 && strcmp(argv[2], parts[i].name) == 0)
            parts[i].run();
    return failures != 0;
}
