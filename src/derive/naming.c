/* Programs as formulas: what one rank computes, with its coordinates as subscripts. */
#include "derive/naming.h"

#include <string.h>

/* ---- names ---- */

const sp_math *sp_name_math(sp_pool *pool, const sp_signature *of, const char *name)
{
    return sp_is_mlp(of) ? sp_math_symbol(pool, name) : sp_math_word(pool, name);
}

const sp_math *sp_label_math(sp_pool *pool, const sp_signature *of, const sp_part *part)
{
    return sp_name_math(pool, of, sp_label_text(pool, of, part));
}

/* ---- which ranks may differ ---- */

static unsigned axes_of_part(const sp_part *part)
{
    unsigned axes = 0;
    for (size_t a = 0; a < part->axes; a++)
        axes |= 1U << part->axis[a];
    return axes;
}

static unsigned axes_of(const sp_layout *layout)
{
    unsigned axes = 0;
    for (size_t p = 0; p < layout->order; p++)
        axes |= axes_of_part(&layout->part[p]);
    return axes;
}

static unsigned varies(const sp_naming *naming, const sp_node *n)
{
    unsigned axes = 0, own = 1U << (n->axis < 0 ? 0 : n->axis);
    for (int k = 0; k < 2; k++)
        if (n->operand[k] >= 0)
            axes |= naming->varies[n->operand[k]];
    switch (n->op) {
    case SP_OP_LOAD: return axes_of(&n->layout);
    case SP_OP_OWNED: return axes_of_part(&n->part);
    case SP_OP_ALLREDUCE:
    case SP_OP_ALLGATHER:
    case SP_OP_BROADCAST: return axes & ~own;
    case SP_OP_REDUCESCATTER:
    case SP_OP_SLICE:
    case SP_OP_ALLTOALL:
    case SP_OP_ONLY: return axes | own;
    default: return axes;
    }
}

sp_naming sp_naming_of(sp_pool *pool, const sp_program *program)
{
    sp_naming naming = {pool, program, SP_NEW_ARRAY(pool, unsigned, program->nodes),
                        SP_NEW_ARRAY(pool, int, program->nodes)};
    for (size_t i = 0; i < program->nodes; i++) {
        naming.varies[i] = varies(&naming, &program->node[i]);
        naming.statement_of[i] = -1;
    }
    for (size_t s = program->statements; s-- > 0;)
        naming.statement_of[program->statement[s].node] = (int)s;
    return naming;
}

const char *sp_coordinate_text(const sp_naming *naming, unsigned axis)
{
    const sp_program *p = naming->program;
    return p->axes > 1 || sp_index_has_name(naming->pool, p->of, "r") ? p->axis_name[axis] : "r";
}

const sp_math *sp_ranks_math(sp_pool *pool, const sp_program *program, unsigned axis)
{
    const sp_math *p = sp_math_symbol(pool, "P");
    if (program->axes == 1)
        return p;
    return sp_math_of(pool, SP_MATH_SHARD, p, sp_math_index(pool, program->axis_name[axis]), NULL);
}

const sp_math *sp_number_math(sp_pool *pool, const sp_program *p, const sp_node *n)
{
    switch (n->op) {
    case SP_OP_NUMBER:
        return sp_math_leaf(pool, SP_MATH_NUMBER, n->number_text);
    case SP_OP_RANKS:
        return sp_ranks_math(pool, p, (unsigned)n->axis); /* it names one: not negative */
    case SP_OP_EXTENT:
        return sp_name_math(pool, p->of, p->of->dim[n->dim]);
    default: /* OWNED */
        return sp_math_of(pool, SP_MATH_APPLY, sp_math_word(pool, "count"),
                          sp_math_word(pool, sp_part_text(pool, p, &n->part)), NULL);
    }
}

/* ---- right-hand sides ---- */

typedef struct writing {
    const sp_naming *naming;
    sp_pool *pool;
    size_t statement; /* names of statements before it are known */
    bool started;
    const char *coordinate[SP_MAX_AXES]; /* what stands for the rank's coordinate */
    unsigned bound;                      /* letters used up */
} writing;

static const sp_math *node_math(writing *w, int node);

static const sp_math *named(const writing *w, const char *name, unsigned axes)
{
    const sp_math *item[SP_MAX_AXES + 1] = {sp_name_math(w->pool, w->naming->program->of, name)};
    size_t items = 1;
    for (unsigned a = 0; a < w->naming->program->axes; a++)
        if (axes >> a & 1U)
            item[items++] = sp_math_index(w->pool, w->coordinate[a]);
    return items == 1 ? item[0] : sp_math_list(w->pool, SP_MATH_SHARD, NULL, item, items);
}

/* The operand with a new letter for the coordinate on the node's axis, and that letter. */
static const sp_math *bound(writing *w, const sp_node *n, const sp_math **letter)
{
    const char *before = w->coordinate[n->axis];
    w->coordinate[n->axis] = sp_rank_letter(w->pool, w->naming->program->of, w->bound++);
    *letter = sp_math_index(w->pool, w->coordinate[n->axis]);
    const sp_math *body = node_math(w, n->operand[0]);
    w->coordinate[n->axis] = before;
    w->bound--;
    return body;
}

