/* Reads and writes the variables of forms/. */
#include "forms.h"
#include <complex.h>
#include <limits.h>
#include <stdint.h>

typedef double Celsius;
typedef double geom_Metres;
typedef short double_;
SLICE(slice_int, struct plugin_go_slice_int);
SLICE(pointer_Point, struct Point *);
SLICE(array2_int32, __typeof__(int[2]));
struct Words {
    long register_;
    signed char while_;
    double_ Default;
    short int__;
    unsigned short int_;
    int class_;
    bool unix_;
    bool __FILE___;
};
struct Blank {
    char padding_at_0_[8];
};
struct Wide {
    signed char First;
    char padding_at_1_[64];
    signed char Next;
    char padding_at_66_[24];
};
struct Holes {
    struct Point Point;
    int : 32;
    signed char N;
    unsigned short last;
};
struct Pair_int_ {
    long First, Second;
};
struct List {
    long Value;
    struct List *Next;
};
struct Counter;
struct Members {
    bool Bool;
    long Int;
    signed char Int8;
    short Int16;
    int Int32;
    long Int64;
    unsigned long Uint;
    unsigned char Uint8;
    unsigned short Uint16;
    unsigned Uint32;
    unsigned long Uint64;
    uintptr_t Uintptr;
    float Float32;
    double Float64;
    _Complex float Complex64;
    _Complex double Complex128;
    plugin_go_string String;
    struct plugin_go_slice_int Slice;
    short Array[3];
    struct geom_Point Struct;
    struct {
        signed char A, B;
    } Unnamed;
    long *Pointer;
    void *Unsafe;
    Celsius Named;
    struct Counter *Handle;
    struct Members *Self;
};
typedef struct {
    long A;
    plugin_go_string B;
} unnamed;

/* Compares a value set by the plugin, and sets another. */
#define VARIABLE(name, type, is, becomes)                                                          \
    do {                                                                                           \
        type *v = AS(name, type *);                                                                \
        CHECK(*v == (is));                                                                         \
        *v = (becomes);                                                                            \
    } while (0)

static void scalars(void)
{
    VARIABLE(Bool, bool, true, false);
    VARIABLE(Int, int64_t, INT64_MIN, 1);
    VARIABLE(Int8, signed char, -8, 127);
    VARIABLE(Int16, short, -16, 32767);
    VARIABLE(Int32, int, -32, INT_MAX);
    VARIABLE(Int64, long, -64, LONG_MAX);
    VARIABLE(Uint, unsigned long, ULONG_MAX, 2);
    VARIABLE(Uint8, unsigned char, 208, 255);
    VARIABLE(Uint16, uint16_t, 65016, 65535);
    VARIABLE(Uint32, unsigned, 4000000032U, UINT_MAX);
    VARIABLE(Uint64, uint64_t, UINT64_C(1) << 63, UINT64_MAX);
    VARIABLE(Uintptr, uintptr_t, 77, 78);
    VARIABLE(Float32, float, 1.5F, -0.5F);
    VARIABLE(Float64, double, -2.25, 1e300);
    VARIABLE(Complex64, _Complex float, 1 - 2 * I, 5 + 6 * I);
    VARIABLE(Complex128, _Complex double, 3 - 4 * I, 7 + 8 * I);
    VARIABLE(Temperature, Celsius, 36.6, 40);
    VARIABLE(Distance, geom_Metres, 3, 4);
}

static void sequences(void)
{
    CHECK(says(*AS(String, plugin_go_string *), "a string"));
    struct plugin_go_slice_int *slice = AS(Slice, struct plugin_go_slice_int *);
    CHECK(slice->len == 3 && slice->cap == 3 && slice->data[2] == 3);
    slice->data[1] = 22;
    struct plugin_go_slice_string *strings = AS(Strings, struct plugin_go_slice_string *);
    CHECK(strings->len == 2 && says(strings->data[1], "two"));
    struct plugin_go_slice_slice_int *slices = AS(Slices, struct plugin_go_slice_slice_int *);
    CHECK(slices->len == 2 && slices->data[1].len == 2 && slices->data[0].data[0] == 1);
    slices->data[1].data[1] = 33;
    struct plugin_go_slice_pointer_Point *points =
        AS(Pointers, struct plugin_go_slice_pointer_Point *);
    CHECK(points->len == 1 && points->data[0]->X == 1);
    points->data[0]->Y = 22;
    struct plugin_go_slice_uint8 *bytes = AS(Bytes, struct plugin_go_slice_uint8 *);
    CHECK(bytes->len == 2 && bytes->data[0] == 1);
    bytes->data[1] = 0xff;
    long(*array)[4] = AS(Array, long(*)[4]);
    CHECK((*array)[0] == 10 && (*array)[3] == 40);
    (*array)[3] = 44;
    signed char(*matrix)[2][3] = AS(Matrix, signed char(*)[2][3]);
    CHECK((*matrix)[0][2] == 3 && (*matrix)[1][2] == 6);
    (*matrix)[1][2] = -6;
    struct plugin_go_slice_array2_int32 *arrays = AS(Arrays, struct plugin_go_slice_array2_int32 *);
    CHECK(arrays->len == 2 && arrays->data[1][0] == 3);
    arrays->data[1][1] = 44;
    CHECK(says(AS(Several, struct plugin_go_slice_string *)->data[0], "x"));
}

