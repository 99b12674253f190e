/* What shows a mismatch: the place, what is there and what should be. */
#ifndef SP_CHECK_WITNESS_H
#define SP_CHECK_WITNESS_H

#include "check/job.h"

/* From the evidence and the reason in `of`. */
const sp_witness *sp_witness_of(const sp_job *job, size_t result, const sp_result_outcome *of);

#endif
