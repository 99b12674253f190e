#include "numdiff/loss.h"

#include "numdiff/sample.h"
#include "numdiff/shape.h"
#include "spmd/interpret.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* The program that is run is that of the loss with results of its own: first the loss, then the operands of functions,
 * then divisors and the like, then what changes its sign at the kinks of functions. What of the last two is within a
 * formula is a function of this network alone. */
struct sp_loss {
    const sp_arithmetic *in;
    sp_arithmetic inner; /* its pool is cleared after every run */
    const sp_loss_numbers *numbers;
    const sp_case *of;
    const double *data[SP_MAX_TENSORS];
    size_t size[SP_MAX_TENSORS];
    sp_network network;
    size_t named; /* functions in network.named */
    sp_program program;
    size_t node_room, result_room, first_pole, first_kink;
    const sp_ownership *ownership;
    sp_inputs inputs;
    bool *depends[SP_MAX_TENSORS];    /* [node]: on that tensor */
    sp_value *known[SP_MAX_TENSORS];  /* [node]: at the data, where they do not depend on it but others do */
    sp_matrix **base;                 /* [result]: at the data */
    sp_matrix *moved[SP_MAX_TENSORS]; /* NULL until it is moved for the first time */
};

static void add_result(sp_loss *l, int node)
{
    sp_program *p = &l->program;
    p->result = sp_pool_grow(l->in->pool, p->result, &l->result_room, p->results + 1, sizeof *p->result);
    p->result[p->results++] = (sp_result_decl){.sum_axis = -1, .declared = p->node[node].layout, .node = node};
}

static int add_node(sp_loss *l, sp_node node)
{
    sp_program *p = &l->program;
    p->node = sp_pool_grow(l->in->pool, p->node, &l->node_room, p->nodes + 1, sizeof *p->node);
    p->node[p->nodes] = node;
    return (int)p->nodes++;
}

/* Operands of functions, of softmax and of logsumexp. */
static bool is_argument(const sp_node *n, int operand)
{
    return n->operand[operand] >= 0 && (n->op == SP_OP_APPLY || n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP);
}

static bool is_divisor(const sp_node *n, int operand)
{
    return n->op == SP_OP_DIV && operand == 1;
}

static void watch_operands(sp_loss *l, const bool *needed, size_t nodes, bool (*is)(const sp_node *n, int operand))
{
    bool *seen = SP_NEW_ARRAY(l->in->pool, bool, nodes);
    for (size_t i = 0; i < nodes; i++)
        for (int o = 0; o < 2 && needed[i]; o++) {
            const sp_node *n = &l->program.node[i];
            if (!is(n, o) || seen[n->operand[o]])
                continue;
            seen[n->operand[o]] = true;
            add_result(l, n->operand[o]);
        }
    sp_pool_free(l->in->pool, seen);
}

/* For every node that applies a function and every formula that is found in it, a node with that formula. */
static void watch_formulas(sp_loss *l, const bool *needed, size_t nodes, bool kinks)
{
    sp_pool *pool = l->in->pool;
    size_t named = l->named, room = 0;
    sp_network_function *function = sp_pool_grow(pool, NULL, &room, named, sizeof *function);
    memcpy(function, l->network.named, named * sizeof *function);
    for (size_t i = 0; i < nodes; i++) {
        sp_node n = l->program.node[i];
        if (!needed[i] || n.op != SP_OP_APPLY)
            continue;
        const sp_network_function f = n.function < SP_MAX_OWN_FUNCTIONS ? l->network.own[n.function]
                                                                        : function[n.function - SP_MAX_OWN_FUNCTIONS];
        sp_kinks found = {0};
        if (!kinks)
            found = sp_formula_poles(pool, &f.value);
        else if (!f.smooth)
            found = sp_formula_kinks(pool, &f.value);
        for (size_t k = 0; k < found.count; k++) {
            function = sp_pool_grow(pool, function, &room, named + 1, sizeof *function);
            function[named] = (sp_network_function){.name = f.name, .value = found.formula[k]};
            n.function = (sp_function)(SP_MAX_OWN_FUNCTIONS + named++);
            add_result(l, add_node(l, n));
        }
    }
    l->network.named = function;
    l->named = named;
}

