#include "spmd/interpret.h"

#include "spmd/collective.h"

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

sp_matrix *sp_step_make_shape(const sp_step *step, size_t rows, size_t cols)
{
    sp_rank_values *out = step->out;
    out->made = sp_pool_grow(step->in->pool, out->made, &out->capacity, out->count + 1,
                             sizeof *out->made);
    return out->made[out->count++] = sp_matrix_create(step->in, rows, cols);
}

sp_matrix *sp_step_make(const sp_step *step, size_t rank)
{
    size_t rows, cols;
    sp_ownership_shape(step->ownership, &step->out->layout, rank, &rows, &cols);
    return step->out->on[rank] = sp_step_make_shape(step, rows, cols);
}

void sp_step_lend(const sp_step *step, size_t to, size_t from)
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

/* ---- local operations: from the operands on a rank to out, which is not empty ---- */

/* An operation as it runs on one rank. */
typedef struct local {
    const run *run;
    const sp_step *step;
    const sp_arithmetic *in;
    const sp_node *node;
    size_t rank;
    const sp_matrix *a, *b; /* NULL where there is none */
    sp_matrix *out;
} local;

static void cut(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *whole,
                const sp_layout *layout, const sp_ownership *ownership, size_t rank)
{
    const size_t *index[2] = {NULL, NULL};
    for (size_t i = 0; i < layout->order; i++)
        if (layout->part[i].axes)
            index[layout->order == 2 ? i : 1] =
                sp_ownership_indices(ownership, &layout->part[i], rank).index;
    if (out->rows && out->cols)
        in->system->copy(in, out, NULL, NULL, whole, index[0], index[1], out->rows, out->cols);
}

static void load(const local *l)
{
    cut(l->in, l->out, l->run->inputs->tensor[l->node->tensor], &l->node->layout,
        l->step->ownership, l->rank);
}

static void number(const local *l)
{
    l->in->system->set(l->in, l->out, 0, 0, l->node->number);
}

static void ranks(const local *l)
{
    size_t size = sp_ownership_mesh(l->step->ownership)->size[l->node->axis];
    l->in->system->set(l->in, l->out, 0, 0, (double)size);
}

static void extent(const local *l)
{
    size_t size = sp_ownership_extent(l->step->ownership, l->node->dim);
    l->in->system->set(l->in, l->out, 0, 0, (double)size);
}

static void owned(const local *l)
{
    size_t count = sp_ownership_indices(l->step->ownership, &l->node->part, l->rank).count;
    l->in->system->set(l->in, l->out, 0, 0, (double)count);
}

static void product(const local *l)
{
    l->in->system->product(l->in, l->out, l->a, l->step->transposed[0], l->b,
                           l->step->transposed[1]);
}

static void elementwise(const local *l)
{
    static const sp_primitive primitive[] = {
        [SP_OP_ADD] = SP_PRIMITIVE_ADD, [SP_OP_SUB] = SP_PRIMITIVE_SUB,
        [SP_OP_MUL] = SP_PRIMITIVE_MUL, [SP_OP_DIV] = SP_PRIMITIVE_DIV,
        [SP_OP_NEG] = SP_PRIMITIVE_NEG, [SP_OP_STEP] = SP_PRIMITIVE_STEP,
    };
    if (l->b)
        l->in->system->binary(l->in, primitive[l->node->op], l->out, l->a, l->b);
    else
        l->in->system->unary(l->in, primitive[l->node->op], l->out, l->a);
}

static void transpose(const local *l)
{
    l->in->system->transpose(l->in, l->out, l->a);
}

static void function(const local *l)
{
    sp_function f = (sp_function)(l->node->op - SP_OP_SIGMA);
    const sp_formula *formula = sp_network_formula(l->run->network, f);
    if (l->in->system->function && !sp_formula_is_rational(formula))
        l->in->system->function(l->in, f, l->out, l->a, l->b);
    else
        sp_formula_apply(l->in, formula, l->run->network->dim, l->out, l->a, l->b);
}

static void sum(const local *l)
{
    bool over_rows = l->step->operand[0]->layout.order == 2 && l->node->place == 0;
    if (over_rows || l->a->rows == 1) { /* the sum of one row is a scalar, 1 x 1 */
        l->in->system->sum(l->in, l->out, l->a, over_rows);
        return;
    }
    sp_matrix *column = sp_matrix_create(l->in, l->a->rows, 1); /* vectors are rows */
    l->in->system->sum(l->in, column, l->a, false);
    l->in->system->transpose(l->in, l->out, column);
    sp_matrix_free(l->in, column);
}

static void (*const locals[SP_OP_COUNT])(const local *l) = {
    [SP_OP_LOAD] = load,
    [SP_OP_NUMBER] = number,
    [SP_OP_RANKS] = ranks,
    [SP_OP_EXTENT] = extent,
    [SP_OP_OWNED] = owned,
    [SP_OP_PRODUCT] = product,
    [SP_OP_ADD] = elementwise,
    [SP_OP_SUB] = elementwise,
    [SP_OP_MUL] = elementwise,
    [SP_OP_DIV] = elementwise,
    [SP_OP_NEG] = elementwise,
    [SP_OP_TRANSPOSE] = transpose,
    [SP_OP_SIGMA] = function,
    [SP_OP_SIGMA_PRIME] = function,
    [SP_OP_G] = function,
    [SP_OP_G_PRIME] = function,
    [SP_OP_LOSS_PRIME] = function,
    [SP_OP_STEP] = elementwise,
    [SP_OP_SUM] = sum,
};

static void run_locally(const run *r, const sp_step *step)
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
        local l = {.run = r, .step = step, .in = r->in, .node = step->node, .rank = rank};
        l.a = step->operand[0] ? step->operand[0]->on[rank] : NULL;
        l.b = step->operand[1] ? step->operand[1]->on[rank] : NULL;
        l.out = sp_step_make(step, rank);
        if (l.out->rows && l.out->cols)
            locals[step->node->op](&l);
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
    sp_step step = {.in = r->in, .ownership = r->ownership, .node = &r->program->node[n],
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
    for (int t = 0; t < SP_TENSOR_COUNT; t++) {
        sp_layout layout = sp_tensor_whole((sp_tensor)t);
        size_t cols = of->dim[layout.part[layout.order - 1].dim];
        size_t rows = layout.order == 2 ? of->dim[layout.part[0].dim] : 1;
        const double *data = sp_network_data(in->pool, of, (sp_tensor)t);
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
    cut(in, out, whole, layout, ownership, rank);
    return out;
}
