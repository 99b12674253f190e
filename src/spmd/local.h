/* Local operations: from the operands on a rank to the value there. */
#ifndef SP_SPMD_LOCAL_H
#define SP_SPMD_LOCAL_H

#include "spmd/interpret.h"
#include "spmd/step.h"

/* Makes step->out on a rank; step->node is no collective. */
void sp_local_run(const sp_node_step *step, const sp_network *network, const sp_inputs *inputs, size_t rank);
/* The part of a whole matrix that a rank holds under a layout, into out. */
void sp_local_cut(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *whole, const sp_layout *layout,
                  const sp_ownership *ownership, size_t rank);

#endif
