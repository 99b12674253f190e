/* A program in index notation: what every rank holds after every operation, as an expression in the
 * indices of the value and the coordinates of the rank. It holds for indices that the rank owns. */
#ifndef SP_PROOF_SYMBOLIC_H
#define SP_PROOF_SYMBOLIC_H

#include "algebra/expression.h"

enum { SP_MAX_STEP_CONDITIONS = 2 * SP_MAX_AXES };

/* One rewriting: the sum over `summed` of the product of the conditions and the operands is
 * `after`. */
typedef struct sp_step {
    unsigned rules; /* bit 1u << rule */
    int statement;  /* of the program; the number of statements: the declared layout of a result */
    int result;     /* of the program, where statement is that number; else -1 */
    sp_op op;
    sp_symbol symbol; /* APPLY */
    int axis;
    sp_variable summed[SP_MAX_ORDER];
    size_t summations;
    sp_coordinate owner[SP_MAX_STEP_CONDITIONS], rank[SP_MAX_STEP_CONDITIONS]; /* [owner = rank] */
    size_t conditions;
    const sp_expression *operand[2]; /* operand[1] may be NULL */
    sp_op between;                   /* of two operands: PRODUCT, ADD, SUB, MUL, DIV */
    const sp_expression *after;
} sp_step;

typedef struct sp_steps {
    sp_step *item;
    size_t count, capacity;
} sp_steps;

/* Adds a step in which a rule was applied; others are dropped. */
void sp_steps_add(sp_pool *pool, sp_steps *steps, const sp_step *step);

/* value[node] for every node of the program. steps may be NULL; rules that fire are recorded there.
 */
const sp_expression **sp_symbolic(sp_algebra *in, const sp_program *program, sp_pool *pool,
                                  sp_steps *steps);
/* The same piece by piece: what the program says of the number of ranks, before anything else; then the value of a
 * node from those of its operands. */
void sp_symbolic_begin(sp_algebra *in, const sp_program *program);
const sp_expression *sp_symbolic_node(sp_algebra *in, const sp_program *program, sp_pool *pool,
                                      const sp_expression **value, size_t node, sp_steps *steps);

/* The whole tensor that a result stands for, in its indices place 0 and 1: own(k) put for the
 * coordinates of split dimensions, the sum over the ranks for `sum axis`. A coordinate that stays
 * says that ranks hold different values. */
const sp_expression *sp_symbolic_whole(sp_algebra *in, const sp_layout *layout, int sum_axis,
                                       const sp_expression *value);
/* Whether a whole tensor can be laid out so: no axis used twice, or in a part and by `sum` (some
 * entries would then be held by no rank). */
bool sp_symbolic_covers(const sp_layout *layout, int sum_axis);

#endif
