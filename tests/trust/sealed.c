/* Sealed copies, trust policies and content hashes, also when system calls fail: these are linked
 * with -Wl,--wrap (meson.build). */
#include "src/trust/sealed.h"
#include "src/module/content.h"
#include "src/trust/trust.h"
#include "tests/common/check.h"
#include "tests/common/starve.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- system calls that fail ---- */

static const char *failing; /* name of the call; NULL: none */
static int failing_with;    /* errno */
static int failing_after;   /* calls that succeed before */

static bool fails(const char *call)
{
    if (!failing || strcmp(failing, call) != 0 || failing_after-- > 0)
        return false;
    failing = NULL;
    errno = failing_with;
    return true;
}

static void let_fail(const char *call, int with, int after)
{
    failing = call;
    failing_with = with;
    failing_after = after;
}

#define WRAP(type, name, failure, parameters, ...)                                                 \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(#name) ? failure : __real_##name(__VA_ARGS__);                                \
    }

WRAP(int, memfd_create, -1, (const char *name, unsigned flags), name, flags)
WRAP(int, fstat64, -1, (int descriptor, struct stat *status), descriptor, status)
WRAP(int, lstat64, -1, (const char *path, struct stat *status), path, status)
WRAP(void *, mmap64, MAP_FAILED,
     (void *address, size_t size, int protection, int flags, int descriptor, off_t offset), address,
     size, protection, flags, descriptor, offset)
WRAP(ssize_t, pread64, -1, (int descriptor, void *buffer, size_t size, off_t offset), descriptor,
     buffer, size, offset)

int __real_fcntl64(int descriptor, int command, ...);
int __wrap_fcntl64(int descriptor, int command, ...);
int __wrap_fcntl64(int descriptor, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    int argument = va_arg(arguments, int);
    va_end(arguments);
    return fails("fcntl64") ? -1 : __real_fcntl64(descriptor, command, argument);
}

/* Writes less than the whole, as write may. */
ssize_t __real_write(int descriptor, const void *bytes, size_t size);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t size);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t size)
{
    return fails("write") ? -1 : __real_write(descriptor, bytes, size > 1000 ? 1000 : size);
}

/* ---- files ---- */

enum { SIZE = 70000 }; /* more than one chunk */

static char path[] = "/tmp/test_sealed_XXXXXX";
static uint8_t contents[SIZE];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        contents[i] = (uint8_t)(i * 7);
    strcpy(path + sizeof path - 7, "XXXXXX");
    int descriptor = mkstemp(path);
    if (descriptor < 0 || __real_write(descriptor, contents, SIZE) != SIZE)
        return -1;
    return close(descriptor);
}

static int tear_down(void **state)
{
    (void)state;
    failing = NULL;
    return unlink(path);
}

static void open_file(struct file *file)
{
    ERROR_AUTO error = {0};
    if (!file_open(file, path, &error))
        fail_msg("%s", error_text(&error));
}

/* ---- copies ---- */

static void a_copy_is_equal_and_cannot_change(void **state)
{
    (void)state;
    FILE_AUTO file, copy;
    struct bytes bytes;
    ERROR_AUTO error = {0};
    open_file(&file);
    let_fail("write", EINTR, 3);
    assert_true(sealed_copy(&copy, &file, file.size, &error));
    assert_true(sealed_map(&copy, &bytes, &error));
    assert_int_equal(bytes.size, SIZE);
    assert_memory_equal(bytes.data, contents, SIZE);
    assert_int_equal(pwrite(copy.descriptor, "x", 1, 0), -1);
    assert_int_equal(ftruncate(copy.descriptor, 0), -1);
    sealed_unmap(bytes);
    char *first = file_descriptor_path(copy.descriptor, NULL),
         *second = file_descriptor_path(copy.descriptor, NULL);
    assert_string_not_equal(first, second);
    assert_int_equal(access(first, R_OK), 0);
    assert_int_equal(access(second, R_OK), 0);
    free(first);
    free(second);
}

