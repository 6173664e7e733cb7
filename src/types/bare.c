/* A type as it is compared: without its qualifiers and typedefs. */
#include "types/bare.h"

enum { CONST = 1, VOLATILE = 2, RESTRICT = 4 };

struct bare bare_type(const struct btf *btf, uint32_t id)
{
    struct bare bare = {.id = id, .type = btf_type(btf, id)};
    for (;;) {
        switch (bare.type.kind) {
        case BTF_CONST:
            bare.qualifiers |= CONST;
            break;
        case BTF_VOLATILE:
            bare.qualifiers |= VOLATILE;
            break;
        case BTF_RESTRICT:
            bare.qualifiers |= RESTRICT;
            break;
        case BTF_TYPE_TAG:
            bare.atomic |= btf_is_atomic(&bare.type);
            break;
        case BTF_TYPEDEF:
            break;
        default:
            return bare;
        }
        bare.links++;
        bare.id = bare.type.type;
        bare.type = btf_type(btf, bare.id);
    }
}

unsigned bare_qualifiers(const struct btf *btf, uint32_t id, unsigned *links)
{
    struct bare bare = bare_type(btf, id);
    unsigned qualifiers = bare.qualifiers;
    *links += bare.links;
    while (bare.type.kind == BTF_ARRAY) {
        bare = bare_type(btf, bare.type.type);
        qualifiers |= bare.qualifiers;
        *links += bare.links + 1;
    }
    return qualifiers;
}
