/* Random well-typed programs: built operation by operation, each evaluated at once, so that one
 * whose value would not be an exact integer is thrown away and another is drawn. */
#include "oracle.h"
#include "random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static o_int memory[O_EXPRS][O_RANKS * O_EXTENT * O_EXTENT];

int o_below(o_program *p, int n)
{
    return (int)(random_next(&p->state) % (uint64_t)n);
}

bool o_chance(o_program *p, int percent)
{
    return o_below(p, 100) < percent;
}

/* ---- parts and their splits ---- */

static int count_owned(const o_program *p, const o_part *part, int rank)
{
    int count = 0;
    for (int i = 0; i < p->extent[part->dim]; i++)
        count += part->owns[rank][i];
    return count;
}

/* Cuts total at random into ranks sizes, zeros welcome. */
static void cut(o_program *p, int *size, int ranks, int total)
{
    memset(size, 0, (size_t)ranks * sizeof *size);
    bool lumpy = o_chance(p, 30);
    int favourite = o_below(p, ranks);
    for (int i = 0; i < total; i++)
        size[lumpy && o_chance(p, 70) ? favourite : o_below(p, ranks)]++;
}

/* Draws how part is split; its parent's ownership is known. */
static void draw_split(o_program *p, o_part *part)
{
    const o_part *parent = &p->part[part->parent];
    int axis = part->axis[part->axes - 1], ranks = p->size[axis], extent = p->extent[part->dim];
    part->split = (o_split)o_below(p, O_SPLITS);
    part->block = o_chance(p, 50) ? 1 : 1 + o_below(p, 3);
    if (part->split == O_EVEN)
        for (int r = 0; r < p->ranks; r++)
            if (count_owned(p, parent, r) % ranks)
                part->split = O_CHUNK; /* even must divide */
    part->by_default = part->split == O_CHUNK && o_chance(p, 50);
    if (part->split == O_OWNERS) {
        part->values = extent;
        for (int i = 0; i < extent; i++)
            part->value[i] = o_below(p, ranks);
    }
    if (part->split == O_SIZES) {
        /* the groups of the parent with its first axis outermost are those of the ranks, in their
         * order, whose coordinates on other axes are 0, if its axes are in the mesh's order; in
         * general they are counted here */
        int groups = 1;
        for (int k = 0; k < parent->axes; k++)
            groups *= p->size[parent->axis[k]];
        part->values = groups * ranks;
        for (int g = 0; g < groups; g++) {
            int want[O_AXES] = {0}, rest = g;
            for (int k = parent->axes; k-- > 0;) {
                want[parent->axis[k]] = rest % p->size[parent->axis[k]];
                rest /= p->size[parent->axis[k]];
            }
            for (int r = 0; r < p->ranks; r++)
                if (memcmp(p->coordinate[r], want, sizeof(int) * (size_t)p->axes) == 0)
                    cut(p, part->value + g * ranks, ranks, count_owned(p, parent, r));
        }
    }
}

/* The part D/(axis[0], ...), made if it is new. */
static int part_of(o_program *p, int dim, const int *axis, int axes)
{
    for (int i = 0; i < p->parts; i++)
        if (p->part[i].dim == dim && p->part[i].axes == axes &&
            memcmp(p->part[i].axis, axis, sizeof *axis * (size_t)axes) == 0)
            return i;
    int parent = axes > 0 ? part_of(p, dim, axis, axes - 1) : -1;
    if (p->parts == O_PARTS)
        abort();
    o_part *part = &p->part[p->parts];
    memset(part, 0, sizeof *part);
    part->dim = dim;
    part->axes = axes;
    part->parent = parent;
    memcpy(part->axis, axis, sizeof *axis * (size_t)axes);
    if (axes > 0)
        draw_split(p, part);
    o_own(p, part);
    return p->parts++;
}

static bool part_uses(const o_program *p, int part, int axis)
{
    for (int k = 0; k < p->part[part].axes; k++)
        if (p->part[part].axis[k] == axis)
            return true;
    return false;
}

static bool type_uses(const o_program *p, const o_type *type, int axis)
{
    for (int k = 0; k < type->order; k++)
        if (part_uses(p, type->part[k], axis))
            return true;
    return false;
}

