/* Building formulas: nodes are shared (equal subexpressions are one node) and simplified as they
 * are made.
 *
 * Simplification keeps the real value wherever the simplified-from expression is finite, and
 * numbers are folded only if nothing is rounded, so that a formula means the same in every
 * number system. The rule 0 * x = 0 holds for every x: it is what makes derivatives at kinks
 * right, where (1 - step(z)) * 0 is the slope of a branch that does not count. Numbers in what
 * is built are never negative: -2 is the negation of 2, as the language writes it. */
#ifndef SP_NETWORK_BUILD_H
#define SP_NETWORK_BUILD_H

#include "lang/formula.h"

typedef struct sp_builder {
    sp_pool *pool;
    sp_formula_node *node;
    size_t count, capacity;
    int *slot; /* hash table of nodes, -1 where free */
    size_t slots;
} sp_builder;

sp_builder sp_builder_in(sp_pool *pool);

/* A node as it is, its operands being nodes of the builder: shared, not simplified. */
int sp_build_copy(sp_builder *b, const sp_formula_node *node);
/* All nodes of a formula; node[i] of the builder stands for node i. The array is owned by the
 * pool. */
int *sp_build_copy_all(sp_builder *b, const sp_formula *formula);

int sp_build_number(sp_builder *b, double value);
int sp_build_add(sp_builder *b, int x, int y);
int sp_build_sub(sp_builder *b, int x, int y);
int sp_build_mul(sp_builder *b, int x, int y);
int sp_build_div(sp_builder *b, int x, int y);
int sp_build_neg(sp_builder *b, int x);
int sp_build_call(sp_builder *b, sp_primitive f, int x); /* a primitive of one operand */

/* The formula whose value is node root: only what it needs, in the builder's order. The builder's
 * other memory is freed; it cannot be used any more. */
sp_formula sp_build_finish(sp_builder *b, int root, size_t variables);

#endif
