/* The interpreter: runs a program on every rank of a mesh, in any number system. */
#ifndef SP_SPMD_INTERPRET_H
#define SP_SPMD_INTERPRET_H

#include "network/network.h"
#include "spmd/mesh.h"

/* The value of one node on every rank. Ranks may share a matrix (a value that cannot differ along
 * an axis is computed once for all ranks on it): the same pointer is the same value. */
typedef struct sp_value {
    sp_layout layout;
    sp_matrix **on; /* [rank] */
} sp_value;

typedef struct sp_inputs {
    const sp_matrix *tensor[SP_MAX_TENSORS]; /* whole; NULL where the program declares none */
} sp_inputs;

/* The case's data in a number system: every tensor of the network, for the case's program and for
 * the delta rule alike. */
sp_inputs sp_inputs_of_case(const sp_arithmetic *in, const sp_case *of);

/* Runs program; value[k] for every result k of the program (in program->result order). What no
 * result needs is not computed; what no later operation needs is freed as soon as possible. Values
 * belong to in->pool and may share matrices with inputs. */
sp_value *sp_interpret(const sp_arithmetic *in, const sp_program *program,
                       const sp_ownership *ownership, const sp_network *network,
                       const sp_inputs *inputs);
/* The same where the values of some nodes are known already, on all ranks: known[node], .on NULL for the
 * others. They are taken as they are, and their operands are not computed for them. */
sp_value *sp_interpret_known(const sp_arithmetic *in, const sp_program *program,
                             const sp_ownership *ownership, const sp_network *network,
                             const sp_inputs *inputs, const sp_value *known);
/* The same without a mesh, for the delta rule: value[k].on[0]. */
sp_value *sp_interpret_whole(const sp_arithmetic *in, const sp_program *program,
                             const sp_network *network, const sp_inputs *inputs);
/* Runs what the given nodes of the program need; value[k] is that of node[k]. The nodes of
 * statements are program->statement[s].node: this is how to look inside a program. */
sp_value *sp_interpret_nodes(const sp_arithmetic *in, const sp_program *program,
                             const sp_ownership *ownership, const sp_network *network,
                             const sp_inputs *inputs, const int *node, size_t count);

/* The part of a whole matrix that a rank holds under a layout, newly made. */
sp_matrix *sp_shard(const sp_arithmetic *in, const sp_matrix *whole, const sp_layout *layout,
                    const sp_ownership *ownership, size_t rank);

#endif
