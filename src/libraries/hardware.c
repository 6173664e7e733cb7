/* SPDX-License-Identifier: MIT */
/* The subdirectories for libraries that need certain processors: glibc-hwcaps since glibc 2.33, and
 * until 2.36 those that are named after platform and features (ld.so(8), "Hardware capabilities").
 * musl has none. */
#include "libraries/hardware_p.h"

#include "base/path.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif
#ifdef __x86_64__
#include <cpuid.h>
#endif

enum { DIRECTORIES_MAX = 24, DIRECTORY_SIZE = 64, FEATURES_MAX = 4 };

static char directories[DIRECTORIES_MAX][DIRECTORY_SIZE]; /* written once, by hardware_find */
static size_t directory_count;

#ifdef __GLIBC__
static void hardware_add(const char *directory)
{
    if (directory_count < DIRECTORIES_MAX)
        snprintf(directories[directory_count++], DIRECTORY_SIZE, "%s", directory);
}

/* What glibc's loader finds out about the processor. */
struct hardware {
    unsigned level;       /* of the x86-64 psABI, 3.1.1: 1 to 4 */
    const char *platform; /* NULL: none */
    const char *features[FEATURES_MAX];
    size_t feature_count;
};

#ifdef __x86_64__
static bool hardware_has_all(unsigned value, unsigned bits)
{
    return (value & bits) == bits;
}

/* Returns the state components that the system saves (XCR0). */
static unsigned hardware_saved_state(void)
{
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static struct hardware hardware_read(void)
{
    struct hardware hardware = {1, (const char *)getauxval(AT_PLATFORM), {"x86_64"}, 1};
    unsigned a, b = 0, c = 0, d, vendor = 0, more = 0, more_c, extended = 0, state = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return hardware;
    __get_cpuid_count(7, 0, &a, &more, &more_c, &d);
    __get_cpuid(0x80000001, &a, &b, &extended, &d);
    if (c & bit_OSXSAVE)
        state = hardware_saved_state();
    bool has_avx = hardware_has_all(state, 0x6), has_avx512 = hardware_has_all(state, 0xe6);
    bool has_2 = hardware_has_all(c, bit_SSE3 | bit_SSSE3 | bit_CMPXCHG16B | bit_SSE4_1 |
                                         bit_SSE4_2 | bit_POPCNT) &&
                 hardware_has_all(extended, bit_LAHF_LM);
    bool has_bits = has_avx && hardware_has_all(c, bit_MOVBE | bit_POPCNT) &&
                    hardware_has_all(extended, bit_LZCNT) &&
                    hardware_has_all(more, bit_AVX2 | bit_BMI | bit_BMI2);
    bool has_3 = has_2 && has_bits && hardware_has_all(c, bit_AVX | bit_F16C | bit_FMA);
    unsigned wide = bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
    bool has_4 = has_3 && has_avx512 && hardware_has_all(more, wide | bit_AVX512F);
    hardware.level = has_4 ? 4 : has_3 ? 3 : has_2 ? 2 : 1;
    /* glibc names platforms of Intel alone. */
    __get_cpuid(0, &a, &vendor, &c, &d);
    if (vendor != signature_INTEL_ebx)
        return hardware;
    bool is_phi = has_avx512 && hardware_has_all(more, bit_AVX512CD | bit_AVX512ER | bit_AVX512PF);
    if (has_avx512 && hardware_has_all(more, wide) && !(more & bit_AVX512ER))
        hardware.features[hardware.feature_count++] = "avx512_1";
    if (is_phi || has_bits)
        hardware.platform = is_phi ? "xeon_phi" : "haswell";
    return hardware;
}
#else
static struct hardware hardware_read(void)
{
    struct hardware hardware = {.platform = (const char *)getauxval(AT_PLATFORM)};
#ifdef __aarch64__
    const unsigned long atomics = 1 << 8; /* HWCAP_ATOMICS */
    if (getauxval(AT_HWCAP) & atomics)
        hardware.features[hardware.feature_count++] = "atomics";
#endif
    return hardware;
}
#endif

/* Adds the combinations of "tls", the platform and the features, each with all that follow it, as
 * glibc counts them. */
static void hardware_add_combinations(struct hardware hardware)
{
    if (hardware.platform)
        hardware.features[hardware.feature_count++] = hardware.platform;
    hardware.features[hardware.feature_count++] = "tls";
    for (size_t set = (size_t)1 << hardware.feature_count; --set > 0;) {
        char directory[DIRECTORY_SIZE] = "";
        for (size_t i = hardware.feature_count; i-- > 0;) {
            size_t length = strlen(directory);
            if (set >> i & 1)
                snprintf(directory + length, sizeof directory - length, "%s%s", length ? "/" : "",
                         hardware.features[i]);
        }
        hardware_add(directory);
    }
}

static void hardware_find(void)
{
    struct hardware hardware = hardware_read();
    long minor = strtol(strchr(gnu_get_libc_version(), '.') + 1, NULL, 10);
    for (unsigned level = hardware.level; minor >= 33 && level > 1; level--) {
        char directory[DIRECTORY_SIZE];
        snprintf(directory, sizeof directory, "glibc-hwcaps/x86-64-v%u", level);
        hardware_add(directory);
    }
    if (minor < 37)
        hardware_add_combinations(hardware);
}
#else
static void hardware_find(void)
{
}
#endif

const char *hardware_directory(size_t index)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, hardware_find);
    return index < directory_count ? directories[index] : NULL;
}

size_t hardware_rank(const char *path)
{
    const char *directory;
    size_t end = (size_t)(path_base_name(path) - path), index = 0;
    for (; (directory = hardware_directory(index)); index++) {
        size_t length = strlen(directory);
        if (end > length + 2 && path[end - length - 2] == '/' &&
            !memcmp(path + end - length - 1, directory, length))
            break;
    }
    return index;
}
