/* The difference of one result from the delta rule in one run, also where it is no evidence itself. */
#ifndef SP_CHECK_EVIDENCE_DIFFERENCE_H
#define SP_CHECK_EVIDENCE_DIFFERENCE_H

#include "check/evidence.h"

/* covered as in sp_compare. */
sp_difference_evidence sp_difference_judge(const sp_job *job, const sp_run *run, size_t result,
                                           bool *covered);

#endif
