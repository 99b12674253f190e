#include "wrong.h"

#define X(id, words) words,
const char *const wrong_words[WRONG_COUNT] = {WRONGS(X)};
#undef X

typedef struct spoiler {
    tree_scheme *s;
    uint64_t *random;
    int place; /* of the statement in the order */
} spoiler;

static int below(spoiler *w, int bound)
{
    return tree_below(w->random, bound > 0 ? bound : 1);
}

#define ANY_OF(w, list) ((list)[below((w), (int)(sizeof(list) / sizeof *(list)))])

/* A part over one axis or two. */
static tree_part any_part(spoiler *w)
{
    tree_part part = {.dim = below(w, TREE_DIMS), .axes = 1, .axis = {below(w, w->s->axes)}};
    int more = below(w, w->s->axes);
    if (below(w, 4) == 0 && more != part.axis[0])
        part = tree_part_with(&part, more);
    return part;
}

static const tree_node *any_scalar(spoiler *w, int depth)
{
    static const double number[] = {0, 1, 2, 3, 0.5};
    static const tree_op op[] = {TREE_ADD, TREE_SUBTRACT, TREE_TIMES, TREE_DIVIDE};
    tree_part part = any_part(w);
    int choice = below(w, depth > 0 ? 9 : 5);
    if (w->s->axes == 0 && choice >= 1 && choice <= 5)
        choice = 0;
    switch (choice) {
    case 0:
        return tree_extent(w->s, below(w, TREE_DIMS));
    case 1:
        return tree_ranks(w->s, below(w, w->s->axes));
    case 2:
    case 3:
        return tree_count(w->s, &part);
    case 4:
        return tree_number(w->s, ANY_OF(w, number));
    case 5: {
        int axis = part.axis[part.axes - 1];
        return tree_over(w->s, below(w, 2) ? TREE_ALLREDUCE : TREE_MEAN, tree_count(w->s, &part),
                         axis);
    }
    case 6:
        return tree_unary(w->s, TREE_STEP, any_scalar(w, depth - 1));
    default:
        return tree_binary(w->s, ANY_OF(w, op), any_scalar(w, depth - 1), any_scalar(w, depth - 1));
    }
}

/* A named value of that type, written before this statement; NULL if there is none. */
static const tree_node *other_like(spoiler *w, const tree_node *e)
{
    int all = TREE_TENSORS + w->place, first = below(w, all);
    for (int k = 0; k < all; k++) {
        int at = (first + k) % all;
        const tree_node *n = at < TREE_TENSORS ? tree_load(w->s, at)
                                               : tree_use(w->s, w->s->order[at - TREE_TENSORS]);
        if (n && tree_same_type(&n->type, &e->type) && !tree_equal(n, e))
            return n;
    }
    return NULL;
}

static const tree_node *put_dropped(spoiler *w, const tree_node *e)
{
    const tree_node *a = e->of[below(w, 2)];
    return a ? a : e->of[0];
}

static const tree_node *put_collective(spoiler *w, const tree_node *e)
{
    static const tree_op at[] = {TREE_BROADCAST, TREE_SHIFT, TREE_ONLY};
    int axis = below(w, w->s->axes);
    if (w->s->axes == 0)
        return NULL;
    switch (below(w, 4)) {
    case 0:
        return tree_over(w->s, below(w, 2) ? TREE_ALLREDUCE : TREE_MEAN, e, axis);
    case 1: {
        int dim = e->type.order ? e->type.part[below(w, e->type.order)].dim : 0;
        return tree_along(w->s, TREE_ALLGATHER,
                          tree_along(w->s, below(w, 2) ? TREE_SLICE : TREE_REDUCESCATTER, e, dim,
                                     axis), dim, axis);
    }
    default:
        return tree_at(w->s, ANY_OF(w, at), e, axis, below(w, 3));
    }
}

