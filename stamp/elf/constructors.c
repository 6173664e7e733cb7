/* The functions that the dynamic loader calls before dlopen returns: those of .preinit_array and
 * .init_array (System V ABI, chapter 5, "Initialization and Termination Functions"). */
#include "model/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One of the two arrays. */
struct array {
    uint64_t address, size; /* bytes */
    size_t first;           /* the number of its first constructor */
};

struct arrays {
    struct array items[2];
    size_t count;
};

/* Adds the slots of one array. In the file a slot holds the function's address, or, before it is
 * relocated, 0. */
static bool add_slots(struct stamp *stamp, Elf_Scn *section, struct error *error)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (!data)
        return set_libelf_error(error, "cannot read its constructors");
    size_t count = data->d_size / stamp->pointer_size;
    struct stamp_constructor *larger =
        reallocarray(stamp->constructors, stamp->constructor_count + count + 1, sizeof *larger);
    if (!larger)
        return error_set_no_memory(error);
    stamp->constructors = larger;
    for (size_t i = 0; i < count; i++) {
        uint64_t address = 0;
        uint32_t narrow;
        const char *slot = (const char *)data->d_buf + i * stamp->pointer_size;
        if (stamp->pointer_size == sizeof narrow) {
            memcpy(&narrow, slot, sizeof narrow);
            address = narrow;
        } else {
            memcpy(&address, slot, sizeof address);
        }
        larger[stamp->constructor_count++] = (struct stamp_constructor){address, NULL};
    }
    return true;
}

static bool find_arrays(struct stamp *stamp, struct arrays *arrays, struct error *error)
{
    static const uint32_t in_order[] = {SHT_PREINIT_ARRAY, SHT_INIT_ARRAY};
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++) {
        Elf_Scn *section = NULL;
        while ((section = elf_nextscn(stamp->elf, section))) {
            GElf_Shdr header;
            if (!gelf_getshdr(section, &header) || header.sh_type != in_order[i])
                continue;
            arrays->items[arrays->count++] =
                (struct array){header.sh_addr, header.sh_size, stamp->constructor_count};
            if (!add_slots(stamp, section, error))
                return false;
            break; /* a linked file has one of each */
        }
    }
    return true;
}

/* The constructor whose slot is at this address; NULL if it is no slot. */
static struct stamp_constructor *slot_at(struct stamp *stamp, const struct arrays *arrays,
                                         uint64_t address)
{
    for (size_t i = 0; i < arrays->count; i++) {
        const struct array *array = &arrays->items[i];
        uint64_t index = (address - array->address) / stamp->pointer_size;
        if (address >= array->address && index < array->size / stamp->pointer_size)
            return &stamp->constructors[array->first + index];
    }
    return NULL;
}

/* Fills the slots that are empty in the file: from the addend of a relative relocation, or the
 * value of the symbol of an absolute one. */
static void relocate(struct stamp *stamp, const struct arrays *arrays)
{
    Elf_Scn *section = NULL;
    while (arrays->count && (section = elf_nextscn(stamp->elf, section))) {
        GElf_Shdr header, symbols_header;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_RELA || !header.sh_entsize)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        Elf_Scn *symbols = elf_getscn(stamp->elf, header.sh_link);
        for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Rela relocation;
            GElf_Sym symbol = {0};
            if (!gelf_getrela(data, (int)i, &relocation))
                continue;
            struct stamp_constructor *slot = slot_at(stamp, arrays, relocation.r_offset);
            if (!slot || slot->address)
                continue;
            if (GELF_R_SYM(relocation.r_info) && symbols && gelf_getshdr(symbols, &symbols_header))
                gelf_getsym(elf_getdata(symbols, NULL), (int)GELF_R_SYM(relocation.r_info),
                            &symbol);
            slot->address = symbol.st_value + (uint64_t)relocation.r_addend;
        }
    }
}

static int by_address(const void *a, const void *b)
{
    const struct stamp_constructor *const *x = a, *const *y = b;
    return (*x)->address < (*y)->address ? -1 : (*x)->address > (*y)->address;
}

/* Names those constructors, which are in the order of addresses, that have this symbol's address.
 */
static bool name_by_symbol(Elf *elf, size_t names, const GElf_Sym *symbol,
                           struct stamp_constructor **sorted, size_t count)
{
    struct stamp_constructor key = {.address = symbol->st_value}, *key_place = &key;
    struct stamp_constructor **found =
        GELF_ST_TYPE(symbol->st_info) == STT_FUNC
            ? bsearch(&key_place, sorted, count, sizeof *sorted, by_address)
            : NULL;
    const char *name = found ? elf_strptr(elf, names, symbol->st_name) : NULL;
    if (!name)
        return true;
    while (found > sorted && found[-1]->address == symbol->st_value)
        found--;
    for (; found < sorted + count && (*found)->address == symbol->st_value; found++) {
        if (!(*found)->name)
            (*found)->name = strdup(name);
        if (!(*found)->name)
            return false;
    }
    return true;
}

static bool name_by_tables(Elf *elf, struct stamp_constructor **sorted, size_t count)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
            (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 1; data && i < header.sh_size / header.sh_entsize; i++) {
            GElf_Sym symbol;
            if (gelf_getsym(data, (int)i, &symbol) &&
                !name_by_symbol(elf, header.sh_link, &symbol, sorted, count))
                return false;
        }
    }
    return true;
}

static bool name_constructors(struct stamp *stamp, struct error *error)
{
    size_t count = stamp->constructor_count;
    struct stamp_constructor **sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &stamp->constructors[i];
    qsort(sorted, count, sizeof *sorted, by_address);
    bool done = name_by_tables(stamp->elf, sorted, count);
    free(sorted);
    for (size_t i = 0; done && i < count; i++) {
        struct stamp_constructor *constructor = &stamp->constructors[i];
        if (!constructor->name &&
            asprintf(&constructor->name, "function at %#" PRIx64, constructor->address) < 0)
            done = false;
    }
    return done ? true : error_set_no_memory(error);
}

/* Is it what a macro of plugin.h left? With -flto there is a suffix; C++ mangles the names of
 * functions of one file as _ZL, the length, the name and the parameters. */
static bool is_macros(const char *name)
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

/* What the compiler's start files bring into every module. */
static bool is_start_files(const char *name)
{
    return !strcmp(name, "frame_dummy") || !strcmp(name, "init_have_lse_atomics");
}

/* Takes out empty slots, and what the source does not define. */
static void drop_others(struct stamp *stamp)
{
    size_t kept = 0;
    for (size_t i = 0; i < stamp->constructor_count; i++) {
        struct stamp_constructor *constructor = &stamp->constructors[i];
        if (constructor->address && !is_start_files(constructor->name) &&
            !is_macros(constructor->name))
            stamp->constructors[kept++] = *constructor;
        else
            free(constructor->name);
    }
    stamp->constructor_count = kept;
}

bool stamp_read_constructors(struct stamp *stamp, struct error *error)
{
    struct arrays arrays = {0};
    if (!find_arrays(stamp, &arrays, error))
        return false;
    relocate(stamp, &arrays);
    if (!name_constructors(stamp, error))
        return false;
    drop_others(stamp);
    return true;
}
