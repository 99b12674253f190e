/* The part of a certificate that says that a network's delta rule is the gradient of its loss.
 *
 * It has the forward pass over dual numbers, of which each carries how it moves along a direction of the tensors, and
 * the theorem that the loss moves by the sum over the tensors of the rule's gradients times the direction. adjoint.v
 * proves once that reverse mode is right; that a rule is reverse mode of its network Coq finds by computing, from both
 * as data. Of networks other than mlp, whose part is gradient.v. */
#ifndef SP_PROOF_CERTIFICATE_GRADIENT_H
#define SP_PROOF_CERTIFICATE_GRADIENT_H

#include "base/text.h"
#include "lang/program.h"

/* Adds the module Gradient, with the theorem delta_rule_is_the_gradient, behind rules.v and adjoint.v. */
void sp_certificate_add_gradient(sp_pool *pool, const sp_signature *of, sp_text *out);
/* Why it cannot be added; NULL: it can. */
const char *sp_certificate_no_gradient(const sp_signature *of);
/* A file with that theorem alone. Owned by the pool. */
const char *sp_certificate_of_network(sp_pool *pool, const sp_signature *of);

#endif
