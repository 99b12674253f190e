/* The rewritings of rewrite.h: a function for each, which gives a node equal to e, or NULL where the
 * rewriting does not apply. That "equal" is right rests on `same` of tree.h: what is the same on all
 * ranks of an axis at every index may be taken from any of them. */
#include "rewrite.h"

#include <stdio.h>
#include <string.h>

#define X(id, words) words,
const char *const rewrite_words[REWRITE_COUNT] = {VALUE_REWRITES(X) SCHEME_REWRITES(X)};
#undef X

typedef struct rewriter {
    tree_scheme *s;
    uint64_t *random;
    int place; /* of the statement in the order */
} rewriter;

typedef const tree_node *rewriting(rewriter *w, const tree_node *e);

static int below(rewriter *w, int bound)
{
    return tree_below(w->random, bound);
}

/* ---- what rewritings need ---- */

static bool is_free(const tree_node *e, int axis)
{
    return !(tree_type_axes(&e->type) >> axis & 1u);
}

/* Every rank along the axis has the same indices of e, with the same values. */
static bool is_replicated(const tree_node *e, int axis)
{
    return is_free(e, axis) && (e->same >> axis & 1u);
}

/* A random axis that passes; -1 if none does. */
static int axis_where(rewriter *w, const tree_node *e, bool (*passes)(const tree_node *, int))
{
    int first = below(w, w->s->axes > 0 ? w->s->axes : 1);
    for (int k = 0; k < w->s->axes; k++) {
        int axis = (first + k) % w->s->axes;
        if (passes(e, axis))
            return axis;
    }
    return -1;
}

static int any_dim_of(rewriter *w, const tree_node *e)
{
    return e->type.order > 0 ? e->type.part[below(w, e->type.order)].dim : -1;
}

static int any_shift(rewriter *w)
{
    int k = 1 + below(w, 3);
    return below(w, 2) ? k : -k;
}

static const tree_node *transpose(rewriter *w, const tree_node *a)
{
    return tree_unary(w->s, TREE_TRANSPOSE, a);
}

/* A named value of that type, written before this statement; else e itself. */
static const tree_node *partner(rewriter *w, const tree_node *e)
{
    int all = TREE_TENSORS + w->place, first = below(w, all);
    for (int k = 0; k < all; k++) {
        int at = (first + k) % all;
        const tree_node *n = at < TREE_TENSORS ? tree_load(w->s, at)
                                               : tree_use(w->s, w->s->order[at - TREE_TENSORS]);
        if (n && tree_same_type(&n->type, &e->type))
            return n;
        const tree_node *turned = n && n->type.order == 2 ? transpose(w, n) : NULL;
        if (turned && tree_same_type(&turned->type, &e->type))
            return turned;
    }
    return e;
}

/* A scalar that is not zero where the mesh has ranks and no part is empty. */
static const tree_node *any_scalar(rewriter *w)
{
    int axis = below(w, w->s->axes > 0 ? w->s->axes : 1);
    tree_part part = {.dim = below(w, TREE_DIMS), .axes = 1, .axis = {axis}};
    const tree_node *extent = tree_extent(w->s, below(w, TREE_DIMS));
    if (w->s->axes == 0)
        return extent;
    const tree_node *count = tree_count(w->s, &part), *ranks = tree_ranks(w->s, axis);
    switch (below(w, 5)) {
    case 0:
        return count;
    case 1:
        return ranks;
    case 2:
        return tree_binary(w->s, TREE_ADD, count, ranks);
    case 3:
        return tree_binary(w->s, TREE_TIMES, extent, ranks);
    default:
        return tree_binary(w->s, TREE_ADD, tree_binary(w->s, TREE_DIVIDE, count, extent),
                           tree_number(w->s, 1));
    }
}

/* A linear operation: its operand that may be a sum, 0 or 1; -1 if it is none. */
static int linear_operand(rewriter *w, const tree_node *e)
{
    switch (e->op) {
    case TREE_PRODUCT:
        return below(w, 2);
    case TREE_TIMES:
        return e->of[0]->type.order > 0 ? 0 : 1;
    case TREE_DIVIDE:
    case TREE_NEGATE:
    case TREE_TRANSPOSE:
    case TREE_SUM:
    case TREE_ALLREDUCE:
    case TREE_MEAN:
    case TREE_ALLGATHER:
    case TREE_REDUCESCATTER:
    case TREE_SLICE:
    case TREE_ALLTOALL:
    case TREE_BROADCAST:
    case TREE_SHIFT:
    case TREE_ONLY:
        return 0;
    default:
        return -1;
    }
}

