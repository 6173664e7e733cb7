/* SPDX-License-Identifier: MIT */
/* The reader of .go.buildinfo (debug/buildinfo): since Go 1.18, a header and two strings. */
#include "gofile/build_info_p.h"

enum { HEADER_SIZE = 32, FLAGS_OFFSET = 15, HAS_STRINGS = 2, MARK_SIZE = 16 };
static const char magic[] = "\xff Go buildinf:";

static bool build_set_damaged(struct error *error)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its section .go.buildinfo is damaged");
}

/* Removes a string from the front: its length as a varint, and its bytes. */
static bool build_next_string(struct bytes *rest, struct bytes *string)
{
    uint64_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (!rest->size || shift > 28)
            return false;
        uint8_t byte = *rest->data++;
        rest->size--;
        length |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            break;
    }
    return bytes_slice(*rest, 0, length, 1, string) &&
           bytes_slice(*rest, length, rest->size - length, 1, rest);
}

bool go_build_read(struct go_build *build, const struct elf *elf, const struct go_image *image,
                   struct error *error)
{
    struct elf_section section;
    bool is_found;
    *build = (struct go_build){0};
    if (!elf_find_section(elf, ".go.buildinfo", &section, &is_found, error))
        return false;
    if (!is_found)
        return true;
    struct bytes rest = {go_image_bytes(image, section.address, section.size),
                         (size_t)section.size};
    if (!rest.data || rest.size < HEADER_SIZE || memcmp(rest.data, magic, sizeof magic - 1) != 0)
        return build_set_damaged(error);
    if (!(rest.data[FLAGS_OFFSET] & HAS_STRINGS))
        return true;
    bytes_slice(rest, HEADER_SIZE, rest.size - HEADER_SIZE, 1, &rest);
    if (!build_next_string(&rest, &build->version) || !build_next_string(&rest, &build->lines))
        return build_set_damaged(error);
    /* Two marks enclose the lines, by which debuggers find them in memory. */
    if (build->lines.size < 2 * MARK_SIZE)
        build->lines.size = 0;
    else
        bytes_slice(build->lines, MARK_SIZE, build->lines.size - 2 * MARK_SIZE, 1, &build->lines);
    return true;
}

/* Removes a line from the front; it has no newline. */
static bool build_next_line(struct bytes *rest, struct bytes *line)
{
    const uint8_t *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
    if (!end)
        return false;
    *line = (struct bytes){rest->data, (size_t)(end - rest->data)};
    rest->size -= line->size + 1;
    rest->data = end + 1;
    return true;
}

static bool build_starts_with(struct bytes bytes, const char *start)
{
    return bytes.size >= strlen(start) && !memcmp(bytes.data, start, strlen(start));
}

static bool build_ends_with(struct bytes bytes, const char *end)
{
    size_t length = strlen(end);
    return bytes.size >= length && !memcmp(bytes.data + bytes.size - length, end, length);
}

static bool build_drop_start(struct bytes *bytes, const char *start)
{
    if (!build_starts_with(*bytes, start))
        return false;
    bytes->data += strlen(start);
    bytes->size -= strlen(start);
    return true;
}

struct bytes go_build_path(const struct go_build *build)
{
    struct bytes rest = build->lines, line;
    while (build_next_line(&rest, &line))
        if (build_drop_start(&line, "path\t"))
            return line;
    return (struct bytes){0};
}

/* Returns whether the setting changes package hashes, and is not the default of go build. */
static bool build_is_telling(struct bytes setting)
{
    static const char *const harmless[] = {"-buildmode=", "-compiler=", "-ldflags="};
    static const char *const environment[] = {"GOAMD64=", "GOARM64=", "GOEXPERIMENT="};
    static const char *const usual[] = {"GOAMD64=v1", "GOARM64=v8.0"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (build_starts_with(setting, usual[i]) && setting.size == strlen(usual[i]))
            return false;
    for (size_t i = 0; i < sizeof environment / sizeof *environment; i++)
        if (build_starts_with(setting, environment[i]))
            return true;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (build_starts_with(setting, harmless[i]))
            return false;
    return build_starts_with(setting, "-");
}

void go_build_settings(struct text *text, const struct go_build *build)
{
    struct bytes rest = build->lines, line;
    /* Environment variables come first, as in a command. */
    for (int flags = 0; flags < 2; flags++, rest = build->lines)
        while (build_next_line(&rest, &line)) {
            if (!build_drop_start(&line, "build\t") || !build_is_telling(line) ||
                build_starts_with(line, "-") != flags)
                continue;
            if (build_ends_with(line, "=true"))
                line.size -= strlen("=true");
            if (text->length)
                text_add_bytes(text, " ", 1);
            text_add_bytes(text, (const char *)line.data, line.size);
        }
}
