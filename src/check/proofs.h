/* The attempt to prove one scheme as the public model: prover, search for counterexamples and certificate together. */
#ifndef SP_CHECK_PROOFS_H
#define SP_CHECK_PROOFS_H

#include "lang/program.h"

#include <shardproof/prove.h>

/* Everything that the outcome points to is in the pool. */
void sp_prove_scheme(sp_pool *pool, const sp_program *program, const sp_scheme_info *info,
                     const sp_proving_options *options, sp_scheme_outcome *outcome);

#endif
