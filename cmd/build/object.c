/* SPDX-License-Identifier: MIT */
/* Relocatable objects. */
#include "build/object_p.h"

#include "src/base/array.h"
#include "src/format/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An open object. */
struct object {
    int descriptor;
    Elf *elf;
    size_t section_names;
};

static bool object_set_error(struct error *error, const char *path)
{
    return error_set(error, PLUGIN_SYSTEM, "cannot read %s: libelf: %s", path, elf_errmsg(-1));
}

static void object_close(struct object *object)
{
    elf_end(object->elf);
    if (object->descriptor >= 0)
        close(object->descriptor);
}

static bool object_open(struct object *object, const char *path, bool writes, struct error *error)
{
    GElf_Ehdr header;
    *object = (struct object){.descriptor = -1};
    if (elf_version(EV_CURRENT) == EV_NONE)
        return object_set_error(error, path);
    object->descriptor = open(path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (object->descriptor < 0)
        return error_set(error, PLUGIN_NOT_FOUND, "cannot read %s: %s", path, strerror(errno));
    object->elf = elf_begin(object->descriptor, writes ? ELF_C_RDWR : ELF_C_READ, NULL);
    if (!object->elf)
        return object_set_error(error, path);
    if (elf_kind(object->elf) != ELF_K_ELF || !gelf_getehdr(object->elf, &header) ||
        header.e_type != ET_REL || elf_getshdrstrndx(object->elf, &object->section_names) != 0)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "%s is not a relocatable ELF object; compile it without -flto", path);
    return true;
}

/* ---- symbols ---- */

/* The symbol table. */
struct object_table {
    Elf_Data *data;
    GElf_Shdr header;
    size_t count;
};

static struct object_table object_find_table(const struct object *object)
{
    struct object_table table = {0};
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(object->elf, section)))
        if (gelf_getshdr(section, &table.header) && table.header.sh_type == SHT_SYMTAB)
            break;
    table.data = section ? elf_getdata(section, NULL) : NULL;
    table.count =
        table.data && table.header.sh_entsize ? table.header.sh_size / table.header.sh_entsize : 0;
    return table;
}

static const char *object_read_symbol(const struct object *object, const struct object_table *table,
                                      size_t index, GElf_Sym *symbol)
{
    const char *name = gelf_getsym(table->data, (int)index, symbol)
                           ? elf_strptr(object->elf, table->header.sh_link, symbol->st_name)
                           : NULL;
    return name ? name : "";
}

/* Returns the string at the symbol; NULL if it is not terminated. */
static const char *object_string(const struct object *object, const GElf_Sym *symbol)
{
    Elf_Scn *section = elf_getscn(object->elf, symbol->st_shndx);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (!data || !data->d_buf)
        return NULL;
    return bytes_string((struct bytes){data->d_buf, data->d_size}, symbol->st_value);
}

bool object_read_package(const char *path, char **package, struct error *error)
{
    struct object object;
    const char *found = "";
    *package = NULL;
    bool done = object_open(&object, path, false, error);
    struct object_table table = done ? object_find_table(&object) : (struct object_table){0};
    for (size_t i = 1; done && i < table.count; i++) {
        GElf_Sym symbol;
        const char *name = object_read_symbol(&object, &table, i, &symbol);
        /* C++ mangles the names of static variables. */
        if (symbol.st_shndx != SHN_UNDEF &&
            (!strcmp(name, "plugin_package_") || !strcmp(name, "_ZL15plugin_package_")))
            found = object_string(&object, &symbol);
        if (found && !strcmp(found, META_MAIN))
            found = "";
        if (!found)
            done = error_set(error, PLUGIN_NOT_PLUGIN, "%s: PLUGIN_PACKAGE has no path", path);
    }
    if (done && !(*package = strdup(found)))
        done = error_set_no_memory(error);
    object_close(&object);
    return done;
}

static bool object_names_add(struct object_names *names, const char *name, const char *owner)
{
    char *copy = strdup(name);
    struct object_name *item =
        copy ? array_add(NULL, names->items, names->count, names->capacity) : NULL;
    if (item)
        *item = (struct object_name){copy, owner};
    else
        free(copy);
    return item;
}

static bool object_is_hidden(const GElf_Sym *symbol)
{
    unsigned char visibility = GELF_ST_VISIBILITY(symbol->st_other);
    return visibility == STV_HIDDEN || visibility == STV_INTERNAL;
}

/* Is it a writable variable? Those that compilers generate for classes (_ZTV, _ZTI) and exceptions
 * (DW.ref.) are never written to. */
