#include "types/growth.h"

const char *growth_obstacle(const struct btf *btf, uint32_t id)
{
    (void)btf, (void)id;
    return NULL;
}
