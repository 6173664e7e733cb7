/* Calls the functions of panics/. A panic returns zeros and sets an error that names the function,
 * the plugin and the text of the panic. */
#include "forms.h"
#include <pthread.h>

/* Checks that the last call panicked with this text. */
static bool panicked(const char *function, const char *text)
{
    bool is = plugin_error_code() == PLUGIN_CRASHED && strstr(plugin_error(), function) &&
              strstr(plugin_error(), "panics.so") && strstr(plugin_error(), text);
    if (!is)
        printf("%s: code %d: %s\n", function, plugin_error_code(), plugin_error());
    plugin_error_clear();
    CHECK(plugin_error_code() == PLUGIN_OK && strcmp(plugin_error(), "") == 0);
    return is;
}

#define IS_ZERO(object) (memcmp(&(object), &(__typeof__(object)){0}, sizeof(object)) == 0)

static void explicit_panics(void)
{
    CHECK(AS(Explicit, long (*)(plugin_go_string))(go("out of tea")) == 0);
    CHECK(panicked("Explicit", "out of tea"));
    struct plugin_go_results_WithError {
        plugin_go_string r0;
        long r1;
    } two = AS(WithError, struct plugin_go_results_WithError(*)(void))();
    CHECK(two.r0.data == NULL && two.r0.len == 0 && two.r1 == 0);
    CHECK(panicked("WithError", "as an error"));
    struct Point point = AS(WithStruct, struct Point(*)(void))();
    CHECK(IS_ZERO(point));
    CHECK(panicked("WithStruct", "{1 2}"));
    struct plugin_go_slice_int none = AS(WithNil, struct plugin_go_slice_int(*)(void))();
    CHECK(IS_ZERO(none));
    CHECK(panicked("WithNil", "nil"));
    CHECK(AS(WithUnreadable, double (*)(void))() == 0);
    CHECK(panicked("WithUnreadable", "no text"));
    CHECK(AS(WithHopeless, long (*)(void))() == 0);
    CHECK(panicked("WithHopeless", "main.hopeless"));
    CHECK(AS(WithControls, long (*)(void))() == 0);
    CHECK(!strchr(plugin_error(), '\033') && !strchr(plugin_error(), '\n'));
    CHECK(panicked("WithControls", "\\x1b[31mb"));
}

static void run_time_panics(void)
{
    CHECK(AS(NilMap, long (*)(void))() == 0);
    CHECK(panicked("NilMap", "assignment to entry in nil map"));
    CHECK(AS(Index, long (*)(long))(1) == 2 && plugin_error_code() == PLUGIN_OK);
    CHECK(AS(Index, long (*)(long))(7) == 0);
    CHECK(panicked("Index", "index out of range [7] with length 2"));
    CHECK(AS(NilPointer, long (*)(long *))(NULL) == 0);
    CHECK(panicked("NilPointer", "nil pointer dereference"));
    CHECK(AS(Divide, long (*)(long, long))(1, 0) == 0);
    CHECK(panicked("Divide", "divide by zero"));
    CHECK(AS(Assertion, unsigned char (*)(void))() == 0);
    CHECK(panicked("Assertion", "interface conversion"));
    CHECK(!AS(Failing, const char *(*)(void))());
    CHECK(panicked("Failing", "no text"));
    CHECK(!AS(Hopeless, const char *(*)(void))());
    CHECK(panicked("Hopeless", "main.hopeless"));
    const char *text = AS(NilError, const char *(*)(void))();
    CHECK(text && strcmp(text, "textual error") == 0);
    CHECK(AS(Deferred, long (*)(void))() == 0);
    CHECK(panicked("Deferred", "deferred"));
    CHECK(AS(HowMany, long (*)(void))() == 1);
    CHECK(AS(Again, long (*)(void))() == 0);
    CHECK(panicked("Again", "again"));
    CHECK(AS(Recovered, long (*)(void))() == 5 && plugin_error_code() == PLUGIN_OK);
}

/* Errors are per thread. */
static void *panic_in_thread(void *argument)
{
    char text[32];
    snprintf(text, sizeof text, "thread %ld", (long)(ptrdiff_t)argument);
    long (*explicit)(plugin_go_string) = AS(Explicit, long (*)(plugin_go_string));
    long (*fine)(long) = AS(Fine, long (*)(long));
    for (int i = 0; i < 200; i++) {
        if (explicit(go(text)) != 0 || !strstr(plugin_error(), text))
            return argument;
        plugin_error_clear();
        if (fine(i) != i + 1 || plugin_error_code() != PLUGIN_OK)
            return argument;
    }
    return NULL;
}

static void threads(void)
{
    pthread_t thread[8];
    for (ptrdiff_t i = 0; i < 8; i++)
        CHECK(pthread_create(&thread[i], NULL, panic_in_thread, (void *)(i + 1)) == 0);
    for (int i = 0; i < 8; i++) {
        void *failed;
        pthread_join(thread[i], &failed);
        CHECK(!failed);
    }
    CHECK(plugin_error_code() == PLUGIN_OK);
}

/* A successful call keeps the last error, as everywhere. */
static void stays(void)
{
    AS(NilMap, long (*)(void))();
    CHECK(AS(Fine, long (*)(long))(1) == 2 && plugin_error_code() == PLUGIN_CRASHED);
    CHECK(panicked("NilMap", "nil map"));
    long (*explicit)(plugin_go_string) = AS(Explicit, long (*)(plugin_go_string));
    for (int i = 0; i < 10000; i++)
        explicit(go("many"));
    CHECK(panicked("Explicit", "many"));
    static char large[100000];
    memset(large, 'x', sizeof large - 1);
    CHECK(explicit(go(large)) == 0 && panicked("Explicit", "xxx"));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {
        {"explicit", explicit_panics},
        {"run-time", run_time_panics},
        {"threads", threads},
        {"stays", stays},
    };
    open_or_exit(argv[1]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (argc == 3 && strcmp(argv[2], parts[i].name) == 0)
            parts[i].run();
    return failures != 0;
}
