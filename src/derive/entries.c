#include "derive/entries_scope.h"

#include <limits.h>
#include <string.h>

/* ---- indices ---- */

sp_entry_scope sp_entry_scope_of(const sp_naming *naming, size_t statement)
{
    sp_entry_scope w = {.naming = naming, .pool = naming->pool, .statement = statement};
    for (unsigned a = 0; a < naming->program->axes; a++)
        w.coordinate[a] = sp_math_index(w.pool, sp_coordinate_text(naming, a));
    return w;
}

unsigned sp_entry_index(sp_entry_scope *w, const sp_part *label)
{
    unsigned number = 0; /* the first that no open index of the label has */
    for (size_t i = 0; i < w->count; i++)
        if (w->index[i].open && sp_label_equal(&w->index[i].label, label) && w->index[i].number == number) {
            number++;
            i = SIZE_MAX; /* from the start again */
        }
    sp_math *leaf = SP_NEW(w->pool, sp_math);
    leaf->kind = SP_MATH_INDEX;
    leaf->text = sp_index_name(w->pool, w->naming->program->of, label->dim, label->primes, number);
    w->index = sp_pool_grow(w->pool, w->index, &w->room, w->count + 1, sizeof *w->index);
    w->index[w->count] = (sp_own_index){leaf, *label, number, true};
    return (unsigned)w->count++;
}

void sp_entry_indices(sp_entry_scope *w, const sp_layout *layout, unsigned index[SP_MAX_ORDER])
{
    for (unsigned p = 0; p < layout->order; p++)
        index[p] = sp_entry_index(w, &layout->part[p]);
}

const sp_math *sp_entry_leaf(const sp_entry_scope *w, unsigned index)
{
    return w->index[index].leaf;
}

/* The delta rule's values are written with their indices in the order of their declaration, as results have them: its
 * statements may have another one. */
const sp_math *sp_entry_of_statement(const sp_entry_scope *w, const char *name, const sp_math *math,
                                     const sp_layout *layout, const unsigned *index)
{
    const sp_program *p = w->naming->program;
    unsigned declared[SP_MAX_ORDER];
    memcpy(declared, index, layout->order * sizeof *declared);
    for (size_t r = 0; p == p->of->rule && !sp_is_mlp(p->of) && r < p->of->results; r++) {
        const sp_layout *whole = &p->of->result[r].whole;
        if (strcmp(p->of->result[r].name, name) != 0 || whole->order != layout->order)
            continue;
        for (unsigned i = 0; i < whole->order; i++)
            for (unsigned k = 0; k < layout->order; k++)
                if (sp_label_equal(&whole->part[i], &layout->part[k]))
                    declared[i] = index[k];
    }
    return sp_entry_of(w, math, declared, layout->order);
}

const sp_math *sp_entry_of(const sp_entry_scope *w, const sp_math *name, const unsigned *index, size_t count)
{
    const sp_math *item[SP_MAX_ORDER + 1] = {name};
    for (size_t i = 0; i < count; i++)
        item[i + 1] = sp_entry_leaf(w, index[i]);
    return count == 0 ? name : sp_math_list(w->pool, SP_MATH_ENTRY, NULL, item, count + 1);
}

void sp_entry_operand(sp_entry_scope *w, const sp_node *n, int operand, const unsigned *index,
                      unsigned summed[SP_MAX_ORDER], unsigned own[SP_MAX_ORDER])
{
    const sp_layout *of = &w->naming->program->node[n->operand[operand]].layout;
    for (unsigned p = 0; p < of->order; p++) {
        const unsigned at = n->to[operand][p], k = at - SP_MAX_ORDER;
        if (at >= SP_MAX_ORDER && summed[k] == UINT_MAX)
            summed[k] = sp_entry_index(w, &of->part[p]);
        own[p] = at < SP_MAX_ORDER ? index[at] : summed[k];
    }
}

/* ---- who owns what ---- */

/* own(k), own_tp(k): the owner of an index along an axis. */
static const sp_math *owner(const sp_entry_scope *w, unsigned axis, unsigned index)
{
    const sp_math *own = sp_math_word(w->pool, "own");
    if (w->naming->program->axes > 1)
        own = sp_math_of(w->pool, SP_MATH_SHARD, own, sp_math_index(w->pool, w->naming->program->axis_name[axis]),
                         NULL);
    return sp_math_of(w->pool, SP_MATH_APPLY, own, sp_entry_leaf(w, index), NULL);
}

