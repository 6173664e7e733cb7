/* SPDX-License-Identifier: MIT */
/* Loading libsodium. */
#include "trust/sodium_p.h"

#include "base/loader.h"

#include <stdlib.h>

/* NULL until it is loaded; written once. Atomic. */
static struct sodium *loaded_sodium;

static bool sodium_find(void *library, const char *name, void *place)
{
    void *address = loader_find(library, name, NULL);
    memcpy(place, &address, sizeof address);
    return address;
}

static bool sodium_find_all(void *library, struct sodium *functions)
{
    return sodium_find(library, "sodium_init", &functions->init) &&
           sodium_find(library, "crypto_sign_verify_detached", &functions->verify) &&
           sodium_find(library, "crypto_generichash", &functions->blake2b) &&
           sodium_find(library, "crypto_hash_sha256", &functions->sha256) && functions->init() >= 0;
}

/* libsodium has had two names (DT_SONAME); these functions are the same in both. */
static void *sodium_open(struct error *error)
{
    void *library = loader_open("libsodium.so.23", RTLD_NOW | RTLD_LOCAL);
    const char *reason = library ? NULL : loader_error();
    if (library)
        return library;
    ERROR_AUTO first = {0};
    error_set(
        &first, reason ? loader_error_code(reason, PLUGIN_UNSUPPORTED) : PLUGIN_UNSUPPORTED,
        "signatures and SHA-256 need libsodium (Debian: libsodium23), which cannot be loaded: "
        "%s",
        reason ? reason : "reason unknown");
    library = loader_open("libsodium.so.26", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *error = first;
        first = (struct error){0};
    }
    return library;
}

static bool sodium_read(struct sodium *functions, struct error *error)
{
    void *library = sodium_open(error);
    if (!library)
        return false;
    if (sodium_find_all(library, functions))
        return true;
    loader_close(library);
    return error_set(error, PLUGIN_UNSUPPORTED, "libsodium lacks a function or fails to start");
}

/* A failure is not remembered, as memory or descriptors may have run out. */
const struct sodium *sodium_load(struct error *error)
{
    struct sodium *known = __atomic_load_n(&loaded_sodium, __ATOMIC_ACQUIRE);
    if (known)
        return known;
    struct sodium *made = calloc(1, sizeof *made);
    bool is_loaded = made ? sodium_read(made, error) : error_set_no_memory(error);
    /* If two threads load it at once, the first one's functions stay. */
    if (is_loaded && __atomic_compare_exchange_n(&loaded_sodium, &known, made, false,
                                                 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return known;
}