static const sp_math *big(writing *w, const char *text, const sp_math *body, const sp_math *over)
{
    const sp_math *item[2] = {body, over};
    return sp_math_list(w->pool, SP_MATH_BIG, text, item, 2);
}

static const sp_math *gathered(writing *w, const sp_node *n)
{
    const sp_math *letter, *body = bound(w, n, &letter);
    return big(w, "cat", body, letter);
}

static const sp_math *summed(writing *w, const sp_node *n, bool mean)
{
    const sp_math *letter, *body = bound(w, n, &letter);
    const sp_math *sum = big(w, n->how == SP_REDUCE_MAX ? "max" : "sum", body, letter);
    const sp_math *ranks = sp_ranks_math(w->pool, w->naming->program, (unsigned)n->axis);
    if (!mean)
        return sum;
    const sp_math *one = sp_math_count(w->pool, 1);
    return sp_math_of(w->pool, SP_MATH_PRODUCT,
                      sp_math_of(w->pool, SP_MATH_FRACTION, one, ranks, NULL), sum, NULL);
}

/* own_r(A): the rows, columns or entries of A that this rank owns */
static const sp_math *own(writing *w, const sp_node *n, const sp_math *of)
{
    const sp_node *operand = &w->naming->program->node[n->operand[0]];
    const char *what = operand->layout.order != 2 ? "entries" : n->place == 0 ? "rows" : "cols";
    const sp_math *word = sp_math_of(w->pool, SP_MATH_SHARD, sp_math_word(w->pool, what),
                                     sp_math_index(w->pool, w->coordinate[n->axis]), NULL);
    return sp_math_of(w->pool, SP_MATH_APPLY, word, of, NULL);
}

/* A coordinate c, or r + k */
static const sp_math *from_rank(writing *w, const sp_node *n)
{
    const char *before = w->coordinate[n->axis];
    if (n->op == SP_OP_BROADCAST)
        w->coordinate[n->axis] = sp_pool_format(w->pool, "%ld", n->constant);
    else
        w->coordinate[n->axis] = sp_pool_format(w->pool, "%s%+ld", before, n->constant);
    const sp_math *body = node_math(w, n->operand[0]);
    w->coordinate[n->axis] = before;
    return body;
}

static const sp_math *only(writing *w, const sp_node *n)
{
    const sp_math *here = sp_math_index(w->pool, w->coordinate[n->axis]);
    const sp_math *there = sp_math_leaf(w->pool, SP_MATH_NUMBER,
                                        sp_pool_format(w->pool, "%ld", n->constant));
    const sp_math *condition = sp_math_of(w->pool, SP_MATH_CONDITION,
                                          sp_math_equals(w->pool, here, there), NULL, NULL);
    return sp_math_of(w->pool, SP_MATH_PRODUCT, condition, node_math(w, n->operand[0]), NULL);
}

/* sum_n A[n,:], over the indices that the rank owns */
static const sp_math *sum_of_rows(writing *w, const sp_node *n)
{
    const sp_layout *of = &w->naming->program->node[n->operand[0]].layout;
    const sp_part *part = &of->part[n->place];
    const sp_math *index =
        sp_math_index(w->pool, sp_index_name(w->pool, w->naming->program->of, part->dim, part->primes, 0));
    const sp_math *all = sp_math_index(w->pool, ":");
    const sp_math *body = node_math(w, n->operand[0]);
    body = of->order < 2 ? sp_math_of(w->pool, SP_MATH_ENTRY, body, index, NULL)
           : n->place == 0 ? sp_math_of(w->pool, SP_MATH_ENTRY, body, index, all)
                           : sp_math_of(w->pool, SP_MATH_ENTRY, body, all, index);
    return big(w, "sum", body, index);
}

const sp_math *sp_function_math(sp_pool *pool, const sp_signature *of, sp_function function, bool prime)
{
    const char *text = sp_function_text(pool, of, function, prime);
    if (function == (sp_function)SP_ELEMENTARY_STEP)
        return sp_math_word(pool, "step");
    return sp_name_math(pool, of, text);
}

static const sp_math *function(writing *w, const sp_node *n)
{
    return sp_math_of(w->pool, SP_MATH_APPLY, sp_function_math(w->pool, w->naming->program->of, n->function, n->prime),
                      node_math(w, n->operand[0]), n->operand[1] >= 0 ? node_math(w, n->operand[1]) : NULL);
}

static bool is_scalar(const writing *w, int node)
{
    return w->naming->program->node[node].layout.order == 0;
}

static bool sums_rows(const writing *w, const sp_node *n)
{
    const sp_layout *of = &w->naming->program->node[n->operand[0]].layout;
    return of->order <= 2 && n->layout.order + 1U == of->order;
}

