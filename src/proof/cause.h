/* Why a result differs from the delta rule, as far as the two expressions show it. */
#ifndef SP_PROOF_CAUSE_H
#define SP_PROOF_CAUSE_H

#include "proof/prove.h"

/* Fills in result->cause and result->right_with_one_rank of a result whose difference is known. */
void sp_cause_find(const sp_proof *proof, sp_proof_result *result);

#endif
