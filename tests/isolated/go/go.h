/* What calls/calls.go exports, in C. */
#ifndef TESTS_ISOLATED_GO_H
#define TESTS_ISOLATED_GO_H

#include <plugin.h>
#include <stdbool.h>
#include <stdint.h>

struct Point {
    int32_t X, Y;
    plugin_go_string Name;
};

struct Box;

struct ints {
    int64_t *data;
    ptrdiff_t len, cap;
};

struct lists {
    struct ints *data;
    ptrdiff_t len, cap;
};

struct strings {
    plugin_go_string *data;
    ptrdiff_t len, cap;
};

struct points {
    struct Point *data;
    ptrdiff_t len, cap;
};

struct fake {
    signed char *first;
    int64_t len, last;
};

struct divided {
    int64_t quotient;
    const char *error;
};

struct calls {
    plugin_go_string (*Version)(void);
    double (*Add)(signed char a, unsigned short b, float c, double d, bool e);
    struct Point (*Mirror)(struct Point p);
    struct divided (*Divide)(int64_t a, int64_t b);
    plugin_go_string (*Join)(struct strings list, plugin_go_string between);
    struct strings (*Split)(plugin_go_string text);
    int64_t (*Length)(plugin_go_string text);
    int64_t (*Sum)(struct ints list);
    void (*Double)(struct ints list);
    struct ints (*Tail)(struct ints list);
    struct ints (*Append)(struct ints list);
    int64_t (*Capacity)(struct ints list);
    struct ints (*Nothing)(struct ints list);
    bool (*IsNil)(struct ints list);
    struct lists (*Deeper)(struct lists list);
    void (*Grow)(struct ints *list);
    void (*Move)(struct Point *p, int32_t by);
    struct Point *(*Rightmost)(struct points list);
    int64_t (*Fake)(struct fake f);
    void (*Remember)(plugin_go_string text, struct strings list, struct Point *p);
    plugin_go_string (*Recall)(void);
    struct Box *(*NewBox)(plugin_go_string name);
    int64_t (*Put)(struct Box *b, plugin_go_string key);
    plugin_go_string (*Keys)(struct Box *b);
    int64_t (*Panic)(plugin_go_string text);
    int32_t (*Nil)(void);
    void (*Exit)(int64_t status);
    void (*Fatal)(void);
    void (*Sleep)(int64_t milliseconds);
    void (*Hang)(void);
    void (*Spin)(int64_t count);
    int64_t (*Hoard)(int64_t mebibytes);
    plugin_go_string (*Lie)(int64_t length);
    int64_t (*Goroutines)(int64_t count);
    int64_t (*Garbage)(int64_t rounds);
    struct divided (*Read)(plugin_go_string path);
    int64_t (*Socket)(void);
    int64_t (*Execute)(void);
    void (*Print)(plugin_go_string text);
};

#endif
