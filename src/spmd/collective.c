#include "spmd/collective.h"

#include "spmd/block.h"

/* The ranks that differ only on the collective's axis, by their coordinate on it. */
typedef struct group {
    const size_t *rank;
    size_t size;
} group;

/* Between a value of one layout on a rank and a value of another on another; what is copied is the caller's. */
static sp_entry_block between(const sp_node_step *step, const sp_layout *to, size_t to_rank, const sp_layout *from,
                        size_t from_rank)
{
    sp_entry_block block = {.order = to->order};
    size_t held[SP_MAX_ORDER];
    sp_ownership_held(step->ownership, to, to_rank, held);
    sp_block_steps(block.to_step, held, to->order);
    sp_ownership_held(step->ownership, from, from_rank, held);
    sp_block_steps(block.from_step, held, from->order);
    return block;
}

static sp_matrix *own_part(const sp_node_step *step, const sp_matrix *whole, size_t rank)
{
    const sp_layout *layout = &step->out->layout;
    sp_matrix *out = sp_step_make(step, rank);
    sp_entry_block block = between(step, layout, rank, &step->operand[0]->layout, rank);
    sp_ownership_held(step->ownership, layout, rank, block.count);
    block.from[step->node->place] =
        sp_ownership_places(step->ownership, &layout->part[step->node->place], rank).index;
    sp_block_copy(step->in, &block, out, whole);
    return out;
}

static void total(const sp_node_step *step, const group *g, sp_matrix *out)
{
    sp_pool *pool = step->in->pool;
    const sp_matrix **a = SP_NEW_ARRAY(pool, const sp_matrix *, g->size);
    for (size_t c = 0; c < g->size; c++)
        a[c] = step->operand[0]->on[g->rank[c]];
    step->in->system->total(step->in, out, a, g->size);
    sp_pool_free(pool, a);
}

/* ---- the collectives: from the group's values of operand 0 to its values of out ---- */

/* -infinity where a rank has no entries is the least of all. */
static void largest(const sp_node_step *step, const group *g, sp_matrix *out)
{
    const sp_arithmetic *in = step->in;
    const sp_matrix *best = step->operand[0]->on[g->rank[0]];
    sp_matrix *made = NULL;
    for (size_t c = 1; c < g->size; c++) {
        sp_matrix *next = c + 1 < g->size ? sp_matrix_create(in, out->rows, out->cols) : out;
        if (out->rows && out->cols)
            in->system->binary(in, SP_PRIMITIVE_MAX, next, best, step->operand[0]->on[g->rank[c]]);
        sp_matrix_free(in, made);
        best = made = next;
    }
}

static void allreduce(const sp_node_step *step, const group *g)
{
    const sp_arithmetic *in = step->in;
    const sp_matrix *a = step->operand[0]->on[g->rank[0]];
    sp_matrix *out = sp_step_make(step, g->rank[0]);
    if (step->node->how == SP_REDUCE_SUM) {
        total(step, g, out);
        return;
    }
    if (step->node->how == SP_REDUCE_MAX) {
        largest(step, g, out);
        return;
    }
    sp_matrix *sum = sp_matrix_create(in, a->rows, a->cols);
    sp_matrix *ranks = sp_matrix_create(in, 1, 1);
    total(step, g, sum);
    in->system->set(in, ranks, 0, 0, (double)g->size);
    if (out->rows && out->cols)
        in->system->binary(in, SP_PRIMITIVE_DIV, out, sum, ranks);
    sp_matrix_free(in, ranks);
    sp_matrix_free(in, sum);
}

static void allgather(const sp_node_step *step, const group *g)
{
    const sp_layout *layout = &step->operand[0]->layout;
    sp_matrix *out = sp_step_make(step, g->rank[0]);
    for (size_t c = 0; c < g->size; c++) {
        sp_entry_block block = between(step, &step->out->layout, g->rank[0], layout, g->rank[c]);
        sp_ownership_held(step->ownership, layout, g->rank[c], block.count);
        block.to[step->node->place] =
            sp_ownership_places(step->ownership, &layout->part[step->node->place], g->rank[c])
                .index;
        sp_block_copy(step->in, &block, out, step->operand[0]->on[g->rank[c]]);
    }
}

