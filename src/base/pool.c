#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The allocations of a pool form a ring. */
typedef struct ring_link {
    struct ring_link *previous, *next;
} ring_link;

typedef struct block {
    ring_link link; /* first, so that a link of the ring is its block */
    size_t bytes;
    max_align_t memory[];
} block;

typedef struct deferred {
    struct deferred *next;
    void (*release)(void *argument);
    void *argument;
} deferred;

typedef struct run {
    jmp_buf place;
    struct run *outer;
} run;

struct sp_pool {
    sp_allocator allocator;
    sp_limits limits;
    double opened;
    size_t bytes; /* alive, of the outermost pool and all inside of it */
    ring_link ring;
    deferred *deferred;
    run *innermost;
    sp_status status; /* of the last failure */
    sp_pool *outer; /* NULL: limits and allocator are its own */
};

static void *default_allocate(void *context, size_t bytes)
{
    (void)context;
    return calloc(1, bytes);
}

static void default_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool sp_size_multiply(size_t *result, size_t a, size_t b)
{
    return !__builtin_mul_overflow(a, b, result);
}

bool sp_size_add(size_t *result, size_t a, size_t b)
{
    return !__builtin_add_overflow(a, b, result);
}

sp_status sp_pool_open(sp_pool **pool, const sp_allocator *allocator, const sp_limits *limits)
{
    sp_allocator with = {default_allocate, default_release, NULL};
    if (allocator)
        with = *allocator;
    *pool = with.allocate(with.context, sizeof **pool);
    if (!*pool)
        return SP_NO_MEMORY;
    (*pool)->allocator = with;
    if (limits)
        (*pool)->limits = *limits;
    (*pool)->ring.previous = (*pool)->ring.next = &(*pool)->ring;
    (*pool)->opened = seconds_now();
    return SP_OK;
}

/* The pool whose limits count. */
static sp_pool *outermost(sp_pool *pool)
{
    while (pool->outer)
        pool = pool->outer;
    return pool;
}

void sp_pool_clear(sp_pool *pool)
{
    deferred *first = pool->deferred;
    pool->deferred = NULL;
    for (deferred *d = first; d; d = d->next)
        d->release(d->argument);
    for (ring_link *b = pool->ring.next, *next; b != &pool->ring; b = next) {
        next = b->next;
        outermost(pool)->bytes -= ((block *)(void *)b)->bytes;
        pool->allocator.release(pool->allocator.context, b);
    }
    pool->ring.previous = pool->ring.next = &pool->ring;
}

void sp_pool_close(sp_pool *pool)
{
    if (!pool)
        return;
    sp_pool_clear(pool);
    pool->allocator.release(pool->allocator.context, pool);
}

static void clear_inner(void *argument)
{
    sp_pool_clear(argument);
}

sp_pool *sp_pool_inside(sp_pool *outer)
{
    sp_pool *pool = SP_NEW(outer, sp_pool);
    pool->allocator = outer->allocator;
    pool->outer = outer;
    pool->ring.previous = pool->ring.next = &pool->ring;
    sp_pool_defer(outer, clear_inner, pool);
    return pool;
}

sp_status sp_pool_run(sp_pool *pool, void (*body)(void *argument), void *argument)
{
    /* nothing local is changed after setjmp: C11 7.13.2.1 would leave it indeterminate */
    run here = {.outer = pool->innermost};
    pool->innermost = &here;
    if (setjmp(here.place) != 0) {
        pool->innermost = here.outer;
        return pool->status;
    }
    body(argument);
    pool->innermost = here.outer;
    return SP_OK;
}

void sp_pool_fail(sp_pool *pool, sp_status status)
{
    while (!pool->innermost && pool->outer)
        pool = pool->outer;
    if (!pool->innermost || status == SP_OK)
        abort();
    pool->status = status;
    longjmp(pool->innermost->place, 1);
}

void sp_pool_poll(sp_pool *pool)
{
    const sp_pool *limited = outermost(pool);
    if (limited->limits.cancel && __atomic_load_n(limited->limits.cancel, __ATOMIC_RELAXED))
        sp_pool_fail(pool, SP_INTERRUPTED);
    if (limited->limits.seconds > 0 && seconds_now() - limited->opened > limited->limits.seconds)
        sp_pool_fail(pool, SP_TIME_LIMIT);
}

void sp_pool_lift_time(sp_pool *pool)
{
    outermost(pool)->limits.seconds = 0;
}

void *sp_pool_alloc(sp_pool *pool, size_t count, size_t size)
{
    size_t bytes;
    if (!sp_size_multiply(&bytes, count, size) || !sp_size_add(&bytes, bytes, sizeof(block)))
        sp_pool_fail(pool, SP_NO_MEMORY);
    sp_pool *limited = outermost(pool);
    if (limited->limits.bytes &&
        (bytes > limited->limits.bytes || limited->bytes > limited->limits.bytes - bytes))
        sp_pool_fail(pool, SP_MEMORY_LIMIT);
    block *b = pool->allocator.allocate(pool->allocator.context, bytes);
    if (!b)
        sp_pool_fail(pool, SP_NO_MEMORY);
    b->bytes = bytes;
    b->link = (ring_link){pool->ring.previous, &pool->ring};
    b->link.previous->next = b->link.next->previous = &b->link;
    limited->bytes += bytes;
    return b->memory;
}

void sp_pool_free(sp_pool *pool, void *memory)
{
    if (!memory)
        return;
    block *b = (block *)(void *)((char *)memory - offsetof(block, memory));
    b->link.previous->next = b->link.next;
    b->link.next->previous = b->link.previous;
    outermost(pool)->bytes -= b->bytes;
    pool->allocator.release(pool->allocator.context, b);
}

void *sp_pool_grow(sp_pool *pool, void *memory, size_t *capacity, size_t count, size_t size)
{
    if (memory && count <= *capacity)
        return memory;
    size_t room = *capacity < 8 ? 8 : *capacity;
    while (room < count)
        if (!sp_size_multiply(&room, room, 2))
            sp_pool_fail(pool, SP_NO_MEMORY);
    void *larger = sp_pool_alloc(pool, room, size);
    if (memory)
        memcpy(larger, memory, *capacity * size);
    sp_pool_free(pool, memory);
    *capacity = room;
    return larger;
}

char *sp_pool_copy(sp_pool *pool, const char *text, size_t length)
{
    char *copy = sp_pool_alloc(pool, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *sp_pool_format(sp_pool *pool, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        sp_pool_fail(pool, SP_INTERNAL);
    char *text = sp_pool_alloc(pool, (size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void sp_pool_defer(sp_pool *pool, void (*release)(void *argument), void *argument)
{
    deferred *d = SP_NEW(pool, deferred);
    *d = (deferred){pool->deferred, release, argument};
    pool->deferred = d;
}
