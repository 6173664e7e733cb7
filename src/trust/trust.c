/* SPDX-License-Identifier: MIT */
/* Checks a file against a policy. No byte of the file is interpreted before it is verified; then a
 * sealed copy of it takes the file's place. */
#include "trust/trust.h"

#include "base/path.h"
#include "base/versioned.h"
#include "trust/sealed.h"
#include "trust/sha256.h"
#include "trust/signature.h"
#include "trust/sodium_p.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Checks the elements of the lists. The error names their places: a secret key may be among the
 * public ones. */
static bool trust_check_lists(const struct plugin_trust *trust, struct error *error)
{
    struct signature_key key;
    size_t keys = 0, hashes = 0;
    for (; trust->keys && trust->keys[keys]; keys++)
        if (!signature_read_key(&key, trust->keys[keys], error))
            return error_prefix(error, "trust.keys[%zu]: ", keys);
    for (; trust->hashes && trust->hashes[hashes]; hashes++)
        if (!sha256_is_text(trust->hashes[hashes]))
            return error_set(error, PLUGIN_UNSUPPORTED,
                             "trust.hashes[%zu]: it is not a SHA-256 in hexadecimal (64 digits)",
                             hashes);
    return keys || hashes || (!trust->keys && !trust->hashes) ||
           error_set(error, PLUGIN_UNSUPPORTED,
                     "the trust policy has no key and no hash: its lists are empty");
}

bool trust_read(struct plugin_trust *own, const struct plugin_trust *given, struct error *error)
{
    *own = (struct plugin_trust){.size = sizeof *own};
    if (!versioned_copy(own, sizeof *own, given, "trust", error))
        return false;
    /* A policy without a condition is a mistake. */
    if (!own->keys && !own->hashes && !own->check_place)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "the trust policy has no condition: set keys, hashes or check_place");
    if (own->least_version && (!own->keys || own->hashes))
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "trust.least_version needs signatures: set keys and no hashes");
    return trust_check_lists(own, error);
}

/* ---- where the file is ---- */

static bool check_status(const struct plugin_trust *trust, const char *what, const char *path,
                         const struct stat *status, struct error *error)
{
    if (status->st_uid != 0 && status->st_uid != trust->owner)
        return error_set(error, PLUGIN_UNTRUSTED, "%s %s belongs to user %u, not to %u or root",
                         what, path, status->st_uid, trust->owner);
    if (status->st_mode & trust->forbidden_mode & 07777)
        return error_set(error, PLUGIN_UNTRUSTED,
                         "%s %s has mode %04o, of which the trust policy forbids %04o", what, path,
                         status->st_mode & 07777, status->st_mode & trust->forbidden_mode & 07777);
    return true;
}

/* Checks all directories above a path without symbolic links, up to the root. */
static bool check_directories(const struct plugin_trust *trust, const char *path,
                              struct error *error)
{
    char *directory = strdup(path), *slash;
    bool done = directory || error_set_no_memory(error);
    while (done && (slash = strrchr(directory, '/'))) {
        struct stat status;
        bool is_root = slash == directory;
        slash[is_root] = '\0';
        done = lstat(directory, &status) == 0
                   ? check_status(trust, "the directory", directory, &status, error)
                   : error_set(error, PLUGIN_SYSTEM, "lstat %s: %s", directory, strerror(errno));
        if (is_root)
            break;
    }
    free(directory);
    return done;
}

static bool check_place(const struct plugin_trust *trust, const char *path, const struct file *file,
                        struct error *error)
{
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    char *resolved = realpath(path, NULL);
    if (!resolved)
        return error_set(error, errno == ENOMEM ? PLUGIN_NO_MEMORY : PLUGIN_SYSTEM, "realpath: %s",
                         strerror(errno));
    bool done = check_status(trust, "the file", resolved, &status, error) &&
                check_directories(trust, resolved, error);
    free(resolved);
    return done;
}