/* e with another operand in that place. */
static const tree_node *with_operand(rewriter *w, const tree_node *e, int which,
                                     const tree_node *operand)
{
    return tree_again(w->s, e, which == 0 ? operand : e->of[0], which == 1 ? operand : e->of[1]);
}

/* ---- around any value ---- */

static const tree_node *put_there_and_back(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_free), k = any_shift(w);
    if (axis < 0)
        return NULL;
    return tree_at(w->s, TREE_SHIFT, tree_at(w->s, TREE_SHIFT, e, axis, k), axis, -k);
}

static const tree_node *put_only_sum(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_replicated);
    if (axis < 0)
        return NULL;
    const tree_node *only = tree_at(w->s, TREE_ONLY, e, axis, below(w, 2));
    return tree_over(w->s, TREE_ALLREDUCE, only, axis);
}

static const tree_node *put_told(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_replicated);
    return axis < 0 ? NULL : tree_at(w->s, TREE_BROADCAST, e, axis, below(w, 2));
}

static const tree_node *put_mean_of_same(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_replicated);
    return axis < 0 ? NULL : tree_over(w->s, TREE_MEAN, e, axis);
}

static const tree_node *put_shares(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_replicated);
    if (axis < 0)
        return NULL;
    const tree_node *ranks = tree_ranks(w->s, axis);
    if (below(w, 2))
        return tree_binary(w->s, TREE_DIVIDE, tree_over(w->s, TREE_ALLREDUCE, e, axis), ranks);
    return tree_over(w->s, TREE_ALLREDUCE, tree_binary(w->s, TREE_DIVIDE, e, ranks), axis);
}

static const tree_node *put_shifted(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_replicated);
    return axis < 0 ? NULL : tree_at(w->s, TREE_SHIFT, e, axis, any_shift(w));
}

static const tree_node *put_sliced(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_replicated), dim = any_dim_of(w, e);
    if (axis < 0 || dim < 0)
        return NULL;
    const tree_node *part = tree_along(w->s, TREE_SLICE, e, dim, axis);
    return tree_along(w->s, TREE_ALLGATHER, part, dim, axis);
}

static const tree_node *put_gathered(rewriter *w, const tree_node *e)
{
    for (int k = 0; k < e->type.order; k++) {
        const tree_part *part = &e->type.part[k];
        if (part->axes == 0)
            continue;
        int axis = part->axis[part->axes - 1];
        const tree_node *whole = tree_along(w->s, TREE_ALLGATHER, e, part->dim, axis);
        return tree_along(w->s, TREE_SLICE, whole, part->dim, axis);
    }
    return NULL;
}

static const tree_node *put_turned(rewriter *w, const tree_node *e)
{
    for (int k = 0; k < e->type.order && e->type.order == 2; k++) {
        const tree_part *part = &e->type.part[k], *other = &e->type.part[1 - k];
        if (part->axes == 0)
            continue;
        int axis = part->axis[part->axes - 1];
        const tree_node *turned = tree_alltoall(w->s, e, other->dim, part->dim, axis);
        return tree_alltoall(w->s, turned, part->dim, other->dim, axis);
    }
    return NULL;
}

static const tree_node *put_plus_minus(rewriter *w, const tree_node *e)
{
    const tree_node *z = partner(w, e);
    if (below(w, 2))
        return tree_binary(w->s, TREE_SUBTRACT, tree_binary(w->s, TREE_ADD, e, z), z);
    return tree_binary(w->s, TREE_ADD, tree_binary(w->s, TREE_SUBTRACT, e, z), z);
}

/* Of what one rank has, so that ranks differ. */
static const tree_node *put_pair(rewriter *w, const tree_node *e)
{
    int axis = axis_where(w, e, is_free), first = any_shift(w), second = any_shift(w);
    if (axis < 0)
        return NULL;
    const tree_node *only = tree_at(w->s, TREE_ONLY, partner(w, e), axis, below(w, 2));
    const tree_node *once = tree_at(w->s, TREE_SHIFT, only, axis, first + second);
    const tree_node *twice = tree_at(w->s, TREE_SHIFT, tree_at(w->s, TREE_SHIFT, only, axis, first),
                                     axis, second);
    return tree_binary(w->s, TREE_SUBTRACT, tree_binary(w->s, TREE_ADD, e, once), twice);
}

