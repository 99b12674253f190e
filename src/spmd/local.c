#include "spmd/local.h"

#include "spmd/block.h"

#include <math.h>

/* An operation as it runs on one rank. */
typedef struct local {
    const sp_network *network;
    const sp_inputs *inputs;
    const sp_node_step *step;
    const sp_arithmetic *in;
    const sp_node *node;
    size_t rank;
    const sp_matrix *a, *b; /* NULL where there is none */
    sp_matrix *out;
} local;

void sp_local_cut(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *whole, const sp_layout *layout,
                  const sp_ownership *ownership, size_t rank)
{
    sp_entry_block block = {.order = layout->order};
    size_t size[SP_MAX_ORDER];
    sp_ownership_held(ownership, layout, rank, block.count);
    for (unsigned i = 0; i < layout->order; i++) {
        size[i] = sp_ownership_extent(ownership, layout->part[i].dim);
        if (layout->part[i].axes)
            block.from[i] = sp_ownership_indices(ownership, &layout->part[i], rank).index;
    }
    sp_block_steps(block.to_step, block.count, layout->order);
    sp_block_steps(block.from_step, size, layout->order);
    sp_block_copy(in, &block, out, whole);
}

/* ---- operands in another arrangement ---- */

/* Places of the value, and indices that are summed over: as in node->to. */
typedef struct arrangement {
    unsigned count;
    uint8_t place[2 * SP_MAX_ORDER];
} arrangement;

static void append(arrangement *a, unsigned place)
{
    a->place[a->count++] = (uint8_t)place; /* below 2 * SP_MAX_ORDER */
}

static const sp_layout *layout_of(const local *l, int operand)
{
    return &l->step->operand[operand]->layout;
}

static bool operand_has(const local *l, int operand, unsigned place)
{
    for (unsigned p = 0; p < layout_of(l, operand)->order; p++)
        if (l->node->to[operand][p] == place)
            return true;
    return false;
}

/* How many indices of each place this rank has. */
static void sizes_of(const local *l, const arrangement *order, size_t size[2 * SP_MAX_ORDER])
{
    const sp_layout *value = &l->step->out->layout;
    for (unsigned i = 0; i < order->count; i++) {
        const sp_part *part = order->place[i] < SP_MAX_ORDER ? &value->part[order->place[i]] : NULL;
        for (int o = 0; o < 2 && !part; o++)
            for (unsigned p = 0; l->step->operand[o] && p < layout_of(l, o)->order; p++)
                if (l->node->to[o][p] == order->place[i])
                    part = &layout_of(l, o)->part[p];
        size[i] = sp_ownership_indices(l->step->ownership, part, l->rank).count;
    }
}

static size_t product_of(const size_t *size, unsigned from, unsigned to)
{
    size_t product = 1;
    for (unsigned i = from; i < to; i++)
        product *= size[i]; /* of sizes that a rank holds at once */
    return product;
}

/* An operand with its indices in this order, the first `rows` of them as rows; what it does not have is repeated. A
 * new matrix. */
static sp_matrix *arranged(const local *l, int operand, const arrangement *order, unsigned rows)
{
    const sp_layout *layout = layout_of(l, operand);
    sp_entry_block block = {.order = order->count};
    size_t held[SP_MAX_ORDER], step[SP_MAX_ORDER];
    sizes_of(l, order, block.count);
    sp_ownership_held(l->step->ownership, layout, l->rank, held);
    sp_block_steps(step, held, layout->order);
    for (unsigned i = 0; i < order->count; i++)
        for (unsigned p = 0; p < layout->order; p++)
            if (l->node->to[operand][p] == order->place[i])
                block.from_step[i] = step[p];
    sp_block_steps(block.to_step, block.count, order->count);
    sp_matrix *out = sp_matrix_create(l->in, product_of(block.count, 0, rows),
                                      product_of(block.count, rows, order->count));
    sp_block_copy(l->in, &block, out, operand ? l->b : l->a);
    return out;
}

/* The value from a matrix whose indices are in this order. */
static void put_back(const local *l, const sp_matrix *from, const arrangement *order)
{
    const sp_layout *value = &l->step->out->layout;
    sp_entry_block block = {.order = value->order};
    size_t size[2 * SP_MAX_ORDER], step[2 * SP_MAX_ORDER];
    sizes_of(l, order, size);
    sp_block_steps(step, size, order->count);
    sp_ownership_held(l->step->ownership, value, l->rank, block.count);
    sp_block_steps(block.to_step, block.count, value->order);
    for (unsigned i = 0; i < order->count; i++)
        block.from_step[order->place[i]] = step[i];
    sp_block_copy(l->in, &block, l->out, from);
}