static void reducescatter(const sp_node_step *step, const group *g)
{
    const sp_matrix *a = step->operand[0]->on[g->rank[0]];
    sp_matrix *sum = sp_matrix_create(step->in, a->rows, a->cols);
    total(step, g, sum);
    for (size_t c = 0; c < g->size; c++)
        own_part(step, sum, g->rank[c]);
    sp_matrix_free(step->in, sum);
}

static void slice(const sp_node_step *step, const group *g)
{
    for (size_t c = 0; c < g->size; c++)
        own_part(step, step->operand[0]->on[g->rank[c]], g->rank[c]);
}

static void alltoall(const sp_node_step *step, const group *g)
{
    const sp_layout *before = &step->operand[0]->layout, *after = &step->out->layout;
    int split = step->node->place, whole = step->node->place2;
    for (size_t c = 0; c < g->size; c++) {
        sp_matrix *out = sp_step_make(step, g->rank[c]);
        sp_indices mine = sp_ownership_places(step->ownership, &after->part[split], g->rank[c]);
        for (size_t d = 0; d < g->size; d++) {
            sp_indices theirs =
                sp_ownership_places(step->ownership, &before->part[whole], g->rank[d]);
            sp_entry_block block = between(step, after, g->rank[c], before, g->rank[d]);
            sp_ownership_held(step->ownership, after, g->rank[c], block.count);
            block.from[split] = mine.index;
            block.count[split] = mine.count;
            block.to[whole] = theirs.index;
            block.count[whole] = theirs.count;
            sp_block_copy(step->in, &block, out, step->operand[0]->on[g->rank[d]]);
        }
    }
}

static void broadcast(const sp_node_step *step, const group *g)
{
    sp_step_lend(step, g->rank[0], g->rank[step->node->constant]);
}

static void shift(const sp_node_step *step, const group *g)
{
    long size = (long)g->size, further = step->node->constant % size;
    size_t forward = (size_t)(further < 0 ? further + size : further);
    for (size_t c = 0; c < g->size; c++)
        sp_step_lend(step, g->rank[c], g->rank[(c + forward) % g->size]);
}

static void only(const sp_node_step *step, const group *g)
{
    for (size_t c = 0; c < g->size; c++) {
        if (c == (size_t)step->node->constant)
            sp_step_lend(step, g->rank[c], g->rank[c]);
        else
            sp_step_make(step, g->rank[c]);
    }
}

/*  op, what the group's ranks hold afterwards (SAME: one value, put on the group's first rank;
 *  APART: each its own; KEPT: apart if they were before), the function */
#define COLLECTIVES(X)                      \
    X(ALLREDUCE, SAME, allreduce)           \
    X(ALLGATHER, SAME, allgather)           \
    X(REDUCESCATTER, APART, reducescatter)  \
    X(SLICE, APART, slice)                  \
    X(ALLTOALL, APART, alltoall)            \
    X(BROADCAST, SAME, broadcast)           \
    X(SHIFT, KEPT, shift)                   \
    X(ONLY, APART, only)

typedef enum outcome { SAME, APART, KEPT } outcome;

static const struct {
    outcome outcome;
    void (*run)(const sp_node_step *step, const group *g);
} collectives[SP_OP_COUNT] = {
#define X(op, outcome, run) [SP_OP_##op] = {outcome, run},
    COLLECTIVES(X)
#undef X
};

bool sp_is_collective(sp_op op)
{
    return collectives[op].run != NULL;
}

void sp_collective_run(const sp_node_step *step)
{
    const sp_mesh *mesh = sp_ownership_mesh(step->ownership);
    size_t axis = (size_t)step->node->axis, size = mesh->size[axis];
    unsigned bit = 1u << axis, others = step->operand[0]->varies & ~bit;
    outcome after = collectives[step->node->op].outcome;
    step->out->varies = after == SAME    ? others
                        : after == APART ? others | bit
                                         : step->operand[0]->varies;
    size_t *ranks = SP_NEW_ARRAY(step->in->pool, size_t, size);
    for (size_t first = 0; first < mesh->ranks; first++) {
        if (sp_step_representative(mesh, first, others) != first)
            continue;
        sp_pool_poll(step->in->pool);
        for (size_t c = 0; c < size; c++)
            ranks[c] = sp_mesh_neighbour(mesh, first, axis, c);
        if (size == 1) /* alone, every collective is the identity */
            sp_step_lend(step, first, first);
        else
            collectives[step->node->op].run(step, &(group){ranks, size});
    }
    sp_pool_free(step->in->pool, ranks);
}