/* sum or max of a body over indices, of what the rank holds. */
static const sp_math *over(sp_entry_scope *w, const char *sign, const sp_math *body, const unsigned *index,
                           size_t count)
{
    const sp_math *item[1 + SP_MAX_ORDER * (1 + SP_MAX_AXES)] = {body};
    size_t items = 1;
    for (size_t i = 0; i < count; i++)
        item[items++] = sp_entry_leaf(w, index[i]);
    for (size_t i = 0; i < count; i++) {
        const sp_part *part = &w->index[index[i]].label;
        for (unsigned a = 0; a < part->axes; a++)
            item[items++] = sp_math_equals(w->pool, owner(w, part->axis[a], index[i]), w->coordinate[part->axis[a]]);
        w->index[index[i]].open = false;
    }
    return count == 0 ? body : sp_math_list(w->pool, SP_MATH_BIG, sign, item, items);
}

static const sp_math *named(const sp_entry_scope *w, const char *name, unsigned axes)
{
    const sp_math *item[SP_MAX_AXES + 1] = {sp_name_math(w->pool, w->naming->program->of, name)};
    size_t items = 1;
    for (unsigned a = 0; a < w->naming->program->axes; a++)
        if (axes >> a & 1U)
            item[items++] = w->coordinate[a];
    return items == 1 ? item[0] : sp_math_list(w->pool, SP_MATH_SHARD, NULL, item, items);
}

/* ---- operations ---- */

void sp_entry_none_summed(unsigned summed[SP_MAX_ORDER])
{
    for (unsigned k = 0; k < SP_MAX_ORDER; k++)
        summed[k] = UINT_MAX;
}

/* The operands of a node, summed over what has no place in its value. */
static const sp_math *reduced(sp_entry_scope *w, const sp_node *n, const char *sign, const unsigned *index)
{
    unsigned summed[SP_MAX_ORDER], own[SP_MAX_ORDER], list[SP_MAX_ORDER];
    const sp_math *item[2];
    size_t items = 0, count = 0;
    sp_entry_none_summed(summed);
    for (int k = 0; k < 2 && n->operand[k] >= 0; k++) {
        sp_entry_operand(w, n, k, index, summed, own);
        item[items++] = sp_entry_math(w, n->operand[k], own);
    }
    for (unsigned k = 0; k < SP_MAX_ORDER; k++)
        if (summed[k] != UINT_MAX)
            list[count++] = summed[k];
    return over(w, sign, sp_math_list(w->pool, SP_MATH_PRODUCT, NULL, item, items), list, count);
}

const sp_math *sp_entry_of_operand(sp_entry_scope *w, const sp_node *n, int k, const unsigned *index)
{
    unsigned summed[SP_MAX_ORDER], own[SP_MAX_ORDER];
    sp_entry_none_summed(summed);
    sp_entry_operand(w, n, k, index, summed, own);
    return sp_entry_math(w, n->operand[k], own);
}

static const sp_math *exponential(sp_entry_scope *w, const sp_math *of)
{
    return sp_math_of(w->pool, SP_MATH_APPLY, sp_math_word(w->pool, "exp"), of, NULL);
}

/* exp(a[k]) / sum(l) exp(a[l]) */
static const sp_math *softmax(sp_entry_scope *w, const sp_node *n, const unsigned *index)
{
    const sp_math *above = exponential(w, sp_entry_of_operand(w, n, 0, index));
    unsigned all[SP_MAX_ORDER];
    memcpy(all, index, n->layout.order * sizeof *all);
    all[n->place] = sp_entry_index(w, &n->layout.part[n->place]);
    const sp_math *below = over(w, "sum", exponential(w, sp_entry_of_operand(w, n, 0, all)), &all[n->place], 1);
    return sp_math_of(w->pool, SP_MATH_FRACTION, above, below, NULL);
}

static const sp_math *logsumexp(sp_entry_scope *w, const sp_node *n, const unsigned *index)
{
    unsigned summed[SP_MAX_ORDER], own[SP_MAX_ORDER];
    sp_entry_none_summed(summed);
    sp_entry_operand(w, n, 0, index, summed, own);
    const sp_math *body = exponential(w, sp_entry_math(w, n->operand[0], own));
    return sp_math_of(w->pool, SP_MATH_APPLY, sp_math_word(w->pool, "log"), over(w, "sum", body, summed, 1), NULL);
}

/* The operand on the rank with another coordinate on the node's axis. */
static const sp_math *elsewhere(sp_entry_scope *w, const sp_node *n, const unsigned *index, const sp_math *coordinate)
{
    const sp_math *before = w->coordinate[n->axis];
    w->coordinate[n->axis] = coordinate;
    const sp_math *body = sp_entry_of_operand(w, n, 0, index);
    w->coordinate[n->axis] = before;
    return body;
}

