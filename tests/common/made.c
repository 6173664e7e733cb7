/* A `.BTF` section that a test builds and reads. */
#include "tests/common/made.h"

#include <stdio.h>
#include <stdlib.h>

struct made made_read(struct make *make)
{
    struct made made = {0};
    ERROR_AUTO error = {0};
    made.bytes = make_end(make, &made.size);
    if (!btf_read(&made.btf, (struct bytes){made.bytes, made.size}, 8, &error)) {
        fprintf(stderr, "# made: libbpf's section is refused: %s\n", error_text(&error));
        abort();
    }
    return made;
}

struct made made_of(const char *words, uint32_t *id)
{
    struct make *make = make_start();
    *id = make_add(make, words);
    return made_read(make);
}

struct made made_apart(const char *words, uint32_t *id)
{
    struct make *make = make_start();
    make_add(make, "pointer struct before 8 { them 0 function double ( a ushort ) }");
    *id = make_add(make, words);
    return made_read(make);
}

void made_free(struct made *made)
{
    btf_deinit(&made->btf);
    free(made->bytes);
    *made = (struct made){0};
}
