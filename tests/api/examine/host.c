/* Does what its arguments say, in order, and prints what comes of it.
 *
 *     show PATH            all that plugin_examine tells
 *     fits PATH            the verdict, which must be that of plugin_open, made after it
 *     judge PATH           the verdict alone
 *     meets PATH           whether it meets struct codec: whether plugin_open_as then succeeds
 *     scan DIRECTORY, first DIRECTORY    all files; until the first plugin
 *     content PATH         remembers plugin_file_content
 *     keep PATH            examines it, and keeps the file; forget frees it
 *     kept-content         content of the kept file
 *     open PATH            with options
 *     threads PATH         many at once
 *     strict, expect, search, global, unstamped, built-in, trust HASH, digits TEXT    set an option
 *     seal, sh COMMAND, maps NAME (is a file of this name mapped?), descriptors */
#include <plugin.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct codec {
    int (*encode)(int);
    int (*decode)(int);
    int *level;
};
PLUGIN_OPTIONAL(struct codec, level);

struct point {
    int x, y;
};

int host_sum(const struct point *point);
int host_sum(const struct point *point)
{
    return point->x + point->y;
}

void host_note(const char *what);
void host_note(const char *what)
{
    printf("  %s\n", what);
}

static const char *hashes[2], *search[2];
static struct plugin_trust trust = {.size = sizeof trust, .hashes = hashes};
static struct plugin_options options = {.size = sizeof options};
static char content[65];
static plugin_file *kept;
static const char *word; /* of the arguments: the next one */

static void print_failure(void)
{
    printf("%d %s\n", (int)plugin_error_code(), plugin_error());
}

/* plugin_error() as one string that outlives the next failure. */
static char *failure(void)
{
    char *text = NULL;
    if (asprintf(&text, "%d %s", (int)plugin_error_code(), plugin_error()) < 0)
        exit(2);
    return text;
}

static void show(const char *path)
{
    const char *name = NULL, *value;
    plugin_file *file = plugin_examine(path, &options);
    if (!file) {
        print_failure();
        return;
    }
    printf("%s\n", plugin_file_path(file));
    for (size_t i = 0; (name = plugin_file_info_at(file, i, &value)); i++)
        printf("info %s: %s\n", name, value);
    while ((name = plugin_file_next(file, name)))
        printf("symbol %s: %s\n", name, plugin_file_decl(file, name));
    while ((name = plugin_file_next_package(file, name)))
        printf("package %s\n", name);
    while ((name = plugin_file_next_import(file, name)))
        if (strncmp(name, "__", 2) != 0 && strncmp(name, "_ITM", 4) != 0)
            printf("import %s: %s\n", name, plugin_file_decl(file, name));
    printf("%s\n", plugin_file_fits(file) ? "fits" : plugin_error());
    plugin_file_free(file);
}

static void judge(const char *path)
{
    plugin_file *file = plugin_examine(path, &options);
    if (file && plugin_file_fits(file))
        puts("fits");
    else
        print_failure();
    plugin_file_free(file);
}

/* An examination and an open say the same, but for what they try. */
static bool is_same(const char *one, const char *other)
{
    const char *examine = strstr(one, "cannot examine "), *open = strstr(other, "cannot open ");
    if (examine && open)
        return !strcmp(examine + strlen("cannot examine "), open + strlen("cannot open "));
    return !strcmp(one, other);
}

static void fits(const char *path)
{
    plugin_file *file = plugin_examine(path, &options);
    bool is_fit = file && plugin_file_fits(file);
    char *examined = failure();
    bool is_open = plugin_open_with(path, &options);
    char *opened = failure();
    bool is_right = is_fit == is_open && (is_fit || is_same(examined, opened));
    printf("%s%s\n", is_right ? "" : "NOT AS AN OPEN: ", is_fit ? "fits" : examined);
    if (!is_right)
        printf("%s\n", is_open ? "opens" : opened);
    free(examined);
    free(opened);
    plugin_file_free(file);
}

static void meets(const char *path)
{
    struct codec codec;
    plugin_file *file = plugin_examine(path, &options);
    bool is_met = file && plugin_file_meets(file, struct codec);
    char *examined = failure();
    bool is_open = plugin_open_as_with(path, &options, &codec);
    printf("%s%s\n", is_met == is_open ? "" : "NOT AS AN OPEN: ", is_met ? "meets it" : examined);
    free(examined);
    plugin_file_free(file);
}

static bool print_file(void *context, const char *path, const plugin_file *file)
{
    const bool *all = context;
    if (!file)
        printf("%s: %d %s\n", path, (int)plugin_error_code(), plugin_error());
    else if (!plugin_file_fits(file))
        printf("%s: %d %s\n", path, (int)plugin_error_code(), plugin_error_line());
    else
        printf("%s: fits%s\n", path,
               plugin_file_meets(file, struct codec) ? ", meets struct codec" : "");
    return *all || !file;
}

static void scan(const char *directory, bool all)
{
    if (!plugin_scan(directory, &options, print_file, &all))
        print_failure();
}