static void an_empty_file_has_no_bytes(void **state)
{
    (void)state;
    FILE_AUTO file, copy;
    struct bytes bytes;
    ERROR_AUTO error = {0};
    assert_int_equal(truncate(path, 0), 0);
    open_file(&file);
    assert_true(sealed_copy(&copy, &file, file.size, &error));
    assert_true(sealed_map(&copy, &bytes, &error));
    assert_int_equal(bytes.size, 0);
    sealed_unmap(bytes);
}

static void check_copy_fails(const char *call, int with, int after, const char *text)
{
    FILE_AUTO file;
    struct file copy;
    ERROR_AUTO error = {0};
    open_file(&file);
    let_fail(call, with, after);
    assert_false(sealed_copy(&copy, &file, file.size, &error));
    assert_null(failing);
    assert_int_equal(copy.descriptor, -1);
    assert_int_equal(error.code, PLUGIN_SYSTEM);
    assert_string_equal(error_text(&error), text);
}

static void a_failed_copy_is_an_error(void **state)
{
    (void)state;
    check_copy_fails("memfd_create", EMFILE, 0, "memfd_create: Too many open files");
    check_copy_fails("write", ENOSPC, 5, "cannot copy it: write: No space left on device");
    check_copy_fails("pread64", EIO, 0, "read: Input/output error");
    check_copy_fails("fcntl64", EPERM, 0, "cannot seal the copy: Operation not permitted");
    check_copy_fails("fstat64", EIO, 0, "cannot seal the copy: Input/output error");
}

static void a_failed_mapping_is_an_error(void **state)
{
    (void)state;
    FILE_AUTO file, copy;
    struct bytes bytes;
    ERROR_AUTO error = {0};
    open_file(&file);
    assert_true(sealed_copy(&copy, &file, file.size, &error));
    let_fail("mmap64", ENOMEM, 0);
    assert_false(sealed_map(&copy, &bytes, &error));
    assert_string_equal(error_text(&error), "mmap: Cannot allocate memory");
    assert_null(bytes.data);
}

static void without_memory_there_is_no_copy(void **state)
{
    (void)state;
    FILE_AUTO file;
    open_file(&file);
    for (starve_begin(); starve_goes_on();) {
        FILE_AUTO copy;
        ERROR_AUTO error = {0};
        bool is_made = sealed_copy(&copy, &file, file.size, &error);
        char *name = is_made ? file_descriptor_path(copy.descriptor, NULL) : NULL;
        assert_true(starve_end() == !name);
        assert_true(is_made || error.code == PLUGIN_NO_MEMORY);
        free(name);
    }
}

/* ---- policies ---- */

static const struct plugin_trust place = {.size = sizeof place, .check_place = true};

/* The file is refused with this error, and stays the one that was opened. */
static void check_refused(const struct plugin_trust *trust, enum plugin_code code, const char *text)
{
    FILE_AUTO file;
    ERROR_AUTO error = {0};
    open_file(&file);
    ino_t inode = file.inode;
    assert_false(trust_admit(trust, path, &file, &error));
    assert_int_equal(error.code, code);
    if (strncmp(error_text(&error), text, strlen(text)) != 0)
        assert_string_equal(error_text(&error), text);
    assert_int_equal(file.inode, inode);
}

static void a_place_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct plugin_trust trust = place;
    trust.owner = getuid();
    let_fail("fstat64", EIO, 1); /* file_open calls it first */
    check_refused(&trust, PLUGIN_SYSTEM, "fstat: Input/output error");
    let_fail("lstat64", EACCES, 0);
    check_refused(&trust, PLUGIN_SYSTEM, "lstat /tmp: Permission denied");
    let_fail("memfd_create", EMFILE, 0);
    check_refused(&trust, PLUGIN_SYSTEM, "memfd_create: ");
    let_fail("mmap64", ENOMEM, 0);
    check_refused(&trust, PLUGIN_SYSTEM, "mmap: ");
}

