// Counts calls of malloc and its like by defining them here, over those that the process would have had: glibc's, or those
// of an allocator that was preloaded. They are found by name at the first call. Where nobody counts, that costs a load, a
// branch that is never taken and a jump.
#define _GNU_SOURCE
#include "callocationcount.h"

#include <dlfcn.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(leak_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#if defined(__linux__) && defined(__GLIBC__) && !defined(IS_SANITIZED)

static _Thread_local long is_counting;
static _Thread_local long count;

// What glibc has anyway, for whoever asks while the others are looked for.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static int own_posix_memalign(void **result, size_t alignment, size_t size) {
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? 12 /* ENOMEM */ : 0;
}

static _Thread_local int is_looking;

// The next definition behind this one. Each function keeps what it has found; to look twice does no harm.
static void *next(const char *name, void *otherwise) {
    if (is_looking) return otherwise;
    is_looking = 1;
    void *found = dlsym(RTLD_NEXT, name);
    is_looking = 0;
    return found == NULL ? otherwise : found;
}

#define FIND(type, name, otherwise)                                                   \
    static type known;                                                                \
    type found = __atomic_load_n(&known, __ATOMIC_RELAXED);                           \
    if (__builtin_expect(found == NULL, 0)) {                                         \
        found = (type)next(name, (void *)(otherwise));                                \
        if (!is_looking) __atomic_store_n(&known, found, __ATOMIC_RELAXED);           \
    }                                                                                 \
    if (__builtin_expect(is_counting, 0)) count++

typedef void *(*malloc_function)(size_t);
typedef void *(*calloc_function)(size_t, size_t);
typedef void *(*realloc_function)(void *, size_t);
typedef void *(*memalign_function)(size_t, size_t);
typedef int (*posix_memalign_function)(void **, size_t, size_t);

void *malloc(size_t size) {
    FIND(malloc_function, "malloc", __libc_malloc);
    return found(size);
}

void *calloc(size_t number, size_t size) {
    FIND(calloc_function, "calloc", __libc_calloc);
    return found(number, size);
}

void *realloc(void *old, size_t size) {
    FIND(realloc_function, "realloc", __libc_realloc);
    return found(old, size);
}

void *memalign(size_t alignment, size_t size) {
    FIND(memalign_function, "memalign", __libc_memalign);
    return found(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    FIND(memalign_function, "aligned_alloc", __libc_memalign);
    return found(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    FIND(posix_memalign_function, "posix_memalign", own_posix_memalign);
    return found(result, alignment, size);
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