static bool object_is_variable(const struct object *object, const char *name,
                               const GElf_Sym *symbol)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(object->elf, symbol->st_shndx);
    unsigned char type = GELF_ST_TYPE(symbol->st_info);
    return (type == STT_OBJECT || type == STT_TLS) && strncmp(name, "_ZT", 3) != 0 &&
           strncmp(name, "DW.ref.", 7) != 0 && section && gelf_getshdr(section, &header) &&
           header.sh_flags & SHF_WRITE;
}

static bool object_is_symbol(const struct object *object, const char *name, const GElf_Sym *symbol,
                             enum object_symbols which)
{
    bool is_defined = symbol->st_shndx != SHN_UNDEF;
    bool is_strong = GELF_ST_BIND(symbol->st_info) == STB_GLOBAL;
    switch (which) {
    case OBJECT_DEFINED:
        return is_strong && is_defined;
    case OBJECT_HIDDEN:
        return is_strong && is_defined && object_is_hidden(symbol);
    case OBJECT_HIDDEN_VARIABLES:
        return GELF_ST_BIND(symbol->st_info) == STB_WEAK && is_defined &&
               object_is_hidden(symbol) && object_is_variable(object, name, symbol);
    case OBJECT_UNDEFINED:
        return is_strong && !is_defined;
    }
    return false;
}

bool object_add_symbols(struct object_names *names, const char *path, enum object_symbols which,
                        const char *owner, struct error *error)
{
    struct object object;
    bool done = object_open(&object, path, false, error);
    struct object_table table = done ? object_find_table(&object) : (struct object_table){0};
    for (size_t i = 1; done && i < table.count; i++) {
        GElf_Sym symbol;
        const char *name = object_read_symbol(&object, &table, i, &symbol);
        if (*name && object_is_symbol(&object, name, &symbol, which) &&
            !object_names_add(names, name, owner))
            done = error_set_no_memory(error);
    }
    object_close(&object);
    return done;
}

static int object_compare_names(const void *a, const void *b)
{
    return strcmp(((const struct object_name *)a)->name, ((const struct object_name *)b)->name);
}

void object_names_sort(struct object_names *names)
{
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, object_compare_names);
}

const struct object_name *object_names_find(const struct object_names *names, const char *name)
{
    struct object_name key = {.name = (char *)name};
    return names->count
               ? bsearch(&key, names->items, names->count, sizeof key, object_compare_names)
               : NULL;
}

void object_names_deinit(struct object_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i].name);
    free(names->items);
    *names = (struct object_names){0};
}

/* ---- writing ---- */

static void object_normalize_section(const struct object *object, Elf_Scn *section,
                                     GElf_Shdr *header)
{
    const char *name = elf_strptr(object->elf, object->section_names, header->sh_name);
    if (!name || strncmp(name, "plugin_", 7) != 0 ||
        (header->sh_type != SHT_INIT_ARRAY && header->sh_type != SHT_FINI_ARRAY))
        return;
    header->sh_type = SHT_PROGBITS;
    gelf_update_shdr(section, header);
}

static void object_normalize_symbols(const struct object *object, const struct object_names *shared)
{
    struct object_table table = object_find_table(object);
    for (size_t i = 1; i < table.count; i++) {
        GElf_Sym symbol;
        const char *name = object_read_symbol(object, &table, i, &symbol);
        unsigned char bind = GELF_ST_BIND(symbol.st_info);
        if (bind == STB_GNU_UNIQUE)
            symbol.st_info = GELF_ST_INFO(STB_WEAK, GELF_ST_TYPE(symbol.st_info));
        else if (bind == STB_WEAK && object_is_hidden(&symbol) && object_names_find(shared, name))
            symbol.st_other = STV_DEFAULT;
        else
            continue;
        gelf_update_sym(table.data, (int)i, &symbol);
        elf_flagdata(table.data, ELF_C_SET, ELF_F_DIRTY);
    }
}

bool object_normalize(const char *path, const struct object_names *shared, struct error *error)
{
    struct object object;
    bool done = object_open(&object, path, true, error);
    if (done) {
        elf_flagelf(object.elf, ELF_C_SET, ELF_F_LAYOUT); /* libelf moves nothing */
        object_normalize_symbols(&object, shared);
    }
    Elf_Scn *section = NULL;
    while (done && (section = elf_nextscn(object.elf, section))) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header))
            object_normalize_section(&object, section, &header);
        else
            done = object_set_error(error, path);
    }
    if (done && elf_update(object.elf, ELF_C_WRITE) < 0)
        done = object_set_error(error, path);
    object_close(&object);
    return done;
}
