/* Lays the delta rule out: every value is brought to the parts that an operation needs, gathers
 * before slices; sums over a split dimension are all-reduced or reduce-scattered. No axis ever
 * splits two dimensions of a value, so that the language forbids none of it. */
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct planner {
    tree_scheme *s;
    uint64_t *random;
} planner;

static bool chance(planner *p, int percent)
{
    return tree_below(p->random, 100) < percent;
}

static const tree_node *must(const tree_node *n)
{
    if (!n)
        abort(); /* a rule of the language is broken here */
    return n;
}

/* dim over up to two axes that are not taken, which then are. */
static tree_part draw_part(planner *p, int dim, unsigned *taken, int split)
{
    tree_part part = {.dim = dim};
    for (int more = chance(p, split) ? 1 + chance(p, 25) : 0; more > 0 && p->s->axes > 0; more--) {
        int axis = tree_below(p->random, p->s->axes);
        if (*taken >> axis & 1u)
            continue;
        *taken |= 1u << axis;
        part = tree_part_with(&part, axis);
    }
    return part;
}

static bool is_prefix(const tree_part *part, const tree_part *of)
{
    for (int k = 0; k < part->axes; k++)
        if (k >= of->axes || part->axis[k] != of->axis[k])
            return false;
    return true;
}

/* e with the parts of another type of its dimensions. */
static const tree_node *lay(planner *p, const tree_node *e, const tree_type *to)
{
    for (int k = 0; k < to->order; k++)
        while (!is_prefix(&e->type.part[k], &to->part[k])) {
            const tree_part *part = &e->type.part[k];
            e = must(tree_along(p->s, TREE_ALLGATHER, e, part->dim, part->axis[part->axes - 1]));
        }
    for (int k = 0; k < to->order; k++)
        while (e->type.part[k].axes < to->part[k].axes) {
            const tree_part *part = &e->type.part[k];
            e = must(tree_along(p->s, TREE_SLICE, e, part->dim, to->part[k].axis[part->axes]));
        }
    return e;
}

/* The part up to the first of those axes. */
static tree_part without(tree_part part, unsigned axes)
{
    while (tree_part_axes(&part) & axes)
        part = tree_part_without(&part);
    return part;
}

/* A partial value, summed over the axes of the part that was contracted. */
static const tree_node *reduce(planner *p, const tree_node *e, const tree_part *over)
{
    for (int k = over->axes; k-- > 0;) {
        int place = tree_below(p->random, e->type.order + 1);
        if (place < e->type.order)
            e = must(tree_along(p->s, TREE_REDUCESCATTER, e, e->type.part[place].dim,
                                over->axis[k]));
        else
            e = must(tree_over(p->s, TREE_ALLREDUCE, e, over->axis[k]));
    }
    return e;
}

static const tree_node *product(planner *p, const tree_node *a, const tree_node *b)
{
    tree_part inner = chance(p, 50) ? a->type.part[1] : b->type.part[0];
    unsigned taken = tree_part_axes(&inner);
    tree_part rows = without(a->type.part[0], taken);
    taken |= tree_part_axes(&rows);
    tree_part columns = without(b->type.part[1], taken);
    const tree_node *left = lay(p, a, &(tree_type){2, {rows, inner}});
    const tree_node *right = lay(p, b, &(tree_type){2, {inner, columns}});
    return reduce(p, must(tree_binary(p->s, TREE_PRODUCT, left, right)), &inner);
}

static const tree_node *sum_rows(planner *p, const tree_node *a)
{
    tree_part rows = a->type.part[0];
    return reduce(p, must(tree_sum(p->s, a, rows.dim)), &rows);
}

static const tree_node *plus_row(planner *p, const tree_node *a, const tree_node *row)
{
    tree_type to = {1, {a->type.part[1]}};
    return must(tree_binary(p->s, TREE_ADD, a, lay(p, row, &to)));
}

static const tree_node *times(planner *p, tree_op op, const tree_node *a, const tree_node *b)
{
    return must(tree_binary(p->s, op, a, lay(p, b, &a->type)));
}

static const tree_node *transpose(planner *p, const tree_node *a)
{
    return must(tree_unary(p->s, TREE_TRANSPOSE, a));
}

/* Sometimes laid out otherwise before it gets its name. */
static const tree_node *state(planner *p, const char *name, const tree_node *value, bool backward)
{
    if (chance(p, 20)) {
        unsigned taken = 0;
        tree_type to = {value->type.order, {{0}}};
        for (int k = 0; k < to.order; k++)
            to.part[k] = draw_part(p, value->type.part[k].dim, &taken, 40);
        value = lay(p, value, &to);
    }
    return must(tree_use(p->s, tree_insert(p->s, p->s->statements, name, value, backward)));
}

static const tree_node *function(planner *p, tree_op op, const tree_node *a)
{
    return must(tree_unary(p->s, op, a));
}

static void draw_mesh(planner *p)
{
    static const char *const names[] = {"tp", "dp", "dp_tp", "cp", "ep", "fsdp"};
    int first = tree_below(p->random, 6);
    p->s->axes = chance(p, 3) ? 0 : 1 + tree_below(p->random, 3);
    for (int a = 0; a < p->s->axes; a++)
        snprintf(p->s->axis_name[a], TREE_NAME, "%s", names[(first + a) % 6]);
}

void layout_scheme(tree_scheme *s, uint64_t *random, int split)
{
    planner plan = {s, random}, *p = &plan;
    tree_start(s, "random");
    draw_mesh(p);
    const tree_node *load[TREE_TENSORS];
    for (int t = 0; t < TREE_TENSORS; t++) {
        unsigned taken = 0;
        s->declared[t] = true;
        s->tensor[t].order = tree_tensor_dims[t][1] < 0 ? 1 : 2;
        for (int k = 0; k < s->tensor[t].order; k++)
            s->tensor[t].part[k] = draw_part(p, tree_tensor_dims[t][k], &taken, split);
        load[t] = must(tree_load(s, t));
    }
    const tree_node *x = load[0], *y = load[1], *w1 = load[2], *w2 = load[4];
    const tree_node *z1 = state(p, "Z1", plus_row(p, product(p, x, w1), load[3]), false);
    const tree_node *a1 = state(p, "A1", function(p, TREE_SIGMA, z1), false);
    const tree_node *z2 = state(p, "Z2", plus_row(p, product(p, a1, w2), load[5]), false);
    const tree_node *a2 = state(p, "A2", function(p, TREE_G, z2), false);
    const tree_node *slope = times(p, TREE_LOSS_PRIME, a2, y);
    const tree_node *d2 = state(p, "D2", times(p, TREE_TIMES, slope, function(p, TREE_G_PRIME, z2)),
                                true);
    const tree_node *back = product(p, d2, transpose(p, w2));
    const tree_node *d1 =
        state(p, "D1", times(p, TREE_TIMES, back, function(p, TREE_SIGMA_PRIME, z1)), true);
    state(p, "dW2", product(p, transpose(p, a1), d2), true);
    state(p, "db2", sum_rows(p, d2), true);
    state(p, "dW1", product(p, transpose(p, x), d1), true);
    state(p, "db1", sum_rows(p, d1), true);
    state(p, "dX", product(p, d1, transpose(p, w1)), true);
    for (int id = 0; id < s->statements; id++)
        if (chance(p, 60) || id + 1 == s->statements)
            s->result[s->results++] = (tree_result){id, s->statement[id].value->type, -1};
}
