/* Running the inits of one package, and telling about it. */
#include "packages/init.h"

#include "packages/built_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The init that runs in this thread. */
struct running {
    char *why; /* what plugin_init_fail said; NULL: it was not called */
    bool has_failed;
    struct running *outer; /* the init that opened the plugin that this one belongs to */
};

static __thread struct running *running;

void plugin_init_fail(const char *why)
{
    if (!running || running->has_failed)
        return;
    running->has_failed = true;
    running->why = strdup(why ? why : "no reason given");
}

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool is_traced(void)
{
    const char *asked = secure_getenv("PLUGIN_TRACE");
    return asked && !strcmp(asked, "1");
}

/* One line, by one write, so that the lines of several threads stay whole. The time is that of the
 * monotonic clock, in milliseconds. Without a package, nothing is known but the module. */
static void trace(const char *path, const char *package, const struct meta_init *init,
                  int64_t start, int64_t end)
{
    TEXT_AUTO line = {0};
    text_add(&line, "plugin: init ");
    text_add_escaped(&line, package ? package : "of an unknown package");
    text_add(&line, " in ");
    text_add_escaped(&line, path);
    if (package) {
        text_add(&line, " (");
        text_add_escaped(&line, init->file);
        text_add(&line, ":%" PRIu32 ")", init->line);
    } else {
        text_add(&line, " (not stamped)");
    }
    text_add(&line, " @%.3f ms, %.3f ms\n", (double)start / 1e6, (double)(end - start) / 1e6);
    ssize_t written = write(STDERR_FILENO, text_chars(&line), line.length);
    (void)written; /* there is nobody to tell that telling failed */
}

/* Runs one init. False if it failed; *why, then owned by the caller, is NULL for want of memory. */
static bool run_one(void (*run)(void), char **why)
{
    struct running own = {.outer = running};
    running = &own;
    run();
    running = own.outer;
    *why = own.why;
    return !own.has_failed;
}

/* The function of an init of package number `number`, from the address that the stamp gives it. */
static void (*function_of(const struct carrier *carrier, uint32_t number, uint64_t address))(void)
{
    return carrier->built_in ? builtin_init(carrier->built_in, number, address)
                             : (void (*)(void))(carrier->base + (uintptr_t)address);
}

static const char lost[] = "its reason was lost: out of memory";

bool init_run(const struct carrier *carrier, uint32_t number, struct error *error)
{
    const struct meta *meta = &carrier->module->meta;
    struct meta_package package = meta_package(meta, number);
    bool traces = is_traced();
    bool done = true;
    for (uint32_t i = 0; done && i < package.init_count; i++) {
        struct meta_init init = meta_init(meta, number, i);
        int64_t start = traces ? now_ns() : 0;
        char *why;
        done = run_one(function_of(carrier, number, init.address), &why);
        if (traces)
            trace(carrier->path, package.path, &init, start, now_ns());
        if (!done)
            error_set(error, PLUGIN_INIT_FAILED,
                      "the init of package %s (%s:%" PRIu32 ") failed: %s", package.path, init.file,
                      init.line, why ? why : lost);
        free(why);
    }
    return done;
}

bool init_run_unstamped(const struct plugin_init_ *first, const char *path, struct error *error)
{
    bool traces = is_traced();
    size_t count = (size_t)(first->end - first);
    bool done = true;
    for (size_t order = 1; done && order <= count; order++) {
        const struct plugin_init_ *init = first;
        char *why;
        while (init->order != order)
            init++;
        int64_t start = traces ? now_ns() : 0;
        done = run_one(init->run, &why);
        if (traces)
            trace(path, NULL, NULL, start, now_ns());
        if (!done)
            error_set(error, PLUGIN_INIT_FAILED, "an init failed: %s", why ? why : lost);
        free(why);
    }
    return done;
}
