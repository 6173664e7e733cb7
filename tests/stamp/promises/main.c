#include "marked.h"

/* plugin_has: what is below the size, to its last byte; the pointer is evaluated once. */
int main(void)
{
    const info infos[2] = {{sizeof(info), 1, 2}, {sizeof(info) - 1, 1, 2}}, *next = infos;
    struct length l = {1, offsetof(struct length, last) + 1, 2}, less = l;
    less.length = offsetof(struct length, last);
    if (!marked_has(&next, &l) || next != infos + 1)
        return 1;
    next = infos;
    if (marked_has(&next, &less) || next != infos + 1 || !plugin_has(&less, length, length))
        return 2;
    return marked_has(&next, &l) ? 3 : 0;
}