static int part_with(o_program *p, int part, int axis)
{
    int axes[O_AXES];
    memcpy(axes, p->part[part].axis, sizeof axes);
    axes[p->part[part].axes] = axis;
    return part_of(p, p->part[part].dim, axes, p->part[part].axes + 1);
}

static bool split_last_over(const o_program *p, int part, int axis)
{
    return p->part[part].axes > 0 && p->part[part].axis[p->part[part].axes - 1] == axis;
}

/* dim over none, one, or more of the axes that are not taken yet, which then are. */
static int draw_part(o_program *p, int dim, bool *taken)
{
    int axis[O_AXES], axes = 0, order[O_AXES] = {0};
    for (int x = 0; x < p->axes; x++) {
        int at = o_below(p, x + 1);
        order[x] = order[at];
        order[at] = x;
    }
    int most = o_chance(p, 35) ? 0 : o_chance(p, 65) ? 1 : O_AXES;
    for (int x = 0; x < p->axes && axes < most; x++)
        if (!taken[order[x]]) {
            taken[order[x]] = true;
            axis[axes++] = order[x];
        }
    return part_of(p, dim, axis, axes);
}

/* ---- expressions ---- */

static o_expr *expression(o_program *p, int depth);

static bool same_type(const o_type *a, const o_type *b)
{
    return a->order == b->order && (a->order < 1 || a->part[0] == b->part[0]) &&
           (a->order < 2 || a->part[1] == b->part[1]);
}

static o_expr *blank(o_program *p, o_op op, o_expr *a, o_expr *b)
{
    if (p->exprs == O_EXPRS)
        return NULL;
    o_expr *e = &p->expr[p->exprs++];
    *e = (o_expr){.op = op, .a = a, .b = b, .table = memory[p->exprs - 1]};
    if (a)
        e->type = a->type;
    return e;
}

/* e with its table, or NULL where that is no exact integer. */
static o_expr *finish(o_program *p, o_expr *e)
{
    return e && o_evaluate(p, e) ? e : NULL;
}

static o_expr *unary(o_program *p, o_op op, o_expr *a)
{
    return a ? finish(p, blank(p, op, a, NULL)) : NULL;
}

static o_expr *binary(o_program *p, o_op op, o_expr *a, o_expr *b)
{
    if (!a || !b)
        return NULL;
    o_expr *e = blank(p, op, a, b);
    if (!e)
        return NULL;
    e->type = a->type.order >= b->type.order ? a->type : b->type;
    if (op == O_PRODUCT)
        e->type.part[1] = b->type.part[1];
    return finish(p, e);
}

static o_expr *transposed(o_program *p, o_expr *a)
{
    o_expr *e = a && a->type.order == 2 ? blank(p, O_TRANSPOSE, a, NULL) : NULL;
    if (!e)
        return NULL;
    e->type.part[0] = a->type.part[1];
    e->type.part[1] = a->type.part[0];
    return finish(p, e);
}

/* A declared tensor or an earlier statement, by number. */
static o_expr *named(o_program *p, int which)
{
    o_expr *e = blank(p, which < O_TENSORS ? O_LOAD : O_NAME, NULL, NULL);
    if (!e)
        return NULL;
    if (which < O_TENSORS) {
        e->tensor = which;
        e->type = p->tensor[which];
    } else {
        e->statement = which - O_TENSORS;
        e->type = p->statement[e->statement].value->type;
    }
    return finish(p, e);
}

static o_expr *leaf(o_program *p)
{
    return named(p, o_below(p, O_TENSORS + p->statements));
}

static o_expr *operand(o_program *p, int depth)
{
    return depth > 0 && o_chance(p, 55) ? expression(p, depth - 1) : leaf(p);
}

static o_expr *matrix(o_program *p, int depth)
{
    for (int tries = 0; tries < 6; tries++) {
        o_expr *e = operand(p, depth);
        if (e && e->type.order == 2)
            return o_chance(p, 30) ? transposed(p, e) : e;
    }
    return NULL;
}

/* A random named value whose type passes; NULL if none does. */
static o_expr *named_where(o_program *p, bool (*passes)(const o_type *have, const o_type *want),
                           const o_type *want)
{
    int all = O_TENSORS + p->statements, first = o_below(p, all);
    for (int k = 0; k < all; k++) {
        int which = (first + k) % all;
        const o_type *have = which < O_TENSORS ? &p->tensor[which]
                                               : &p->statement[which - O_TENSORS].value->type;
        if (passes(have, want))
            return named(p, which);
    }
    return NULL;
}