static const tree_node *put_zero(rewriter *w, const tree_node *e)
{
    const tree_node *z = partner(w, e), *nothing = tree_number(w->s, 0);
    switch (below(w, 4)) {
    case 0:
        break;
    case 1:
        nothing = tree_binary(w->s, TREE_TIMES, nothing, z);
        break;
    case 2:
        nothing = tree_binary(w->s, TREE_SUBTRACT, z, z);
        break;
    default: {
        const tree_node *step = tree_unary(w->s, TREE_STEP, z);
        nothing = tree_binary(w->s, TREE_SUBTRACT, tree_binary(w->s, TREE_TIMES, step, step), step);
    }
    }
    return tree_binary(w->s, TREE_ADD, e, nothing);
}

static const tree_node *put_halves(rewriter *w, const tree_node *e)
{
    static const double share[] = {0.5, 0.25, 0.125, 2, -1};
    double part = share[below(w, 4)];
    tree_op op = part > 1 ? TREE_SUBTRACT : TREE_ADD;
    const tree_node *rest = tree_number(w->s, part > 1 ? part - 1 : 1 - part);
    return tree_binary(w->s, op, tree_binary(w->s, TREE_TIMES, tree_number(w->s, part), e),
                       tree_binary(w->s, TREE_TIMES, rest, e));
}

static const tree_node *put_multiples(rewriter *w, const tree_node *e)
{
    static const double factor[] = {4096, 3, 1048576, 7};
    double by = factor[below(w, 4)], over = by > 7 ? by / 2 : by;
    const tree_node *more =
        tree_binary(w->s, TREE_DIVIDE, tree_binary(w->s, TREE_TIMES, tree_number(w->s, by), e),
                    tree_number(w->s, over));
    return by > 7 ? tree_binary(w->s, TREE_SUBTRACT, more, e) : more;
}

static const tree_node *put_scalar(rewriter *w, const tree_node *e)
{
    const tree_node *s = any_scalar(w);
    if (below(w, 2))
        return tree_binary(w->s, TREE_DIVIDE, tree_binary(w->s, TREE_TIMES, e, s), s);
    return tree_binary(w->s, TREE_TIMES, tree_binary(w->s, TREE_DIVIDE, e, s), s);
}

static const tree_node *put_counted(rewriter *w, const tree_node *e)
{
    if (w->s->axes == 0)
        return NULL;
    int axis = below(w, w->s->axes);
    tree_part part = {.dim = below(w, TREE_DIMS), .axes = 1, .axis = {axis}};
    const tree_node *all = tree_over(w->s, TREE_ALLREDUCE, tree_count(w->s, &part), axis);
    return tree_binary(w->s, TREE_DIVIDE, tree_binary(w->s, TREE_TIMES, e, all),
                       tree_extent(w->s, part.dim));
}

static const tree_node *put_negative(rewriter *w, const tree_node *e)
{
    return tree_unary(w->s, TREE_NEGATE, tree_unary(w->s, TREE_NEGATE, e));
}

static const tree_node *put_transposed(rewriter *w, const tree_node *e)
{
    return transpose(w, transpose(w, e));
}

static const tree_node *put_one_rank_apart(rewriter *w, const tree_node *e)
{
    if (w->s->axes == 0)
        return NULL;
    const tree_node *only = tree_at(w->s, TREE_ONLY, e, below(w, w->s->axes), below(w, 2));
    return tree_binary(w->s, TREE_ADD, tree_binary(w->s, TREE_SUBTRACT, e, only), only);
}

/* ---- collectives ---- */

static const tree_node *put_split_sum(rewriter *w, const tree_node *e)
{
    int dim = any_dim_of(w, e);
    if (e->op != TREE_ALLREDUCE || dim < 0)
        return NULL;
    const tree_node *part = tree_along(w->s, TREE_REDUCESCATTER, e->of[0], dim, e->axis);
    return tree_along(w->s, TREE_ALLGATHER, part, dim, e->axis);
}