static const tree_node *put_exchanged(spoiler *w, const tree_node *e)
{
    static const tree_op functions[] = {TREE_SIGMA, TREE_SIGMA_PRIME, TREE_G, TREE_G_PRIME,
                                        TREE_STEP, TREE_NEGATE};
    static const tree_op sums[] = {TREE_ADD, TREE_SUBTRACT, TREE_TIMES};
    const tree_node *a = e->of[0];
    if (e->op < TREE_ALLREDUCE && below(w, 4)) /* collectives are rarer, and more is to be seen there */
        return NULL;
    switch (e->op) {
    case TREE_ALLREDUCE:
    case TREE_MEAN:
        return below(w, 2) ? tree_over(w->s, e->op == TREE_MEAN ? TREE_ALLREDUCE : TREE_MEAN, a,
                                       e->axis)
                           : tree_at(w->s, TREE_BROADCAST, a, e->axis, below(w, 2));
    case TREE_REDUCESCATTER:
        return tree_along(w->s, TREE_SLICE, a, e->dim, e->axis);
    case TREE_SLICE:
        return tree_along(w->s, TREE_REDUCESCATTER, a, e->dim, e->axis);
    case TREE_ALLTOALL:
    case TREE_ALLGATHER:
        return below(w, 2) ? tree_along(w->s, e->op, tree_unary(w->s, TREE_NEGATE, a), e->dim, e->axis)
                           : NULL;
    case TREE_ADD:
    case TREE_SUBTRACT:
    case TREE_TIMES:
        return tree_binary(w->s, ANY_OF(w, sums), a, e->of[1]);
    case TREE_SIGMA:
    case TREE_SIGMA_PRIME:
    case TREE_G:
    case TREE_G_PRIME:
    case TREE_STEP:
        return tree_unary(w->s, ANY_OF(w, functions), a);
    case TREE_BROADCAST:
    case TREE_ONLY:
        return tree_at(w->s, e->op, a, e->axis, below(w, 3));
    case TREE_SHIFT:
        return tree_at(w->s, e->op, a, e->axis, below(w, 2) ? below(w, 5) - 2 : -e->constant);
    default:
        return NULL;
    }
}

static const tree_node *put_other_axis(spoiler *w, const tree_node *e)
{
    if (e->op < TREE_ALLREDUCE)
        return NULL;
    tree_node other = *e;
    other.axis = below(w, w->s->axes);
    return tree_again(w->s, &other, e->of[0], NULL);
}

static const tree_node *put_other_value(spoiler *w, const tree_node *e)
{
    return e->op == TREE_LOAD || e->op == TREE_USE ? other_like(w, e) : NULL;
}

static const tree_node *put_scaled(spoiler *w, const tree_node *e)
{
    const tree_node *s = any_scalar(w, 2), *back = below(w, 3) ? NULL : any_scalar(w, 1);
    const tree_node *made = tree_binary(w->s, below(w, 2) ? TREE_TIMES : TREE_DIVIDE, e, s);
    return back ? tree_binary(w->s, TREE_DIVIDE, made, back) : made;
}

static const tree_node *put_share(spoiler *w, const tree_node *e)
{
    if (w->s->axes == 0)
        return NULL;
    tree_part part = any_part(w);
    int axis = part.axis[part.axes - 1];
    const tree_node *count = tree_count(w->s, &part), *extent = tree_extent(w->s, part.dim);
    const tree_node *weighted = tree_over(w->s, TREE_ALLREDUCE,
                                          tree_binary(w->s, TREE_TIMES, e, count), axis);
    switch (below(w, 4)) {
    case 0: /* right if e is the same on all ranks */
        return tree_binary(w->s, TREE_DIVIDE, weighted, extent);
    case 1: /* right with equal parts */
        return tree_binary(w->s, TREE_DIVIDE,
                           tree_binary(w->s, TREE_TIMES,
                                       tree_binary(w->s, TREE_TIMES, e, count),
                                       tree_ranks(w->s, axis)), extent);
    case 2: /* right */
        return tree_binary(w->s, TREE_DIVIDE, tree_binary(w->s, TREE_TIMES, e, count), count);
    default:
        return tree_binary(w->s, TREE_TIMES, e, tree_binary(w->s, TREE_DIVIDE, count, extent));
    }
}

