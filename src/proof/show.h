/* Expressions and proofs as text that a person reads. */
#ifndef SP_PROOF_SHOW_H
#define SP_PROOF_SHOW_H

#include "proof/prove.h"

/* What names in expressions stand for: axes of a program (may be NULL) and the delta rule's
 * tensors, which are then written by name (A1[n,k] for sigma(sum_i ...)); rule may be NULL. */
typedef struct sp_showing {
    sp_pool *pool;
    sp_algebra *algebra;
    const sp_program *program;
    const sp_expression *const *rule; /* [SP_RESULT_COUNT] */
} sp_showing;

/* sum(k: own(k) = r) A1[n,k] W2[k,o] + b2[o] */
void sp_show_expression(sp_text *out, const sp_showing *showing, const sp_expression *e);
/* What a step starts from: sum(q) (sum(k: own(k) = q) A1[n,k] W2[k,o]) */
void sp_show_step_before(sp_text *out, const sp_showing *showing, const sp_step *step);
/* The height of the outermost sum in e, plus 1; 0 if there is none: summed variables of less height cannot be put
 * for its indices. */
unsigned sp_summing_height(const sp_expression *e);

#endif
