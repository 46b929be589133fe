#include <stddef.h>
extern void *__libc_malloc(size_t); extern void *__libc_realloc(void*,size_t); extern void *__libc_memalign(size_t,size_t);
static long n; void *malloc(size_t s){n++;return __libc_malloc(s);} void *realloc(void*p,size_t s){n++;return __libc_realloc(p,s);}
int posix_memalign(void**p,size_t a,size_t s){n++;*p=__libc_memalign(a,s);return 0;}
void *aligned_alloc(size_t a,size_t s){n++;return __libc_memalign(a,s);}
long alloc_count(void){return n;}
