// Each argument names a check of <plugin.hpp>; of the first that fails, says which line, and exits
// with 1.
#include "shapes.h"
#include "worker.h"

#include <plugin.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

// Is this true? If not, says so, and ends.
#define HOLDS(...)                                                                                 \
    do {                                                                                           \
        if (!(__VA_ARGS__)) {                                                                      \
            std::printf("line %d: %s\n%s\n", __LINE__, #__VA_ARGS__, plugin_error());              \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

#ifdef __cpp_exceptions
// Does it throw an error of this code, that says this?
template <class Attempt> static bool throws(plugin_code code, const char *text, Attempt attempt)
{
    try {
        attempt();
    } catch (const plugins::error &error) {
        plugins::error copy = error;
        return copy.code() == code && std::strstr(copy.what(), text) && *copy.line() &&
               !std::strchr(copy.line(), '\n');
    }
    return false;
}
#define THROWS(code, text, ...) HOLDS(throws(code, text, [&] { (void)__VA_ARGS__; }))
#else
#define THROWS(code, text, ...) static_cast<void>(0)
#endif

static void gets()
{
    plugins::opened p = plugins::open("shapes.so");
    int &v = p.get<int>("V");
    HOLDS(v == 3 && &v == p.try_get<int>("V") && &v == &p.lookup("V").get<const int>());
    v = 7;
    HOLDS(p.get<const int>("V") == 7);
    int(&table)[4] = p.get<int[4]>("table");
    HOLDS(table[3] == 4);
    auto area = p.get<double(const shape *)>("area");
    static_assert(std::is_same_v<decltype(area), double (*)(const shape *)>);
    shape unit{2, 3};
    HOLDS(area(&unit) == 6);

    HOLDS(!p.try_get<float>("V") && plugins::error::last().code() == PLUGIN_WRONG_TYPE);
    HOLDS(!p.try_get<int(const shape *)>("area") && !p.try_get<double(shape *)>("V"));
    HOLDS(!p.try_get<int>("W") && plugins::error::last().code() == PLUGIN_NO_SYMBOL);
    THROWS(PLUGIN_WRONG_TYPE, "requested  float", p.get<float>("V"));
    THROWS(PLUGIN_NO_SYMBOL, "symbol W not found", p.get<int>("W"));
    THROWS(PLUGIN_NO_SYMBOL, "symbol W not found", p.lookup("W"));
    v = 3;
}

// What failed stays false, and the error is the first one's.
static void chains()
{
    plugins::opened none = plugins::try_open("none.so");
    HOLDS(!none && !none.try_lookup("V") && !none.try_get<int>("V"));
    HOLDS(!none.try_bind<shapes>() && none.begin() == none.end() && !none.path());
    HOLDS(!none.try_alloc<int>(1) && !none.is_current());
    HOLDS(plugins::error::last().code() == PLUGIN_NOT_FOUND);
    THROWS(PLUGIN_NOT_FOUND, "none.so", plugins::open("none.so"));
    THROWS(PLUGIN_NOT_FOUND, "none.so", none.retire());
}

static void symbols()
{
    plugins::opened p = plugins::open("shapes.so");
    std::string text;
    for (plugins::symbol s : p)
        text += s.decl() + std::string(";");
    HOLDS(text ==
          "int V;double area(const struct shape *shape);int table[4];void tell(int *here);");
    HOLDS(std::distance(p.begin(), p.end()) == 4);
    auto found = std::find_if(p.begin(), p.end(),
                              [](plugins::symbol s) { return !std::strcmp(s.name(), "table"); });
    HOLDS(found != p.end() && (*found).get<int[4]>()[0] == 1);
    HOLDS(plugin_find_symbol(p, "V") == p.lookup("V"));
    HOLDS(!std::strcmp(p.info("version"), "1.2") && !p.info("none"));
}

static void interfaces()
{
    auto opened = plugins::open_as<shapes>("shapes.so");
    shape unit{2, 4};
    HOLDS(opened->area(&unit) == 8 && *opened->V == 3 && !opened->help && (*opened->table)[1] == 2);
    HOLDS(opened.lookup("V") && (*opened).V == &opened.get<int>("V"));
    shapes bound = static_cast<plugins::opened>(opened).bind<shapes>();
    HOLDS(bound.area == opened->area && opened.try_bind<shapes>());
    HOLDS(!plugins::try_open_as<solids>("shapes.so") && !opened.try_bind<solids>());
    HOLDS(plugins::error::last().code() == PLUGIN_MISFIT);
    THROWS(PLUGIN_MISFIT, "(2 misfits)", plugins::open_as<solids>("shapes.so"));
    THROWS(PLUGIN_MISFIT, "volume", opened.bind<solids>());
}

static void options()
{
    plugins::options how;
    HOLDS(how.size == sizeof(plugin_options) && !how.strict && !how.search);
    const std::string here = plugins::examine("shapes.so").path();
    const std::string directory = here.substr(0, here.rfind('/'));
    const char *search[] = {directory.c_str(), nullptr};
    how.search = search;
    HOLDS(plugins::open("shapes.so", how) == plugins::open("./shapes.so"));
    plugins::trust who;
    const std::string digits(64, '0');
    const char *hashes[] = {digits.c_str(), nullptr};
    who.hashes = hashes;
    how.trust = &who;
    HOLDS(!plugins::try_examine("shapes.so", how));
    THROWS(PLUGIN_UNTRUSTED, "shapes.so", plugins::examine("shapes.so", how));
    how.trust = nullptr;
    how.placement = PLUGIN_BUILT_IN;
    HOLDS(!plugins::try_open_as<shapes>("shapes.so", how));
}

static void files()
{
    plugins::file file = plugins::examine("shapes.so");
    HOLDS(file.fits() && file.meets<shapes>() && !file.meets<solids>());
    HOLDS(plugins::error::last().code() == PLUGIN_MISFIT);
    HOLDS(std::strlen(file.content()) == 64 && !std::strcmp(file.info("version"), "1.2"));
    HOLDS(!std::strcmp(file.decl("V"), "int V") && !file.decl("W"));
    std::vector<std::string> names;
    for (const char *name : file.symbols())
        names.push_back(name);
    HOLDS(names == std::vector<std::string>{"V", "area", "table", "tell"});
    HOLDS(std::distance(file.packages().begin(), file.packages().end()) == 0);
    HOLDS(file.imports().begin() == file.imports().end());
    plugins::file copy = file;
    file = plugins::file();
    HOLDS(!file && copy && copy.fits());
    THROWS(PLUGIN_NOT_PLUGIN, "", plugins::examine("shapes.c"));
}

static void scans()
{
    std::string seen;
    plugins::scan("plugins", [&](const char *path, const plugins::file &file) {
        seen += path + std::string(!file                  ? ": none\n"
                                   : file.meets<shapes>() ? ": fits\n"
                                                          : ": not\n");
    });
    HOLDS(seen == "plugins/a.so: fits\nplugins/b.txt: none\nplugins/c.so: not\n");
    int count = 0;
    HOLDS(plugins::try_scan("plugins",
                            [&](const char *, const plugins::file &) { return ++count < 2; }));
    HOLDS(count == 2);
    HOLDS(!plugins::try_scan("none", [](const char *, const plugins::file &) {}));
    THROWS(PLUGIN_NOT_FOUND, "none",
           plugins::scan("none", [](const char *, const plugins::file &) {}));
#ifdef __cpp_exceptions
    count = 0;
    try {
        plugins::scan("plugins", [&](const char *, const plugins::file &) {
            if (++count == 2)
                throw count;
        });
        HOLDS(count != 2); // not reached
    } catch (int thrown) {
        HOLDS(thrown == 2 && count == 2);
    }
#endif
}

static void retires()
{
    plugins::opened p = plugins::open("plugins/a.so");
    int is_retired = 0;
    p.get<void(int *)>("tell")(&is_retired);
    HOLDS(p.is_current() && !is_retired);
    p.retire();
    HOLDS(is_retired && plugins::open("plugins/a.so") != p && p.get<int>("V") == 3);
    HOLDS(plugins::program() && std::strcmp(plugins::program().path(), p.path()));
    THROWS(PLUGIN_UNSUPPORTED, "", plugins::program().retire());
    THROWS(PLUGIN_UNSUPPORTED, "", p.stop());
}

static void isolated()
{
    plugins::options how;
    how.placement = PLUGIN_ISOLATED;
    auto worker = plugins::open_as<struct worker>("worker.so", how);
    auto values = worker.alloc<int>(3);
    values[0] = 40;
    values[2] = 2;
    HOLDS(plugins::call(worker->sum, values.get(), 3) == 42);
    const int own[] = {1, 2};
    HOLDS(plugins::try_call(worker->sum, own, 2U) == 3);
    HOLDS(plugins::call(worker->calls) == 1 && plugins::call(worker->calls) == 2);

    HOLDS(!plugins::try_call(worker->end, 3));
    HOLDS(plugins::error::last().code() == PLUGIN_CRASHED);
    HOLDS(plugins::try_call(worker->calls) == std::nullopt);
    THROWS(PLUGIN_CRASHED, "calls", plugins::call(worker->calls));
    THROWS(PLUGIN_CRASHED, "end", plugins::call(worker->end, 3));
    worker.restart();
    HOLDS(plugins::call(worker->calls) == 1);
    plugins::call(worker.get<int()>("calls"));
    worker.stop();
    HOLDS(!plugins::try_call(worker->calls));
    HOLDS(plugin_isolation_report(worker) & PLUGIN_ISOLATION_SYSTEM_CALLS);
    HOLDS(!worker.try_alloc<int>(SIZE_MAX / 2) && !worker.try_alloc<int>(SIZE_MAX));
    THROWS(PLUGIN_NO_MEMORY, "", worker.alloc<int>(SIZE_MAX / 2));
}

static const struct {
    const char *name;
    void (*run)();
} checks[] = {
    {"gets", gets},        {"chains", chains}, {"symbols", symbols}, {"interfaces", interfaces},
    {"options", options},  {"files", files},   {"scans", scans},     {"retires", retires},
    {"isolated", isolated}};

int main(int, char **argv)
{
    while (*++argv) {
        auto named = std::find_if(std::begin(checks), std::end(checks), [&](const auto &check) {
            return !std::strcmp(check.name, *argv);
        });
        HOLDS(named != std::end(checks));
        named->run();
    }
}