static const tree_node *put_stepped(spoiler *w, const tree_node *e)
{
    const tree_node *other = other_like(w, e), *scalar = any_scalar(w, 1);
    const tree_node *of = other && below(w, 2) ? other : below(w, 2) ? e : scalar;
    const tree_node *step = tree_unary(w->s, TREE_STEP, of);
    switch (below(w, 5)) {
    case 0: /* right: x step(x) + (-x) step(-x) is |x| ... of a square it is the square */
        return tree_binary(w->s, TREE_TIMES, tree_binary(w->s, TREE_TIMES, step, step), e);
    case 1:
        return tree_binary(w->s, TREE_SUBTRACT,
                           tree_binary(w->s, TREE_ADD, e, tree_binary(w->s, TREE_TIMES, step, step)),
                           step);
    case 2: /* right: e step(e e) */
        return tree_binary(w->s, TREE_TIMES, e,
                           tree_unary(w->s, TREE_STEP, tree_binary(w->s, TREE_TIMES, e, e)));
    case 3: {
        const tree_node *minus = tree_unary(w->s, TREE_STEP, tree_unary(w->s, TREE_NEGATE, e));
        const tree_node *plus = tree_unary(w->s, TREE_STEP, e);
        return tree_binary(w->s, TREE_TIMES, e, tree_binary(w->s, TREE_ADD, plus, minus)); /* right */
    }
    default:
        return tree_binary(w->s, TREE_TIMES, step, e);
    }
}

static const tree_node *put_added(spoiler *w, const tree_node *e)
{
    const tree_node *other = other_like(w, e);
    if (!other || below(w, 4) == 0)
        other = any_scalar(w, 2);
    if (w->s->axes > 0 && below(w, 2))
        other = tree_at(w->s, TREE_ONLY, other, below(w, w->s->axes), below(w, 3));
    if (w->s->axes > 0 && below(w, 3) == 0)
        other = tree_binary(w->s, TREE_SUBTRACT, other,
                            tree_at(w->s, TREE_SHIFT, other, below(w, w->s->axes), 1));
    return tree_binary(w->s, below(w, 2) ? TREE_ADD : TREE_SUBTRACT, e, other);
}

static const tree_node *put_hidden(spoiler *w, const tree_node *e)
{
    static const double factor[] = {1.0000000000009095, 0x1p61, 0x1p-61, 0x1.0000000000001p0, 0x1p64};
    return tree_binary(w->s, below(w, 2) ? TREE_TIMES : TREE_DIVIDE, e,
                       tree_number(w->s, ANY_OF(w, factor)));
}

/* Together with `only`: right for some numbers of ranks. */
static const tree_node *put_ranks(spoiler *w, const tree_node *e)
{
    int axis = below(w, w->s->axes);
    if (w->s->axes == 0)
        return NULL;
    const tree_node *sum = tree_at(w->s, TREE_ONLY, e, axis, 0);
    for (int c = 1, all = 1 + below(w, 3); c < all; c++)
        sum = tree_binary(w->s, TREE_ADD, sum, tree_at(w->s, TREE_ONLY, e, axis, c));
    if (below(w, 2))
        return sum;
    sum = e;
    for (int k = 1, all = 1 + below(w, 3); k < all; k++)
        sum = tree_binary(w->s, TREE_ADD, sum, tree_at(w->s, TREE_SHIFT, e, axis, k));
    return sum;
}

static const tree_node *put_powers(spoiler *w, const tree_node *e)
{
    const tree_node *like = other_like(w, e), *s = like ? like : e;
    for (int k = s->type.order; k-- > 0;)
        s = tree_sum(w->s, s, s->type.part[k].dim);
    if (!s)
        return NULL;
    const tree_node *made = tree_binary(w->s, TREE_TIMES, e, tree_binary(w->s, TREE_TIMES, s, s));
    made = tree_binary(w->s, TREE_DIVIDE, made, s);
    return below(w, 3) ? tree_binary(w->s, TREE_DIVIDE, made, s) : made; /* right with that */
}

typedef const tree_node *change(spoiler *w, const tree_node *e);

static change *const changes[WRONG_COUNT] = {
#define X(id, words) put_##id,
    WRONGS(X)
#undef X
};

enum { TRIES = 60, WEIGHT = 120 };

bool wrong_scheme(tree_scheme *s, wrong how, uint64_t *random)
{
    spoiler w = {.s = s, .random = random};
    for (int tries = 0; tries < TRIES; tries++) {
        w.place = below(&w, s->statements);
        int id = s->order[w.place];
        const tree_node *root = s->statement[id].value;
        int weight = tree_weight(root), at = below(&w, weight);
        if (weight > WEIGHT)
            continue;
        const tree_node *by = changes[how](&w, tree_nth(root, at));
        const tree_node *made = by ? tree_replace(s, root, at, by) : NULL;
        if (!made || !tree_same_type(&made->type, &root->type) || tree_equal(made, root))
            continue;
        s->statement[id].value = made;
        return tree_retype(s);
    }
    return false;
}