static void a_place_that_is_gone_is_an_error(void **state)
{
    (void)state;
    FILE_AUTO file;
    ERROR_AUTO error = {0};
    open_file(&file);
    assert_false(trust_admit(&place, "/no/such/file", &file, &error));
    assert_string_equal(error_text(&error), "realpath: No such file or directory");
}

static void a_file_that_others_own_or_write_is_refused(void **state)
{
    (void)state;
    struct plugin_trust trust = place;
    trust.owner = getuid();
    trust.forbidden_mode = 022;
    assert_int_equal(chmod(path, 0666), 0);
    check_refused(&trust, PLUGIN_UNTRUSTED, "the file /tmp/test_sealed_");
    assert_int_equal(chmod(path, 0600), 0);
    trust.forbidden_mode = 01000; /* the sticky bit, which only /tmp has */
    check_refused(&trust, PLUGIN_UNTRUSTED, "the directory /tmp has mode ");
    if (getuid() == 0)
        assert_int_equal(chown(path, 1, 1), 0);
    trust.owner = getuid() + 2;
    check_refused(&trust, PLUGIN_UNTRUSTED, "the file /tmp/test_sealed_");
}

static void a_policy_is_read_or_refused(void **state)
{
    (void)state;
    struct {
        struct plugin_trust trust;
        char more[8];
    } given = {.trust = place};
    struct plugin_trust own;
    ERROR_AUTO error = {0};
    static const size_t sizes[] = {0, 1, sizeof own + 1, 100000, SIZE_MAX - 7, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ERROR_AUTO refused = {0};
        given.trust.size = sizes[i];
        assert_false(trust_read(&own, &given.trust, &refused));
        assert_int_equal(refused.code, PLUGIN_UNSUPPORTED);
        assert_non_null(strstr(error_text(&refused), "trust.size is "));
    }
    given.trust.size = sizeof given;
    assert_true(trust_read(&own, &given.trust, &error));
    given.more[3] = 1;
    assert_false(trust_read(&own, &given.trust, &error));
    given.trust = (struct plugin_trust){.size = sizeof given.trust};
    assert_false(trust_read(&own, &given.trust, &error));
    static const char *const none[] = {NULL};
    given.trust.keys = none;
    assert_false(trust_read(&own, &given.trust, &error));
    static const char *const keys[] = {"RWRED6wdYyD43OnmaV1Cf4sFX5ZMd2L8+9lA01x3B98LtleYmucO50+4",
                                       NULL};
    given.trust.keys = keys;
    given.trust.least_version = 1;
    assert_true(trust_read(&own, &given.trust, &error));
    given.trust.hashes = none;
    assert_false(trust_read(&own, &given.trust, &error));
    given.trust.keys = NULL;
    assert_false(trust_read(&own, &given.trust, &error));
}

static void a_whole_hash_is_compared_in_either_case(void **state)
{
    (void)state;
    assert_int_equal(truncate(path, 0), 0);
    const char *hashes[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                            NULL};
    struct plugin_trust trust = {.size = sizeof trust, .hashes = hashes};
    for (int i = 0; i < 2; i++) {
        FILE_AUTO file;
        ERROR_AUTO error = {0};
        open_file(&file);
        if (!trust_admit(&trust, path, &file, &error))
            fail_msg("%s", error_text(&error));
        hashes[0] = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
    }
    static const char *const others[] = {
        "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g"};
    for (size_t i = 0; i < COUNT(others); i++) {
        hashes[0] = others[i];
        check_refused(&trust, PLUGIN_UNTRUSTED, "its SHA-256 is not in the trust policy");
    }
}