/* dot(a, b, D), as the language has it: what has no sign of its own. */
static const sp_math *call(writing *w, const sp_node *n)
{
    const sp_program *p = w->naming->program;
    const sp_layout *of = &p->node[n->operand[0]].layout;
    const sp_math *item[3 + SP_MAX_ORDER + 1] = {sp_math_word(w->pool, sp_op_name(n->op))};
    size_t items = 1;
    for (int k = 0; k < 2; k++)
        if (n->operand[k] >= 0)
            item[items++] = node_math(w, n->operand[k]);
    for (unsigned i = 0; i < of->order; i++) {
        const sp_part *to = n->to[0][i] < SP_MAX_ORDER ? &n->layout.part[n->to[0][i]] : NULL;
        bool renamed = to && !sp_label_equal(to, &of->part[i]);
        if (!to || renamed || (n->op == SP_OP_SOFTMAX && (int)i == n->place))
            item[items++] = sp_label_math(w->pool, p->of, &of->part[i]);
        if (renamed)
            item[items++] = sp_label_math(w->pool, p->of, to);
    }
    return sp_math_list(w->pool, SP_MATH_APPLY, NULL, item, items);
}

static const sp_math *binary(writing *w, const sp_node *n)
{
    const sp_math *a = node_math(w, n->operand[0]), *b = node_math(w, n->operand[1]);
    bool left = is_scalar(w, n->operand[0]), right = is_scalar(w, n->operand[1]);
    switch (n->op) {
    case SP_OP_PRODUCT: return sp_math_of(w->pool, SP_MATH_PRODUCT, a, b, NULL);
    case SP_OP_ADD: return sp_math_add(w->pool, a, b, false);
    case SP_OP_SUB: return sp_math_add(w->pool, a, b, true);
    case SP_OP_DIV: return sp_math_of(w->pool, SP_MATH_FRACTION, a, b, NULL);
    default: break;
    }
    if (!left && !right)
        return sp_math_of(w->pool, SP_MATH_HADAMARD, a, b, NULL);
    return sp_math_of(w->pool, SP_MATH_PRODUCT, left ? a : b, left ? b : a, NULL);
}

static const sp_math *node_math(writing *w, int node)
{
    const sp_program *p = w->naming->program;
    const sp_node *n = &p->node[node];
    int known = w->naming->statement_of[node];
    if (w->started && known >= 0 && (size_t)known < w->statement)
        return named(w, p->statement[known].name, w->naming->varies[node]);
    w->started = true;
    switch (n->op) {
    case SP_OP_LOAD:
        return named(w, p->of->tensor[n->tensor].name, w->naming->varies[node]);
    case SP_OP_NUMBER:
    case SP_OP_RANKS:
    case SP_OP_EXTENT:
    case SP_OP_OWNED:
        return sp_number_math(w->pool, p, n);
    case SP_OP_NEG:
        return sp_math_negative(w->pool, node_math(w, n->operand[0]));
    case SP_OP_TRANSPOSE:
        return sp_math_of(w->pool, SP_MATH_TRANSPOSE, node_math(w, n->operand[0]), NULL, NULL);
    case SP_OP_SUM:
        return sums_rows(w, n) ? sum_of_rows(w, n) : call(w, n);
    case SP_OP_DOT:
    case SP_OP_MAX:
    case SP_OP_RENAME:
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return call(w, n);
    case SP_OP_ALLREDUCE:
        return summed(w, n, n->how == SP_REDUCE_MEAN);
    case SP_OP_ALLGATHER:
        return gathered(w, n);
    case SP_OP_REDUCESCATTER:
        return own(w, n, summed(w, n, false));
    case SP_OP_SLICE:
        return own(w, n, node_math(w, n->operand[0]));
    case SP_OP_ALLTOALL:
        return own(w, n, gathered(w, n));
    case SP_OP_BROADCAST:
    case SP_OP_SHIFT:
        return from_rank(w, n);
    case SP_OP_ONLY:
        return only(w, n);
    case SP_OP_APPLY:
        return function(w, n);
    default:
        return binary(w, n);
    }
}

static writing writing_of(const sp_naming *naming, size_t statement)
{
    writing w = {.naming = naming, .pool = naming->pool, .statement = statement};
    for (unsigned a = 0; a < naming->program->axes; a++)
        w.coordinate[a] = sp_coordinate_text(naming, a);
    return w;
}

const sp_math *sp_value_math(const sp_naming *naming, const char *name, unsigned axes)
{
    writing w = writing_of(naming, 0);
    return named(&w, name, axes);
}

const sp_math *sp_statement_math(const sp_naming *naming, size_t statement)
{
    writing w = writing_of(naming, statement);
    int node = naming->program->statement[statement].node;
    w.started = naming->statement_of[node] != (int)statement;
    return node_math(&w, node);
}

const sp_math *sp_node_math_at(const sp_naming *naming, int node, size_t statement, unsigned axis,
                               const char *coordinate)
{
    writing w = writing_of(naming, statement);
    w.started = true;
    w.coordinate[axis] = coordinate;
    return node_math(&w, node);
}

const sp_math *sp_node_math(const sp_naming *naming, int node, size_t statement)
{
    writing w = writing_of(naming, statement);
    w.started = true;
    return node_math(&w, node);
}
