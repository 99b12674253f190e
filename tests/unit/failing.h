/* An allocator that fails at the n-th call and counts what is alive. */
#ifndef FAILING_H
#define FAILING_H

#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

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

/* Runs the body, whose argument is the pool, with the n-th allocation failing, for growing n until none fails: each
 * time nothing is left behind. From `part` on the steps between them grow. Returns the last n. */
static inline size_t fail_each_allocation(void (*body)(void *pool), size_t part)
{
    for (size_t n = 1;; n += 1 + n / part) {
        failing f = {.fail_at = n};
        sp_allocator allocator = {failing_allocate, failing_release, &f};
        sp_pool *pool = NULL;
        sp_status status = sp_pool_open(&pool, &allocator, NULL);
        if (status == SP_OK) {
            status = sp_pool_run(pool, body, pool);
            sp_pool_close(pool);
        }
        assert_int_equal(f.alive, 0);
        if (status == SP_OK)
            return n;
        assert_int_equal(status, SP_NO_MEMORY);
    }
}

#endif
