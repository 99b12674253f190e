/* What a case is, in the words of a report: sizes, splits, network, data, what is expected. */
#ifndef SP_CHECK_DESCRIBE_H
#define SP_CHECK_DESCRIBE_H

#include "check/job.h"

/* Everything of an outcome that is known before anything is computed. */
void sp_describe_case(const sp_job *job, sp_outcome *outcome);
/* The finite differences that were taken. */
void sp_describe_numdiff(const sp_job *job, sp_outcome *outcome);
/* Compares the verdict of every result with what the case expects, and says so in the outcome and in each result.
 * result: the results of the outcome, as what can be written to. */
void sp_describe_expectation(const sp_job *job, sp_outcome *outcome, sp_result_outcome *result);
/* sp_outcome.not_checked */
const char *sp_describe_coverage(sp_pool *pool, const sp_program *program);

#endif
