/* Structs passed and returned by value: all sizes from 1 to 40 bytes, and all mixtures of members
 * that calling conventions distinguish. */
#include "forms.h"

#define SIZES(do)                                                                                                                               \
    do                                                                                                                                          \
    (1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15) do(16) do(17) do(18) do(19) do(20) do(21) do( \
        22) do(23) do(24) do(25) do(26) do(27) do(28) do(29) do(30) do(31) do(32) do(33) do(34) do(35) do(36) do(37) do(38) do(39) do(40)
#define J __extension__ 1.0iF
#define DECLARE(n)                                                                                 \
    struct B##n {                                                                                  \
        unsigned char B[n];                                                                        \
    };
SIZES(DECLARE)

#define ECHO(n)                                                                                    \
    {                                                                                              \
        struct B##n in, out;                                                                       \
        for (int i = 0; i < n; i++)                                                                \
            in.B[i] = (unsigned char)(17 * i + n);                                                 \
        out = AS(EchoB##n, struct B##n(*)(struct B##n))(in);                                       \
        for (int i = 0; i < n; i++)                                                                \
            CHECK(out.B[i] == (unsigned char)(17 * i + n + 1));                                    \
    }

struct Mixed {
    float F;
    int I;
    double D;
};
struct Floats2 {
    float X, Y;
};
struct Floats3 {
    float X, Y, Z;
};
struct Doubles2 {
    double X, Y;
};
struct Doubles3 {
    double X, Y, Z;
};
struct FloatInt {
    float F;
    signed char I;
};
struct LongDouble {
    long L;
    double D;
};
struct FloatArray {
    float A[3];
};
struct Nested {
    struct Point P;
    struct Mixed M;
    plugin_go_string S;
};
struct InMiddle {
    signed char A;
    struct Floats2 F;
    signed char B;
};
struct ComplexOne {
    _Complex float C;
};
struct Pair_int_ {
    long First, Second;
};
typedef struct {
    short A, B;
} unnamed;

/* Calls a function that takes and returns a struct of this type. */
#define CALL(function, type, ...) AS(function, type (*)(type))((type){__VA_ARGS__})

static void echoes(void)
{
    struct Point point = CALL(EchoPoint, struct Point, 1, -2);
    CHECK(point.X == -2 && point.Y == 1);
    struct geom_Point foreign = CALL(EchoForeign, struct geom_Point, 1, -2);
    CHECK(foreign.X == -2 && foreign.Y == 1);
    struct Mixed mixed = CALL(EchoMixed, struct Mixed, .5F, -3, 1e100);
    CHECK(mixed.F == 1 && mixed.I == -6 && mixed.D == 2e100);
    struct Floats2 floats2 = CALL(EchoFloats2, struct Floats2, 1, 2);
    CHECK(floats2.X == 2 && floats2.Y == 1);
    struct Floats3 floats3 = CALL(EchoFloats3, struct Floats3, 1, 2, 3);
    CHECK(floats3.X == 3 && floats3.Y == 2 && floats3.Z == 1);
    struct Doubles2 doubles2 = CALL(EchoDoubles2, struct Doubles2, 1, 2);
    CHECK(doubles2.X == 2 && doubles2.Y == 1);
    struct Doubles3 doubles3 = CALL(EchoDoubles3, struct Doubles3, 1, 2, 3);
    CHECK(doubles3.X == 3 && doubles3.Y == 2 && doubles3.Z == 1);
    struct FloatInt float_int = CALL(EchoFloatInt, struct FloatInt, 1.5F, -4);
    CHECK(float_int.F == 3 && float_int.I == -8);
    struct LongDouble long_double = CALL(EchoLongDouble, struct LongDouble, 1L << 40, .5);
    CHECK(long_double.L == 1L << 41 && long_double.D == 1);
    struct FloatArray array = CALL(EchoFloatArray, struct FloatArray, {1, 2, 3});
    CHECK(array.A[0] == 3 && array.A[1] == 2 && array.A[2] == 1);
    struct Nested nested = CALL(EchoNested, struct Nested, {1, 2}, {3, 4, 5}, go("s"));
    CHECK(nested.P.X == 2 && nested.P.Y == 2 && nested.M.F == 3 && nested.M.D == 6);
    CHECK(says(nested.S, "s!"));
    struct InMiddle middle = CALL(EchoInMiddle, struct InMiddle, 1, {2, 3}, 4);
    CHECK(middle.A == 2 && middle.F.X == 3 && middle.F.Y == 3 && middle.B == 5);
    struct ComplexOne one = CALL(EchoComplexOne, struct ComplexOne, 1 + 2 * J);
    CHECK(one.C == -2 + 1 * J);
    struct Pair_int_ pair = CALL(EchoGeneric, struct Pair_int_, 1, 2);
    CHECK(pair.First == 2 && pair.Second == 1);
    unnamed nameless = CALL(EchoUnnamed, unnamed, 1, 2);
    CHECK(nameless.A == 2 && nameless.B == 1);
    typedef plugin_go_string crowded(long, long, long, long, long, struct Point, struct Doubles2,
                                     struct Mixed, plugin_go_string);
    CHECK(
        says(AS(Crowded, crowded *)(1, 2, 3, 4, 5, (struct Point){6, 7}, (struct Doubles2){.5, 1.5},
                                    (struct Mixed){2.5F, 8, 3.5}, go("end")),
             "1 2 3 4 5 {6 7} {0.5 1.5} {2.5 8 3.5}end"));
}

int main(int argc, char **argv)
{
    (void)argc;
    open_or_exit(argv[1]);
    SIZES(ECHO)
    echoes();
    return failures != 0;
}
