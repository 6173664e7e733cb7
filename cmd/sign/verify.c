/* SPDX-License-Identifier: MIT */
/* plugin verify: would a trust policy with these keys admit the files? */
#include "common/cmd.h"
#include "common/options.h"
#include "src/trust/signature.h"
#include "src/trust/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char verify_help[] =
    "usage: plugin verify --key=KEY... [--version=N] FILE...\n"
    "\n"
    "Verify that FILE.minisig is a signature of FILE by one of the keys, as\n"
    "plugin_open does under a trust policy (plugin_trust(3)).\n"
    "\n"
    "  --key=KEY    a minisign public key, \"RW...\", or the file that holds it\n"
    "  --version=N  require the signed version to be at least N\n"
    "\n"
    "exit status: 0 all verified, 1 a FILE is not verified, 2 usage error\n"
    "example: plugin verify --key=minisign.pub hello.so\n";

/* Adds the key, or the content of the file of this name. The error names the file, or which --key
 * it is, but never a key: a secret one may be given by mistake. */
static bool verify_add_key(struct words *keys, size_t number, const char *key, struct error *error)
{
    char content[4096];
    struct signature_key own;
    FILE *file = fopen(key, "re");
    if (!file) {
        int reason = errno;
        words_add(keys, "%s", key);
        return signature_read_key(&own, key, error) ||
               error_prefix(error, "--key number %zu: no file of this name (%s), and as a key, ",
                            number, strerror(reason));
    }
    size_t size = fread(content, 1, sizeof content - 1, file);
    fclose(file);
    words_add(keys, "%.*s", (int)size, content);
    content[size] = '\0';
    bool done =
        signature_read_key(&own, content, error) || error_prefix(error, "the key %s: ", key);
    explicit_bzero(content, sizeof content);
    return done;
}

static bool verify_file(const struct plugin_trust *policy, const char *path, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    struct plugin_trust trust;
    char *resolved = realpath(path, NULL);
    bool done = resolved ? trust_read(&trust, policy, error) && file_open(&file, resolved, error) &&
                               trust_admit(&trust, resolved, &file, error)
                         : error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    free(resolved);
    return done || error_prefix(error, "%s: ", path);
}

int cmd_verify(char **arguments)
{
    WORDS_AUTO given = {0}, keys = {0};
    const char *version = NULL;
    struct plugin_trust policy = {.size = sizeof policy};
    const struct option options[] = {
        {"--key=", .values = &given}, {"--version=", .value = &version}, {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(verify_help, options, arguments, &status))
        return status;
    if (version && !option_parse_number(version, &policy.least_version))
        return cmd_usage_error("verify", "--version needs a number");
    if (!given.count)
        return cmd_usage_error("verify", "no key given; use --key=KEY");
    if (!*files)
        return cmd_usage_error("verify", "no file given");
    ERROR_AUTO invalid = {0};
    for (size_t i = 0; i < given.count; i++)
        if (!verify_add_key(&keys, i + 1, given.items[i], &invalid))
            return cmd_failed(&invalid);
    if (given.failed || keys.failed)
        return cmd_failed_no_memory();
    policy.keys = (const char *const *)keys.items;
    for (; *files; files++) {
        ERROR_AUTO error = {0};
        TEXT_AUTO text = {0};
        text_add_escaped(&text, *files);
        if (verify_file(&policy, *files, &error))
            printf("%s is signed\n", text_chars(&text));
        else
            status = cmd_failed(&error);
    }
    return cmd_finish_output(status);
}