/* ---- hashes ---- */

/* Sets *has to whether the policy has the hash of these bytes. */
static bool find_hash(const struct plugin_trust *trust, struct bytes bytes, bool *has,
                      struct error *error)
{
    char hash[SHA256_DIGITS + 1];
    *has = false;
    if (trust->hashes && !sha256_of(hash, bytes, error))
        return false;
    for (const char *const *allowed = trust->hashes; allowed && *allowed; allowed++)
        *has |= sha256_is_same(*allowed, hash);
    return true;
}

bool trust_check_content(const char *content, const struct file *file, struct error *error)
{
    char hash[SHA256_DIGITS + 1];
    if (!sha256_is_text(content))
        return error_set(error, PLUGIN_UNTRUSTED,
                         "options.content is not a SHA-256 in hexadecimal (64 digits)");
    if (!sha256_of_file(hash, file, error))
        return false;
    return sha256_is_same(content, hash) ||
           error_set(error, PLUGIN_UNTRUSTED,
                     "its bytes are not those of options.content: its SHA-256 is %s", hash);
}

/* ---- signatures ---- */

/* Reads FILE.minisig into the buffer. */
static bool read_signature(const char *path, uint8_t buffer[static SIGNATURE_FILE_MAX],
                           struct signature *signature, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    TEXT_AUTO name = {0};
    text_add(&name, "%s.minisig", path);
    if (name.failed)
        return error_set_no_memory(error);
    if (!file_open(&file, name.chars, error)) {
        if (error->code == PLUGIN_NOT_FOUND)
            error_set(error, PLUGIN_UNTRUSTED, "it is not signed: %s: %s", name.chars,
                      strerror(ENOENT));
        return false;
    }
    if (file.size > SIGNATURE_FILE_MAX)
        return error_set(error, PLUGIN_UNTRUSTED, "%s is too large for a signature file",
                         name.chars);
    return (file_read(&file, 0, (size_t)file.size, buffer, error) &&
            signature_read(signature, (struct bytes){buffer, (size_t)file.size}, error)) ||
           error_prefix(error, "%s: ", name.chars);
}

/* Finds the policy's key that the signature names. */
static bool find_key(const struct plugin_trust *trust, const struct signature *signature,
                     struct signature_key *key, bool *is_found, struct error *error)
{
    *is_found = false;
    for (const char *const *text = trust->keys; *text && !*is_found; text++) {
        if (!signature_read_key(key, *text, error))
            return false;
        *is_found = !memcmp(key->number, signature->number, sizeof key->number);
    }
    return true;
}

/* Do both signatures verify: that of the bytes, and the one that covers the trusted comment? */
static bool signature_is_valid(const struct sodium *sodium, const struct signature *signature,
                               const struct signature_key *key, struct bytes bytes)
{
    uint8_t hash[SODIUM_BLAKE2B];
    uint8_t whole[SIGNATURE_SIZE + SIGNATURE_FILE_MAX];
    if (signature->is_prehashed) {
        sodium->blake2b(hash, sizeof hash, bytes.data, bytes.size, NULL, 0);
        bytes = (struct bytes){hash, sizeof hash};
    }
    assert(signature->comment.size <= SIGNATURE_FILE_MAX);
    memcpy(whole, signature->signature, SIGNATURE_SIZE);
    memcpy(whole + SIGNATURE_SIZE, signature->comment.data, signature->comment.size);
    return sodium->verify(signature->signature, bytes.data, bytes.size, key->key) == 0 &&
           sodium->verify(signature->global, whole, SIGNATURE_SIZE + signature->comment.size,
                          key->key) == 0;
}