/* All places of the value. */
static arrangement whole_value(const local *l)
{
    arrangement all = {0};
    for (unsigned i = 0; i < l->step->out->layout.order; i++)
        append(&all, i);
    return all;
}

/* Whether number systems repeat the operand themselves: it is written as the value, or one row of it, or a scalar. */
static bool fits(const local *l, int operand)
{
    const sp_layout *layout = layout_of(l, operand), *value = &l->step->out->layout;
    const uint8_t *to = l->node->to[operand];
    if (layout->order == 0)
        return true;
    if (layout->order == 1 && value->order == 2)
        return to[0] == 1;
    for (unsigned p = 0; p < layout->order; p++)
        if (to[p] != p)
            return false;
    return layout->order == value->order;
}

/* An operand with its indices as the value's, in a new matrix; NULL if it can be taken as it is. */
static sp_matrix *as_value(const local *l, int operand, bool (*can)(const local *l, int operand))
{
    if (!l->step->operand[operand] || can(l, operand))
        return NULL;
    const arrangement all = whole_value(l);
    return arranged(l, operand, &all, all.count ? all.count - 1 : 0);
}

/* Functions take operands of the value's own shape. */
static bool same_shape(const local *l, int operand)
{
    return layout_of(l, operand)->order == l->step->out->layout.order && fits(l, operand);
}

/* A view of a matrix, or of as many entries of it from `first` on, with other rows and columns. */
static sp_matrix shaped(const local *l, const sp_matrix *m, size_t first, size_t rows, size_t cols)
{
    sp_matrix view = sp_matrix_run(l->in, m, first, rows * cols);
    view.rows = rows;
    view.cols = cols;
    return view;
}

/* The value has the entries of a matrix, in its order. */
static void take_entries(const local *l, const sp_matrix *m)
{
    const sp_matrix from = shaped(l, m, 0, 1, m->rows * m->cols);
    sp_matrix to = shaped(l, l->out, 0, 1, from.cols);
    l->in->system->copy(l->in, &to, NULL, NULL, &from, NULL, NULL, 1, from.cols);
}

/* ---- the operations ---- */

