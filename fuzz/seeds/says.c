/* What a module says of itself, and what runs when it is retired. */
#include <plugin.h>

PLUGIN_INFO("version", "1.2");
PLUGIN_INFO("author", "Ann");
PLUGIN_INFO("author", "Bj\u00f6rn");
PLUGIN_INFO("empty", "");

int V;
PLUGIN_RETIRE
{
    V = 1;
}
PLUGIN_RETIRE
{
    V = 2;
}
