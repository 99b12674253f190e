/* What trees of schemes are: types, constructors that heed the language's rules, statements. */
#include "tree.h"
#include "../unit/random.h"

#include <stdio.h>
#include <string.h>

const char *const tree_dim_names[TREE_DIMS] = {"N", "Din", "Dh", "Dout"};
const char *const tree_tensor_names[TREE_TENSORS] = {"X", "Y", "W1", "b1", "W2", "b2"};
const int tree_tensor_dims[TREE_TENSORS][2] = {{0, 1}, {0, 3}, {1, 2}, {2, -1}, {2, 3}, {3, -1}};
const char *const tree_result_names[TREE_RESULTS] = {"Z1",  "A1",  "Z2",  "A2",  "D2", "D1",
                                                     "dW1", "db1", "dW2", "db2", "dX"};
const int tree_result_dims[TREE_RESULTS][2] = {{0, 2}, {0, 2},  {0, 3}, {0, 3},  {0, 3}, {0, 2},
                                               {1, 2}, {2, -1}, {2, 3}, {3, -1}, {0, 1}};
#define X(id, words) words,
const char *const tree_op_words[TREE_OP_COUNT] = {TREE_OPS(X)};
#undef X

/* ---- random numbers ---- */

uint64_t tree_random(uint64_t *state)
{
    return random_next(state);
}

int tree_below(uint64_t *state, int bound)
{
    return (int)(tree_random(state) % (uint64_t)bound);
}

/* ---- types ---- */

bool tree_same_part(const tree_part *a, const tree_part *b)
{
    if (a->dim != b->dim || a->axes != b->axes)
        return false;
    for (int k = 0; k < a->axes; k++)
        if (a->axis[k] != b->axis[k])
            return false;
    return true;
}

bool tree_same_type(const tree_type *a, const tree_type *b)
{
    if (a->order != b->order)
        return false;
    for (int k = 0; k < a->order; k++)
        if (!tree_same_part(&a->part[k], &b->part[k]))
            return false;
    return true;
}

unsigned tree_part_axes(const tree_part *part)
{
    unsigned axes = 0;
    for (int k = 0; k < part->axes; k++)
        axes |= 1u << part->axis[k];
    return axes;
}

unsigned tree_type_axes(const tree_type *type)
{
    unsigned axes = 0;
    for (int k = 0; k < type->order; k++)
        axes |= tree_part_axes(&type->part[k]);
    return axes;
}

tree_part tree_part_with(const tree_part *part, int axis)
{
    tree_part more = *part;
    more.axis[more.axes++] = axis;
    return more;
}

tree_part tree_part_without(const tree_part *part)
{
    tree_part less = *part;
    less.axes--;
    return less;
}

static bool is_split_last(const tree_part *part, int axis)
{
    return part->axes > 0 && part->axis[part->axes - 1] == axis;
}

/* The place of a dimension in a type; -1 if it is not there, or twice. */
static int place_of(const tree_type *type, int dim)
{
    int place = -1;
    for (int k = 0; k < type->order; k++)
        if (type->part[k].dim == dim) {
            if (place >= 0)
                return -1;
            place = k;
        }
    return place;
}

/* ---- constructors ---- */

static const tree_node *keep(tree_scheme *s, tree_node n)
{
    if (s->nodes == TREE_NODES)
        return NULL;
    n.same |= tree_type_axes(&n.type); /* who holds an index then has one coordinate there */
    s->node[s->nodes] = n;
    return &s->node[s->nodes++];
}

static unsigned every_axis(const tree_scheme *s)
{
    return (1u << s->axes) - 1u;
}

const tree_node *tree_load(tree_scheme *s, int tensor)
{
    if (!s->declared[tensor])
        return NULL;
    return keep(s, (tree_node){.op = TREE_LOAD, .type = s->tensor[tensor], .which = tensor,
                               .same = every_axis(s)});
}

const tree_node *tree_use(tree_scheme *s, int statement)
{
    if (statement < 0 || !s->statement[statement].value)
        return NULL;
    const tree_node *value = s->statement[statement].value;
    return keep(s, (tree_node){.op = TREE_USE, .type = value->type, .which = statement,
                               .same = value->same});
}

const tree_node *tree_number(tree_scheme *s, double number)
{
    return keep(s, (tree_node){.op = TREE_NUMBER, .number = number, .same = every_axis(s)});
}

const tree_node *tree_ranks(tree_scheme *s, int axis)
{
    return keep(s, (tree_node){.op = TREE_RANKS, .axis = axis, .same = every_axis(s)});
}

const tree_node *tree_extent(tree_scheme *s, int dim)
{
    return keep(s, (tree_node){.op = TREE_EXTENT, .dim = dim, .same = every_axis(s)});
}

