/* SPDX-License-Identifier: MIT */
/* The functions that the dynamic loader calls before dlopen returns: those of .preinit_array and
 * .init_array (System V ABI, chapter 5, "Initialization and Termination Functions"). */
#include "elf/elf_file.h"
#include "src/base/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Adds the functions of one array. */
static bool constructors_add_array(struct stamp *stamp, Elf_Scn *section, uint64_t address,
                                   struct error *error)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (!data)
        return error_set_libelf(error, "cannot read its constructors");
    size_t count = data->d_size / stamp->pointer_size, before = stamp->constructor_count;
    struct stamp_constructor *constructors =
        arena_resize(&stamp->arena, stamp->constructors, before * sizeof *constructors,
                     (before + count) * sizeof *constructors);
    uint64_t *slots = arena_alloc_zeroed(&stamp->arena, count, 2 * sizeof *slots);
    if (!constructors || !slots)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        slots[i] = address + i * stamp->pointer_size;
    stamp_read_pointers(stamp, slots, slots + count, count);
    for (size_t i = 0; i < count; i++)
        constructors[before + i] = (struct stamp_constructor){.address = slots[count + i]};
    stamp->constructors = constructors;
    stamp->constructor_count += count;
    return true;
}

static int constructor_by_address(const void *a, const void *b)
{
    const struct stamp_constructor *const *x = a, *const *y = b;
    return (*x)->address < (*y)->address ? -1 : (*x)->address > (*y)->address;
}

/* The constructors, sorted by address. */
struct constructors {
    struct stamp_constructor **items;
    size_t count;
    uint64_t address; /* to search for */
};

static bool constructor_is_before(const void *context, size_t item)
{
    const struct constructors *sorted = context;
    return sorted->items[item]->address < sorted->address;
}

/* Names the constructors at the address of each function of a symbol table. */
static void constructors_name_by_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                                       struct constructors *sorted)
{
    Elf_Data *data = elf_getdata(section, NULL);
    for (size_t i = 1; data && i < header->sh_size / header->sh_entsize; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
            continue;
        sorted->address = symbol.st_value;
        size_t at = search_first(sorted->count, constructor_is_before, sorted);
        for (; at < sorted->count && sorted->items[at]->address == symbol.st_value; at++)
            if (!sorted->items[at]->name)
                sorted->items[at]->name = elf_strptr(elf, header->sh_link, symbol.st_name);
    }
}

static bool constructors_name(struct stamp *stamp, struct error *error)
{
    size_t count = stamp->constructor_count;
    struct constructors sorted = {arena_alloc(&stamp->arena, count * sizeof(void *)), count, 0};
    if (!sorted.items)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        sorted.items[i] = &stamp->constructors[i];
    qsort(sorted.items, count, sizeof *sorted.items, constructor_by_address);
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(stamp->elf, section))) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) && header.sh_entsize &&
            (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
            constructors_name_by_table(stamp->elf, section, &header, &sorted);
    }
    for (size_t i = 0; i < count; i++) {
        char name[40];
        if (stamp->constructors[i].name)
            continue;
        int length =
            snprintf(name, sizeof name, "function at %#" PRIx64, stamp->constructors[i].address);
        stamp->constructors[i].name = arena_strndup(&stamp->arena, name, (size_t)length);
        if (!stamp->constructors[i].name)
            return error_set_no_memory(error);
    }
    return true;
}

/* Is it a function that a macro of plugin.h defines? With -flto its name has a suffix. C++ mangles
 * the name of a static function: _ZL, the length, the name, the parameters. */
static bool is_of_macro(const char *name)
{
    static const char announce[] = "plugin_announce_package_", start[] = "plugin_init_start_";
    bool is_mangled = !strncmp(name, "_ZL", 3);
    if (is_mangled)
        name += 3 + strspn(name + 3, "0123456789");
    size_t length = strcspn(name, ".");
    length -= is_mangled && length && name[length - 1] == 'v';
    if (length == strlen(announce) && !strncmp(name, announce, length))
        return true;
    size_t prefix = strlen(start);
    return length > prefix && !strncmp(name, start, prefix) &&
           prefix + strspn(name + prefix, "0123456789") == length;
}

bool stamp_read_constructors(struct stamp *stamp, struct error *error)
{
    static const uint32_t in_order[] = {SHT_PREINIT_ARRAY, SHT_INIT_ARRAY};
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++) {
        GElf_Shdr header;
        Elf_Scn *section = section_of_type(stamp->elf, in_order[i], &header);
        if (section && !constructors_add_array(stamp, section, header.sh_addr, error))
            return false;
    }
    if (!stamp->constructor_count)
        return true;
    if (!constructors_name(stamp, error))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < stamp->constructor_count; i++) {
        struct stamp_constructor constructor = stamp->constructors[i];
        bool is_of_start_files = !strcmp(constructor.name, "frame_dummy") ||
                                 !strcmp(constructor.name, "init_have_lse_atomics");
        if (constructor.address && !is_of_start_files && !is_of_macro(constructor.name))
            stamp->constructors[kept++] = constructor;
    }
    stamp->constructor_count = kept;
    return true;
}
