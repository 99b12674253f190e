/* Finite differences as evidence: against the delta rule, and against what the ranks compute. */
#ifndef SP_CHECK_SLOPES_H
#define SP_CHECK_SLOPES_H

#include "check/job.h"

/* The tensor whose gradient a result is; -1 if it is none. */
int sp_result_tensor(const sp_program *program, sp_result result);

/* The evidence of one numdiff about a result, against the run of the same number system.
 *
 * An entry of the delta rule is in its error bar if |D - slope| <= bar + E_D u; one of the sharded
 * gradient if |S - slope| <= bar + (E_S + 2 E_D) u, so that a gradient within rounding of a delta
 * rule that is in its bar never is outside. Where the delta rule is outside of its own bar the two
 * references contradict each other, and nothing is said about the sharded gradient.
 *
 * gsl_deriv_central's estimate of its error is no bound (on ReLU it held in 95.9 % of trials), so the
 * finding of binary64 is SILENT: it is shown and counted, and decides nothing.
 *
 * fits: whether the declared layout does; else only the delta rule is compared.
 * covered: as for sp_compare. disputed: set if the delta rule is outside of an mpfr error bar. */
sp_numdiff_evidence sp_slopes_judge(const sp_job *job, const sp_numdiff *numdiff,
                                    const sp_run *run, size_t result, bool fits, bool *covered,
                                    bool *disputed);

#endif