const tree_node *tree_count(tree_scheme *s, const tree_part *part)
{
    if (part->axes == 0)
        return NULL;
    return keep(s, (tree_node){.op = TREE_COUNT, .part = *part,
                               .same = every_axis(s) & ~tree_part_axes(part)});
}

const tree_node *tree_unary(tree_scheme *s, tree_op op, const tree_node *a)
{
    if (!a)
        return NULL;
    tree_node n = {.op = op, .of = {a}, .type = a->type, .same = a->same};
    if (op == TREE_TRANSPOSE) {
        if (a->type.order != 2)
            return NULL;
        n.type.part[0] = a->type.part[1];
        n.type.part[1] = a->type.part[0];
    }
    return keep(s, n);
}

static bool is_row_of(const tree_type *row, const tree_type *matrix)
{
    return row->order == 1 && matrix->order == 2 &&
           tree_same_part(&row->part[0], &matrix->part[1]);
}

/* Whether the two fit in an elementwise operation. */
static bool do_fit(tree_op op, const tree_type *a, const tree_type *b)
{
    if (op == TREE_LOSS_PRIME)
        return tree_same_type(a, b);
    if (op == TREE_DIVIDE)
        return b->order == 0;
    return tree_same_type(a, b) || a->order == 0 || b->order == 0 ||
           (op != TREE_TIMES && (is_row_of(a, b) || is_row_of(b, a)));
}

const tree_node *tree_binary(tree_scheme *s, tree_op op, const tree_node *a, const tree_node *b)
{
    if (!a || !b)
        return NULL;
    tree_node n = {.op = op, .of = {a, b}, .same = a->same & b->same};
    if (op == TREE_PRODUCT) {
        if (a->type.order != 2 || b->type.order != 2 ||
            !tree_same_part(&a->type.part[1], &b->type.part[0]))
            return NULL;
        n.type = (tree_type){2, {a->type.part[0], b->type.part[1]}};
        n.same &= ~tree_part_axes(&a->type.part[1]);
        return keep(s, n);
    }
    if (!do_fit(op, &a->type, &b->type))
        return NULL;
    n.type = a->type.order >= b->type.order ? a->type : b->type;
    return keep(s, n);
}

const tree_node *tree_sum(tree_scheme *s, const tree_node *a, int dim)
{
    int place = a ? place_of(&a->type, dim) : -1;
    if (place < 0)
        return NULL;
    tree_node n = {.op = TREE_SUM, .of = {a}, .dim = dim, .place = place, .same = a->same};
    n.type.order = a->type.order - 1;
    n.type.part[0] = a->type.part[1 - place];
    n.same &= ~tree_part_axes(&a->type.part[place]);
    return keep(s, n);
}

const tree_node *tree_over(tree_scheme *s, tree_op op, const tree_node *a, int axis)
{
    if (!a || tree_type_axes(&a->type) >> axis & 1u)
        return NULL;
    return keep(s, (tree_node){.op = op, .of = {a}, .type = a->type, .axis = axis,
                               .same = a->same | 1u << axis});
}

const tree_node *tree_along(tree_scheme *s, tree_op op, const tree_node *a, int dim, int axis)
{
    int place = a ? place_of(&a->type, dim) : -1;
    if (place < 0)
        return NULL;
    tree_node n = {.op = op, .of = {a}, .type = a->type, .dim = dim, .place = place, .axis = axis,
                   .same = a->same};
    if (op == TREE_ALLGATHER) {
        if (!is_split_last(&a->type.part[place], axis))
            return NULL;
        n.type.part[place] = tree_part_without(&a->type.part[place]);
        if (tree_type_axes(&n.type) >> axis & 1u)
            return NULL;
    } else {
        if (tree_type_axes(&a->type) >> axis & 1u)
            return NULL;
        n.type.part[place] = tree_part_with(&a->type.part[place], axis);
    }
    if (op != TREE_SLICE)
        n.same |= 1u << axis;
    return keep(s, n);
}

const tree_node *tree_alltoall(tree_scheme *s, const tree_node *a, int dim, int dim2, int axis)
{
    int place = a ? place_of(&a->type, dim) : -1, place2 = a ? place_of(&a->type, dim2) : -1;
    if (place < 0 || place2 < 0 || place == place2 ||
        tree_part_axes(&a->type.part[place]) >> axis & 1u ||
        !is_split_last(&a->type.part[place2], axis))
        return NULL;
    tree_node n = {.op = TREE_ALLTOALL, .of = {a}, .type = a->type, .dim = dim, .dim2 = dim2,
                   .place = place, .place2 = place2, .axis = axis, .same = a->same};
    n.type.part[place] = tree_part_with(&a->type.part[place], axis);
    n.type.part[place2] = tree_part_without(&a->type.part[place2]);
    return keep(s, n);
}

