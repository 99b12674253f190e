/* Meshes and ownership: which rank owns which indices of a split dimension. */
#ifndef SP_SPMD_MESH_H
#define SP_SPMD_MESH_H

#include "lang/case.h"

/* Ranks are numbered with the first axis slowest. */
typedef struct sp_mesh {
    size_t axes;
    size_t size[SP_MAX_AXES];
    size_t ranks;
} sp_mesh;

/* The mesh of a case; false, with a diagnostic, if it has more than SP_LIMIT_RANKS ranks. */
bool sp_mesh_of_case(sp_mesh *mesh, const sp_case *of, sp_diagnostics *diagnostics);
size_t sp_mesh_coordinate(const sp_mesh *mesh, size_t rank, size_t axis);
/* The rank with another coordinate on one axis. */
size_t sp_mesh_neighbour(const sp_mesh *mesh, size_t rank, size_t axis, size_t coordinate);

/* A list of indices of a dimension, ascending: its place in the list is the local index. */
typedef struct sp_indices {
    const size_t *index;
    size_t count;
} sp_indices;

/* For every part that a program uses (sp_program_parts) the ownership function. */
typedef struct sp_ownership sp_ownership;

/* Ownership from a case's splits. Splits that do not fit (`3 + 4` over Dh = 6, `even` that does not
 * divide, an owner not on the axis), a constant coordinate of broadcast or only outside its axis,
 * and too many ranks are diagnostics with the place; NULL then. */
const sp_ownership *sp_ownership_of_case(sp_pool *pool, const sp_case *of,
                                         sp_diagnostics *diagnostics);
/* One rank that owns everything. */
const sp_ownership *sp_ownership_whole(sp_pool *pool, const size_t dim[SP_MAX_DIMS]);
const sp_mesh *sp_ownership_mesh(const sp_ownership *ownership);
/* Size of a whole dimension. */
size_t sp_ownership_extent(const sp_ownership *ownership, sp_dim dim);
/* The global indices of part that a rank holds: all of them for an unsplit part. Borrowed. */
sp_indices sp_ownership_indices(const sp_ownership *ownership, const sp_part *part, size_t rank);
/* Where they lie in the holder's indices of the same part without its last axis. Borrowed; for
 * gathers and slices. */
sp_indices sp_ownership_places(const sp_ownership *ownership, const sp_part *part, size_t rank);
/* How many indices of each part of a layout a rank holds. */
void sp_ownership_held(const sp_ownership *ownership, const sp_layout *layout, size_t rank, size_t held[SP_MAX_ORDER]);
/* Sizes of the matrix of a value of this layout on a rank: 1 x 1 for a scalar, 1 x n for a vector; of more
 * dimensions the last are the columns, the others one after another the rows. */
void sp_ownership_shape(const sp_ownership *ownership, const sp_layout *layout, size_t rank,
                        size_t *rows, size_t *cols);
/* Where the entries of a rank's matrix are in that of the whole value: row i there is row[i], column j column[j].
 * Lists that are not borrowed are in the pool. */
typedef struct sp_entry_places {
    const size_t *row, *column;
    size_t rows, columns;
} sp_entry_places;
sp_entry_places sp_ownership_entries(sp_pool *pool, const sp_ownership *ownership, const sp_layout *layout,
                                     size_t rank);

#endif
