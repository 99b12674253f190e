/* What a proof assumes of the numbers that a program divides by, held against a case. */
#ifndef SP_CHECK_DIVISORS_H
#define SP_CHECK_DIVISORS_H

#include "check/job.h"

typedef struct sp_division {
    const char *divisors; /* what must not be 0 on any rank, as the scheme writes it: "count(N/dp)" */
    size_t count;
    const char *broken;   /* "count(N/dp) is 0 on rank 1 (dp = 1)"; NULL: the case meets it */
} sp_division;

/* The assumption under which a result is proved: those divisors of the theorem that the result is made with.
 * It counts as broken where they are not certain to differ from 0. count 0: nothing is assumed. proof NULL:
 * all divisors that the result is made with. */
sp_division sp_assumption_of(sp_job *job, const sp_proof *proof, size_t result);

#endif
