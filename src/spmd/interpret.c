#include "spmd/interpret.h"

#include "spmd/collective.h"
#include "spmd/local.h"

/* All that a run knows. */
typedef struct run {
    const sp_arithmetic *in;
    const sp_program *program;
    const sp_ownership *ownership;
    const sp_network *network;
    const sp_inputs *inputs;
    sp_rank_values *value; /* [node] */
    const sp_value *known; /* [node]; NULL: none */
} run;

/* ---- values of ranks (step.h) ---- */

size_t sp_step_representative(const sp_mesh *mesh, size_t rank, unsigned varies)
{
    for (size_t axis = 0; axis < mesh->axes; axis++)
        if (!(varies & 1u << axis))
            rank = sp_mesh_neighbour(mesh, rank, axis, 0);
    return rank;
}

sp_matrix *sp_step_make_shape(const sp_node_step *step, size_t rows, size_t cols)
{
    sp_rank_values *out = step->out;
    out->made = sp_pool_grow(step->in->pool, out->made, &out->capacity, out->count + 1,
                             sizeof *out->made);
    return out->made[out->count++] = sp_matrix_create(step->in, rows, cols);
}

sp_matrix *sp_step_make(const sp_node_step *step, size_t rank)
{
    size_t rows, cols;
    sp_ownership_shape(step->ownership, &step->out->layout, rank, &rows, &cols);
    return step->out->on[rank] = sp_step_make_shape(step, rows, cols);
}

void sp_step_lend(const sp_node_step *step, size_t to, size_t from)
{
    step->out->on[to] = step->operand[0]->on[from];
    if (!step->out->lender) {
        step->out->lender = step->operand[0];
        step->operand[0]->uses++;
    }
}

static void release(const sp_arithmetic *in, sp_rank_values *value)
{
    while (value && --value->uses == 0) {
        for (size_t i = 0; i < value->count; i++)
            sp_matrix_free(in, value->made[i]);
        sp_pool_free(in->pool, value->made);
        sp_pool_free(in->pool, value->on);
        sp_rank_values *lender = value->lender;
        *value = (sp_rank_values){.lender = NULL};
        value = lender;
    }
}

static unsigned part_axes(const sp_part *part)
{
    unsigned axes = 0;
    for (size_t i = 0; i < part->axes; i++)
        axes |= 1u << part->axis[i];
    return axes;
}

static unsigned layout_axes(const sp_layout *layout)
{
    unsigned axes = 0;
    for (size_t i = 0; i < layout->order; i++)
        axes |= part_axes(&layout->part[i]);
    return axes;
}

/* ---- local operations ---- */

static void run_locally(const run *r, const sp_node_step *step)
{
    const sp_mesh *mesh = sp_ownership_mesh(step->ownership);
    sp_rank_values *out = step->out;
    out->varies = layout_axes(&out->layout);
    if (step->node->op == SP_OP_OWNED)
        out->varies |= part_axes(&step->node->part);
    for (size_t i = 0; i < 2; i++)
        if (step->operand[i])
            out->varies |= step->operand[i]->varies;
    for (size_t rank = 0; rank < mesh->ranks; rank++) {
        if (sp_step_representative(mesh, rank, out->varies) != rank)
            continue;
        if (step->node->op == SP_OP_LOAD && !out->varies) {
            /* a whole input is shared, not copied; nobody writes to a value once it is made */
            out->on[rank] = (sp_matrix *)r->inputs->tensor[step->node->tensor];
            continue;
        }
        sp_pool_poll(r->in->pool);
        sp_local_run(step, r->network, r->inputs, rank);
    }
}

/* ---- programs ---- */

/* The node that operand i of a node reads. A product reads through transposes: it can do them
 * itself. */
static int source(const sp_program *program, int node, int i, bool *transposed)
{
    int from = program->node[node].operand[i];
    *transposed = false;
    while (from >= 0 && program->node[node].op == SP_OP_PRODUCT &&
           program->node[from].op == SP_OP_TRANSPOSE) {
        *transposed = !*transposed;
        from = program->node[from].operand[0];
    }
    return from;
}

static bool is_known(const run *r, int n)
{
    return r->known && r->known[n].on;
}

/* A known value is borrowed: nothing was made for it. */
static void take_known(const run *r, int n)
{
    const sp_mesh *mesh = sp_ownership_mesh(r->ownership);
    sp_rank_values *out = &r->value[n];
    out->layout = r->known[n].layout;
    out->varies = (1u << mesh->axes) - 1;
    out->on = SP_NEW_ARRAY(r->in->pool, sp_matrix *, mesh->ranks);
    for (size_t rank = 0; rank < mesh->ranks; rank++)
        out->on[rank] = r->known[n].on[rank];
}