static bool fits_right(const o_type *have, const o_type *want)
{
    return have->order == 2 && have->part[0] == want->part[1];
}

static bool fits_right_transposed(const o_type *have, const o_type *want)
{
    return have->order == 2 && have->part[1] == want->part[1];
}

static bool is_row_of(const o_type *have, const o_type *want)
{
    return have->order == 1 && want->order == 2 && have->part[0] == want->part[1];
}

static o_expr *product(o_program *p, int depth)
{
    o_expr *a = matrix(p, depth);
    if (!a)
        return NULL;
    o_expr *plain = named_where(p, fits_right, &a->type);
    o_expr *turned = transposed(p, named_where(p, fits_right_transposed, &a->type));
    o_expr *b = !plain || (turned && o_chance(p, 50)) ? turned : plain;
    if (b && o_chance(p, 15))
        b = unary(p, o_chance(p, 50) ? O_SIGMA : O_STEP, b);
    return binary(p, O_PRODUCT, a, b);
}

static o_expr *scalar(o_program *p)
{
    o_expr *e;
    switch (o_below(p, 4)) {
    case 0:
        e = blank(p, O_NUMBER, NULL, NULL);
        if (e)
            e->constant = o_below(p, 4);
        break;
    case 1:
        e = blank(p, O_RANKS_ON, NULL, NULL);
        if (e)
            e->axis = o_below(p, p->axes);
        break;
    case 2:
        e = blank(p, O_WHOLE, NULL, NULL);
        if (e)
            e->dim = o_below(p, O_DIMS);
        break;
    default:
        e = blank(p, O_COUNT, NULL, NULL);
        if (e) /* of a split dimension: the size of a whole one has its own name */
            do
                e->part = draw_part(p, o_below(p, O_DIMS), (bool[O_AXES]){false});
            while (p->part[e->part].axes == 0);
        break;
    }
    e = finish(p, e);
    return e && o_chance(p, 10) ? unary(p, O_NEG, e) : e;
}

/* Something that can be added to a: of its type, a vector for its rows, or a scalar. */
static o_expr *partner(o_program *p, const o_expr *a, bool rows)
{
    if (o_chance(p, 15))
        return scalar(p);
    /* by name: a matrix that has a dimension twice has no rows */
    bool twice = a->type.order == 2 && p->part[a->type.part[0]].dim == p->part[a->type.part[1]].dim;
    if (rows && !twice && o_chance(p, 40)) {
        o_expr *row = named_where(p, is_row_of, &a->type);
        if (row)
            return row;
    }
    return named_where(p, same_type, &a->type);
}

static o_expr *either_way(o_program *p, o_op op, o_expr *a, o_expr *b)
{
    return o_chance(p, 30) ? binary(p, op, b, a) : binary(p, op, a, b);
}

/* a / b where that is exact; else (a * b) / b. */
static o_expr *quotient(o_program *p, o_expr *a, o_expr *b)
{
    o_expr *e = binary(p, O_DIV, a, b);
    return e ? e : binary(p, O_DIV, binary(p, O_MUL, a, b), b);
}

static o_expr *sum(o_program *p, o_expr *a)
{
    if (!a || a->type.order == 0)
        return NULL;
    int place = o_below(p, a->type.order);
    if (a->type.order == 2 &&
        p->part[a->type.part[0]].dim == p->part[a->type.part[1]].dim)
        return NULL; /* the language names the dimension, so it must be one */
    o_expr *e = blank(p, O_SUM, a, NULL);
    if (!e)
        return NULL;
    e->place = place;
    e->type = (o_type){.order = a->type.order - 1, .part = {a->type.part[1 - place]}};
    return finish(p, e);
}

static o_expr *mean(o_program *p, o_expr *e)
{
    if (!e)
        return NULL;
    o_expr *exact = finish(p, e);
    if (exact)
        return exact;
    o_expr *size = blank(p, O_RANKS_ON, NULL, NULL);
    if (!size)
        return NULL;
    size->axis = e->axis;
    e->a = binary(p, O_MUL, e->a, finish(p, size));
    return e->a ? finish(p, e) : NULL;
}