static void a_file_without_a_valid_signature_is_refused(void **state)
{
    (void)state;
    char name[sizeof path + 16];
    const char *keys[] = {"no key", NULL};
    const struct plugin_trust trust = {.size = sizeof trust, .keys = keys};
    snprintf(name, sizeof name, "%s.minisig", path);
    check_refused(&trust, PLUGIN_UNTRUSTED, "it is not signed: /tmp/test_sealed_");
    assert_int_equal(mkdir(name, 0700), 0);
    check_refused(&trust, PLUGIN_NOT_PLUGIN, "it is a directory");
    rmdir(name);
    int descriptor = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(descriptor >= 0);
    check_refused(&trust, PLUGIN_UNTRUSTED, name);
    assert_int_equal(ftruncate(descriptor, 1 << 20), 0);
    check_refused(&trust, PLUGIN_UNTRUSTED, name);
    close(descriptor);
    unlink(name);
}

static void a_library_must_be_in_the_policy(void **state)
{
    (void)state;
    static const char *const libraries[] = {"libother.so", "libown.so", NULL};
    struct plugin_trust trust = place;
    FILE_AUTO file;
    ERROR_AUTO error = {0};
    open_file(&file);
    trust.owner = getuid();
    assert_false(trust_admit_library(&trust, "libown.so", path, &file, &error));
    trust.libraries = libraries;
    assert_false(trust_admit_library(&trust, "libnone.so", path, &file, &error));
    assert_string_equal(
        error_text(&error),
        "it needs the library libnone.so, which is neither loaded nor allowed by the "
        "trust policy");
    if (!trust_admit_library(&trust, "libown.so", path, &file, &error))
        fail_msg("%s", error_text(&error));
    assert_false(trust_admit_library(&trust, "libown.so", "/no/such/file", &file, &error));
}

static void without_memory_every_file_is_refused(void **state)
{
    (void)state;
    static const char *const libraries[] = {"libown.so", NULL};
    struct plugin_trust trust = place;
    trust.owner = getuid();
    trust.libraries = libraries;
    for (starve_begin(); starve_goes_on();) {
        FILE_AUTO file;
        ERROR_AUTO error = {0};
        starve_is_on = false;
        open_file(&file);
        starve_is_on = true;
        bool is_admitted = trust_admit_library(&trust, "libown.so", path, &file, &error);
        if (!starve_end())
            assert_true(is_admitted);
        assert_true(is_admitted || error.code == PLUGIN_NO_MEMORY || error.text.failed);
    }
}

/* ---- contents ---- */

static void unreadable_contents_are_an_error(void **state)
{
    (void)state;
    FILE_AUTO file;
    ERROR_AUTO error = {0};
    open_file(&file);
    Elf64_Phdr segments[] = {{.p_type = PT_NOTE},
                             {.p_type = PT_LOAD, .p_filesz = SIZE},
                             {.p_type = PT_LOAD, .p_filesz = SIZE}};
    const struct module module = {
        .elf = {.is_64 = true,
                .file_size = SIZE,
                .segment_count = COUNT(segments),
                .segments = {(const uint8_t *)segments, sizeof segments}}};
    assert_false(verify_content(&module, &file, &error));
    assert_string_equal(error_text(&error),
                        "its contents do not match the hash in its stamp: it was "
                        "modified or damaged (verify)");
    for (int i = 0; i < 2; i++) {
        let_fail("pread64", EIO, i);
        assert_false(verify_content(&module, &file, &error));
        assert_string_equal(error_text(&error), "read: Input/output error");
    }
    segments[0] = segments[1];
    assert_false(verify_content(&module, &file, &error));
    assert_string_equal(error_text(&error), "it is damaged: segments overlap in the file");
    segments[0].p_filesz = 2 * SIZE;
    assert_false(verify_content(&module, &file, &error));
    starve_begin();
    starve_goes_on();
    assert_false(verify_content(&module, &file, &error));
    starve_end();
    assert_int_equal(error.code, PLUGIN_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_is_equal_and_cannot_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_file_has_no_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_copy_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_mapping_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_that_cannot_be_read_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_that_is_gone_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_others_own_or_write_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test(a_policy_is_read_or_refused),
        cmocka_unit_test_setup_teardown(a_whole_hash_is_compared_in_either_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_without_a_valid_signature_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_library_must_be_in_the_policy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_every_file_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unreadable_contents_are_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
