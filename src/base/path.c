/* SPDX-License-Identifier: MIT */
/* Dynamic string tokens in paths. */
#include "base/path.h"

size_t path_token_length(const char *string, size_t length, const char *name)
{
    size_t name_length = strlen(name), brace = length > 1 && string[1] == '{';
    size_t end = 1 + brace + name_length;
    if (length < end + brace || memcmp(string + 1 + brace, name, name_length) != 0)
        return 0;
    if (brace)
        return string[end] == '}' ? end + 1 : 0;
    bool goes_on =
        end < length && (string[end] == '_' || (string[end] >= '0' && string[end] <= '9') ||
                         ((string[end] | 0x20) >= 'a' && (string[end] | 0x20) <= 'z'));
    return goes_on ? 0 : end;
}

bool path_is_plain(const char *path)
{
    const char *at = path;
    while (*at == '/') {
        const char *name = at + 1;
        at = strchrnul(name, '/');
        size_t length = (size_t)(at - name);
        if (length <= 2 && !memcmp(name, "..", length))
            return false; /* "", "." or ".." */
    }
    return *path && !*at;
}

bool path_has_token(const char *path)
{
    for (const char *at = strchr(path, '$'); at; at = strchr(at + 1, '$')) {
        size_t length = strlen(at);
        if (path_token_length(at, length, "ORIGIN") || path_token_length(at, length, "LIB") ||
            path_token_length(at, length, "PLATFORM"))
            return true;
    }
    return false;
}
