/* Misfits of Go packages and of Go versions. */
#include "src/fit/fit_go.h"
#include "tests/common/check.h"

#include <string.h>

static uint8_t hash[] = {0xab, 0x01}, other_hash[] = {0xcd, 0x02}, longer_hash[] = {0xab, 0x01, 0};

static struct go_package own_packages[] = {
    {.path = "a", .hash = hash, .hash_size = 2},
    {.path = "example.com/b\033", .hash = hash, .hash_size = 2},
    {.path = "runtime", .hash = hash, .hash_size = 2},
};
static struct go_package packages[] = {
    {.path = "a", .hash = hash, .hash_size = 2},
    {.path = "example.com/b\033", .hash = other_hash, .hash_size = 2},
    {.path = "runtime", .hash = longer_hash, .hash_size = 3},
};
static struct go_module own = {.version = "go1.24.4",
                               .is_version_exact = true,
                               .settings = "-race",
                               .packages = own_packages,
                               .package_count = COUNT(own_packages)},
                        bridge, open;
static const struct go_side own_side = {&own, "/p.so"}, bridge_side = {&bridge, "/bridge.so"},
                            open_side = {&open, "/open.so"};

static int set_up(void **state)
{
    (void)state;
    own.version = "go1.24.4";
    own.is_version_exact = true;
    bridge = open = own;
    bridge.settings = "";
    return 0;
}

/* Compare the first misfit with the bridge, or with another open plugin; "": it fits. */
static void check_bridge(const char *expected)
{
    MISFITS_AUTO misfits = {0};
    fit_go_bridge(own_side, bridge_side, &misfits);
    assert_string_equal(misfits.count ? text_chars(&misfits.items[0].text) : "", expected);
}

static void check_other(const char *expected)
{
    MISFITS_AUTO misfits = {0};
    fit_go_plugin(own_side, open_side, bridge_side, &misfits);
    assert_string_equal(misfits.count ? text_chars(&misfits.items[0].text) : "", expected);
}

static void the_same_build_fits(void **state)
{
    (void)state;
    check_bridge("");
    check_other("");
}

static void another_version_of_go_is_the_only_misfit(void **state)
{
    (void)state;
    bridge.packages = packages;
    bridge.version = "go1.23.1";
    check_bridge(
        "built by go1.24.4, the bridge to Go, /bridge.so, by go1.23.1: all Go code in a process "
        "must be of one version; build a bridge with go1.24.4: plugin go-bridge --for=/p.so");
}

static void what_records_no_version_may_be_of_an_old_go(void **state)
{
    (void)state;
    own.version = "go1.19";
    own.is_version_exact = false;
    bridge.version = "go1.18.10";
    check_bridge("");
    bridge.version = "go1.19.8";
    check_bridge("");
    bridge.version = "go1.20";
    check_bridge(
        "built by go1.19, the bridge to Go, /bridge.so, by go1.20: all Go code in a process must "
        "be of one version; build a bridge with go1.19: plugin go-bridge --for=/p.so");
    bridge.version = "go1.19.8";
    bridge.packages = packages + 1;
    bridge.package_count = 1;
    check_bridge(
        "1 of its packages was built from different sources or with different flags than those of "
        "/bridge.so\n"
        "  example.com/b\\x1b   plugin ab01   bridge cd02\n"
        "  the plugin: go1.19, with -race; bridge: go1.19.8\n"
        "  build a bridge with the plugin's flags: plugin go-bridge --for=/p.so FLAG... (this Go "
        "does not record them)");
}

static void all_packages_that_differ_are_listed(void **state)
{
    (void)state;
    bridge.packages = packages;
    check_bridge(
        "2 of its packages were built from different sources or with different flags than those of "
        "/bridge.so\n"
        "  example.com/b\\x1b   plugin ab01   bridge cd02\n"
        "  runtime          plugin ab01   bridge ab0100\n"
        "  the plugin: go1.24.4, with -race; bridge: go1.24.4\n"
        "  build a bridge with the plugin's flags: plugin go-bridge --for=/p.so");
}

static void packages_of_the_bridge_are_not_another_plugins(void **state)
{
    (void)state;
    open.packages = packages;
    check_other("");
    bridge.package_count = 1;
    open.package_count = 2;
    check_other(
        "1 of its packages was built from different sources or with different flags than those of "
        "/open.so\n"
        "  example.com/b\\x1b   plugin ab01   open cd02\n"
        "  the plugin: go1.24.4, with -race; open: go1.24.4, with -race");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_same_build_fits, set_up),
        cmocka_unit_test_setup(another_version_of_go_is_the_only_misfit, set_up),
        cmocka_unit_test_setup(what_records_no_version_may_be_of_an_old_go, set_up),
        cmocka_unit_test_setup(all_packages_that_differ_are_listed, set_up),
        cmocka_unit_test_setup(packages_of_the_bridge_are_not_another_plugins, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