static void structs(void)
{
    struct Point *point = AS(Struct, struct Point *);
    CHECK(point->X == 5 && point->Y == 6);
    point->Y = 66;
    struct geom_Point *foreign = AS(Foreign, struct geom_Point *);
    CHECK(foreign->X == 7 && foreign->Y == 8);
    foreign->Y = 88;
    unnamed *nameless = AS(Unnamed, unnamed *);
    CHECK(nameless->A == 0 && nameless->B.len == 0);
    nameless->A = 9;
    struct Words *words = AS(Reserved, struct Words *);
    CHECK(words->register_ == 1 && words->while_ == 2 && words->Default == 3);
    words->while_ = 22;
    words->Default = 33;
    CHECK(words->int__ == 4 && words->int_ == 5 && words->class_ == 6);
    CHECK(!words->unix_ && !words->__FILE___);
    words->int__ = 44;
    words->int_ = 55;
    words->class_ = 66;
    words->unix_ = words->__FILE___ = true;
    struct Wide *wide = AS(Far, struct Wide *);
    CHECK(wide->First == 1 && wide->Next == 2);
    wide->First = 11;
    wide->Next = 22;
    CHECK(AS(Nowhere, struct Blank *) != NULL);
    struct Holes *holes = AS(Gaps, struct Holes *);
    CHECK(holes->Point.X == 1 && holes->N == 3 && holes->last == 4);
    *holes = (struct Holes){{1, 22}, 33, 44};
    struct Pair_int_ *pair = AS(Generic, struct Pair_int_ *);
    CHECK(pair->First == 1 && pair->Second == 2);
    pair->Second = 22;
    struct List **chain = AS(Chain, struct List **);
    CHECK((*chain)->Value == 1 && (*chain)->Next->Value == 2 && !(*chain)->Next->Next);
    (*chain)->Next->Value = 22;
    struct pair_of_points {
        struct geom_Point First, Second;
    } *generics = plugin_address(plugin_lookup(opened, "Generics"));
    CHECK(generics && generics->Second.X == 3 && generics->Second.Y == 4);
    generics->Second.Y = 44;
}

static void pointers(void)
{
    long *number = AS(Int, long *);
    CHECK(*AS(Pointer, long **) == number);
    CHECK(*AS(Double, long ***) == AS(Pointer, long **));
    CHECK(*AS(PointerArray, long(**)[4]) == AS(Array, long(*)[4]));
    CHECK(*AS(PointerSlice, struct plugin_go_slice_int **) ==
          AS(Slice, struct plugin_go_slice_int *));
    CHECK(*AS(PointerString, plugin_go_string **) == AS(String, plugin_go_string *));
    CHECK(*AS(Unsafe, void **) == (void *)number);
}

static void members(void)
{
    struct Members *every = AS(Every, struct Members *);
    AS(SetMembers, void (*)(void))();
    CHECK(says(every->String, "member"));
    CHECK(every->Slice.len == 2 && every->Slice.data[1] == 5);
    CHECK(every->Pointer == AS(Int, long *) && every->Unsafe == (void *)every->Pointer);
    CHECK(AS(Count, long (*)(struct Counter *, plugin_go_string))(every->Handle, go("a")) == 1);
    CHECK(every->Self == every);
    every->Bool = true;
    every->Int = 1;
    every->Int8 = -2;
    every->Int16 = 3;
    every->Int32 = -4;
    every->Int64 = 5;
    every->Uint = 6;
    every->Uint8 = 7;
    every->Uint16 = 8;
    every->Uint32 = 9;
    every->Uint64 = 10;
    every->Uintptr = 11;
    every->Float32 = 12;
    every->Float64 = 13;
    every->Complex64 = 14 * I;
    every->Complex128 = 15 * I;
    for (short i = 0; i < 3; i++)
        every->Array[i] = (short)(16 + i);
    every->Struct.Y = 19;
    every->Unnamed.B = 20;
    every->Named = 21;
}

int main(int argc, char **argv)
{
    (void)argc;
    open_or_exit(argv[1]);
    pointers();
    scalars();
    sequences();
    structs();
    members();
    plugin_go_string wrong = AS(CheckVariables, plugin_go_string(*)(void))();
    CHECK(says(wrong, ""));
    printf("%.*s\n", (int)wrong.len, wrong.data);
    return failures != 0;
}