static const tree_node *put_mean_times_size(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_ALLREDUCE)
        return NULL;
    const tree_node *ranks = tree_ranks(w->s, e->axis);
    if (below(w, 2))
        return tree_over(w->s, TREE_MEAN, tree_binary(w->s, TREE_TIMES, e->of[0], ranks), e->axis);
    return tree_binary(w->s, TREE_TIMES, tree_over(w->s, TREE_MEAN, e->of[0], e->axis), ranks);
}

static const tree_node *put_shift_inside(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_ALLREDUCE && e->op != TREE_MEAN && e->op != TREE_REDUCESCATTER)
        return NULL;
    return tree_again(w->s, e, tree_at(w->s, TREE_SHIFT, e->of[0], e->axis, any_shift(w)), NULL);
}

static const tree_node *put_scatter(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_REDUCESCATTER)
        return NULL;
    return tree_along(w->s, TREE_SLICE, tree_over(w->s, TREE_ALLREDUCE, e->of[0], e->axis), e->dim,
                      e->axis);
}

static const tree_node *put_one_rank(rewriter *w, const tree_node *e)
{
    const tree_node *a = e->of[0];
    if (e->op == TREE_BROADCAST)
        return tree_over(w->s, TREE_ALLREDUCE, tree_at(w->s, TREE_ONLY, a, e->axis, e->constant),
                         e->axis);
    if (e->op == TREE_ALLREDUCE && a->op == TREE_ONLY && a->axis == e->axis)
        return tree_at(w->s, TREE_BROADCAST, a->of[0], e->axis, a->constant);
    return NULL;
}

static const tree_node *put_slice(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_SLICE || !is_replicated(e->of[0], e->axis))
        return NULL;
    const tree_node *share =
        below(w, 2) ? tree_at(w->s, TREE_ONLY, e->of[0], e->axis, below(w, 2))
                    : tree_binary(w->s, TREE_DIVIDE, e->of[0], tree_ranks(w->s, e->axis));
    return tree_along(w->s, TREE_REDUCESCATTER, share, e->dim, e->axis);
}

static const tree_node *put_alltoall(rewriter *w, const tree_node *e)
{
    if (e->op == TREE_ALLTOALL)
        return tree_along(w->s, TREE_SLICE,
                          tree_along(w->s, TREE_ALLGATHER, e->of[0], e->dim2, e->axis), e->dim,
                          e->axis);
    if (e->op == TREE_SLICE && e->of[0]->op == TREE_ALLGATHER && e->axis == e->of[0]->axis)
        return tree_alltoall(w->s, e->of[0]->of[0], e->dim, e->of[0]->dim, e->axis);
    return NULL;
}

/* ---- sums ---- */

static const tree_node *put_distribute(rewriter *w, const tree_node *e)
{
    int which = linear_operand(w, e);
    const tree_node *sum = which < 0 ? NULL : e->of[which];
    if (!sum || (sum->op != TREE_ADD && sum->op != TREE_SUBTRACT) ||
        !tree_same_type(&sum->of[0]->type, &sum->of[1]->type))
        return NULL;
    return tree_binary(w->s, sum->op, with_operand(w, e, which, sum->of[0]),
                       with_operand(w, e, which, sum->of[1]));
}

static const tree_node *put_join(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_ADD && e->op != TREE_SUBTRACT)
        return NULL;
    const tree_node *a = e->of[0], *b = e->of[1];
    int which = a->op == b->op ? linear_operand(w, a) : -1;
    if (which < 0 || !tree_same_type(&a->of[which]->type, &b->of[which]->type) ||
        !tree_equal(with_operand(w, b, which, a->of[which]), a))
        return NULL;
    return with_operand(w, a, which, tree_binary(w->s, e->op, a->of[which], b->of[which]));
}

static const tree_node *put_add_into(rewriter *w, const tree_node *e)
{
    int which = linear_operand(w, e);
    if (which < 0)
        return NULL;
    const tree_node *z = partner(w, e->of[which]);
    return tree_binary(w->s, TREE_SUBTRACT,
                       with_operand(w, e, which, tree_binary(w->s, TREE_ADD, e->of[which], z)),
                       with_operand(w, e, which, z));
}

