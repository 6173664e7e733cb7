#include "filter.h"

bool filter_line(struct line *line)
{
    return line->length == 3;
}
int filter_level = 4;
int filter_table[4] = {0, 7};
PLUGIN_IMPLEMENTS(struct filter);
#ifdef __cplusplus
namespace in_cxx
{
PLUGIN_IMPLEMENTS(filter);
PLUGIN_IMPLEMENTS(pair<int, int[4]>);
} // namespace in_cxx
#endif
