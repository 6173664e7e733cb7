/* Reading relocatable objects, and making them plainer. */
#include "build/object.h"

#include "src/format/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An object that is open. */
struct object {
    int descriptor;
    Elf *elf;
    size_t section_names;
};

static bool set_libelf(struct error *error, const char *path)
{
    return error_set(error, PLUGIN_SYSTEM, "cannot read %s: libelf: %s", path, elf_errmsg(-1));
}

static void close_object(struct object *object)
{
    elf_end(object->elf);
    if (object->descriptor >= 0)
        close(object->descriptor);
}

static bool open_object(struct object *object, const char *path, bool writes, struct error *error)
{
    GElf_Ehdr header;
    *object = (struct object){.descriptor = -1};
    if (elf_version(EV_CURRENT) == EV_NONE)
        return set_libelf(error, path);
    object->descriptor = open(path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (object->descriptor < 0)
        return error_set(error, PLUGIN_NOT_FOUND, "cannot read %s: %s", path, strerror(errno));
    object->elf = elf_begin(object->descriptor, writes ? ELF_C_RDWR : ELF_C_READ, NULL);
    if (!object->elf)
        return set_libelf(error, path);
    if (elf_kind(object->elf) != ELF_K_ELF || !gelf_getehdr(object->elf, &header) ||
        header.e_type != ET_REL || elf_getshdrstrndx(object->elf, &object->section_names) != 0)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "%s is not an object file of machine code; compile it without -flto",
                         path);
    return true;
}

static const char *section_name(const struct object *object, const GElf_Shdr *header)
{
    const char *name = elf_strptr(object->elf, object->section_names, header->sh_name);
    return name ? name : "";
}

/* ---- symbols ---- */

/* The object's table of symbols. */
struct table {
    Elf_Data *data;
    GElf_Shdr header;
    size_t count;
};

static struct table find_table(const struct object *object)
{
    struct table table = {0};
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(object->elf, section)))
        if (gelf_getshdr(section, &table.header) && table.header.sh_type == SHT_SYMTAB)
            break;
    table.data = section ? elf_getdata(section, NULL) : NULL;
    table.count =
        table.data && table.header.sh_entsize ? table.header.sh_size / table.header.sh_entsize : 0;
    return table;
}

static const char *read_symbol(const struct object *object, const struct table *table, size_t index,
                               GElf_Sym *symbol)
{
    const char *name = gelf_getsym(table->data, (int)index, symbol)
                           ? elf_strptr(object->elf, table->header.sh_link, symbol->st_name)
                           : NULL;
    return name ? name : "";
}

/* The string that a symbol's bytes are; NULL if they are none. */
static const char *string_of(const struct object *object, const GElf_Sym *symbol)
{
    Elf_Scn *section = elf_getscn(object->elf, symbol->st_shndx);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (!data || !data->d_buf)
        return NULL;
    return bytes_string((struct bytes){data->d_buf, data->d_size}, symbol->st_value);
}

/* C++ mangles the name of a static variable. */
static bool is_package_mark(const char *name)
{
    return !strcmp(name, "plugin_package_") || !strcmp(name, "_ZL15plugin_package_");
}

bool object_read_package(const char *path, char **package, struct error *error)
{
    struct object object;
    const char *found = "";
    *package = NULL;
    bool done = open_object(&object, path, false, error);
    struct table table = done ? find_table(&object) : (struct table){0};
    for (size_t i = 1; done && i < table.count; i++) {
        GElf_Sym symbol;
        if (is_package_mark(read_symbol(&object, &table, i, &symbol)) &&
            symbol.st_shndx != SHN_UNDEF)
            found = string_of(&object, &symbol);
        if (found && !strcmp(found, META_MAIN))
            found = "";
        if (!found)
            done = error_set(error, PLUGIN_NOT_PLUGIN, "%s: its package has no path", path);
    }
    if (done && !(*package = strdup(found)))
        done = error_set_no_memory(error);
    close_object(&object);
    return done;
}

static bool add_name(struct object_names *names, const char *name, const char *owner)
{
    if (names->count == names->capacity) {
        size_t larger = names->capacity ? names->capacity * 2 : 64;
        struct object_name *items = reallocarray(names->items, larger, sizeof *items);
        if (!items)
            return false;
        names->items = items;
        names->capacity = larger;
    }
    char *copy = strdup(name);
    if (copy)
        names->items[names->count++] = (struct object_name){copy, owner};
    return copy;
}