static void remember(const plugin_file *file)
{
    snprintf(content, sizeof content, "%s", plugin_file_content(file));
    options.content = content;
    if (*content)
        puts("a content");
    else
        print_failure();
}

static void maps(const char *name)
{
    char line[4096];
    bool is_mapped = false;
    FILE *file = fopen("/proc/self/maps", "r");
    while (file && fgets(line, sizeof line, file))
        is_mapped |= strstr(line, name) != NULL;
    if (file)
        fclose(file);
    printf("%s: %s\n", name, is_mapped ? "mapped" : "not mapped");
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 30 };

static const char *shared_path;

/* Uses one file, and examines, opens and scans others. */
static void *use(void *count)
{
    for (int i = 0; i < ROUNDS; i++) {
        const char *name = NULL;
        plugin_file *own = plugin_examine(shared_path, NULL);
        bool is_right = own && plugin_file_fits(own) && plugin_file_fits(kept) &&
                        plugin_file_meets(kept, struct codec) && plugin_open(shared_path) &&
                        !strcmp(plugin_file_content(own), plugin_file_content(kept));
        while (is_right && (name = plugin_file_next(kept, name)))
            is_right = !strcmp(plugin_file_decl(own, name), plugin_file_decl(kept, name));
        *(int *)count += is_right;
        plugin_file_free(own);
    }
    return NULL;
}

static void use_by_threads(const char *path)
{
    pthread_t threads[THREADS];
    int counts[THREADS] = {0}, right = 0;
    shared_path = path;
    kept = plugin_examine(path, NULL);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, use, &counts[i]) != 0)
            exit(2);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        right += counts[i];
    }
    puts(right == THREADS * ROUNDS ? "all right" : "wrong");
    plugin_file_free(kept);
}

static int descriptors(void)
{
    int count = 0;
    for (int i = 3; i < 1024; i++)
        count += lseek(i, 0, SEEK_CUR) != -1;
    return count;
}

static void set_option(const char *verb)
{
    static const struct plugin_expect none[] = {{NULL, NULL}};
    const struct plugin_expect expected[] = {PLUGIN_EXPECT("encode", int(int)), {NULL, NULL}};
    static struct plugin_expect copy[2];
    memcpy(copy, expected, sizeof copy);
    options.strict = !strcmp(verb, "strict");
    options.is_global = !strcmp(verb, "global");
    options.allow_unstamped = !strcmp(verb, "unstamped");
    options.expect = !strcmp(verb, "expect") ? copy : none;
    options.search = !strcmp(verb, "search") ? search : NULL;
    options.placement = !strcmp(verb, "built-in") ? PLUGIN_BUILT_IN : PLUGIN_ANY;
    options.trust = !strcmp(verb, "trust") ? &trust : NULL;
    options.content = NULL;
    if (!strcmp(verb, "search"))
        search[0] = word;
    if (!strcmp(verb, "trust"))
        hashes[0] = word;
    if (!strcmp(verb, "digits"))
        options.content = word;
}

int main(int argc, char **argv)
{
    int before = descriptors();
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 1; i < argc; i++) {
        const char *verb = argv[i];
        word = i + 1 < argc ? argv[i + 1] : "";
        i += !!strcmp(verb, "seal") && !!strcmp(verb, "strict") && !!strcmp(verb, "global") &&
             !!strcmp(verb, "unstamped") && !!strcmp(verb, "built-in") &&
             !!strcmp(verb, "expect") && !!strcmp(verb, "kept-content") &&
             !!strcmp(verb, "forget") && !!strcmp(verb, "descriptors") && !!strcmp(verb, "plain");
        if (!strcmp(verb, "show")) {
            show(word);
        } else if (!strcmp(verb, "fits")) {
            fits(word);
        } else if (!strcmp(verb, "judge")) {
            judge(word);
        } else if (!strcmp(verb, "meets")) {
            meets(word);
        } else if (!strcmp(verb, "scan") || !strcmp(verb, "first")) {
            scan(word, !strcmp(verb, "scan"));
        } else if (!strcmp(verb, "content")) {
            plugin_file *file = plugin_examine(word, NULL);
            remember(file);
            plugin_file_free(file);
        } else if (!strcmp(verb, "keep")) {
            kept = plugin_examine(word, NULL);
            puts(kept ? "kept" : plugin_error());
        } else if (!strcmp(verb, "kept-content")) {
            remember(kept);
        } else if (!strcmp(verb, "forget")) {
            plugin_file_free(kept);
        } else if (!strcmp(verb, "open")) {
            if (plugin_open_with(word, &options))
                puts("opens");
            else
                print_failure();
        } else if (!strcmp(verb, "threads")) {
            use_by_threads(word);
        } else if (!strcmp(verb, "seal")) {
            plugin_seal();
        } else if (!strcmp(verb, "sh")) {
            if (system(word) != 0)
                return 2;
        } else if (!strcmp(verb, "maps")) {
            maps(word);
        } else if (!strcmp(verb, "descriptors")) {
            printf("%d descriptors more\n", descriptors() - before);
        } else {
            set_option(verb);
        }
    }
    return 0;
}
