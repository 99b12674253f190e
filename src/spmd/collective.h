/* Collectives: all operations along a mesh axis, slice and only included. */
#ifndef SP_SPMD_COLLECTIVE_H
#define SP_SPMD_COLLECTIVE_H

#include "spmd/step.h"

bool sp_is_collective(sp_op op);
/* Runs step->node, which is a collective. */
void sp_collective_run(const sp_node_step *step);

#endif
