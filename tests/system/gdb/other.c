/* A program that has structs of these names, and opens nothing. */
struct plugin {
    int own;
};
struct plugin_symbol {
    struct plugin *of;
};
int plugin_open_nothing(void);

int main(void)
{
    struct plugin one = {7}, *p = &one;
    struct plugin_symbol two = {p}, *s = &two;
    return s->of->own - 7;
}
