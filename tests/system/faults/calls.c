/* The errnos that the manual pages list (Linux man-pages 6.03), even those that the actual
 * arguments cannot cause. All calls on files also have EIO, which any file system may return. */
#include "calls.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

/* clang-format off */
#define OF_OPEN                                                                                    \
    {EACCES, EAGAIN, EBADF, EBUSY, EDQUOT, EEXIST, EFAULT, EFBIG, EINTR, EINVAL, EIO, EISDIR,      \
     ELOOP, EMFILE, ENAMETOOLONG, ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOTDIR, ENXIO,          \
     EOPNOTSUPP, EOVERFLOW, EPERM, EROFS, ETXTBSY}
#define OF_OPENAT2                                                                                 \
    {E2BIG, EACCES, EAGAIN, EBADF, EBUSY, EDQUOT, EEXIST, EFAULT, EFBIG, EINTR, EINVAL, EIO,       \
     EISDIR, ELOOP, EMFILE, ENAMETOOLONG, ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOSYS, ENOTDIR, \
     ENXIO, EOPNOTSUPP, EOVERFLOW, EPERM, EROFS, ETXTBSY, EXDEV}
#define OF_READ {EAGAIN, EBADF, EFAULT, EINTR, EINVAL, EIO, EISDIR, ENXIO, EOVERFLOW, ESPIPE}
#define OF_STAT                                                                                    \
    {EACCES, EBADF, EFAULT, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EOVERFLOW}
#define OF_LINK                                                                                    \
    {EACCES, EBADF, EFAULT, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR}
/* clang-format on */

static const struct failing_call calls[] = {
#ifdef SYS_open
    {SYS_open, "open", OF_OPEN, false, false},
#endif
    {SYS_openat, "openat", OF_OPEN, false, false},
#ifdef SYS_openat2
    {SYS_openat2, "openat2", OF_OPENAT2, false, false},
#endif
    {SYS_read, "read", OF_READ, false, false},
    {SYS_pread64, "pread64", OF_READ, false, false},
#ifdef SYS_stat
    {SYS_stat, "stat", OF_STAT, false, false},
    {SYS_lstat, "lstat", OF_STAT, false, false},
#endif
    {SYS_fstat, "fstat", OF_STAT, false, false},
#ifdef SYS_newfstatat
    {SYS_newfstatat, "newfstatat", OF_STAT, false, false},
#endif
    {SYS_statx, "statx", OF_STAT, false, false},
#ifdef SYS_readlink
    {SYS_readlink, "readlink", OF_LINK, false, false},
#endif
    {SYS_readlinkat, "readlinkat", OF_LINK, false, false},
    {SYS_getcwd,
     "getcwd",
     {EACCES, EFAULT, EINVAL, EIO, ENAMETOOLONG, ENOENT, ENOMEM, ERANGE},
     false,
     false},
    {SYS_lseek, "lseek", {EBADF, EINVAL, EIO, ENXIO, EOVERFLOW, ESPIPE}, false, false},
    {SYS_mmap,
     "mmap",
     {EACCES, EAGAIN, EBADF, EEXIST, EINVAL, EIO, ENFILE, ENODEV, ENOMEM, EOVERFLOW, EPERM,
      ETXTBSY},
     false,
     false},
    {SYS_mprotect, "mprotect", {EACCES, EFAULT, EINVAL, ENOMEM}, false, false},
    {SYS_munmap, "munmap", {EINVAL, ENOMEM}, false, false},
    {SYS_mremap, "mremap", {EAGAIN, EFAULT, EINVAL, ENOMEM}, false, false},
    {SYS_madvise, "madvise", {EACCES, EAGAIN, EBADF, EINVAL, EIO, ENOMEM, EPERM}, false, false},
    /* On failure, Linux returns the old end of the heap instead of an errno. */
    {SYS_brk, "brk", {ENOMEM}, false, true},
    {SYS_memfd_create,
     "memfd_create",
     {EFAULT, EINVAL, EMFILE, ENFILE, ENOMEM, EPERM},
     false,
     false},
    {SYS_fcntl,
     "fcntl",
     {EACCES, EAGAIN, EBADF, EBUSY, EDEADLK, EFAULT, EINTR, EINVAL, EMFILE, ENOLCK, ENOTDIR, EPERM},
     false,
     false},
    {SYS_write,
     "write",
     {EAGAIN, EBADF, EDESTADDRREQ, EDQUOT, EFAULT, EFBIG, EINTR, EINVAL, EIO, ENOSPC, EPERM, EPIPE},
     false,
     false},
    {SYS_getrandom, "getrandom", {EAGAIN, EFAULT, EINTR, EINVAL, ENOSYS}, false, false},
    /* Linux closes the descriptor even if it reports a failure. */
    {SYS_close, "close", {EBADF, EDQUOT, EINTR, EIO, ENOSPC}, true, false},
};

const struct failing_call *calls_find(long number)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}