/* sum, mean or maximum over the ranks along an axis */
static const sp_math *over_ranks(sp_entry_scope *w, const sp_node *n, const unsigned *index)
{
    const sp_math *q = sp_math_index(w->pool, sp_rank_letter(w->pool, w->naming->program->of, w->bound++));
    const sp_math *item[2] = {elsewhere(w, n, index, q), q};
    bool reduces = n->op == SP_OP_ALLREDUCE;
    w->bound--;
    const sp_math *all =
        sp_math_list(w->pool, SP_MATH_BIG, reduces && n->how == SP_REDUCE_MAX ? "max" : "sum", item, 2);
    if (!reduces || n->how != SP_REDUCE_MEAN)
        return all;
    const sp_math *ranks = sp_ranks_math(w->pool, w->naming->program, (unsigned)n->axis);
    return sp_math_of(w->pool, SP_MATH_PRODUCT,
                      sp_math_of(w->pool, SP_MATH_FRACTION, sp_math_count(w->pool, 1), ranks, NULL), all, NULL);
}

static const sp_math *communicated(sp_entry_scope *w, const sp_node *n, const unsigned *index)
{
    sp_pool *pool = w->pool;
    const sp_math *here = w->coordinate[n->axis];
    const sp_math *constant = sp_math_leaf(pool, SP_MATH_NUMBER, sp_pool_format(pool, "%ld", n->constant));
    switch (n->op) {
    case SP_OP_ALLREDUCE:
    case SP_OP_REDUCESCATTER:
        return over_ranks(w, n, index);
    case SP_OP_ALLGATHER:
        return elsewhere(w, n, index, owner(w, (unsigned)n->axis, index[n->place]));
    case SP_OP_ALLTOALL:
        return elsewhere(w, n, index, owner(w, (unsigned)n->axis, index[n->place2]));
    case SP_OP_BROADCAST:
        return elsewhere(w, n, index, constant);
    case SP_OP_SHIFT: {
        const long by = n->constant < 0 ? -n->constant : n->constant;
        const sp_math *steps = sp_math_leaf(pool, SP_MATH_NUMBER, sp_pool_format(pool, "%ld", by));
        return elsewhere(w, n, index, by ? sp_math_add(pool, here, steps, n->constant < 0) : here);
    }
    case SP_OP_ONLY:
        return sp_math_of(pool, SP_MATH_PRODUCT,
                          sp_math_of(pool, SP_MATH_CONDITION, sp_math_equals(pool, here, constant), NULL, NULL),
                          sp_entry_of_operand(w, n, 0, index), NULL);
    default: /* a slice: the rank's own entries of what it has */
        return sp_entry_of_operand(w, n, 0, index);
    }
}

/* count(Dh/tp), or on other ranks than this one as a sum over the indices that they own. */
static const sp_math *owned(sp_entry_scope *w, const sp_node *n)
{
    bool here = true;
    for (unsigned a = 0; a < n->part.axes; a++) {
        const sp_math *c = w->coordinate[n->part.axis[a]];
        here = here && c->kind == SP_MATH_INDEX &&
               strcmp(c->text, sp_coordinate_text(w->naming, n->part.axis[a])) == 0;
    }
    if (here)
        return sp_number_math(w->pool, w->naming->program, n);
    const unsigned index = sp_entry_index(w, &n->part);
    return over(w, "sum", sp_math_count(w->pool, 1), &index, 1);
}

static const sp_math *elementwise(sp_entry_scope *w, const sp_node *n, const unsigned *index)
{
    sp_pool *pool = w->pool;
    const sp_math *a = sp_entry_of_operand(w, n, 0, index);
    const sp_math *b = n->operand[1] >= 0 ? sp_entry_of_operand(w, n, 1, index) : NULL;
    switch (n->op) {
    case SP_OP_ADD: return sp_math_add(pool, a, b, false);
    case SP_OP_SUB: return sp_math_add(pool, a, b, true);
    case SP_OP_MUL: return sp_math_of(pool, SP_MATH_PRODUCT, a, b, NULL);
    case SP_OP_DIV: return sp_math_of(pool, SP_MATH_FRACTION, a, b, NULL);
    case SP_OP_NEG: return sp_math_negative(pool, a);
    case SP_OP_APPLY:
        return sp_math_of(pool, SP_MATH_APPLY,
                          sp_function_math(pool, w->naming->program->of, n->function, n->prime), a, b);
    default: return a; /* TRANSPOSE, RENAME: the entry is where its indices are */
    }
}