static const tree_node *put_commute(rewriter *w, const tree_node *e)
{
    if (e->op == TREE_ADD || e->op == TREE_TIMES)
        return tree_binary(w->s, e->op, e->of[1], e->of[0]);
    if (e->op == TREE_SUBTRACT)
        return tree_binary(w->s, TREE_ADD, tree_unary(w->s, TREE_NEGATE, e->of[1]), e->of[0]);
    if (e->op == TREE_DIVIDE)
        return tree_binary(w->s, TREE_TIMES, e->of[0],
                           tree_binary(w->s, TREE_DIVIDE, tree_number(w->s, 1), e->of[1]));
    return NULL;
}

/* The sum over x of the sum over y, of the slice over y, of the transpose, ... */
static const tree_node *put_exchange(rewriter *w, const tree_node *e)
{
    if ((e->op != TREE_ALLREDUCE && e->op != TREE_MEAN && e->op != TREE_BROADCAST &&
         e->op != TREE_SHIFT) || !e->of[0]->of[0])
        return NULL;
    const tree_node *inner = e->of[0];
    bool other_axis = (inner->op >= TREE_ALLREDUCE && inner->axis != e->axis);
    if (!other_axis && inner->op != TREE_TRANSPOSE && inner->op != TREE_NEGATE &&
        inner->op != TREE_SUM)
        return NULL;
    return tree_again(w->s, inner, tree_again(w->s, e, inner->of[0], NULL), NULL);
}

static const tree_node *put_pull_out(rewriter *w, const tree_node *e)
{
    if ((e->op != TREE_ALLREDUCE && e->op != TREE_MEAN) ||
        (e->of[0]->op != TREE_TIMES && e->of[0]->op != TREE_PRODUCT && e->of[0]->op != TREE_DIVIDE))
        return NULL;
    const tree_node *inner = e->of[0];
    for (int k = inner->op == TREE_DIVIDE ? 1 : 0; k < 2; k++)
        if (is_replicated(inner->of[k], e->axis))
            return with_operand(w, inner, 1 - k, tree_again(w->s, e, inner->of[1 - k], NULL));
    return NULL;
}

static const tree_node *put_push_in(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_TIMES && e->op != TREE_PRODUCT && e->op != TREE_DIVIDE)
        return NULL;
    for (int k = 0; k < (e->op == TREE_DIVIDE ? 1 : 2); k++) {
        const tree_node *sum = e->of[k];
        if ((sum->op == TREE_ALLREDUCE || sum->op == TREE_MEAN) &&
            is_replicated(e->of[1 - k], sum->axis))
            return tree_again(w->s, sum, with_operand(w, e, k, sum->of[0]), NULL);
    }
    return NULL;
}

static const tree_node *put_product_in_parts(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_PRODUCT)
        return NULL;
    int axis = axis_where(w, e->of[0], is_replicated), dim = e->of[1]->type.part[0].dim;
    if (axis < 0 || !is_replicated(e->of[1], axis))
        return NULL;
    const tree_node *part =
        tree_binary(w->s, TREE_PRODUCT, tree_along(w->s, TREE_SLICE, e->of[0], dim, axis),
                    tree_along(w->s, TREE_SLICE, e->of[1], dim, axis));
    return tree_over(w->s, TREE_ALLREDUCE, part, axis);
}

static const tree_node *put_sum_in_parts(rewriter *w, const tree_node *e)
{
    int axis = e->op == TREE_SUM ? axis_where(w, e->of[0], is_replicated) : -1;
    if (axis < 0)
        return NULL;
    const tree_node *part = tree_along(w->s, TREE_SLICE, e->of[0], e->dim, axis);
    return tree_over(w->s, TREE_ALLREDUCE, tree_sum(w->s, part, e->dim), axis);
}

static const tree_node *put_bias_once(rewriter *w, const tree_node *e)
{
    if ((e->op != TREE_ADD && e->op != TREE_SUBTRACT) || e->of[0]->op != TREE_ALLREDUCE ||
        !is_replicated(e->of[1], e->of[0]->axis))
        return NULL;
    int axis = e->of[0]->axis;
    const tree_node *share =
        below(w, 2) ? tree_at(w->s, TREE_ONLY, e->of[1], axis, below(w, 2))
                    : tree_binary(w->s, TREE_DIVIDE, e->of[1], tree_ranks(w->s, axis));
    return tree_over(w->s, TREE_ALLREDUCE, tree_binary(w->s, e->op, e->of[0]->of[0], share), axis);
}

