#include <plugin.h>
struct holds_markup_xxxxxxxxxxxxxxxxxx {
    int number;
    double member_of_quotes_yyyyyyyyyyyyyy;
};
int host_use(struct holds_markup_xxxxxxxxxxxxxxxxxx *s)
{
    return s->number;
}
int main(int argc, char **argv)
{
    return argc > 1 && !plugin_open(argv[1]);
}
