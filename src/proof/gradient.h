/* The delta rule is the gradient: reverse-mode differentiation of the loss in index notation,
 * compared with the built-in program. */
#ifndef SP_PROOF_GRADIENT_H
#define SP_PROOF_GRADIENT_H

#include "proof/symbolic.h"

/* dL/d(of) as the sum over `by` of dL/d(by) times d(by)/d(of). */
typedef struct sp_gradient_step {
    unsigned of; /* SP_ENTRY_TENSOR + tensor, or SP_ENTRY_VALUE + result */
    int by;      /* the result through which it acts; -1: the loss itself */
    /* d by / d of, with [n = m] where indices must agree; or d L / d of */
    const sp_expression *local;
    const sp_expression *slope;    /* sum(by's indices) dL/dby * local, dL/dby by name */
    /* the same with everything put in: a function of the tensors alone */
    const sp_expression *expanded;
    /* the delta rule's name of it, an sp_result; -1: it has none (dL/dA1, dL/dA2) */
    int result;
    /* what the built-in program has there; NULL where result is -1 */
    const sp_expression *rule;
    bool proved;                   /* expanded is rule */
} sp_gradient_step;

typedef struct sp_gradient_proof {
    sp_pool *pool;
    sp_algebra *algebra;
    const sp_program *program; /* delta-rule */
    const sp_expression *rule[SP_RESULT_COUNT];
    const sp_expression *loss; /* L = sum(n, o) loss(A2[n,o], Y[n,o]) */
    sp_gradient_step step[16];
    size_t steps;
    bool proved; /* all of them */
} sp_gradient_proof;

const sp_gradient_proof *sp_gradient_prove(sp_pool *pool);

#endif
