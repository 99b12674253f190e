/* One result of a scheme: its evidence gathered, its verdict, its witness. */
#ifndef SP_CHECK_RESULT_H
#define SP_CHECK_RESULT_H

#include "check/job.h"

sp_result_outcome sp_result_judge(sp_job *job, size_t result);
/* The comparison of one result in one run. covered as in sp_compare. */
sp_difference_evidence sp_difference_judge(const sp_job *job, const sp_run *run, size_t result,
                                           bool *covered);

/* The witness of a mismatch, from the evidence in `of`. */
const sp_witness *sp_witness_of(const sp_job *job, size_t result, const sp_result_outcome *of);
/* The sizes of the case that equal n, as the language writes them: "size(tp) = Dout"; or NULL. */
const char *sp_witness_name_number(const sp_job *job, long n);

#endif
