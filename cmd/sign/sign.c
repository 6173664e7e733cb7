/* `plugin sign`: signs files, in the form of minisign, so that options.trust lets them in. */
#include "common/cmd.h"
#include "common/run.h"
#include "sign/secret_key.h"
#include "src/base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: plugin sign -s KEY [--version=N] FILE...\n"
    "\n"
    "Signs each file with a secret key of minisign, and writes the signature to\n"
    "FILE.minisig, which minisign can verify, and plugin_open, under a trust policy\n"
    "(plugin_open(3)), asks for. Keys are made by: minisign -G\n"
    "\n"
    "  -s KEY         the file with the secret key; if it has a password, that is\n"
    "                 asked for, or read from standard input\n"
    "  --version=N    what a policy can ask for at least: a number that grows\n"
    "\n"
    "The name of the file is signed, too.\n"
    "\n"
    "exit status: 0 done, 1 failed, 2 wrong usage\n"
    "example: plugin sign -s ~/.minisign/minisign.key --version=3 hello.so\n";

struct signing {
    const char *key_path;
    uint64_t version;
    bool has_version;
    struct secret_key key;
};

/* The BLAKE2b-512 of the file. */
static bool hash_file(uint8_t hash[static 64], const char *path, struct error *error)
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

/* What is signed along: when, of which file, which version. */
static bool add_comment(struct text *comment, const struct signing *signing, const char *path,
                        struct error *error)
{
    const char *name = run_base_name(path);
    if (name[strcspn(name, " \t\n\r")])
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "its name has a space or a line's end in it, which the comment of a "
                         "signature cannot say");
    text_add(comment, "timestamp:%" PRId64 "\tfile:%s\thashed", (int64_t)time(NULL), name);
    if (signing->has_version)
        text_add(comment, "\tversion:%" PRIu64, signing->version);
    return !comment->failed || error_set_no_memory(error);
}

static void add_base64(struct text *text, const uint8_t *bytes, size_t size)
{
    char encoded[128];
    sodium_bin2base64(encoded, sizeof encoded, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    text_add(text, "%s\n", encoded);
}

/* Adds the signature file's four lines. */
static bool add_signature(struct text *text, const struct signing *signing, const char *path,
                          struct error *error)
{
    uint8_t hash[64], line[2 + SIGNATURE_KEY_NUMBER + SIGNATURE_SIZE], global[SIGNATURE_SIZE];
    uint8_t *signature = line + 2 + SIGNATURE_KEY_NUMBER;
    TEXT_AUTO comment = {0}, signed_along = {0};
    if (!add_comment(&comment, signing, path, error) || !hash_file(hash, path, error))
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
    add_base64(text, line, sizeof line);
    text_add(text, "trusted comment: %s\n", text_chars(&comment));
    add_base64(text, global, sizeof global);
    return !text->failed || error_set_no_memory(error);
}

/* Writes the text to a file, whole or not at all. */
static bool write_file(const char *path, const struct text *text, struct error *error)
{
    struct scratch scratch;
    bool done = scratch_open(&scratch, path, error);
    FILE *file = done ? fopen(text_chars(&scratch.path), "we") : NULL;
    if (done) {
        bool is_written = file && fwrite(text_chars(text), 1, text->length, file) == text->length;
        is_written = file && fclose(file) == 0 && is_written;
        done = is_written
                   ? scratch_keep(&scratch, path, error)
                   : error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", path, strerror(errno));
    }
    scratch_close(&scratch);
    return done;
}

static bool sign(const struct signing *signing, const char *path, struct error *error)
{
    TEXT_AUTO name = {0}, text = {0};
    text_add(&name, "%s.minisig", path);
    return (name.failed ? error_set_no_memory(error)
                        : add_signature(&text, signing, path, error) &&
                              write_file(text_chars(&name), &text, error)) ||
           error_prefix(error, "cannot sign %s: ", path);
}

static int sign_all(struct signing *signing, char **paths, int count)
{
    ERROR_AUTO error = {0};
    int status = EXIT_DONE;
    if (!secret_key_read(&signing->key, signing->key_path, &error))
        return cmd_failed(&error);
    for (int i = 0; i < count; i++) {
        ERROR_AUTO own = {0};
        if (paths[i] && !sign(signing, paths[i], &own))
            status = cmd_failed(&own);
    }
    sodium_memzero(&signing->key, sizeof signing->key);
    return status;
}

/* Reads the number of --version. */
static bool read_version(struct signing *signing, const char *text)
{
    char *end;
    errno = 0;
    signing->version = strtoull(text, &end, 10);
    signing->has_version = *text >= '0' && *text <= '9' && !*end && errno == 0;
    return signing->has_version;
}

int cmd_sign(int count, char **arguments)
{
    static const char version[] = "--version=";
    struct signing signing = {0};
    bool only_files = false;
    int files = 0;
    for (int i = 1; i < count; i++) {
        char *argument = arguments[i];
        bool is_option = !only_files && *argument == '-';
        if (is_option && cmd_is_help(argument)) {
            fputs(help, stdout);
            return cmd_finish_output();
        }
        if (is_option && !strcmp(argument, "-s") && i + 1 < count) {
            arguments[i] = NULL;
            signing.key_path = arguments[++i];
            arguments[i] = NULL;
        } else if (is_option && !strncmp(argument, version, strlen(version))) {
            if (!read_version(&signing, argument + strlen(version)))
                return cmd_usage_error("sign", "--version needs a number");
            arguments[i] = NULL;
        } else if (cmd_is_option(&arguments[i], &only_files)) {
            return cmd_usage_error("sign", "no such option, or no value: %s", argument);
        }
        files += arguments[i] != NULL;
    }
    if (!signing.key_path)
        return cmd_usage_error("sign", "no key given: -s KEY");
    if (!files)
        return cmd_usage_error("sign", "no file given");
    if (sodium_init() < 0) {
        ERROR_AUTO error = {0};
        error_set(&error, PLUGIN_SYSTEM, "libsodium cannot start");
        return cmd_failed(&error);
    }
    return sign_all(&signing, arguments + 1, count - 1);
}
