/* Certificates: a proof as a self-contained file for Coq with math-comp.
 *
 * The scheme and the delta rule become functions over finite types: every dimension and mesh axis an
 * arbitrary finite type, ownership an arbitrary function from indices to coordinates, sigma, g and loss' arbitrary
 * functions over an arbitrary commutative ring; what a rank reads outside its own part of a tensor is arbitrary
 * too. One lemma for each statement whose value is the delta rule's, one theorem for each result. */
#ifndef SP_PROOF_CERTIFICATE_H
#define SP_PROOF_CERTIFICATE_H

#include "proof/prove.h"

/* The text of the file. Only proved results get a theorem, so it is for proofs of which at least one is; the
 * proof must be for any functions (no identities). Owned by the pool. */
const char *sp_certificate(sp_pool *pool, const sp_proof *proof);

#endif
