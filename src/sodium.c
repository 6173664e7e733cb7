/* Loading libsodium. */
#include "sodium.h"

#include "loader.h"

#include <pthread.h>

static struct sodium functions; /* written once */
static bool is_loaded;

static bool find(void *library, const char *name, void *place)
{
    void *address = loader_find(library, name, NULL);
    memcpy(place, &address, sizeof address);
    return address;
}

static void load(void)
{
    /* The names of its interface, the later one last: what is used here is the same in both. */
    static const char *const names[] = {"libsodium.so.23", "libsodium.so.26"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
        library = loader_open(names[i], RTLD_NOW | RTLD_LOCAL);
    is_loaded = library && find(library, "sodium_init", &functions.init) &&
                find(library, "crypto_sign_verify_detached", &functions.verify) &&
                find(library, "crypto_generichash", &functions.blake2b) &&
                find(library, "crypto_hash_sha256", &functions.sha256) && functions.init() >= 0;
}

const struct sodium *sodium_load(struct error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (is_loaded)
        return &functions;
    error_set(error, PLUGIN_UNSUPPORTED,
              "options.trust needs libsodium, which is not installed (Debian: libsodium23)");
    return NULL;
}