/* A collective; NULL where the static rules of the language forbid it for a. */
static o_expr *collective(o_program *p, o_op op, o_expr *a)
{
    o_expr *e = a ? blank(p, op, a, NULL) : NULL;
    if (!e)
        return NULL;
    e->axis = o_below(p, p->axes);
    bool uses = type_uses(p, &a->type, e->axis);
    bool one_dim = a->type.order == 2 &&
                   p->part[a->type.part[0]].dim == p->part[a->type.part[1]].dim;
    e->place = a->type.order > 0 ? o_below(p, a->type.order) : 0;
    e->place2 = 1 - e->place;
    int mine = a->type.part[e->place], other = a->type.part[e->place2];
    switch (op) {
    case O_ALLREDUCE:
    case O_MEAN:
        if (uses)
            return NULL;
        return op == O_MEAN ? mean(p, e) : finish(p, e);
    case O_ALLGATHER:
        if (a->type.order == 0 || one_dim || !split_last_over(p, mine, e->axis) ||
            (a->type.order == 2 && part_uses(p, other, e->axis)))
            return NULL;
        e->type.part[e->place] = p->part[mine].parent;
        return finish(p, e);
    case O_REDUCESCATTER:
    case O_SLICE:
        if (a->type.order == 0 || one_dim || uses)
            return NULL;
        e->type.part[e->place] = part_with(p, mine, e->axis);
        return finish(p, e);
    case O_ALLTOALL:
        if (a->type.order != 2 || one_dim || part_uses(p, mine, e->axis) ||
            !split_last_over(p, other, e->axis))
            return NULL;
        e->type.part[e->place] = part_with(p, mine, e->axis);
        e->type.part[e->place2] = p->part[other].parent;
        return finish(p, e);
    case O_BROADCAST:
        e->constant = o_below(p, p->size[e->axis]);
        return uses ? NULL : finish(p, e);
    case O_SHIFT:
        e->constant = o_below(p, 11) - 5;
        return uses ? NULL : finish(p, e);
    case O_ONLY:
        e->constant = o_below(p, p->size[e->axis]);
        return finish(p, e);
    default:
        abort();
    }
}

static o_expr *draw(o_program *p, int depth)
{
    static const o_op ops[] = {
        O_PRODUCT, O_PRODUCT, O_PRODUCT, O_ADD, O_SUB, O_MUL, O_DIV, O_NEG, O_TRANSPOSE, O_SIGMA,
        O_SIGMA_PRIME, O_G, O_G_PRIME, O_LOSS_PRIME, O_STEP, O_SUM, O_SUM, O_ALLREDUCE, O_ALLREDUCE,
        O_MEAN, O_ALLGATHER, O_ALLGATHER, O_ALLGATHER, O_REDUCESCATTER, O_REDUCESCATTER, O_SLICE,
        O_SLICE, O_ALLTOALL, O_ALLTOALL, O_ALLTOALL, O_ALLTOALL, O_BROADCAST, O_SHIFT, O_SHIFT,
        O_ONLY, O_ONLY, O_COUNT,
    };
    o_op op = ops[o_below(p, (int)(sizeof ops / sizeof *ops))];
    o_expr *a = op == O_PRODUCT || op == O_COUNT ? NULL : operand(p, depth);
    switch (op) {
    case O_PRODUCT:
        return product(p, depth);
    case O_COUNT:
        return scalar(p);
    case O_ADD:
    case O_SUB:
        return a ? either_way(p, op, a, partner(p, a, true)) : NULL;
    case O_MUL:
        return a ? either_way(p, op, a, partner(p, a, false)) : NULL;
    case O_DIV:
        return a ? quotient(p, a, scalar(p)) : NULL;
    case O_TRANSPOSE:
        return transposed(p, a);
    case O_LOSS_PRIME:
        return a ? binary(p, op, a, named_where(p, same_type, &a->type)) : NULL;
    case O_SUM:
        return sum(p, a);
    case O_NEG:
    case O_STEP:
    case O_SIGMA:
    case O_SIGMA_PRIME:
    case O_G:
    case O_G_PRIME:
        return unary(p, op, a);
    default:
        return collective(p, op, a);
    }
}

/* A random expression; after some drawings that came to nothing, a name; NULL if there is no
 * room. */
