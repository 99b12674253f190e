/* Certificates: a proof as a self-contained file for Coq with math-comp.
 *
 * The scheme and the delta rule become functions over finite types: every dimension and mesh axis an
 * arbitrary finite type, ownership an arbitrary function from indices to coordinates, sigma, g and loss' arbitrary
 * functions over an arbitrary commutative ring; what a rank reads outside its own part of a tensor is arbitrary
 * too. One lemma for each statement whose value is the delta rule's, one theorem for each result. */
#ifndef SP_PROOF_CERTIFICATE_H
#define SP_PROOF_CERTIFICATE_H

#include "lang/program.h"

/* equal[s]: the statement of the delta rule to which statement s of the program is proved to be equal
 * under its own layout, or -1. proved[k]: whether result k is. Only proved results get a theorem. */
const char *sp_certificate(sp_pool *pool, const sp_program *program, const sp_program *delta_rule,
                           const int *equal, const bool *proved);

#endif