/* ---- functions, products, step ---- */

static bool is_function(tree_op op)
{
    return op >= TREE_SIGMA && op <= TREE_STEP && op != TREE_LOSS_PRIME;
}

/* What moves entries between ranks without adding. */
static bool is_move(tree_op op)
{
    return op == TREE_ALLGATHER || op == TREE_SLICE || op == TREE_ALLTOALL || op == TREE_BROADCAST ||
           op == TREE_SHIFT || op == TREE_TRANSPOSE;
}

static const tree_node *put_function_inside(rewriter *w, const tree_node *e)
{
    if ((is_function(e->op) && is_move(e->of[0]->op)) ||
        (is_move(e->op) && is_function(e->of[0]->op)))
        return tree_again(w->s, e->of[0], tree_again(w->s, e, e->of[0]->of[0], NULL), NULL);
    if (is_move(e->op) && (e->of[0]->op == TREE_TIMES || e->of[0]->op == TREE_LOSS_PRIME) &&
        tree_same_type(&e->of[0]->of[0]->type, &e->of[0]->of[1]->type))
        return tree_binary(w->s, e->of[0]->op, tree_again(w->s, e, e->of[0]->of[0], NULL),
                           tree_again(w->s, e, e->of[0]->of[1], NULL));
    return NULL;
}

static const tree_node *put_product_turned(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_PRODUCT)
        return NULL;
    return transpose(w, tree_binary(w->s, TREE_PRODUCT, transpose(w, e->of[1]),
                                    transpose(w, e->of[0])));
}

static const tree_node *put_associate(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_PRODUCT && e->op != TREE_TIMES)
        return NULL;
    const tree_node *a = e->of[0], *b = e->of[1];
    if (a->op == e->op)
        return tree_binary(w->s, e->op, a->of[0], tree_binary(w->s, e->op, a->of[1], b));
    if (b->op == e->op)
        return tree_binary(w->s, e->op, tree_binary(w->s, e->op, a, b->of[0]), b->of[1]);
    return NULL;
}

static const tree_node *put_factor_in_product(rewriter *w, const tree_node *e)
{
    if (e->op != TREE_PRODUCT)
        return NULL;
    const tree_node *s = any_scalar(w);
    return tree_binary(w->s, TREE_PRODUCT, tree_binary(w->s, TREE_TIMES, s, e->of[0]),
                       tree_binary(w->s, TREE_DIVIDE, e->of[1], s));
}

static const tree_node *put_step_twice(rewriter *w, const tree_node *e)
{
    if (e->op == TREE_STEP)
        return tree_binary(w->s, TREE_TIMES, e, e);
    const tree_node *step = tree_unary(w->s, TREE_STEP, partner(w, e));
    const tree_node *more = tree_binary(w->s, TREE_ADD, e, tree_binary(w->s, TREE_TIMES, step, step));
    return tree_binary(w->s, TREE_SUBTRACT, more, step);
}

/* ---- statements ---- */

/* Names that a careless writer of other languages would take for something else. */
static bool odd_name(rewriter *w, char *name)
{
    static const char *const odd[] = {
        "Z1_is_Z1", "rank_Z1", "load_W1", "Definition", "forall", "fun", "R", "N1", "x", "own_Dh_tp",
        "axis_tp", "r_tp", "q1", "k", "i1", "own", "Theorem", "Section", "dW1_proved", "Type", "Set",
        "exists", "match_", "let", "in_", "size_tp", "F", "sigma_", "Z2_is_Z2", "rank_D1", "ring",
        "Z1_", "_Z1", "value1", "D2_rank", "own_N_dp", "Prop", "end", "at", "as", "unit", "nat", "c",
    };
    int count = (int)(sizeof odd / sizeof *odd), first = below(w, count);
    for (int k = 0; k < count; k++) {
        const char *word = odd[(first + k) % count];
        bool taken = tree_find(w->s, word) >= 0;
        for (int a = 0; a < w->s->axes; a++)
            taken = taken || strcmp(w->s->axis_name[a], word) == 0;
        if (!taken) {
            snprintf(name, TREE_NAME, "%s", word);
            return true;
        }
    }
    return false;
}