static o_expr *expression(o_program *p, int depth)
{
    int kept = p->exprs;
    for (int tries = 0; tries < 5; tries++) {
        o_expr *e = draw(p, depth);
        if (e)
            return e;
        p->exprs = kept;
    }
    return leaf(p);
}

/* ---- programs ---- */

static void draw_sizes(o_program *p)
{
    static const char *const names[] = {"tp", "dp", "cp", "ep", "a", "long_axis"};
    p->axes = 1 + o_below(p, O_AXES);
    int first = o_below(p, 6);
    for (int x = 0; x < p->axes; x++) {
        p->size[x] = 1 + o_below(p, 4);
        p->axis_name[x] = names[(first + x) % 6];
    }
    if (o_chance(p, 1))
        p->axes = O_AXES, p->size[0] = p->size[1] = p->size[2] = 4;
    for (int x = 0; x < p->axes; x++)
        p->axis_name[x] = names[(first + x) % 6];
    for (int d = 0; d < O_DIMS; d++)
        p->extent[d] = o_chance(p, 75) ? 1 + o_below(p, 4) : 1 + o_below(p, O_EXTENT);
    p->sigma = &o_functions[o_below(p, o_function_count)];
    p->g = &o_functions[o_below(p, o_function_count)];
    p->loss = &o_losses[o_below(p, o_loss_count)];
    o_mesh(p);
}

/* Names a statement after a result of its dimensions if one is free, else V0, V1, ... */
static void name(o_program *p, o_statement *s)
{
    static const struct {
        const char *name;
        int dim[2];
    } results[] = {
        {"Z1", {0, 2}},   {"A1", {0, 2}},  {"Z2", {0, 3}},  {"A2", {0, 3}},
        {"D2", {0, 3}},   {"D1", {0, 2}},  {"dW1", {1, 2}}, {"db1", {2, -1}},
        {"dW2", {2, 3}},  {"db2", {3, -1}}, {"dX", {0, 1}},
    };
    snprintf(s->name, sizeof s->name, "V%d", p->statements);
    const o_type *type = &s->value->type;
    for (int x = 0; x < p->axes && type->order == 2; x++)
        if (part_uses(p, type->part[0], x) && part_uses(p, type->part[1], x))
            return; /* no result may split two dimensions over one axis */
    for (int k = 0; k < 11 && type->order > 0; k++) {
        bool fits = p->part[type->part[0]].dim == results[k].dim[0] &&
                    (type->order == 2 ? p->part[type->part[1]].dim : -1) == results[k].dim[1];
        for (int t = 0; t < p->statements; t++)
            fits = fits && strcmp(p->statement[t].name, results[k].name) != 0;
        if (fits) {
            snprintf(s->name, sizeof s->name, "%s", results[k].name);
            s->result = true;
            return;
        }
    }
}

static void add_statement(o_program *p, o_expr *value)
{
    o_statement *s = &p->statement[p->statements];
    *s = (o_statement){.value = value};
    name(p, s);
    p->statements++;
}

void o_generate(o_program *p, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->seed = p->state = seed;
    draw_sizes(p);
    for (int t = 0; t < O_TENSORS; t++) {
        bool taken[O_AXES] = {false};
        p->tensor[t].order = o_tensor_dims[t][1] < 0 ? 1 : 2;
        for (int k = 0; k < p->tensor[t].order; k++)
            p->tensor[t].part[k] = draw_part(p, o_tensor_dims[t][k], taken);
        for (int i = 0; i < O_EXTENT; i++)
            for (int j = 0; j < O_EXTENT; j++)
                p->data[t][i][j] = o_below(p, 7) - 3;
    }
    int statements = 3 + o_below(p, 9);
    for (int s = 0; s < statements; s++) {
        o_expr *e = expression(p, 3);
        if (e)
            add_statement(p, e);
    }
    bool any = false;
    for (int s = 0; s < p->statements; s++)
        any = any || p->statement[s].result;
    if (!any) { /* a scheme has a result */
        o_expr *tensor = named(p, o_below(p, O_TENSORS));
        if (!tensor)
            abort();
        add_statement(p, tensor);
    }
    p->backward = p->statements > 1 ? 1 + o_below(p, p->statements - 1) : 0;
    o_write(p);
}
