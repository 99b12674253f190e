/* The check of one case, from its layout to the verdict. */
#ifndef SP_CHECK_CHECK_H
#define SP_CHECK_CHECK_H

#include "check/job.h"

/* Lays out, runs and gathers the evidence of all kinds. */
sp_job *sp_gather_evidence(sp_pool *pool, const sp_case *of, const sp_check_options *options, bool derivation);
/* The verdict on one result, with its reasons. */
sp_result_outcome sp_judge_result(sp_job *job, size_t result);
/* All of it. Everything that the outcome points to is in the pool. derivation: what one shows is kept in the job. */
sp_job *sp_judge_case(sp_pool *pool, const sp_case *of, const sp_check_options *options, bool derivation,
                      sp_outcome *outcome);

#endif
