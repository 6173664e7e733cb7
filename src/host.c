/* The modules of this process that ask for types. */
#include "host.h"

#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct host {
    uintptr_t base;
    char *path;
    void
        *segments; /* a copy of the program headers, as loaded: another module may get this place */
    size_t segments_size;
    struct module module;
    struct host *next;
};

/* The modules that were read so far. A host is written before it enters the list, and never
 * changes; the lock guards the list's head. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct host *hosts;

/* A module of the process, as the dynamic loader describes it. */
struct loaded {
    uintptr_t address; /* what is looked for */
    unsigned seen;
    bool found, is_program;
    uintptr_t base;
    char *name;
    const void *segments; /* the module's program headers, in memory */
    size_t segments_size;
};

static int find_loaded(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct loaded *loaded = context;
    bool is_program = loaded->seen++ == 0; /* both glibc and musl list the program first */
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || loaded->address < start ||
            loaded->address - start >= segment->p_memsz)
            continue;
        loaded->found = true;
        loaded->is_program = is_program;
        loaded->base = info->dlpi_addr;
        loaded->name = strdup(info->dlpi_name);
        loaded->segments = info->dlpi_phdr;
        loaded->segments_size = info->dlpi_phnum * sizeof *info->dlpi_phdr;
        return 1;
    }
    return 0;
}

/* The program's own path, for messages. */
static char *program_path(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0)
        return strdup("/proc/self/exe");
    path[length] = '\0';
    return strdup(path);
}

static void free_host(struct host *host)
{
    module_free(&host->module);
    free(host->segments);
    free(host->path);
    free(host);
}

static bool read_host(struct host *host, const struct loaded *loaded, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    /* The link leads to the very file that runs, even when another has taken its path. */
    const char *path = loaded->is_program ? "/proc/self/exe" : loaded->name;
    if (!file_open(&file, path, error) || !module_read(&host->module, &file, error))
        return false;
    struct bytes segments = host->module.elf.segments;
    if (segments.size != loaded->segments_size ||
        memcmp(segments.data, loaded->segments, segments.size) != 0)
        return error_set(error, PLUGIN_SYSTEM,
                         "its file was replaced since it was loaded; start the program again");
    module_forget_headers(&host->module);
    return true;
}

static struct host *make_host(const struct loaded *loaded, struct error *error)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host) {
        error_set_no_memory(error);
        return NULL;
    }
    host->base = loaded->base;
    host->path = loaded->is_program ? program_path() : strdup(loaded->name);
    host->segments = malloc(loaded->segments_size);
    host->segments_size = loaded->segments_size;
    if (host->segments)
        memcpy(host->segments, loaded->segments, loaded->segments_size);
    if (!host->path || !host->segments) {
        error_set_no_memory(error);
    } else if (read_host(host, loaded, error)) {
        return host;
    } else {
        error_prefix(error, "cannot tell which type plugin_as asks for in %s: ", host->path);
    }
    free_host(host);
    return NULL;
}

/* The host that was read for this loaded module, or NULL. */
static struct host *find_read(const struct loaded *loaded)
{
    struct host *host = hosts;
    while (host && (host->base != loaded->base || host->segments_size != loaded->segments_size ||
                    memcmp(host->segments, loaded->segments, host->segments_size) != 0))
        host = host->next;
    return host;
}

/* The same, read if it was not; two threads may read it at once, and the first one's stays. */
static const struct host *find_host(const struct loaded *loaded, struct error *error)
{
    pthread_mutex_lock(&lock);
    struct host *host = find_read(loaded);
    pthread_mutex_unlock(&lock);
    if (host)
        return host;
    struct host *made = make_host(loaded, error);
    if (!made)
        return NULL;
    pthread_mutex_lock(&lock);
    host = find_read(loaded);
    if (!host) {
        made->next = hosts;
        hosts = made;
        host = made;
        made = NULL;
    }
    pthread_mutex_unlock(&lock);
    if (made)
        free_host(made);
    return host;
}

bool host_find_type(const void *probe, struct type_side *type, const struct module **module,
                    const char **path, struct error *error)
{
    struct loaded loaded = {.address = (uintptr_t)probe};
    dl_iterate_phdr(find_loaded, &loaded);
    if (!loaded.found)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "cannot tell which type plugin_as asks for: it was called from code that "
                         "the dynamic loader did not load");
    const struct host *host = loaded.name ? find_host(&loaded, error) : NULL;
    if (!loaded.name)
        error_set_no_memory(error);
    free(loaded.name);
    if (!host)
        return false;
    if (!host->module.is_stamped)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "cannot tell which type plugin_as asks for: %s is not stamped; build it "
                         "with `plugin build`, or compile it with -g and run: plugin stamp %s",
                         host->path, host->path);
    if (!meta_find_probe(&host->module.meta, (uintptr_t)probe - host->base, &type->id))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "cannot tell which type plugin_as asks for: the stamp of %s does not know "
                         "this use; compile the file it is in with -g, link, and run: "
                         "plugin stamp %s",
                         host->path, host->path);
    type->btf = &host->module.btf;
    *module = &host->module;
    *path = host->path;
    return true;
}
