/* Where the library's memory comes from, and how much memory and time one call may use.
 *
 * GMP, MPFR and OpenBLAS allocate on their own; see mp_set_memory_functions for the first two. */
#ifndef SHARDPROOF_MEMORY_H
#define SHARDPROOF_MEMORY_H

#include <stddef.h>

typedef struct sp_allocator {
    void *(*allocate)(void *context, size_t bytes); /* zeroed, or NULL */
    void (*release)(void *context, void *memory);
    void *context;
} sp_allocator;

typedef struct sp_limits {
    size_t bytes;               /* most bytes alive at once; 0: no limit */
    double seconds;             /* most seconds from the start; 0: no limit */
    const volatile int *cancel; /* not NULL and not 0: leave with SP_INTERRUPTED at the next poll */
} sp_limits;

#endif
