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
