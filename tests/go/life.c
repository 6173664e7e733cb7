/* Lifetimes of what the functions of life/ return, as docs/go.md tells: until the same function is
 * called again in that thread, or until it is released. */
#include "forms.h"
#include <pthread.h>
#include <stdatomic.h>

struct Node {
    long Value;
    plugin_go_string Text;
    struct Node *Next;
    long Fill[8];
};
struct plugin_go_results_Both {
    plugin_go_string text;
    struct Node *node;
    const char *error;
};

static plugin_go_string (*text_of)(long);
static const char *(*failure_of)(long);
static struct plugin_go_slice_string (*texts_of)(long);
static struct plugin_go_results_Both (*both_of)(long);
static struct Node *(*new_node)(long);
static bool (*gone)(long);
static void (*churn)(void);

static bool is_text(const char *data, ptrdiff_t length, long value)
{
    bool is = length == 64;
    for (ptrdiff_t i = 0; is && i < length; i++)
        is = data[i] == '0' + value % 10;
    return is;
}

/* ---- threads ---- */

static atomic_int lost;

static void *hold(void *argument)
{
    long first = (long)(ptrdiff_t)argument;
    for (long value = first; value < first + 10; value++) {
        plugin_go_string text = text_of(value);
        const char *failure = failure_of(value);
        struct plugin_go_slice_string texts = texts_of(value);
        struct plugin_go_results_Both both = both_of(value);
        churn();
        bool is = is_text(text.data, text.len, value);
        is &= is_text(failure, (ptrdiff_t)strlen(failure), value);
        is &= texts.len == 2 && is_text(texts.data[1].data, texts.data[1].len, value + 1);
        is &= is_text(both.text.data, both.text.len, value);
        is &= both.node->Value == value;
        is &= is_text(both.node->Text.data, both.node->Text.len, value);
        is &= is_text(both.error, (ptrdiff_t)strlen(both.error), value);
        lost += !is;
    }
    return NULL;
}

/* Many short-lived threads in a row: their memory is freed, and results are not mixed up. */
static void strings(void)
{
    for (int round = 0; round < 2; round++) {
        pthread_t thread[8];
        for (ptrdiff_t i = 0; i < 8; i++)
            CHECK(pthread_create(&thread[i], NULL, hold, (void *)(i * 7)) == 0);
        for (int i = 0; i < 8; i++)
            pthread_join(thread[i], NULL);
    }
    CHECK(lost == 0);
}

/* Finalizers run in a goroutine of their own, some time after the collection. */
static bool is_gone_soon(long value)
{
    for (int i = 0; i < 200 && !gone(value); i++)
        churn();
    return gone(value);
}

static void *make_node(void *argument)
{
    new_node((long)(ptrdiff_t)argument);
    return NULL;
}

static void keep(void)
{
    struct Node *first = new_node(1);
    for (int i = 0; i < 3; i++)
        churn();
    CHECK(first->Value == 1 && !gone(1));
    struct Node *second = new_node(2);
    CHECK(is_gone_soon(1));
    plugin_go_keep(second);
    plugin_go_keep(&second->Fill[3]);
    new_node(3);
    for (int i = 0; i < 5; i++)
        churn();
    CHECK(!gone(2) && second->Value == 2 && second->Next->Value == 3);
    CHECK(memcmp(second->Text.data, "node 2", 6) == 0);
    plugin_go_release(&second->Fill[3]);
    for (int i = 0; i < 5; i++)
        churn();
    CHECK(!gone(2) && second->Value == 2);
    plugin_go_release(second);
    CHECK(is_gone_soon(2));

    struct Node *inner = new_node(4)->Next;
    plugin_go_keep(inner);
    new_node(5);
    CHECK(is_gone_soon(4));
    CHECK(inner->Value == 5);
    plugin_go_release(inner);

    plugin_go_string text = text_of(7);
    plugin_go_keep(text.data);
    for (long i = 0; i < 20; i++)
        text_of(i);
    churn();
    CHECK(is_text(text.data, text.len, 7));
    plugin_go_release(text.data);

    /* Other memory: no effect. */
    char ours[4] = "abc";
    plugin_go_keep(ours);
    plugin_go_release(ours);
    plugin_go_release(ours);
    plugin_go_keep(NULL);
    plugin_go_release(NULL);
    plugin_go_keep("constant");
    plugin_go_release((const void *)1);
    CHECK(strcmp(ours, "abc") == 0);

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, make_node, (void *)8) == 0);
    pthread_join(thread, NULL);
    text_of(1);
    CHECK(is_gone_soon(8));
}

/* ---- many calls at once ---- */

static void *add_often(void *argument)
{
    long (*add)(long, long) = AS(Add, long (*)(long, long));
    long (*grow)(long) = AS(Grow, long (*)(long));
    long (*parallel)(long) = AS(Parallel, long (*)(long));
    for (long i = 0; i < 20000; i++)
        lost += add(i, 1) != i + 1;
    for (long i = 0; i < 50; i++)
        lost += grow(1000) < 1000 || parallel(20) != 20;
    return argument;
}

static void calls(void)
{
    pthread_t thread[8];
    for (int i = 0; i < 8; i++)
        CHECK(pthread_create(&thread[i], NULL, add_often, NULL) == 0);
    for (int i = 0; i < 8; i++)
        pthread_join(thread[i], NULL);
    CHECK(lost == 0);
}

/* 2000 threads with small stacks, one call each. */
static void *add_once(void *argument)
{
    lost += AS(Add, long (*)(long, long))(1, 2) != 3;
    return argument;
}

static void short_lived(void)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 << 10);
    for (int i = 0; i < 2000; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, &small, add_once, NULL) == 0);
        pthread_join(thread, NULL);
    }
    CHECK(lost == 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {
        {"strings", strings}, {"keep", keep}, {"calls", calls}, {"short-lived", short_lived}};
    open_or_exit(argv[1]);
    text_of = AS(Text, plugin_go_string(*)(long));
    failure_of = AS(Failure, const char *(*)(long));
    texts_of = AS(Texts, struct plugin_go_slice_string(*)(long));
    both_of = AS(Both, struct plugin_go_results_Both(*)(long));
    new_node = AS(NewNode, struct Node * (*)(long));
    gone = AS(Gone, bool (*)(long));
    churn = AS(Churn, void (*)(void));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (argc == 3 && strcmp(argv[2], parts[i].name) == 0)
            parts[i].run();
    return failures != 0;
}
