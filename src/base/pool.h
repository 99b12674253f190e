/* Memory of one job.
 *
 * Everything that a job allocates comes from its pool and is freed with it, so no function below
 * the public interface owns memory on its own and none checks for NULL: an allocation that fails
 * leaves the job through sp_pool_fail, back to the innermost sp_pool_run, which returns the
 * status. That is the one clean-up path. A pool belongs to one thread. */
#ifndef SP_BASE_POOL_H
#define SP_BASE_POOL_H

#include <shardproof/memory.h>
#include <shardproof/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sp_pool sp_pool;

/* Opens a pool; NULL stands for the C library's allocator and for no limits. */
SP_MUST_USE sp_status sp_pool_open(sp_pool **pool, const sp_allocator *allocator,
                                   const sp_limits *limits);
/* Runs what was deferred, newest first, then frees everything. NULL is allowed. */
void sp_pool_close(sp_pool *pool);
/* A pool for work that is thrown away while the outer one goes on: it has the outer one's limits
 * and allocator, what fails in it fails in the outer one, and it is freed with it. Never closed. */
sp_pool *sp_pool_inside(sp_pool *outer);
/* Runs what was deferred and frees all that was allocated in the pool, which stays open. */
void sp_pool_clear(sp_pool *pool);

/* Runs body(argument); SP_OK, or the status with which something inside called sp_pool_fail.
 * Runs may be nested; what was allocated stays alive until the pool is closed. */
SP_MUST_USE sp_status sp_pool_run(sp_pool *pool, void (*body)(void *argument), void *argument);
/* Leaves the innermost sp_pool_run. Outside of any it aborts. */
_Noreturn void sp_pool_fail(sp_pool *pool, sp_status status);
/* Leaves with SP_TIME_LIMIT or SP_INTERRUPTED if that is due; cheap, for use in long loops. */
void sp_pool_poll(sp_pool *pool);
/* From now on there is no time limit: for what is said of a job that reached it. */
void sp_pool_lift_time(sp_pool *pool);

/* count * size zeroed bytes, aligned for any type; never NULL, not even for 0 bytes. */
void *sp_pool_alloc(sp_pool *pool, size_t count, size_t size);
/* Frees one allocation early; NULL is allowed. */
void sp_pool_free(sp_pool *pool, void *memory);
/* memory with room for at least count elements, *capacity updated; the old block is freed. */
void *sp_pool_grow(sp_pool *pool, void *memory, size_t *capacity, size_t count, size_t size);
char *sp_pool_copy(sp_pool *pool, const char *text, size_t length); /* with a final NUL */
char *sp_pool_format(sp_pool *pool, const char *format, ...) SP_PRINTF(2, 3);
/* Calls release(argument) when the pool is closed: for what other libraries allocate. */
void sp_pool_defer(sp_pool *pool, void (*release)(void *argument), void *argument);

#define SP_NEW(pool, type) ((type *)sp_pool_alloc((pool), 1, sizeof(type)))
#define SP_NEW_ARRAY(pool, type, count) ((type *)sp_pool_alloc((pool), (count), sizeof(type)))

/* Sizes: false if the product or sum does not fit. The only place where this is decided. */
bool sp_size_multiply(size_t *result, size_t a, size_t b);
bool sp_size_add(size_t *result, size_t a, size_t b);

#endif
