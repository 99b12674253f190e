/* Evidence that goes beyond the data of a case: the proof for every size, and random identity
 * testing for all data at the case's own sizes. */
#ifndef SP_CHECK_EVERYWHERE_H
#define SP_CHECK_EVERYWHERE_H

#include "check/job.h"

/* Proves the scheme, for any functions and, if that fails, for the case's own; runs the field where
 * the case's evidence asks for it. */
void sp_job_prove(sp_job *job);
sp_proof_evidence sp_proof_judge(sp_job *job, size_t result);
/* For a match that is not proved: searches its smallest counterexample, with the case's functions. */
void sp_reach_judge(sp_job *job, size_t result, sp_result_outcome *of);
/* contradicted: a mismatch is shown already, so that nothing has to be looked for. */
sp_field_evidence sp_field_judge(sp_job *job, size_t result, bool contradicted);
/* What contradicts itself in the evidence about a result: proved, and yet different. NULL if nothing. */
const char *sp_evidence_fault(const sp_job *job, const sp_result_outcome *of);

#endif
