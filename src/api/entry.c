#include "api/entry.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>

static pthread_once_t gsl_is_silent = PTHREAD_ONCE_INIT;

static void silence_gsl(void)
{
    gsl_set_error_handler_off();
}

sp_status sp_entry_run(sp_pool **pool, const sp_allocator *allocator, const sp_limits *limits,
                       void (*body)(void *argument), void *argument)
{
    pthread_once(&gsl_is_silent, silence_gsl);
    sp_status status = sp_pool_open(pool, allocator, limits);
    if (status == SP_OK)
        status = sp_pool_run(*pool, body, argument);
    else
        *pool = NULL;
    if (status == SP_OK)
        return SP_OK;
    sp_pool_close(*pool);
    *pool = NULL;
    return status;
}

typedef struct writing {
    sp_pool *pool;
    sp_sink sink;
    void (*body)(sp_text *out, void *argument);
    void *argument;
} writing;

static void write(void *argument)
{
    writing *w = argument;
    sp_text out = sp_text_in(w->pool);
    w->body(&out, w->argument);
    if (!w->sink.write(w->sink.context, sp_text_string(&out), out.length))
        sp_pool_fail(w->pool, SP_WRITE_FAILED);
}

sp_status sp_entry_write(const sp_allocator *allocator, const sp_limits *limits, sp_sink sink,
                         void (*body)(sp_text *out, void *argument), void *argument)
{
    writing w = {.sink = sink, .body = body, .argument = argument};
    sp_status status = sp_entry_run(&w.pool, allocator, limits, write, &w);
    sp_pool_close(w.pool);
    return status;
}