/* Checks the file name and the version that the trusted comment states. */
static bool check_comment(const struct plugin_trust *trust, const char *path, struct bytes comment,
                          bool is_library, struct error *error)
{
    const char *name = path_base_name(path);
    struct bytes signed_name = signature_word(comment, "file");
    uint64_t version = 0;
    if (signed_name.size &&
        (signed_name.size != strlen(name) || memcmp(signed_name.data, name, signed_name.size) != 0))
        return error_set(error, PLUGIN_UNTRUSTED, "its signature is for a file named %.*s",
                         (int)signed_name.size, (const char *)signed_name.data);
    if (!trust->least_version || is_library)
        return true;
    if (!signature_number(comment, "version", &version))
        return error_set(error, PLUGIN_UNTRUSTED,
                         "its signature has no version, and the trust policy requires %llu; sign "
                         "it with: plugin sign --version=N",
                         trust->least_version);
    if (version < trust->least_version)
        return error_set(
            error, PLUGIN_UNTRUSTED,
            "it is signed as version %llu, and the trust policy requires at least %llu",
            (unsigned long long)version, trust->least_version);
    return true;
}

static bool check_signature(const struct plugin_trust *trust, const struct sodium *sodium,
                            const char *path, struct bytes bytes, bool is_library,
                            struct error *error)
{
    uint8_t buffer[SIGNATURE_FILE_MAX];
    struct signature signature;
    struct signature_key key;
    bool is_found;
    if (!read_signature(path, buffer, &signature, error) ||
        !find_key(trust, &signature, &key, &is_found, error))
        return false;
    if (!is_found)
        return error_set(error, PLUGIN_UNTRUSTED,
                         "it is signed with a key that is not in the trust policy");
    if (!signature_is_valid(sodium, &signature, &key, bytes))
        return error_set(error, PLUGIN_UNTRUSTED,
                         "its signature is invalid: the file or the signature was changed");
    return check_comment(trust, path, signature.comment, is_library, error);
}

/* ---- the whole ---- */

static bool check_bytes(const struct plugin_trust *trust, const char *path, struct bytes bytes,
                        bool is_library, struct error *error)
{
    if (!trust->keys && !trust->hashes)
        return true;
    bool has_hash;
    if (!find_hash(trust, bytes, &has_hash, error))
        return false;
    if (has_hash)
        return true;
    if (!trust->keys)
        return error_set(error, PLUGIN_UNTRUSTED, "its SHA-256 is not in the trust policy");
    const struct sodium *sodium = sodium_load(error);
    return sodium && check_signature(trust, sodium, path, bytes, is_library, error);
}

static bool trust_check(const struct plugin_trust *trust, const char *path, struct file *file,
                        bool is_library, struct error *error)
{
    struct file copy;
    struct bytes bytes;
    if (trust->check_place && !check_place(trust, path, file, error))
        return false;
    if (!sealed_copy(&copy, file, file->size, error))
        return false;
    bool done = sealed_map(&copy, &bytes, error);
    if (done) {
        done = check_bytes(trust, path, bytes, is_library, error);
        sealed_unmap(bytes);
    }
    if (!done) {
        file_close(&copy);
        return false;
    }
    file_close(file);
    *file = copy;
    return true;
}

bool trust_admit(const struct plugin_trust *trust, const char *path, struct file *file,
                 struct error *error)
{
    return trust_check(trust, path, file, false, error);
}

bool trust_admit_library(const struct plugin_trust *trust, const char *name, const char *path,
                         struct file *file, struct error *error)
{
    const char *const *allowed = trust->libraries;
    while (allowed && *allowed && strcmp(*allowed, name) != 0)
        allowed++;
    if (!allowed || !*allowed)
        return error_set(
            error, PLUGIN_UNTRUSTED,
            "it needs the library %s, which is neither loaded nor allowed by the trust policy",
            name);
    /* The path is often a symbolic link; its target is the file that is signed. */
    char *resolved = realpath(path, NULL);
    bool done = trust_check(trust, resolved ? resolved : path, file, true, error) ||
                error_prefix(error, "its library %s, at %s: ", name, path);
    free(resolved);
    return done;
}