/* The nodes that the loss is made of. */
static bool *needed_nodes(sp_pool *pool, const sp_program *program)
{
    bool *needed = SP_NEW_ARRAY(pool, bool, program->nodes);
    needed[program->result[0].node] = true;
    for (size_t i = program->nodes; i-- > 0;)
        for (int o = 0; o < 2; o++)
            if (needed[i] && program->node[i].operand[o] >= 0)
                needed[program->node[i].operand[o]] = true;
    return needed;
}

static void make_program(sp_loss *l, const sp_program *loss)
{
    sp_pool *pool = l->in->pool;
    const bool *needed = needed_nodes(pool, loss);
    l->named = SP_ELEMENTARY_END - SP_MAX_OWN_FUNCTIONS + loss->of->activations;
    l->program = *loss;
    l->program.node = sp_pool_grow(pool, NULL, &l->node_room, loss->nodes, sizeof *loss->node);
    memcpy(l->program.node, loss->node, loss->nodes * sizeof *loss->node);
    l->program.result = NULL;
    l->program.results = 0;
    add_result(l, loss->result[0].node);
    watch_operands(l, needed, loss->nodes, is_argument);
    l->first_pole = l->program.results;
    watch_operands(l, needed, loss->nodes, is_divisor);
    watch_formulas(l, needed, loss->nodes, false);
    l->first_kink = l->program.results;
    watch_formulas(l, needed, loss->nodes, true);
}

static void find_dependence(sp_loss *l, sp_tensor tensor)
{
    const sp_program *p = &l->program;
    bool *depends = l->depends[tensor] = SP_NEW_ARRAY(l->in->pool, bool, p->nodes);
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *n = &p->node[i];
        depends[i] = n->op == SP_OP_LOAD && n->tensor == tensor;
        for (int o = 0; o < 2; o++)
            depends[i] = depends[i] || (n->operand[o] >= 0 && depends[n->operand[o]]);
    }
}

/* The nodes whose values at the data serve where the tensor has moved: results, and operands of what depends on it. */
static bool *serving(const sp_loss *l, sp_tensor tensor)
{
    const sp_program *p = &l->program;
    const bool *depends = l->depends[tensor];
    bool *serves = SP_NEW_ARRAY(l->in->pool, bool, p->nodes);
    for (size_t r = 0; r < p->results; r++)
        serves[p->result[r].node] = true;
    for (size_t i = 0; i < p->nodes; i++)
        for (int o = 0; o < 2 && depends[i]; o++)
            if (p->node[i].operand[o] >= 0)
                serves[p->node[i].operand[o]] = true;
    for (size_t i = 0; i < p->nodes; i++)
        serves[i] = serves[i] && !depends[i];
    return serves;
}

/* Runs the whole program once. */
static void run_at_data(sp_loss *l)
{
    sp_pool *pool = l->in->pool;
    const sp_program *p = &l->program;
    const size_t tensors = p->of->tensors;
    bool *wanted = SP_NEW_ARRAY(pool, bool, p->nodes), *serves[SP_MAX_TENSORS];
    for (size_t r = 0; r < p->results; r++)
        wanted[p->result[r].node] = true;
    for (sp_tensor t = 0; t < tensors; t++) {
        serves[t] = serving(l, t);
        for (size_t i = 0; i < p->nodes; i++)
            wanted[i] = wanted[i] || serves[t][i];
    }
    int *node = SP_NEW_ARRAY(pool, int, p->nodes);
    size_t *place = SP_NEW_ARRAY(pool, size_t, p->nodes), count = 0;
    for (size_t i = 0; i < p->nodes; i++)
        if (wanted[i]) {
            place[i] = count;
            node[count++] = (int)i;
        }
    const sp_value *value =
        sp_interpret_nodes(l->in, p, l->ownership, &l->network, &l->inputs, node, count);
    l->base = SP_NEW_ARRAY(pool, sp_matrix *, p->results);
    for (size_t r = 0; r < p->results; r++)
        l->base[r] = value[place[p->result[r].node]].on[0];
    for (sp_tensor t = 0; t < tensors; t++) {
        l->known[t] = SP_NEW_ARRAY(pool, sp_value, p->nodes);
        for (size_t i = 0; i < p->nodes; i++)
            if (serves[t][i])
                l->known[t][i] = value[place[i]];
    }
}