static const tree_node *put_name(rewriter *w, const tree_node *e)
{
    char name[TREE_NAME];
    if (e->op == TREE_NUMBER || !odd_name(w, name))
        return NULL;
    bool backward = w->s->statement[w->s->order[w->place]].backward;
    int id = tree_insert(w->s, w->place, name, e, backward);
    w->place++;
    return tree_use(w->s, id);
}

static const tree_node *put_inlined(rewriter *w, const tree_node *e)
{
    return e->op == TREE_USE ? w->s->statement[e->which].value : NULL;
}

static bool uses(const tree_node *n, int statement)
{
    return n && ((n->op == TREE_USE && n->which == statement) || uses(n->of[0], statement) ||
                 uses(n->of[1], statement));
}

/* A result whose statement nothing else uses. */
static tree_result *last_result(rewriter *w)
{
    if (w->s->results == 0)
        return NULL;
    tree_result *r = &w->s->result[below(w, w->s->results)];
    for (int id = 0; id < w->s->statements; id++)
        if (uses(w->s->statement[id].value, r->statement))
            return NULL;
    return r->sum_axis < 0 ? r : NULL;
}

static bool declare_sum(rewriter *w)
{
    tree_result *r = last_result(w);
    const tree_node *value = r ? w->s->statement[r->statement].value : NULL;
    if (!value || value->op != TREE_ALLREDUCE)
        return false;
    r->sum_axis = value->axis;
    w->s->statement[r->statement].value = value->of[0];
    return true;
}

static bool declare_part(rewriter *w)
{
    tree_result *r = last_result(w);
    const tree_node *value = r ? w->s->statement[r->statement].value : NULL;
    int axis = value ? axis_where(w, value, is_replicated) : -1;
    if (axis < 0)
        return false;
    const tree_node *part = tree_along(w->s, TREE_SLICE, value, any_dim_of(w, value), axis);
    if (!part)
        return false;
    r->declared = part->type;
    w->s->statement[r->statement].value = part;
    return true;
}

static bool axis(rewriter *w)
{
    static const char *const names[] = {"dp_tp", "tp_dp", "R", "fun", "own_N", "x", "r", "N_tp", "q"};
    const char *name = names[below(w, 4) ? 0 : below(w, (int)(sizeof names / sizeof *names))];
    for (int a = 0; a < w->s->axes; a++)
        if (strcmp(w->s->axis_name[a], name) == 0)
            return false;
    if (tree_find(w->s, name) >= 0)
        return false;
    if (w->s->axes > 0 && below(w, 4) == 0) { /* another name alone */
        snprintf(w->s->axis_name[below(w, w->s->axes)], TREE_NAME, "%s", name);
        return true;
    }
    if (w->s->axes == TREE_AXES)
        return false;
    snprintf(w->s->axis_name[w->s->axes++], TREE_NAME, "%s", name);
    return tree_retype(w->s); /* what is the same over the new axis is worked out again */
}

/* ---- the table ---- */

typedef struct way {
    rewriting *value;         /* of a value, or */
    bool (*scheme)(rewriter *w); /* of the scheme */
} way;

static const way ways[REWRITE_COUNT] = {
#define X(id, words) {.value = put_##id},
    VALUE_REWRITES(X)
#undef X
#define X(id, words) {.scheme = id},
    SCHEME_REWRITES(X)
#undef X
};

enum { TRIES = 300, WEIGHT = 120 };

bool rewrite_scheme(tree_scheme *s, rewrite how, uint64_t *random)
{
    rewriter w = {.s = s, .random = random};
    if (ways[how].scheme)
        return ways[how].scheme(&w);
    for (int tries = 0; tries < TRIES; tries++) {
        w.place = below(&w, s->statements);
        int id = s->order[w.place];
        const tree_node *root = s->statement[id].value;
        int weight = tree_weight(root), at = below(&w, weight);
        if (weight > WEIGHT)
            continue;
        const tree_node *by = ways[how].value(&w, tree_nth(root, at));
        const tree_node *made = by ? tree_replace(s, root, at, by) : NULL;
        if (!made || !tree_same_type(&made->type, &root->type))
            continue;
        s->statement[id].value = made;
        return tree_retype(s); /* what is the same where may have changed further on */
    }
    return false;
}
