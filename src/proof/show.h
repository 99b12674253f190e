/* Expressions and proofs as text that a person reads. */
#ifndef SP_PROOF_SHOW_H
#define SP_PROOF_SHOW_H

#include "proof/notation.h"

/* sum(k: own(k) = r) A1[n,k] W2[k,o] + b2[o] */
void sp_show_expression(sp_text *out, const sp_showing *showing, const sp_expression *e);
/* What a step starts from: sum(q) (sum(k: own(k) = q) A1[n,k] W2[k,o]) */
void sp_show_step_before(sp_text *out, const sp_showing *showing, const sp_step *step);

#endif
