// Counts calls of malloc and its like by defining them here, over those of glibc, which are called on. Where nobody counts,
// that costs a load and a branch that is never taken.
#include "callocationcount.h"

#include <errno.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(leak_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) || defined(__linux__)
#define IS_GLIBC 1
#endif

#if defined(IS_GLIBC) && !defined(IS_SANITIZED)

static _Thread_local long is_counting;
static _Thread_local long count;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static inline void counted(void) {
    if (__builtin_expect(is_counting, 0)) count++;
}

void *malloc(size_t size) {
    counted();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    counted();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    counted();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    counted();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    counted();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    counted();
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

void callocationcount_begin(void) {
    count = 0;
    is_counting = 1;
}

long callocationcount_end(void) {
    is_counting = 0;
    return count;
}

#else

void callocationcount_begin(void) {}

long callocationcount_end(void) { return -1; }

#endif
