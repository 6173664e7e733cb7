/* SPDX-License-Identifier: MIT */
/* plugin sign: signs files in minisign's format, for trust policies. */
#include "common/cmd.h"
#include "common/options.h"
#include "common/scratch.h"
#include "sign/secret_key_p.h"
#include "src/base/file.h"
#include "src/base/path.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

static const char sign_help[] =
    "usage: plugin sign -s KEY [--version=N] FILE...\n"
    "\n"
    "Sign each FILE with a minisign secret key, and write the signature to\n"
    "FILE.minisig. minisign can verify it, and plugin_open requires it under a trust\n"
    "policy (plugin_trust(3)). Create keys with: minisign -G\n"
    "\n"
    "  -s KEY       read the secret key from the file KEY; its password is read from\n"
    "               the terminal, or else from standard input\n"
    "  --version=N  sign the version number N, for which a policy can set a minimum\n"
    "\n"
    "The name of FILE is signed, too.\n"
    "\n"
    "exit status: 0 success, 1 failure, 2 usage error\n"
    "example: plugin sign -s ~/.minisign/minisign.key --version=3 hello.so\n";

struct signing {
    struct secret_key key;
    unsigned long long version;
    bool has_version;
};

/* Computes the BLAKE2b-512 of the file. */
static bool sign_hash_file(uint8_t hash[static 64], const char *path, struct error *error)
{
    enum { CHUNK = 64 * 1024 };
    static uint8_t chunk[CHUNK];
    FILE_AUTO file = FILE_NONE;
    crypto_generichash_state state;
    bool done = file_open(&file, path, error);
    crypto_generichash_init(&state, NULL, 0, 64);
    for (uint64_t at = 0; done && at < file.size;) {
        size_t size = file.size - at < CHUNK ? (size_t)(file.size - at) : CHUNK;
        done = file_read(&file, at, size, chunk, error);
        if (done)
            crypto_generichash_update(&state, chunk, size);
        at += size;
    }
    crypto_generichash_final(&state, hash, 64);
    return done;
}

/* Adds the trusted comment, which is signed: the time, the file's name, the version. */
static bool sign_add_comment(struct text *comment, const struct signing *signing, const char *path,
                             struct error *error)
{
    const char *name = path_base_name(path);
    if (name[strcspn(name, " \t\n\r")])
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "a trusted comment cannot hold a file name with white space");
    text_add(comment, "timestamp:%" PRId64 "\tfile:%s\thashed", (int64_t)time(NULL), name);
    if (signing->has_version)
        text_add(comment, "\tversion:%llu", signing->version);
    return !comment->failed || error_set_no_memory(error);
}

static void sign_add_base64(struct text *text, const uint8_t *bytes, size_t size)
{
    char encoded[128];
    sodium_bin2base64(encoded, sizeof encoded, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    text_add(text, "%s\n", encoded);
}

/* Adds the signature file's four lines. */
static bool sign_add_signature(struct text *text, const struct signing *signing, const char *path,
                               struct error *error)
{
    uint8_t hash[64], line[2 + SIGNATURE_KEY_NUMBER + SIGNATURE_SIZE], global[SIGNATURE_SIZE];
    uint8_t *signature = line + 2 + SIGNATURE_KEY_NUMBER;
    TEXT_AUTO comment = {0}, signed_along = {0};
    if (!sign_add_comment(&comment, signing, path, error) || !sign_hash_file(hash, path, error))
        return false;
    memcpy(line, "ED", 2);
    memcpy(line + 2, signing->key.number, SIGNATURE_KEY_NUMBER);
    crypto_sign_detached(signature, NULL, hash, sizeof hash, signing->key.key);
    text_add_bytes(&signed_along, (const char *)signature, SIGNATURE_SIZE);
    text_add_bytes(&signed_along, text_chars(&comment), comment.length);
    if (signed_along.failed)
        return error_set_no_memory(error);
    crypto_sign_detached(global, NULL, (const uint8_t *)text_chars(&signed_along),
                         signed_along.length, signing->key.key);
    text_add(text, "untrusted comment: signature by plugin sign\n");
    sign_add_base64(text, line, sizeof line);
    text_add(text, "trusted comment: %s\n", text_chars(&comment));
    sign_add_base64(text, global, sizeof global);
    return !text->failed || error_set_no_memory(error);
}

/* Writes the text to a file, all or nothing. */
static bool sign_write_file(const char *path, const struct text *text, struct error *error)
{
    struct scratch scratch;
    bool done = scratch_open(&scratch, path, error);
    done = done && cmd_write_file(text_chars(&scratch.path), text, error) &&
           scratch_commit(&scratch, path, error);
    scratch_close(&scratch);
    return done;
}

static bool sign_file(const struct signing *signing, const char *path, struct error *error)
{
    TEXT_AUTO name = {0}, text = {0};
    text_add(&name, "%s.minisig", path);
    return ((!name.failed || error_set_no_memory(error)) &&
            sign_add_signature(&text, signing, path, error) &&
            sign_write_file(name.chars, &text, error)) ||
           error_prefix(error, "cannot sign %s: ", path);
}

int cmd_sign(char **arguments)
{
    ERROR_AUTO error = {0};
    struct signing signing = {0};
    const char *key_path = NULL, *version = NULL;
    const struct option options[] = {
        {"-s", .value = &key_path, .needs = "a key"}, {"--version=", .value = &version}, {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(sign_help, options, arguments, &status))
        return status;
    signing.has_version = version != NULL;
    if (version && !option_parse_number(version, &signing.version))
        return cmd_usage_error("sign", "--version needs a number");
    if (!key_path)
        return cmd_usage_error("sign", "no key given; use -s KEY");
    if (!*files)
        return cmd_usage_error("sign", "no file given");
    if (sodium_init() < 0) {
        error_set(&error, PLUGIN_SYSTEM, "cannot initialize libsodium");
        return cmd_failed(&error);
    }
    if (!secret_key_read(&signing.key, key_path, &error))
        return cmd_failed(&error);
    for (; *files; files++) {
        ERROR_AUTO own = {0};
        if (!sign_file(&signing, *files, &own))
            status = cmd_failed(&own);
    }
    sodium_memzero(&signing.key, sizeof signing.key);
    return status;
}
