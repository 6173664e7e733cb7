/* A `.BTF` section that a test builds by btf_make.h and reads by the reader under test. */
#ifndef TESTS_COMMON_MADE_H
#define TESTS_COMMON_MADE_H

#include "src/types/btf.h"
#include "tests/common/btf_make.h"

struct made {
    uint8_t *bytes; /* of exactly the section's size, so that ASan sees a read beyond it */
    size_t size;
    struct btf btf;
};

/* Ends a section from make_start and reads it, which must succeed. Free with made_free. */
struct made made_read(struct make *make);

/* The same for a section of one type, whose id is stored in *id. */
struct made made_of(const char *words, uint32_t *id);

/* The same, in a section that starts with other types, so that every id differs from that of
 * made_of. */
struct made made_apart(const char *words, uint32_t *id);

void made_free(struct made *made);

#endif
