/* Copies between values of any number of dimensions: parts cut out or put in, dimensions in another order, repeated
 * or run over in one list. */
#ifndef SP_SPMD_BLOCK_H
#define SP_SPMD_BLOCK_H

#include "number/number.h"
#include "spmd/mesh.h"

/* For i_0 < count[0], i_1 < count[1], ...: the entry of `out` at the sum of to_step[d] * to[d][i_d] becomes that of
 * `a` at the sum of from_step[d] * from[d][i_d], entries counted in row-major order. A list that is NULL is 0, 1,
 * 2, ...; a step of 0 repeats. */
typedef struct sp_entry_block {
    unsigned order;
    size_t count[2 * SP_MAX_ORDER];
    const size_t *to[2 * SP_MAX_ORDER], *from[2 * SP_MAX_ORDER];
    size_t to_step[2 * SP_MAX_ORDER], from_step[2 * SP_MAX_ORDER];
} sp_entry_block;

/* The steps of a value of these sizes. */
void sp_block_steps(size_t *step, const size_t *size, unsigned order);
void sp_block_copy(const sp_arithmetic *in, const sp_entry_block *block, sp_matrix *out, const sp_matrix *a);

#endif
