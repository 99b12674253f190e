#include "spmd/mesh.h"

/* How far apart two ranks are that are neighbours on an axis. */
static size_t stride(const sp_mesh *mesh, size_t axis)
{
    size_t ranks = 1;
    for (size_t later = axis + 1; later < mesh->axes; later++)
        ranks *= mesh->size[later];
    return ranks;
}

size_t sp_mesh_coordinate(const sp_mesh *mesh, size_t rank, size_t axis)
{
    return rank / stride(mesh, axis) % mesh->size[axis];
}

size_t sp_mesh_neighbour(const sp_mesh *mesh, size_t rank, size_t axis, size_t coordinate)
{
    size_t apart = stride(mesh, axis);
    return rank - rank / apart % mesh->size[axis] * apart + coordinate * apart;
}

bool sp_mesh_of_case(sp_mesh *mesh, const sp_case *of, sp_diagnostics *diagnostics)
{
    *mesh = (sp_mesh){.axes = of->program->axes, .ranks = 1};
    size_t largest = 0;
    bool fits = true;
    for (size_t axis = 0; axis < mesh->axes; axis++) {
        mesh->size[axis] = of->axis_size[axis];
        fits = fits && sp_size_multiply(&mesh->ranks, mesh->ranks, mesh->size[axis]);
        if (mesh->size[axis] > mesh->size[largest])
            largest = axis;
    }
    if (fits && mesh->ranks <= SP_LIMIT_RANKS)
        return true;
    sp_text count = sp_text_in(diagnostics->pool);
    if (fits)
        sp_text_format(&count, "%zu", mesh->ranks);
    else
        for (size_t axis = 0; axis < mesh->axes; axis++)
            sp_text_format(&count, "%s%zu", axis ? " * " : "", mesh->size[axis]);
    sp_error(diagnostics, of->axis_span[largest], NULL, "too many ranks: %s (limit %d)",
             sp_text_string(&count), SP_LIMIT_RANKS);
    return false;
}
