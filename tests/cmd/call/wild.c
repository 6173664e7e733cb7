/* What an isolated plugin cannot have. */
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct node {
    int value;
    struct node *next;
};
struct opaque;
struct bits {
    int a : 3, b : 7;
};
static struct node second = {2, NULL}, first = {1, &second};
struct node *list = &first;
struct node ring[2] = {{1, &ring[1]}, {2, &ring[0]}};
const char *title = "a \"title\"\n";
char *fill(char *buffer, size_t n)
{
    memset(buffer, 'x', n);
    return buffer;
}
struct bits same_bits(struct bits bits)
{
    return bits;
}
long double same_wide(long double value)
{
    return value;
}
__int128 same_large(__int128 value)
{
    return value;
}
__int128 large = -5;
void *lost(void)
{
    return (void *)16;
}
const struct node *dangling(void)
{
    return (const struct node *)16;
}
int is_set(const struct opaque *opaque, void *memory)
{
    return opaque || memory;
}
int variadic(int count, ...)
{
    return count;
}
int unprototyped();
int unprototyped()
{
    return 0;
}
int own(int x)
{
    return x;
}
int (*chosen_own(void))(int)
{
    return own;
}
int (*chosen(void))(int)
{
    return abs;
}
