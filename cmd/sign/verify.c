/* `plugin verify`: would a trust policy with these keys let the files in? */
#include "common/cmd.h"
#include "src/trust/trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: plugin verify --key=KEY... [--version=N] FILE...\n"
    "\n"
    "Says of each file whether FILE.minisig, beside it, is a signature of it by one\n"
    "of the keys, as plugin_open does under a trust policy (plugin_open(3)).\n"
    "\n"
    "  --key=KEY      a public key of minisign, \"RW...\", or the file that holds it\n"
    "  --version=N    the version that the signature must say, at least\n"
    "\n"
    "exit status: 0 all are signed, 1 one is not, or could not be read, 2 wrong usage\n"
    "example: plugin verify --key=minisign.pub hello.so\n";

/* Reads a key file's text; what is no file is a key itself. NULL for want of memory. */
static char *read_key(const char *key)
{
    char text[4096];
    FILE *file = fopen(key, "re");
    if (!file)
        return strdup(key);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    return strdup(text);
}

static bool verify(const struct plugin_trust *policy, const char *path, struct error *error)
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

static int verify_all(const struct plugin_trust *policy, char **paths, int count)
{
    int status = EXIT_DONE;
    for (int i = 0; i < count; i++) {
        ERROR_AUTO error = {0};
        TEXT_AUTO text = {0};
        if (!paths[i])
            continue;
        if (!verify(policy, paths[i], &error)) {
            status = cmd_failed(&error);
            continue;
        }
        text_add_escaped(&text, paths[i]);
        printf("%s is signed\n", text_chars(&text));
    }
    int written = cmd_finish_output();
    return status ? status : written;
}

static bool read_version(unsigned long long *version, const char *text)
{
    char *end;
    errno = 0;
    *version = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && errno == 0;
}

/* Takes the options out of the arguments. Returns an exit status. */
static int parse(struct plugin_trust *policy, char **keys, int count, char **arguments)
{
    static const char key[] = "--key=", version[] = "--version=";
    bool only_files = false;
    int files = 0, key_count = 0;
    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];
        if (!only_files && !strncmp(argument, key, strlen(key))) {
            keys[key_count++] = read_key(argument + strlen(key));
            arguments[i] = NULL;
        } else if (!only_files && !strncmp(argument, version, strlen(version))) {
            if (!read_version(&policy->least_version, argument + strlen(version)))
                return cmd_usage_error("verify", "--version needs a number");
            arguments[i] = NULL;
        } else if (cmd_is_option(&arguments[i], &only_files)) {
            return cmd_usage_error("verify", "no such option: %s", argument);
        }
        files += arguments[i] != NULL;
    }
    if (!key_count)
        return cmd_usage_error("verify", "no key given: --key=KEY");
    return files ? EXIT_DONE : cmd_usage_error("verify", "no file given");
}

int cmd_verify(int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        if (cmd_is_help(arguments[i])) {
            fputs(help, stdout);
            return cmd_finish_output();
        }
    char **keys = calloc((size_t)count + 1, sizeof *keys);
    if (!keys) {
        ERROR_AUTO error = {0};
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    struct plugin_trust policy = {.size = sizeof policy, .keys = (const char *const *)keys};
    int status = parse(&policy, keys, count, arguments);
    if (status == EXIT_DONE)
        status = verify_all(&policy, arguments + 1, count - 1);
    for (int i = 0; keys[i]; i++)
        free(keys[i]);
    free(keys);
    return status;
}