const sp_math *sp_entry_math(sp_entry_scope *w, int node, const unsigned *index)
{
    const sp_program *p = w->naming->program;
    const sp_node *n = &p->node[node];
    const int known = w->naming->statement_of[node];
    if (w->started && known >= 0 && (size_t)known < w->statement)
        return sp_entry_of_statement(w, p->statement[known].name,
                                     named(w, p->statement[known].name, w->naming->varies[node]), &n->layout, index);
    w->started = true;
    if (w->made++ >= SP_MAX_ENTRIES)
        return sp_math_leaf(w->pool, SP_MATH_DOTS, NULL);
    switch (n->op) {
    case SP_OP_LOAD:
        return sp_entry_of(w, named(w, p->of->tensor[n->tensor].name, w->naming->varies[node]), index,
                           n->layout.order);
    case SP_OP_NUMBER:
    case SP_OP_RANKS:
    case SP_OP_EXTENT:
        return sp_number_math(w->pool, p, n);
    case SP_OP_OWNED:
        return owned(w, n);
    case SP_OP_PRODUCT:
    case SP_OP_DOT:
    case SP_OP_SUM:
        return reduced(w, n, "sum", index);
    case SP_OP_MAX:
        return reduced(w, n, "max", index);
    case SP_OP_SOFTMAX:
        return softmax(w, n, index);
    case SP_OP_LOGSUMEXP:
        return logsumexp(w, n, index);
    default:
        return n->op >= SP_OP_ALLREDUCE ? communicated(w, n, index) : elementwise(w, n, index);
    }
}

/* ---- statements ---- */

static const sp_math *equation(const sp_naming *naming, size_t statement, bool right_alone)
{
    const sp_program *p = naming->program;
    const int node = p->statement[statement].node;
    sp_entry_scope w = sp_entry_scope_of(naming, statement);
    unsigned index[SP_MAX_ORDER];
    sp_entry_indices(&w, &p->node[node].layout, index);
    w.started = naming->statement_of[node] != (int)statement;
    const sp_math *right = sp_entry_math(&w, node, index);
    if (right_alone)
        return right;
    const sp_math *name = named(&w, p->statement[statement].name, naming->varies[node]);
    return sp_math_equals(w.pool, sp_entry_of_statement(&w, p->statement[statement].name, name,
                                                        &p->node[node].layout, index), right);
}

const sp_math *sp_statement_entries(const sp_naming *naming, size_t statement)
{
    return equation(naming, statement, false);
}

const sp_math *sp_statement_entries_right(const sp_naming *naming, size_t statement)
{
    return equation(naming, statement, true);
}

const sp_math *sp_owner_entries(const sp_naming *naming, const char *name, const sp_layout *layout)
{
    sp_entry_scope w = sp_entry_scope_of(naming, 0);
    unsigned index[SP_MAX_ORDER], axes = 0;
    sp_entry_indices(&w, layout, index);
    const sp_math *whole = sp_entry_of(&w, named(&w, name, 0), index, layout->order);
    for (unsigned i = 0; i < layout->order; i++)
        for (unsigned a = 0; a < layout->part[i].axes; a++) {
            const unsigned axis = layout->part[i].axis[a];
            axes |= 1U << axis;
            w.coordinate[axis] = owner(&w, axis, index[i]);
        }
    return sp_math_equals(w.pool, whole, sp_entry_of(&w, named(&w, name, axes), index, layout->order));
}

/* ---- matrices ---- */

static bool is_in_place(const sp_node *n, int operand, const sp_layout *of)
{
    const unsigned missing = (unsigned)(n->layout.order - of->order); /* a vector is added to every row */
    for (unsigned p = 0; p < of->order; p++)
        if (n->to[operand][p] != p + missing)
            return false;
    return true;
}

static bool is_of_matrices(const sp_naming *naming, const sp_node *n)
{
    const sp_program *p = naming->program;
    bool plain = n->layout.order <= 2;
    switch (n->op) {
    case SP_OP_DOT:
    case SP_OP_MAX:
    case SP_OP_RENAME:
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return false;
    case SP_OP_SUM:
        return p->node[n->operand[0]].layout.order == n->layout.order + 1 && plain;
    case SP_OP_ALLREDUCE:
        return plain && n->how != SP_REDUCE_MAX;
    case SP_OP_ADD:
    case SP_OP_SUB:
    case SP_OP_MUL:
    case SP_OP_DIV:
    case SP_OP_APPLY:
        for (int k = 0; k < 2; k++)
            if (n->operand[k] >= 0)
                plain = plain && is_in_place(n, k, &p->node[n->operand[k]].layout);
        return plain;
    default:
        return plain;
    }
}

static bool all_of_matrices(const sp_naming *naming, size_t statement, int node, bool root)
{
    const int known = naming->statement_of[node];
    const sp_node *n = &naming->program->node[node];
    if (!root && known >= 0 && (size_t)known < statement)
        return n->layout.order <= 2;
    bool all = is_of_matrices(naming, n);
    for (int k = 0; k < 2 && all; k++)
        if (n->operand[k] >= 0)
            all = all_of_matrices(naming, statement, n->operand[k], false);
    return all;
}

bool sp_statement_is_of_matrices(const sp_naming *naming, size_t statement)
{
    const int node = naming->program->statement[statement].node;
    return all_of_matrices(naming, statement, node, naming->statement_of[node] == (int)statement);
}
