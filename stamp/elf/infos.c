/* SPDX-License-Identifier: MIT */
/* What PLUGIN_INFO leaves in the section plugin_infos: keys and values in turn, each with its NUL.
 * Read without debug information. */
#include "elf/elf_file.h"
#include "src/base/array.h"

enum { INFO_SIZE_MAX = 4096 };

static bool is_utf8(const char *string)
{
    const unsigned char *s = (const unsigned char *)string;
    for (size_t length; *s; s += length)
        if (!(length = text_utf8_length(s)))
            return false;
    return true;
}

static bool info_check(const struct stamp_info *info, struct error *error)
{
    size_t key = strlen(info->key), value = strlen(info->value);
    if (key > INFO_SIZE_MAX)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "the key of a PLUGIN_INFO has %zu bytes, more than %d: %.40s...", key,
                         INFO_SIZE_MAX, info->key);
    if (!is_utf8(info->key))
        return error_set(error, PLUGIN_NOT_PLUGIN, "the key of PLUGIN_INFO(\"%s\") is not UTF-8",
                         info->key);
    if (value > INFO_SIZE_MAX)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "the value of PLUGIN_INFO(\"%s\") has %zu bytes, more than %d", info->key,
                         value, INFO_SIZE_MAX);
    return is_utf8(info->value) ||
           error_set(error, PLUGIN_NOT_PLUGIN, "the value of PLUGIN_INFO(\"%s\") is not UTF-8: %s",
                     info->key, info->value);
}

/* Reads what one section holds. NULs before a key align it. */
static bool infos_read(struct stamp *stamp, struct bytes bytes, struct error *error)
{
    for (size_t at = 0;;) {
        while (at < bytes.size && !bytes.data[at])
            at++;
        if (at == bytes.size)
            return true;
        struct stamp_info info = {.key = bytes_string(bytes, at)};
        info.value = info.key ? bytes_string(bytes, at + strlen(info.key) + 1) : NULL;
        if (!info.value)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "its section plugin_infos does not hold what PLUGIN_INFO leaves");
        if (!info_check(&info, error))
            return false;
        at = (size_t)(info.value - (const char *)bytes.data) + strlen(info.value) + 1;
        struct stamp_info *added =
            array_add(&stamp->arena, stamp->infos, stamp->info_count, stamp->info_capacity);
        if (!added)
            return error_set_no_memory(error);
        *added = info;
    }
}

bool stamp_read_infos(struct stamp *stamp, struct error *error)
{
    Elf_Scn *section = NULL;
    while ((section = section_next_named(stamp->elf, section, "plugin_infos"))) {
        Elf_Data *data = elf_rawdata(section, NULL);
        if (!data)
            return error_set_libelf(error, "cannot read its section plugin_infos");
        /* A section of SHT_NOBITS has a size, but no bytes. */
        if (data->d_buf && !infos_read(stamp, (struct bytes){data->d_buf, data->d_size}, error))
            return false;
    }
    return true;
}