sp_loss *sp_loss_create(const sp_arithmetic *in, const sp_loss_numbers *numbers, const sp_case *of,
                        const sp_network *network)
{
    const sp_program *loss = of->program->of->loss;
    if (!loss)
        sp_pool_fail(in->pool, SP_INTERNAL); /* every network but mlp has it */
    sp_loss *l = SP_NEW(in->pool, sp_loss);
    *l = (sp_loss){.in = in, .inner = *in, .numbers = numbers, .of = of, .network = *network};
    l->inner.pool = sp_pool_inside(in->pool);
    make_program(l, loss);
    for (sp_tensor t = 0; t < loss->of->tensors; t++)
        find_dependence(l, t);
    return l;
}

void sp_loss_start(sp_loss *l)
{
    l->ownership = sp_ownership_whole(l->in->pool, l->of->dim);
    l->inputs = sp_inputs_of_case(l->in, l->of);
    for (sp_tensor t = 0; t < l->program.of->tensors; t++) {
        l->data[t] = sp_network_data(l->in->pool, l->of, t);
        l->size[t] = l->inputs.tensor[t]->rows * l->inputs.tensor[t]->cols;
    }
    run_at_data(l);
}

const sp_matrix *sp_loss_value(const sp_loss *l)
{
    return l->base[0];
}

/* ---- points along a way ---- */

/* moved = data + t direction */
static void move_all(const sp_loss *l, const sp_way *way, const sp_matrix *t, sp_matrix *moved)
{
    const sp_arithmetic *in = &l->inner;
    sp_matrix *direction = sp_matrix_create(in, moved->rows, moved->cols);
    sp_matrix *by = sp_matrix_create(in, moved->rows, moved->cols);
    for (size_t i = 0; i < moved->rows; i++)
        for (size_t j = 0; j < moved->cols; j++)
            in->system->set(in, direction, i, j, way->direction[i * moved->cols + j]);
    in->system->binary(in, SP_PRIMITIVE_MUL, by, direction, t);
    in->system->binary(in, SP_PRIMITIVE_ADD, moved, by, l->inputs.tensor[way->tensor]);
}

static sp_matrix *moved_tensor(sp_loss *l, const sp_way *way, const sp_matrix *t)
{
    const sp_arithmetic *in = l->in;
    const sp_matrix *data = l->inputs.tensor[way->tensor];
    if (!l->moved[way->tensor]) {
        l->moved[way->tensor] = sp_matrix_create(in, data->rows, data->cols);
        in->system->copy(in, l->moved[way->tensor], NULL, NULL, data, NULL, NULL, data->rows, data->cols);
    }
    sp_matrix *moved = l->moved[way->tensor];
    if (way->direction) {
        move_all(l, way, t, moved);
        return moved;
    }
    const sp_matrix from = sp_matrix_run(in, data, way->entry, 1);
    sp_matrix to = sp_matrix_run(in, moved, way->entry, 1);
    in->system->binary(in, SP_PRIMITIVE_ADD, &to, &from, t);
    return moved;
}

static void move_back(sp_loss *l, const sp_way *way)
{
    const sp_matrix *data = l->inputs.tensor[way->tensor];
    sp_matrix *moved = l->moved[way->tensor];
    if (way->direction) {
        l->in->system->copy(l->in, moved, NULL, NULL, data, NULL, NULL, data->rows, data->cols);
        return;
    }
    const sp_matrix from = sp_matrix_run(l->in, data, way->entry, 1);
    sp_matrix to = sp_matrix_run(l->in, moved, way->entry, 1);
    l->in->system->copy(l->in, &to, NULL, NULL, &from, NULL, NULL, 1, 1);
}

