/* SPDX-License-Identifier: MIT */
/* The libraries of the C implementation. */
#include "libraries/toolchain.h"

#include "base/path.h"

#include <stddef.h>

bool toolchain_has(const char *library)
{
    static const char *const starts[] = {
        "libc.so",      "libc.musl",      "libm.so",        "libmvec.so",   "ld-linux",
        "ld-musl",      "libpthread.so",  "libdl.so",       "librt.so",     "libutil.so",
        "libresolv.so", "libanl.so",      "libgcc_s.so",    "libstdc++.so", "libatomic.so",
        "libgomp.so",   "libquadmath.so", "libgfortran.so", "libgnat-",     "libgnarl-",
        "libc++.so",    "libc++abi.so",   "libunwind.so",   "libomp.so",    "libasan.so",
        "libubsan.so",  "libtsan.so",     "liblsan.so",     "libhwasan.so", "libclang_rt.",
        "libplugin.so", "linux-vdso.so"};
    const char *name = path_base_name(library);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(name, starts[i], strlen(starts[i])))
            return true;
    return false;
}
