/* The check of one case: the evidence about every result, and the verdict. */
#ifndef SP_CHECK_CHECK_H
#define SP_CHECK_CHECK_H

#include "lang/case.h"

#include <shardproof/check.h>

/* Everything that the outcome points to is in the pool. */
void sp_judge_case(sp_pool *pool, const sp_case *of, const sp_check_options *options, sp_outcome *outcome);

#endif
