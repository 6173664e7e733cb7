/* The reader of the `.plugin` section. */
#include "meta.h"

#include "hash.h"

static bool set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its .plugin section is damaged: %s; stamp it again with: plugin stamp FILE",
                     what);
}

bool meta_read_header(struct meta *meta, struct bytes section, struct bytes btf,
                      struct error *error)
{
    *meta = (struct meta){0};
    struct format_header *header = &meta->header;
    /* These come first in every version. */
    struct {
        uint64_t magic;
        uint32_t version, size;
    } start;
    if (section.size < sizeof start)
        return set_damaged(error, "it is truncated");
    memcpy(&start, section.data, sizeof start);
    if (start.magic != FORMAT_MAGIC)
        return set_damaged(error, "it does not start as one");
    if (start.version > FORMAT_VERSION)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "its .plugin section is of format version %u, and this library knows "
                         "versions up to %u; use a newer library, or stamp the file with an older "
                         "`plugin stamp`",
                         start.version, FORMAT_VERSION);
    if (start.version != FORMAT_VERSION)
        return set_damaged(error, "there is no such format version");
    if (section.size < sizeof *header || start.size != section.size)
        return set_damaged(error, "its size is not the one that was recorded");
    memcpy(header, section.data, sizeof *header);
    struct format_header unsummed = *header;
    unsummed.checksum = 0;
    uint64_t checksum = hash_bytes(HASH_START, &unsummed, sizeof unsummed);
    checksum = hash_bytes(checksum, section.data + sizeof unsummed, section.size - sizeof unsummed);
    checksum = hash_bytes(checksum, btf.data, btf.size);
    if (checksum != header->checksum)
        return set_damaged(error, "its bytes, or those of .BTF, are not those that were stamped");
    return true;
}

static bool slice_table(struct bytes section, struct format_table table, size_t item_size,
                        struct bytes *slice, struct error *error)
{
    if (table.offset % 8 != 0 || !bytes_slice(section, table.offset, table.count, item_size, slice))
        return set_damaged(error, "a table lies outside it");
    return true;
}

static bool is_name(const struct meta *meta, uint32_t name)
{
    /* The strings end with a NUL, so every name within them ends. */
    return name < meta->strings.size;
}

static const char *name_at(const struct meta *meta, uint32_t name)
{
    return (const char *)meta->strings.data + name;
}

static struct format_symbol raw_symbol(const struct meta *meta, uint32_t index)
{
    struct format_symbol symbol;
    bytes_item(meta->symbols, index, &symbol, sizeof symbol);
    return symbol;
}

static bool check_symbols(const struct meta *meta, const struct btf *btf, struct error *error)
{
    const char *previous = NULL;
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        struct format_symbol symbol = raw_symbol(meta, i);
        if (!is_name(meta, symbol.name) || symbol.type >= btf->count ||
            symbol.kind < FORMAT_FUNCTION || symbol.kind > FORMAT_INDIRECT)
            return set_damaged(error, "a symbol is none");
        const char *name = name_at(meta, symbol.name);
        if (previous && strcmp(previous, name) >= 0)
            return set_damaged(error, "its symbols are not in order");
        previous = name;
        bool is_function = symbol.kind == FORMAT_FUNCTION || symbol.kind == FORMAT_INDIRECT;
        struct btf_type type = btf_type(btf, symbol.type);
        if (symbol.type && type.kind != (is_function ? BTF_FUNC : BTF_VAR))
            return set_damaged(error, "a symbol's type is not that of a symbol");
        if (is_function && symbol.type && btf_type(btf, type.type).kind != BTF_FUNC_PROTO)
            return set_damaged(error, "a function's type is not that of a function");
    }
    return true;
}

static bool check_slots(const struct meta *meta, struct error *error)
{
    uint32_t count = meta->header.slots.count, used = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct format_slot slot;
        bytes_item(meta->slots, i, &slot, sizeof slot);
        if (slot.symbol > meta->header.symbols.count)
            return set_damaged(error, "a slot holds no symbol");
        used += slot.symbol != 0;
    }
    /* An empty slot is what ends a search. */
    if ((count & (count - 1)) != 0 || used != meta->header.symbols.count || used >= count)
        return set_damaged(error, "its slots do not hold its symbols");
    return true;
}

static bool check_probes(const struct meta *meta, const struct btf *btf, struct error *error)
{
    uint64_t previous = 0;
    for (uint32_t i = 0; i < meta->header.probes.count; i++) {
        struct format_probe probe = meta_probe(meta, i);
        if (probe.type >= btf->count || (i && probe.address <= previous))
            return set_damaged(error, "its probes are not in order");
        previous = probe.address;
    }
    return true;
}