static void load(const local *l)
{
    sp_local_cut(l->in, l->out, l->inputs->tensor[l->node->tensor], &l->node->layout, l->step->ownership, l->rank);
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

/* Batched: for every index that both have, rows that the first has alone, columns of the second. */
static void dot(const local *l)
{
    arrangement batch = {0}, rows = {0}, columns = {0}, summed = {0};
    for (unsigned v = 0; v < l->step->out->layout.order; v++)
        append(!operand_has(l, 1, v) ? &rows : operand_has(l, 0, v) ? &batch : &columns, v);
    for (unsigned k = 0; k < SP_MAX_ORDER && operand_has(l, 0, SP_MAX_ORDER + k); k++)
        append(&summed, SP_MAX_ORDER + k);
    arrangement left = batch, right = batch, result = batch;
    for (unsigned i = 0; i < rows.count; i++)
        append(&left, rows.place[i]), append(&result, rows.place[i]);
    for (unsigned i = 0; i < summed.count; i++)
        append(&left, summed.place[i]), append(&right, summed.place[i]);
    for (unsigned i = 0; i < columns.count; i++)
        append(&right, columns.place[i]), append(&result, columns.place[i]);
    size_t size[2 * SP_MAX_ORDER];
    sizes_of(l, &batch, size);
    const size_t batches = product_of(size, 0, batch.count);
    sp_matrix *a = arranged(l, 0, &left, batch.count + rows.count);
    sp_matrix *b = arranged(l, 1, &right, batch.count + summed.count);
    const size_t m = a->rows / batches, k = a->cols, n = b->cols; /* the value is not empty: batches > 0 */
    sp_matrix *r = sp_matrix_create(l->in, batches * m, n);
    for (size_t i = 0; i < batches; i++) {
        sp_pool_poll(l->in->pool);
        sp_matrix out = shaped(l, r, i * m * n, m, n);
        const sp_matrix x = shaped(l, a, i * m * k, m, k), y = shaped(l, b, i * k * n, k, n);
        l->in->system->product(l->in, &out, &x, false, &y, false);
    }
    put_back(l, r, &result);
    sp_matrix_free(l->in, r);
    sp_matrix_free(l->in, b);
    sp_matrix_free(l->in, a);
}

static void elementwise(const local *l)
{
    static const sp_primitive primitive[] = {
        [SP_OP_ADD] = SP_PRIMITIVE_ADD, [SP_OP_SUB] = SP_PRIMITIVE_SUB,
        [SP_OP_MUL] = SP_PRIMITIVE_MUL, [SP_OP_DIV] = SP_PRIMITIVE_DIV,
        [SP_OP_NEG] = SP_PRIMITIVE_NEG,
    };
    sp_matrix *a = as_value(l, 0, fits), *b = as_value(l, 1, fits);
    if (l->b)
        l->in->system->binary(l->in, primitive[l->node->op], l->out, a ? a : l->a, b ? b : l->b);
    else
        l->in->system->unary(l->in, primitive[l->node->op], l->out, l->a);
    sp_matrix_free(l->in, b);
    sp_matrix_free(l->in, a);
}

static void transpose(const local *l)
{
    const arrangement all = whole_value(l);
    if (all.count == 2) {
        l->in->system->transpose(l->in, l->out, l->a);
        return;
    }
    sp_matrix *a = arranged(l, 0, &all, all.count - 1);
    take_entries(l, a);
    sp_matrix_free(l->in, a);
}

static void renamed(const local *l)
{
    take_entries(l, l->a);
}

static void function(const local *l)
{
    const sp_formula *formula = sp_network_formula(l->network, l->node->function, l->node->prime);
    sp_matrix *a = as_value(l, 0, same_shape), *b = as_value(l, 1, same_shape);
    const sp_matrix *first = a ? a : l->a, *second = b ? b : l->b;
    if (sp_applies(l->node, SP_ELEMENTARY_STEP))
        l->in->system->unary(l->in, SP_PRIMITIVE_STEP, l->out, first);
    else if (l->in->system->function && !sp_formula_is_rational(formula))
        l->in->system->function(l->in, 2 * l->node->function + l->node->prime, l->out, first, second);
    else
        sp_formula_apply(l->in, formula, l->network->dim, l->out, first, second);
    sp_matrix_free(l->in, b);
    sp_matrix_free(l->in, a);
}

/* The operand as a matrix: a row for every entry of the value, a column for all that is summed over. */
static sp_matrix *columns_summed(const local *l)
{
    arrangement order = whole_value(l);
    const unsigned rows = order.count;
    for (unsigned k = 0; k < SP_MAX_ORDER && operand_has(l, 0, SP_MAX_ORDER + k); k++)
        append(&order, SP_MAX_ORDER + k);
    return arranged(l, 0, &order, rows);
}

static void sum(const local *l)
{
    const unsigned order = layout_of(l, 0)->order;
    if (order > 2 || l->step->out->layout.order + 1u != order) {
        sp_matrix *a = columns_summed(l);
        sp_matrix column = shaped(l, l->out, 0, a->rows, 1);
        l->in->system->sum(l->in, &column, a, false);
        sp_matrix_free(l->in, a);
        return;
    }
    bool over_rows = order == 2 && l->node->place == 0;
    if (over_rows || l->a->rows == 1) { /* the sum of one row is a scalar, 1 x 1 */
        l->in->system->sum(l->in, l->out, l->a, over_rows);
        return;
    }
    sp_matrix *column = sp_matrix_create(l->in, l->a->rows, 1); /* vectors are rows */
    l->in->system->sum(l->in, column, l->a, false);
    l->in->system->transpose(l->in, l->out, column);
    sp_matrix_free(l->in, column);
}

/* column = the largest entry of each row; -infinity where there is none. */
static void row_maxima(const sp_arithmetic *in, sp_matrix *column, const sp_matrix *a)
{
    sp_matrix *next = sp_matrix_create(in, a->rows, 1), *best = sp_matrix_create(in, a->rows, 1);
    sp_matrix *other = sp_matrix_create(in, a->rows, 1);
    for (size_t i = 0; i < a->rows && a->cols == 0; i++)
        in->system->set(in, column, i, 0, -(double)INFINITY);
    for (size_t k = 0; k < a->cols; k++) {
        sp_matrix *to = k == 0 ? best : next;
        in->system->copy(in, to, NULL, NULL, a, NULL, &k, a->rows, 1);
        if (k == 0)
            continue;
        in->system->binary(in, SP_PRIMITIVE_MAX, other, best, next);
        sp_matrix *swap = best;
        best = other;
        other = swap;
    }
    if (a->cols)
        in->system->copy(in, column, NULL, NULL, best, NULL, NULL, a->rows, 1);
    sp_matrix_free(in, other);
    sp_matrix_free(in, best);
    sp_matrix_free(in, next);
}

static void maximum(const local *l)
{
    sp_matrix *a = columns_summed(l);
    sp_matrix column = shaped(l, l->out, 0, a->rows, 1);
    row_maxima(l->in, &column, a);
    sp_matrix_free(l->in, a);
}

/* With m the largest a of a row, no exponential is above 1: exp(a - m) / sum exp(a - m), and m + log sum exp(a - m). */
static void softmax(const local *l)
{
    const sp_arithmetic *in = l->in;
    const bool logarithm = l->node->op == SP_OP_LOGSUMEXP;
    const unsigned at = (unsigned)l->node->place;
    arrangement order = {0};
    for (unsigned i = 0; i < l->step->out->layout.order; i++)
        if (logarithm || i != at)
            append(&order, i);
    append(&order, logarithm ? SP_MAX_ORDER : at);
    sp_matrix *a = arranged(l, 0, &order, order.count - 1);
    sp_matrix *most = sp_matrix_create(in, a->rows, 1), *sum = sp_matrix_create(in, a->rows, 1);
    sp_matrix *less = sp_matrix_create(in, a->rows, a->cols), *power = sp_matrix_create(in, a->rows, a->cols);
    row_maxima(in, most, a);
    in->system->binary(in, SP_PRIMITIVE_SUB, less, a, most);
    in->system->unary(in, SP_PRIMITIVE_EXP, power, less);
    in->system->sum(in, sum, power, false);
    if (logarithm) {
        sp_matrix *logs = sp_matrix_create(in, a->rows, 1);
        sp_matrix column = shaped(l, l->out, 0, a->rows, 1);
        in->system->unary(in, SP_PRIMITIVE_LOG, logs, sum);
        in->system->binary(in, SP_PRIMITIVE_ADD, &column, most, logs);
        sp_matrix_free(in, logs);
    } else {
        in->system->binary(in, SP_PRIMITIVE_DIV, less, power, sum);
        put_back(l, less, &order);
    }
    sp_matrix_free(in, power);
    sp_matrix_free(in, less);
    sp_matrix_free(in, sum);
    sp_matrix_free(in, most);
    sp_matrix_free(in, a);
}

static void (*const locals[SP_OP_COUNT])(const local *l) = {
    [SP_OP_LOAD] = load,
    [SP_OP_NUMBER] = number,
    [SP_OP_RANKS] = ranks,
    [SP_OP_EXTENT] = extent,
    [SP_OP_OWNED] = owned,
    [SP_OP_PRODUCT] = product,
    [SP_OP_DOT] = dot,
    [SP_OP_ADD] = elementwise,
    [SP_OP_SUB] = elementwise,
    [SP_OP_MUL] = elementwise,
    [SP_OP_DIV] = elementwise,
    [SP_OP_NEG] = elementwise,
    [SP_OP_TRANSPOSE] = transpose,
    [SP_OP_RENAME] = renamed,
    [SP_OP_APPLY] = function,
    [SP_OP_SUM] = sum,
    [SP_OP_MAX] = maximum,
    [SP_OP_SOFTMAX] = softmax,
    [SP_OP_LOGSUMEXP] = softmax,
};

void sp_local_run(const sp_node_step *step, const sp_network *network, const sp_inputs *inputs, size_t rank)
{
    local l = {.network = network, .inputs = inputs, .step = step, .in = step->in, .node = step->node, .rank = rank};
    l.a = step->operand[0] ? step->operand[0]->on[rank] : NULL;
    l.b = step->operand[1] ? step->operand[1]->on[rank] : NULL;
    l.out = sp_step_make(step, rank);
    if (l.out->rows && l.out->cols)
        locals[step->node->op](&l);
}
