/* A view of a `.plugin` section: bytes in, checked values out. Once meta_read_tables has returned
 * true, every name ends within the section, every type exists in the `.BTF`, the symbols are in
 * strict order of their names, a search of the slots ends, and every table lies within the section.
 */
#ifndef PLUGIN_META_H
#define PLUGIN_META_H

#include "btf.h"
#include "bytes.h"
#include "error.h"
#include "format.h"

struct meta {
    struct format_header header;
    struct bytes symbols, slots, probes, constructors, compilers, strings;
};

struct meta_symbol {
    const char *name;
    uint64_t address;
    uint32_t type; /* BTF id, 0: not recorded */
    enum format_symbol_kind kind;
};

/* Checks the section's header, its size and the checksum over it and the `.BTF` section. */
bool meta_read_header(struct meta *meta, struct bytes section, struct bytes btf,
                      struct error *error);

/* Reads the tables, after meta_read_header. Both sections must live as long as the view. */
bool meta_read_tables(struct meta *meta, struct bytes section, const struct btf *btf,
                      struct error *error);

struct meta_symbol meta_symbol(const struct meta *meta, uint32_t index);

/* The number of the symbol of this name; false if there is none. */
bool meta_find_symbol(const struct meta *meta, const char *name, uint32_t *index);

/* The BTF id of the type that the probe at this address (as linked) asks for; false if there is no
 * probe. */
bool meta_find_probe(const struct meta *meta, uint64_t address, uint32_t *type);

struct format_probe meta_probe(const struct meta *meta, uint32_t index);

/* The name of constructor number `index`, and its address as linked. */
const char *meta_constructor(const struct meta *meta, uint32_t index, uint64_t *address);

/* The name of compiler number `index`, and its flags. */
const char *meta_compiler(const struct meta *meta, uint32_t index, const char **flags);

/* The name of one FORMAT_SANITIZE_ bit, as -fsanitize= takes it; NULL for none. */
const char *meta_sanitizer_name(uint32_t bit);

/* Adds "gcc 12.2.0, clang 14.0.6", or "an unknown compiler". */
void meta_add_compilers(struct text *text, const struct meta *meta);

#endif
