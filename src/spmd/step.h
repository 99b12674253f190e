/* One operation of a program while the interpreter runs it: for spmd's own files. */
#ifndef SP_SPMD_STEP_H
#define SP_SPMD_STEP_H

#include "number/number.h"
#include "spmd/mesh.h"

/* The value of a node on all ranks.
 *
 * Ranks that differ only on axes on which the value does not vary hold the same matrix, computed
 * once: a value varies on the axes that its layout is split over, on those on which an operand
 * varies, and a collective takes its axis away or adds it. */
typedef struct sp_rank_values {
    sp_layout layout;
    unsigned varies; /* bit (1u << axis) */
    sp_matrix **on;  /* [rank]; NULL: not computed, or freed */
    sp_matrix **made; /* the matrices that were made for this value */
    size_t count, capacity;
    struct sp_rank_values *lender; /* whose matrices are shared, kept alive as long as this value */
    size_t uses;                   /* that are still to come */
} sp_rank_values;

typedef struct sp_node_step {
    const sp_arithmetic *in;
    const sp_ownership *ownership;
    const sp_node *node;
    sp_rank_values *operand[2]; /* NULL where there is none */
    bool transposed[2];         /* PRODUCT: take the operand's transpose */
    sp_rank_values *out;
} sp_node_step;

/* The smallest rank that holds the same matrix of a value that varies on these axes. */
size_t sp_step_representative(const sp_mesh *mesh, size_t rank, unsigned varies);
/* A matrix of zeros of the given shape that out owns. */
sp_matrix *sp_step_make_shape(const sp_node_step *step, size_t rows, size_t cols);
/* out's matrix on a rank, made and put there. */
sp_matrix *sp_step_make(const sp_node_step *step, size_t rank);
/* Puts operand 0's matrix of rank `from` on rank `to`, without a copy. */
void sp_step_lend(const sp_node_step *step, size_t to, size_t from);

#endif
