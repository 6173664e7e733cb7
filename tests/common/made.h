/* A `.BTF` section that a test builds with btf_make.h, and reads with the reader under test. */
#ifndef TESTS_COMMON_MADE_H
#define TESTS_COMMON_MADE_H

#include "src/types/btf.h"
#include "tests/common/btf_make.h"

struct made {
    uint8_t *bytes; /* of exactly the section's size, so that ASan sees a read beyond it */
    size_t size;
    struct btf btf;
};

/* Ends what make_start began, and reads it, which must succeed. Free with made_free. */
struct made made_read(struct make *make);

/* The same for one type, whose id goes to *id. */
struct made made_of(const char *words, uint32_t *id);

void made_free(struct made *made);

#endif