/* Counts the uses of every value: 0 for what is never needed. */
static void count_uses(const run *r, const int *wanted, size_t count)
{
    for (size_t k = 0; k < count; k++)
        r->value[wanted[k]].uses++;
    for (int n = (int)r->program->nodes; n-- > 0;)
        for (int i = 0; i < 2 && r->value[n].uses && !is_known(r, n); i++) {
            bool transposed;
            int from = source(r->program, n, i, &transposed);
            if (from >= 0)
                r->value[from].uses++;
        }
}

static void run_node(const run *r, int n)
{
    const sp_mesh *mesh = sp_ownership_mesh(r->ownership);
    sp_rank_values *out = &r->value[n];
    sp_node_step step = {.in = r->in, .ownership = r->ownership, .node = &r->program->node[n],
                    .out = out};
    for (int i = 0; i < 2; i++) {
        int from = source(r->program, n, i, &step.transposed[i]);
        step.operand[i] = from >= 0 ? &r->value[from] : NULL;
    }
    out->layout = step.node->layout;
    out->on = SP_NEW_ARRAY(r->in->pool, sp_matrix *, mesh->ranks);
    if (sp_is_collective(step.node->op))
        sp_collective_run(&step);
    else
        run_locally(r, &step);
    for (size_t rank = 0; rank < mesh->ranks; rank++)
        out->on[rank] = out->on[sp_step_representative(mesh, rank, out->varies)];
    for (int i = 0; i < 2; i++)
        release(r->in, step.operand[i]);
}

static sp_value *interpret(run r, const int *node, size_t count)
{
    const sp_arithmetic *in = r.in;
    r.value = SP_NEW_ARRAY(in->pool, sp_rank_values, r.program->nodes);
    count_uses(&r, node, count);
    for (int n = 0; n < (int)r.program->nodes; n++)
        if (r.value[n].uses && is_known(&r, n))
            take_known(&r, n);
        else if (r.value[n].uses)
            run_node(&r, n);
    sp_value *result = SP_NEW_ARRAY(in->pool, sp_value, count);
    for (size_t k = 0; k < count; k++)
        result[k] = (sp_value){r.value[node[k]].layout, r.value[node[k]].on};
    sp_pool_free(in->pool, r.value);
    return result;
}

sp_value *sp_interpret_nodes(const sp_arithmetic *in, const sp_program *program,
                             const sp_ownership *ownership, const sp_network *network,
                             const sp_inputs *inputs, const int *node, size_t count)
{
    return interpret((run){.in = in, .program = program, .ownership = ownership,
                           .network = network, .inputs = inputs}, node, count);
}

sp_value *sp_interpret(const sp_arithmetic *in, const sp_program *program,
                       const sp_ownership *ownership, const sp_network *network,
                       const sp_inputs *inputs)
{
    return sp_interpret_known(in, program, ownership, network, inputs, NULL);
}

sp_value *sp_interpret_known(const sp_arithmetic *in, const sp_program *program,
                             const sp_ownership *ownership, const sp_network *network,
                             const sp_inputs *inputs, const sp_value *known)
{
    int *node = SP_NEW_ARRAY(in->pool, int, program->results);
    for (size_t k = 0; k < program->results; k++)
        node[k] = program->result[k].node;
    sp_value *result = interpret((run){.in = in, .program = program, .ownership = ownership,
                                       .network = network, .inputs = inputs, .known = known},
                                 node, program->results);
    sp_pool_free(in->pool, node);
    return result;
}

sp_value *sp_interpret_whole(const sp_arithmetic *in, const sp_program *program,
                             const sp_network *network, const sp_inputs *inputs)
{
    return sp_interpret(in, program, sp_ownership_whole(in->pool, network->dim), network, inputs);
}

sp_inputs sp_inputs_of_case(const sp_arithmetic *in, const sp_case *of)
{
    sp_inputs inputs;
    const sp_signature *signature = of->program->of;
    for (sp_tensor t = 0; t < signature->tensors; t++) {
        size_t rows, cols;
        sp_layout_shape(of->dim, &signature->tensor[t].whole, &rows, &cols);
        const double *data = sp_network_data(in->pool, of, t);
        sp_matrix *whole = sp_matrix_create(in, rows, cols);
        for (size_t i = 0; i < rows; i++) {
            sp_pool_poll(in->pool); /* a row of long numbers is megabytes */
            for (size_t j = 0; j < cols; j++)
                in->system->set(in, whole, i, j, data[i * cols + j]);
        }
        inputs.tensor[t] = whole;
    }
    return inputs;
}

sp_matrix *sp_shard(const sp_arithmetic *in, const sp_matrix *whole, const sp_layout *layout,
                    const sp_ownership *ownership, size_t rank)
{
    size_t rows, cols;
    sp_ownership_shape(ownership, layout, rank, &rows, &cols);
    sp_matrix *out = sp_matrix_create(in, rows, cols);
    sp_local_cut(in, out, whole, layout, ownership, rank);
    return out;
}