static bool finite_scalar(const sp_arithmetic *in, const sp_matrix *m)
{
    mpfr_t value;
    mpfr_init2(value, 53); /* rounding to 53 bits makes nothing infinite */
    in->system->get(in, m, 0, 0, value);
    bool finite = mpfr_number_p(value);
    mpfr_clear(value);
    return finite;
}

enum { FARTHEST = 1 << 28 }; /* exponents of steps stay in range */

static void look_at_argument(const sp_loss *l, const sp_matrix *base, const sp_matrix *now, bool pole,
                             sp_loss_point *point)
{
    for (size_t i = 0; i < now->rows * now->cols; i++) {
        if (l->numbers->equal(base, now, i))
            continue;
        long distance = l->numbers->distance(base, now, i);
        if (distance == LONG_MAX) {
            point->finite = false;
            continue;
        }
        const long own = pole ? l->numbers->distance(base, NULL, i) : 0;
        if (own < 0 && own > -FARTHEST) /* what is zero has no part */
            distance -= own;
        if (distance > point->moved)
            point->moved = distance < FARTHEST ? distance : FARTHEST;
    }
}

/* An entry that is the same at both points is on the same side, or so near to the kink that the bound on the rounding
 * of the loss holds what it does to it. */
static bool crosses(const sp_loss *l, const sp_matrix *base, const sp_matrix *now)
{
    for (size_t i = 0; i < now->rows * now->cols; i++) {
        const int side = l->numbers->sign(now, i);
        if ((side == 0 || side != l->numbers->sign(base, i)) && !l->numbers->equal(base, now, i))
            return true;
    }
    return false;
}

sp_loss_point sp_loss_at(sp_loss *l, const sp_way *way, const sp_matrix *t, sp_matrix *value)
{
    sp_inputs inputs = l->inputs;
    sp_loss_point point = {.moved = LONG_MIN};
    inputs.tensor[way->tensor] = moved_tensor(l, way, t);
    const sp_value *at = sp_interpret_known(&l->inner, &l->program, l->ownership, &l->network, &inputs,
                                            l->known[way->tensor]);
    l->in->system->copy(l->in, value, NULL, NULL, at[0].on[0], NULL, NULL, 1, 1);
    point.finite = finite_scalar(l->in, value);
    for (size_t r = 1; r < l->program.results; r++) {
        const sp_matrix *base = l->base[r], *now = at[r].on[0];
        if (now == base)
            continue;
        if (r < l->first_kink)
            look_at_argument(l, base, now, r >= l->first_pole, &point);
        else
            point.crosses = point.crosses || crosses(l, base, now);
    }
    move_back(l, way);
    sp_pool_clear(l->inner.pool);
    return point;
}

double sp_loss_magnitude(const sp_loss *l, const sp_way *way)
{
    const double *data = l->data[way->tensor];
    double largest = way->direction ? 0 : fabs(data[way->entry]);
    for (size_t i = 0; way->direction && i < l->size[way->tensor]; i++)
        largest = fmax(largest, fabs(data[i]));
    return largest;
}

/* ---- cost ---- */

static double node_cost(const sp_loss *l, const sp_node *n)
{
    const size_t *dim = l->network.dim;
    const sp_layout *operand = n->operand[0] >= 0 ? &l->program.node[n->operand[0]].layout : NULL;
    const double entries = sp_layout_entries(dim, &n->layout);
    switch (n->op) {
    case SP_OP_PRODUCT:
    case SP_OP_DOT:
        return entries * sp_node_terms(dim, n, operand);
    case SP_OP_APPLY:
        return entries * (5 + sp_formula_cost(sp_network_formula(&l->network, n->function, false)));
    case SP_OP_SUM:
        return sp_layout_entries(dim, operand);
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return 60 * sp_layout_entries(dim, operand);
    default:
        return 2 * entries;
    }
}

double sp_loss_cost(const sp_loss *l, sp_tensor tensor, double overhead)
{
    double cost = 0;
    for (size_t i = 0; i < l->program.nodes; i++)
        if (l->depends[tensor][i])
            cost += overhead + node_cost(l, &l->program.node[i]);
    return cost + overhead;
}