static bool is_hidden(const GElf_Sym *symbol)
{
    unsigned char visibility = GELF_ST_VISIBILITY(symbol->st_other);
    return visibility == STV_HIDDEN || visibility == STV_INTERNAL;
}

/* Not what the compiler makes of classes (_ZTV, _ZTI) and for exceptions, which nobody writes to.
 */
static bool is_variable(const struct object *object, const char *name, const GElf_Sym *symbol)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(object->elf, symbol->st_shndx);
    unsigned char type = GELF_ST_TYPE(symbol->st_info);
    return (type == STT_OBJECT || type == STT_TLS) && strncmp(name, "_ZT", 3) != 0 &&
           strncmp(name, "DW.ref.", 7) != 0 && section && gelf_getshdr(section, &header) &&
           header.sh_flags & SHF_WRITE;
}

static bool is_of(const struct object *object, const char *name, const GElf_Sym *symbol,
                  enum object_symbols which)
{
    bool is_defined = symbol->st_shndx != SHN_UNDEF;
    bool is_strong = GELF_ST_BIND(symbol->st_info) == STB_GLOBAL;
    switch (which) {
    case OBJECT_DEFINED:
        return is_strong && is_defined;
    case OBJECT_HIDDEN:
        return is_strong && is_defined && is_hidden(symbol);
    case OBJECT_HIDDEN_VARIABLES:
        return GELF_ST_BIND(symbol->st_info) == STB_WEAK && is_defined && is_hidden(symbol) &&
               is_variable(object, name, symbol);
    case OBJECT_UNDEFINED:
        return is_strong && !is_defined;
    }
    return false;
}

bool object_add_symbols(struct object_names *names, const char *path, enum object_symbols which,
                        const char *owner, struct error *error)
{
    struct object object;
    bool done = open_object(&object, path, false, error);
    struct table table = done ? find_table(&object) : (struct table){0};
    for (size_t i = 1; done && i < table.count; i++) {
        GElf_Sym symbol;
        const char *name = read_symbol(&object, &table, i, &symbol);
        if (*name && is_of(&object, name, &symbol, which) && !add_name(names, name, owner))
            done = error_set_no_memory(error);
    }
    close_object(&object);
    return done;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct object_name *)a)->name, ((const struct object_name *)b)->name);
}

void object_sort_names(struct object_names *names)
{
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, by_name);
}

const struct object_name *object_find_name(const struct object_names *names, const char *name)
{
    struct object_name key = {.name = (char *)name};
    return names->count ? bsearch(&key, names->items, names->count, sizeof key, by_name) : NULL;
}

void object_names_free(struct object_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i].name);
    free(names->items);
    *names = (struct object_names){0};
}

/* ---- writing ---- */

static void make_data(const struct object *object, Elf_Scn *section, GElf_Shdr *header)
{
    if (strncmp(section_name(object, header), "plugin_", 7) != 0 ||
        (header->sh_type != SHT_INIT_ARRAY && header->sh_type != SHT_FINI_ARRAY))
        return;
    header->sh_type = SHT_PROGBITS;
    gelf_update_shdr(section, header);
}

static void make_names_plain(const struct object *object, const struct object_names *shown)
{
    struct table table = find_table(object);
    for (size_t i = 1; i < table.count; i++) {
        GElf_Sym symbol;
        const char *name = read_symbol(object, &table, i, &symbol);
        unsigned char bind = GELF_ST_BIND(symbol.st_info);
        if (bind == STB_GNU_UNIQUE)
            symbol.st_info = GELF_ST_INFO(STB_WEAK, GELF_ST_TYPE(symbol.st_info));
        else if (bind == STB_WEAK && is_hidden(&symbol) && object_find_name(shown, name))
            symbol.st_other = STV_DEFAULT;
        else
            continue;
        gelf_update_sym(table.data, (int)i, &symbol);
        elf_flagdata(table.data, ELF_C_SET, ELF_F_DIRTY);
    }
}

bool object_make_plain(const char *path, const struct object_names *shown, struct error *error)
{
    struct object object;
    bool done = open_object(&object, path, true, error);
    if (done) {
        elf_flagelf(object.elf, ELF_C_SET, ELF_F_LAYOUT); /* nothing is moved */
        make_names_plain(&object, shown);
    }
    Elf_Scn *section = NULL;
    while (done && (section = elf_nextscn(object.elf, section))) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header))
            make_data(&object, section, &header);
        else
            done = set_libelf(error, path);
    }
    if (done && elf_update(object.elf, ELF_C_WRITE) < 0)
        done = set_libelf(error, path);
    close_object(&object);
    return done;
}