const tree_node *tree_at(tree_scheme *s, tree_op op, const tree_node *a, int axis, int constant)
{
    if (!a || (op != TREE_ONLY && tree_type_axes(&a->type) >> axis & 1u))
        return NULL;
    tree_node n = {.op = op, .of = {a}, .type = a->type, .axis = axis, .constant = constant,
                   .same = a->same};
    if (op == TREE_BROADCAST)
        n.same |= 1u << axis;
    else if (op == TREE_ONLY)
        n.same &= ~(1u << axis);
    return keep(s, n);
}

const tree_node *tree_again(tree_scheme *s, const tree_node *n, const tree_node *a,
                            const tree_node *b)
{
    switch (n->op) {
    case TREE_LOAD:
        return tree_load(s, n->which);
    case TREE_USE:
        return tree_use(s, n->which);
    case TREE_NUMBER:
    case TREE_RANKS:
    case TREE_EXTENT:
    case TREE_COUNT:
        return n;
    case TREE_PRODUCT:
    case TREE_ADD:
    case TREE_SUBTRACT:
    case TREE_TIMES:
    case TREE_DIVIDE:
    case TREE_LOSS_PRIME:
        return tree_binary(s, n->op, a, b);
    case TREE_SUM:
        return tree_sum(s, a, n->dim);
    case TREE_ALLREDUCE:
    case TREE_MEAN:
        return tree_over(s, n->op, a, n->axis);
    case TREE_ALLGATHER:
    case TREE_REDUCESCATTER:
    case TREE_SLICE:
        return tree_along(s, n->op, a, n->dim, n->axis);
    case TREE_ALLTOALL:
        return tree_alltoall(s, a, n->dim, n->dim2, n->axis);
    case TREE_BROADCAST:
    case TREE_SHIFT:
    case TREE_ONLY:
        return tree_at(s, n->op, a, n->axis, n->constant);
    default:
        return tree_unary(s, n->op, a);
    }
}

/* ---- schemes ---- */

void tree_start(tree_scheme *s, const char *name)
{
    memset(s, 0, offsetof(tree_scheme, node));
    s->nodes = 0;
    snprintf(s->name, sizeof s->name, "%s", name);
}

int tree_insert(tree_scheme *s, int place, const char *name, const tree_node *value, bool backward)
{
    if (s->statements == TREE_STATEMENTS || !value)
        return -1;
    int id = s->statements++;
    memmove(s->order + place + 1, s->order + place, sizeof *s->order * (size_t)(id - place));
    s->order[place] = id;
    s->statement[id] = (tree_statement){.value = value, .backward = backward};
    snprintf(s->statement[id].name, TREE_NAME, "%s", name);
    return id;
}

int tree_find(const tree_scheme *s, const char *name)
{
    for (int id = 0; id < s->statements; id++)
        if (strcmp(s->statement[id].name, name) == 0)
            return id;
    return -1;
}

int tree_weight(const tree_node *root)
{
    return root ? 1 + tree_weight(root->of[0]) + tree_weight(root->of[1]) : 0;
}

const tree_node *tree_nth(const tree_node *root, int n)
{
    while (n > 0) {
        int left = tree_weight(root->of[0]);
        root = root->of[n - 1 < left ? 0 : 1];
        n = n - 1 < left ? n - 1 : n - 1 - left;
    }
    return root;
}

const tree_node *tree_replace(tree_scheme *s, const tree_node *root, int n, const tree_node *by)
{
    if (n == 0)
        return by;
    int left = tree_weight(root->of[0]);
    const tree_node *of[2] = {root->of[0], root->of[1]};
    if (n - 1 < left)
        of[0] = tree_replace(s, of[0], n - 1, by);
    else
        of[1] = tree_replace(s, of[1], n - 1 - left, by);
    return tree_again(s, root, of[0], of[1]);
}

bool tree_equal(const tree_node *a, const tree_node *b)
{
    if (a == b)
        return true;
    return a && b && a->op == b->op && a->which == b->which && a->dim == b->dim &&
           a->dim2 == b->dim2 && a->axis == b->axis && a->constant == b->constant &&
           !(a->number < b->number) && !(a->number > b->number) &&
           tree_same_part(&a->part, &b->part) && tree_equal(a->of[0], b->of[0]) &&
           tree_equal(a->of[1], b->of[1]);
}

static const tree_node *typed_again(tree_scheme *s, const tree_node *n)
{
    if (!n)
        return NULL;
    return tree_again(s, n, typed_again(s, n->of[0]), typed_again(s, n->of[1]));
}

bool tree_retype(tree_scheme *s)
{
    for (int k = 0; k < s->statements; k++) {
        tree_statement *of = &s->statement[s->order[k]];
        of->value = typed_again(s, of->value);
        if (!of->value)
            return false;
    }
    return true;
}
