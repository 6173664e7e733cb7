/* Types of more than 4 KiB, which are packed. */
#define NODE(number)                                                                               \
    struct node_##number {                                                                         \
        struct node_##number *next;                                                                \
        const char *name_##number;                                                                 \
        int count_##number[number];                                                                \
    };
#define FIELD(number) struct node_##number *node_##number;
#define TEN(each, tens)                                                                            \
    each(tens##1) each(tens##2) each(tens##3) each(tens##4) each(tens##5) each(tens##6)            \
        each(tens##7) each(tens##8) each(tens##9)
#define ALL(each) TEN(each, 1) TEN(each, 2) TEN(each, 3) TEN(each, 4) TEN(each, 5) TEN(each, 6)

ALL(NODE)
struct nodes {
    ALL(FIELD)
};
enum kind { FIRST, SECOND = 7 };

struct nodes nodes;
int count_nodes(const struct nodes *all, enum kind kind)
{
    return all->node_11 != 0 && kind == SECOND;
}
