/* SPDX-License-Identifier: MIT */
/* Differences that a host's maintainer knows to be harmless. */
#include "fit/waiver.h"

#include "types/btf_tags.h"

#include <inttypes.h>
#include <string.h>

enum { HASH_DIGITS = 16 };

void waiver_add(struct text *text, const struct waivable *waivable)
{
    const struct text *path = &waivable->difference->path;
    text_add_between(text, "", waivable->symbol, " | ");
    text_add_escaped(text, path->length ? text_chars(path) : "-");
    text_add(text, " | %016" PRIx64 " %016" PRIx64 " | ", waivable->host_hash,
             waivable->plugin_hash);
}

const char *waiver_find(const struct btf *types, const struct waivable *waivable)
{
    TEXT_AUTO line = {0};
    if (!waivable->host_hash || !waivable->plugin_hash)
        return NULL;
    text_add(&line, "%s", BTF_WAIVER);
    waiver_add(&line, waivable);
    for (uint32_t i = 0; i < types->tag_count && !line.failed; i++)
        if (!strncmp(types->tags[i].text, text_chars(&line), line.length))
            return types->tags[i].text + line.length;
    return NULL;
}

const char *waiver_next(const struct btf *types, uint32_t *at)
{
    while (*at < types->tag_count) {
        const char *text = types->tags[(*at)++].text;
        if (!strncmp(text, BTF_WAIVER, strlen(BTF_WAIVER)))
            return text + strlen(BTF_WAIVER);
    }
    return NULL;
}

/* Returns what follows the hash; NULL if there is none. */
static const char *skip_hash(const char *text)
{
    return strspn(text, "0123456789abcdef") == HASH_DIGITS ? text + HASH_DIGITS : NULL;
}

bool waiver_is_valid(const char *line)
{
    static const char separator[] = " | ";
    const char *path = strstr(line, separator), *hashes, *end;
    if (!path || path == line)
        return false;
    path += strlen(separator);
    hashes = strstr(path, separator);
    if (!hashes || hashes == path)
        return false;
    end = skip_hash(hashes + strlen(separator));
    end = end && *end == ' ' ? skip_hash(end + 1) : NULL;
    return end && !strncmp(end, separator, strlen(separator)) && end[strlen(separator)];
}
