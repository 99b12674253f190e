/* Pictures of a program's matrices: how they lie on a mesh. */
#ifndef SP_DERIVE_DRAWING_H
#define SP_DERIVE_DRAWING_H

#include "derive/naming.h"
#include "typeset/picture.h"

/* How the matrices of a program lie on a mesh. */
typedef struct sp_drawing {
    sp_pool *pool;
    const sp_program *program;
    const sp_ownership *ownership;
    bool example; /* the mesh and the sizes are examples: sizes are written as formulas */
} sp_drawing;

sp_picture *sp_picture_open(const sp_drawing *d);
/* Adds a box; the pointer is good until the next one is added. */
sp_box *sp_picture_add(sp_picture *p, const sp_drawing *d, const sp_math *name,
                       const sp_layout *layout, int fixed_axis, size_t fixed);
/* The boxes of the parts at every coordinate of an axis, signs between them; more than three are
 * not all drawn, and counted. name gives the name of the one at a coordinate. */
typedef struct sp_part_naming {
    const sp_math *(*name)(void *context, size_t coordinate);
    void *context;
} sp_part_naming;
void sp_picture_parts(sp_picture *p, const sp_drawing *d, sp_part_naming naming,
                      const sp_layout *layout, int axis, sp_box_sign between);
/* Size of a layout, in local sizes where it is split: 5 x 3, N x Dh/tp. fixed_axis as in a box. */
const sp_math *sp_size_math(const sp_drawing *d, const sp_layout *layout, int fixed_axis,
                            size_t fixed);
/* A dimension, or the number of its indices that a rank owns: N, Dh/tp. */
const sp_math *sp_part_math(sp_pool *pool, const sp_program *program, const sp_part *part);

#endif