static bool check_build(const struct meta *meta, struct error *error)
{
    for (uint32_t i = 0; i < meta->header.constructors.count; i++) {
        struct format_constructor constructor;
        bytes_item(meta->constructors, i, &constructor, sizeof constructor);
        if (!is_name(meta, constructor.name))
            return set_damaged(error, "a constructor has no name");
    }
    if (meta->header.compilers.count > FORMAT_COMPILERS_MAX)
        return set_damaged(error, "it names too many compilers");
    for (uint32_t i = 0; i < meta->header.compilers.count; i++) {
        struct format_compiler compiler;
        bytes_item(meta->compilers, i, &compiler, sizeof compiler);
        if (!is_name(meta, compiler.name) || !is_name(meta, compiler.flags))
            return set_damaged(error, "a compiler has no name");
    }
    if (meta->header.kind != FORMAT_SHARED_LIBRARY && meta->header.kind != FORMAT_EXECUTABLE)
        return set_damaged(error, "it describes neither a shared library nor an executable");
    return true;
}

bool meta_read_tables(struct meta *meta, struct bytes section, const struct btf *btf,
                      struct error *error)
{
    const struct format_header *header = &meta->header;
    if (!slice_table(section, header->symbols, sizeof(struct format_symbol), &meta->symbols,
                     error) ||
        !slice_table(section, header->slots, sizeof(struct format_slot), &meta->slots, error) ||
        !slice_table(section, header->probes, sizeof(struct format_probe), &meta->probes, error) ||
        !slice_table(section, header->constructors, sizeof(struct format_constructor),
                     &meta->constructors, error) ||
        !slice_table(section, header->compilers, sizeof(struct format_compiler), &meta->compilers,
                     error) ||
        !slice_table(section, header->strings, 1, &meta->strings, error))
        return false;
    if (!meta->strings.size || meta->strings.data[0] != '\0' ||
        meta->strings.data[meta->strings.size - 1] != '\0')
        return set_damaged(error, "its strings do not start and end with a NUL");
    return check_symbols(meta, btf, error) && check_slots(meta, error) &&
           check_probes(meta, btf, error) && check_build(meta, error);
}

struct meta_symbol meta_symbol(const struct meta *meta, uint32_t index)
{
    struct format_symbol symbol = raw_symbol(meta, index);
    return (struct meta_symbol){name_at(meta, symbol.name), symbol.address, symbol.type,
                                (enum format_symbol_kind)symbol.kind};
}

bool meta_find_symbol(const struct meta *meta, const char *name, uint32_t *index)
{
    uint32_t hash = hash_name(name), mask = meta->header.slots.count - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        struct format_slot slot;
        bytes_item(meta->slots, i, &slot, sizeof slot);
        if (!slot.symbol)
            return false;
        if (slot.hash == hash && !strcmp(meta_symbol(meta, slot.symbol - 1).name, name)) {
            *index = slot.symbol - 1;
            return true;
        }
    }
}

struct format_probe meta_probe(const struct meta *meta, uint32_t index)
{
    struct format_probe probe;
    bytes_item(meta->probes, index, &probe, sizeof probe);
    return probe;
}

bool meta_find_probe(const struct meta *meta, uint64_t address, uint32_t *type)
{
    uint32_t low = 0, high = meta->header.probes.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct format_probe probe = meta_probe(meta, middle);
        if (probe.address == address) {
            *type = probe.type;
            return true;
        }
        if (probe.address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

const char *meta_constructor(const struct meta *meta, uint32_t index, uint64_t *address)
{
    struct format_constructor constructor;
    bytes_item(meta->constructors, index, &constructor, sizeof constructor);
    *address = constructor.address;
    return name_at(meta, constructor.name);
}

const char *meta_compiler(const struct meta *meta, uint32_t index, const char **flags)
{
    struct format_compiler compiler;
    bytes_item(meta->compilers, index, &compiler, sizeof compiler);
    *flags = name_at(meta, compiler.flags);
    return name_at(meta, compiler.name);
}

const char *meta_sanitizer_name(uint32_t bit)
{
    switch (bit) {
    case FORMAT_SANITIZE_ADDRESS:
        return "address";
    case FORMAT_SANITIZE_THREAD:
        return "thread";
    case FORMAT_SANITIZE_MEMORY:
        return "memory";
    case FORMAT_SANITIZE_UNDEFINED:
        return "undefined";
    case FORMAT_SANITIZE_HWADDRESS:
        return "hwaddress";
    default:
        return NULL;
    }
}

void meta_add_compilers(struct text *text, const struct meta *meta)
{
    if (!meta->header.compilers.count)
        text_add(text, "an unknown compiler");
    for (uint32_t i = 0; i < meta->header.compilers.count; i++) {
        const char *flags;
        const char *name = meta_compiler(meta, i, &flags);
        bool seen = false;
        for (uint32_t j = 0; j < i && !seen; j++)
            seen = !strcmp(name, meta_compiler(meta, j, &flags));
        if (seen)
            continue;
        if (i)
            text_add(text, ", ");
        text_add_escaped(text, name);
    }
}
