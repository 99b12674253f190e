/* The one way in and out of the library: every public call that makes something runs in a pool of its own. */
#ifndef SP_API_ENTRY_H
#define SP_API_ENTRY_H

#include "base/text.h"

#include <shardproof/report.h>

/* Runs body(argument) in a new pool with the caller's allocator and limits, either of which may be NULL; *pool is set
 * before the body runs, so that the argument may hold it. Of any status but SP_OK the pool is closed and *pool NULL.
 * GSL's error handler, which would abort, is off from then on: it is the process's, and several threads may be here
 * at once. */
SP_MUST_USE sp_status sp_entry_run(sp_pool **pool, const sp_allocator *allocator, const sp_limits *limits,
                                   void (*body)(void *argument), void *argument);

/* The same for what is only written: body adds the text that goes to the sink. */
SP_MUST_USE sp_status sp_entry_write(const sp_allocator *allocator, const sp_limits *limits, sp_sink sink,
                                     void (*body)(sp_text *out, void *argument), void *argument);

#endif
