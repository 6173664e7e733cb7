/* The subdirectories for this processor are those of the dynamic loader. */
#include "tests/common/check.h"

#include "libraries/hardware_p.h"

#include <stdio.h>
#include <string.h>

static const char directory[] = "/libraries-of-the-test";

/* Reads the dynamic loader's own list, which LD_DEBUG=libs prints; false if it prints none. */
static bool read_list(char *list, size_t size)
{
    char command[256];
    snprintf(command, sizeof command,
             "LD_LIBRARY_PATH=%s LD_DEBUG=libs /bin/true 2>&1 | "
             "sed -n 's/.* search path=\\(.*\\)\\t.*(LD_LIBRARY_PATH)/\\1/p' | head -n 1",
             directory);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    bool is_read = fgets(list, (int)size, output);
    pclose(output);
    list[strcspn(list, "\t\n")] = '\0';
    return is_read;
}

static void the_loader_looks_in_the_same_directories(void **state)
{
    (void)state;
    char list[8192], own[8192] = "";
    const char *name;
    if (!read_list(list, sizeof list))
        skip(); /* musl's loader has neither the list nor the directories */
    for (size_t i = 0; (name = hardware_directory(i)); i++)
        snprintf(own + strlen(own), sizeof own - strlen(own), "%s/%s:", directory, name);
    strcat(own, directory);
    assert_string_equal(own, list);
}

static void a_path_has_the_rank_of_its_directory(void **state)
{
    (void)state;
    const char *name;
    size_t count = 0;
    for (; (name = hardware_directory(count)); count++) {
        char path[256];
        snprintf(path, sizeof path, "/lib/%s/libx.so", name);
        /* Platform and feature may have one name: then the first of two counts. */
        assert_string_equal(hardware_directory(hardware_rank(path)), name);
    }
    assert_int_equal(hardware_rank("/lib/libx.so"), count);
    assert_int_equal(hardware_rank("libx.so"), count);
    assert_int_equal(hardware_rank("/lib/glibc-hwcaps/x86-64-v9/libx.so"), count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loader_looks_in_the_same_directories),
        cmocka_unit_test(a_path_has_the_rank_of_its_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
