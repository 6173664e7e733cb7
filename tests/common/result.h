/* What hosts of tests print of a call: its value, and of a failure the code and the text. */
#ifndef TESTS_COMMON_RESULT_H
#define TESTS_COMMON_RESULT_H

#include <plugin.h>

#include <stdio.h>
#include <string.h>

/* Returns the name of this thread's last failure. */
static inline const char *code_name(void)
{
    static const char *const names[] = {[PLUGIN_OK] = "OK",
                                        [PLUGIN_NOT_FOUND] = "NOT_FOUND",
                                        [PLUGIN_NOT_PLUGIN] = "NOT_PLUGIN",
                                        [PLUGIN_MISFIT] = "MISFIT",
                                        [PLUGIN_NO_SYMBOL] = "NO_SYMBOL",
                                        [PLUGIN_WRONG_TYPE] = "WRONG_TYPE",
                                        [PLUGIN_INIT_FAILED] = "INIT_FAILED",
                                        [PLUGIN_ALREADY_LOADED] = "ALREADY_LOADED",
                                        [PLUGIN_UNTRUSTED] = "UNTRUSTED",
                                        [PLUGIN_CRASHED] = "CRASHED",
                                        [PLUGIN_TIMEOUT] = "TIMEOUT",
                                        [PLUGIN_SEALED] = "SEALED",
                                        [PLUGIN_UNSUPPORTED] = "UNSUPPORTED",
                                        [PLUGIN_NO_MEMORY] = "NO_MEMORY",
                                        [PLUGIN_SYSTEM] = "SYSTEM"};
    return names[plugin_error_code()];
}

static inline void result(const char *name, long value)
{
    if (plugin_error_code())
        printf("%s: %ld %s: %s\n", name, value, code_name(), plugin_error());
    else
        printf("%s: %ld\n", name, value);
    plugin_error_clear();
}

/* Is the first of the arguments this one? */
static inline bool is_act(char **argv, const char *name)
{
    return !strcmp(argv[0], name);
}

#endif
