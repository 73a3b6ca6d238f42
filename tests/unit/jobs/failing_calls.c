/* Preloaded before libc: the n-th call on a file below one folder fails once, with an error or a kill -9.

   arm(folder, n, error)   from now on; error 0 is the kill, n 0 only counts
   counted()               calls so far
*/
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[4096];
static long at, calls;
static int error_of_call, armed;
static unsigned char ours[65536]; /* descriptors of files below the folder */

void arm(const char *below, long number, int error) {
    strncpy(folder, below, sizeof folder - 1);
    at = number, calls = 0, error_of_call = error, armed = 1;
}

long counted(void) { return calls; }

static int fails(void) {
    if (!armed || ++calls != at) return 0;
    if (!error_of_call) kill(getpid(), SIGKILL);
    errno = error_of_call;
    return 1;
}

static int is_ours(int descriptor) { return descriptor >= 0 && descriptor < 65536 && ours[descriptor]; }

static int below(int directory, const char *path) {
    if (!armed || !path) return 0;
    return path[0] == '/' ? !strncmp(path, folder, strlen(folder)) : is_ours(directory);
}

static int opened(int descriptor, int belongs) {
    if (descriptor >= 0 && descriptor < 65536) ours[descriptor] = belongs;
    return descriptor;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \
        REAL(int, #name, const char *, int, ...); \
        int belongs = below(AT_FDCWD, path); \
        return belongs && fails() ? -1 : opened(real(path, flags, mode), belongs); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int directory, const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \
        REAL(int, #name, int, const char *, int, ...); \
        int belongs = below(directory, path); \
        return belongs && fails() ? -1 : opened(real(directory, path, flags, mode), belongs); \
    }
OPENAT(openat)
OPENAT(openat64)

#define DESCRIPTOR(type, name, parameters, arguments) \
    type name parameters { \
        static type (*real) parameters; \
        if (!real) real = (type (*) parameters)dlsym(RTLD_NEXT, #name); \
        return is_ours(descriptor) && fails() ? (type)-1 : real arguments; \
    }
DESCRIPTOR(ssize_t, write, (int descriptor, const void *bytes, size_t size), (descriptor, bytes, size))
DESCRIPTOR(ssize_t, read, (int descriptor, void *bytes, size_t size), (descriptor, bytes, size))
DESCRIPTOR(int, fsync, (int descriptor), (descriptor))
DESCRIPTOR(int, fdatasync, (int descriptor), (descriptor))
DESCRIPTOR(ssize_t, sendfile, (int descriptor, int from, off_t *offset, size_t size), (descriptor, from, offset, size))
DESCRIPTOR(ssize_t, sendfile64, (int descriptor, int from, off_t *offset, size_t size), (descriptor, from, offset, size))

#define PATH(name, parameters, arguments, directory) \
    int name parameters { \
        static int (*real) parameters; \
        if (!real) real = (int (*) parameters)dlsym(RTLD_NEXT, #name); \
        return below(directory, path) && fails() ? -1 : real arguments; \
    }
PATH(rename, (const char *from, const char *path), (from, path), AT_FDCWD)
PATH(renameat, (int first, const char *from, int second, const char *path), (first, from, second, path), second)
PATH(link, (const char *from, const char *path), (from, path), AT_FDCWD)
PATH(unlink, (const char *path), (path), AT_FDCWD)
PATH(unlinkat, (int directory, const char *path, int flags), (directory, path, flags), directory)
PATH(mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD)
PATH(rmdir, (const char *path), (path), AT_FDCWD)
PATH(chmod, (const char *path, mode_t mode), (path, mode), AT_FDCWD)
PATH(fchmodat, (int directory, const char *path, mode_t mode, int flags), (directory, path, mode, flags), directory)
PATH(stat, (const char *path, struct stat *found), (path, found), AT_FDCWD)
PATH(stat64, (const char *path, struct stat64 *found), (path, found), AT_FDCWD)
PATH(lstat, (const char *path, struct stat *found), (path, found), AT_FDCWD)
PATH(lstat64, (const char *path, struct stat64 *found), (path, found), AT_FDCWD)
PATH(fstatat, (int directory, const char *path, struct stat *found, int flags), (directory, path, found, flags), directory)
PATH(fstatat64, (int directory, const char *path, struct stat64 *found, int flags), (directory, path, found, flags), directory)
PATH(utimensat, (int directory, const char *path, const struct timespec when[2], int flags), (directory, path, when, flags), directory)

DIR *opendir(const char *path) {
    REAL(DIR *, "opendir", const char *);
    return below(AT_FDCWD, path) && fails() ? NULL : real(path);
}

int close(int descriptor) {
    REAL(int, "close", int);
    opened(descriptor, 0);
    return real(descriptor);
}
