#include "check/check.h"

#include "check/describe.h"
#include "check/everywhere.h"
#include "check/result.h"

void sp_judge_case(sp_pool *pool, const sp_case *of, const sp_check_options *options, sp_outcome *outcome)
{
    sp_job *job = sp_job_open(pool, of, options);
    sp_describe_case(job, outcome);
    sp_describe_numdiff(job, outcome);
    outcome->results = job->program->results;
    sp_result_outcome *result = SP_NEW_ARRAY(pool, sp_result_outcome, outcome->results);
    for (size_t k = 0; k < outcome->results; k++) {
        result[k] = sp_result_judge(job, k);
        if (!outcome->fault)
            outcome->fault = sp_evidence_fault(job, &result[k]);
    }
    outcome->result = result;
    sp_describe_expectation(job, outcome, result);
    sp_describe_warnings(job, outcome);
    outcome->not_checked = sp_describe_coverage(pool, job->program);
}
