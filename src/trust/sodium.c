/* Loading libsodium. */
#include "trust/sodium.h"

#include "base/loader.h"

#include <stdlib.h>

/* Written once, and never changed: NULL until it is loaded. Read and written atomically. */
static struct sodium *loaded;

static bool find(void *library, const char *name, void *place)
{
    void *address = loader_find(library, name, NULL);
    memcpy(place, &address, sizeof address);
    return address;
}

static bool find_all(void *library, struct sodium *functions)
{
    return find(library, "sodium_init", &functions->init) &&
           find(library, "crypto_sign_verify_detached", &functions->verify) &&
           find(library, "crypto_generichash", &functions->blake2b) &&
           find(library, "crypto_hash_sha256", &functions->sha256) && functions->init() >= 0;
}

/* The names of its interface, the later one last: what is used here is the same in both. */
static void *open_library(struct error *error)
{
    void *library = loader_open("libsodium.so.23", RTLD_NOW | RTLD_LOCAL);
    const char *reason = library ? NULL : loader_error();
    if (library)
        return library;
    ERROR_AUTO first = {0};
    error_set(&first, PLUGIN_UNSUPPORTED,
              "options.trust needs libsodium (Debian: libsodium23), which cannot be loaded: %s",
              reason ? reason : "no reason given");
    library = loader_open("libsodium.so.26", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *error = first;
        first = (struct error){0};
    }
    return library;
}

/* Fills in the functions. */
static bool load(struct sodium *functions, struct error *error)
{
    void *library = open_library(error);
    if (!library)
        return false;
    if (find_all(library, functions))
        return true;
    loader_close(library);
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "options.trust: libsodium lacks a function, or does not start");
}

/* What fails is not remembered: it may be for want of memory, or of descriptors. */
const struct sodium *sodium_load(struct error *error)
{
    struct sodium *known = __atomic_load_n(&loaded, __ATOMIC_ACQUIRE);
    if (known)
        return known;
    struct sodium *made = calloc(1, sizeof *made);
    bool is_loaded = made ? load(made, error) : error_set_no_memory(error);
    /* Two threads may load it at once; the first one's functions stay. */
    if (is_loaded && __atomic_compare_exchange_n(&loaded, &known, made, false, __ATOMIC_ACQ_REL,
                                                 __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return known;
}
