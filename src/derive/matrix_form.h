/* Matrix forms of index expressions: sum_n A[n,k] D[n,o] is the entry [k,o] of A^T D. */
#ifndef SP_DERIVE_MATRIX_FORM_H
#define SP_DERIVE_MATRIX_FORM_H

#include "derive/naming.h"

/*  id, what the form is made by last */
#define SP_FORMS(X)                                     \
    X(NONE, "there is no matrix form")                  \
    X(NAME, "one matrix")                               \
    X(FUNCTION, "a function of every entry")            \
    X(HADAMARD, "two matrices entry by entry")          \
    X(PRODUCT, "a matrix product")                      \
    X(TOTAL, "a sum of rows, columns or entries")       \
    X(SUM, "a sum of forms")

typedef enum sp_form_kind {
#define X(id, meaning) SP_FORM_##id,
    SP_FORMS(X)
#undef X
} sp_form_kind;

typedef struct sp_form {
    sp_form_kind kind;
    const sp_math *math; /* NULL for NONE */
} sp_form;

/* The form of e as a tensor of this order whose indices are index[0], index[1]. slope: what the
 * derivative of the loss by a result is written as; NULL there: dL/d(result).
 *
 * Every product of entries is a graph: indices are its vertices, matrices its edges. Two edges
 * between the same vertices are an entry-by-entry product; a vertex that is summed over and has two
 * edges is a matrix product; with one edge it is a sum of rows or columns. If that leaves one edge
 * between index[0] and index[1], it is the form; if not (a graph that is not series-parallel), there
 * is none. */
sp_form sp_form_of(sp_pool *pool, const sp_expression *e, size_t order,
                   const sp_variable index[2], const sp_math *const *slope);

#endif
