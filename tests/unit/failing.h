/* An allocator that fails at the n-th call and counts what is alive. */
#ifndef FAILING_H
#define FAILING_H

#include <stdlib.h>

typedef struct failing {
    size_t calls, fail_at, alive;
} failing;

static inline void *failing_allocate(void *context, size_t bytes)
{
    failing *f = context;
    if (++f->calls == f->fail_at)
        return NULL;
    f->alive++;
    return calloc(1, bytes);
}

static inline void failing_release(void *context, void *memory)
{
    ((failing *)context)->alive--;
    free(memory);
}

#endif
