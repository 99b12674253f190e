#include "proof/cause.h"

void sp_cause_find(const sp_proof *proof, sp_proof_result *result)
{
    (void)proof;
    result->cause.kind = SP_CAUSE_OTHER;
}
