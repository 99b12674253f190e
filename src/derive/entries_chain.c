/* The chain rule in index notation: the derivative of a statement's value by one that it reads.
 *
 * Every path from the statement's expression down to what is read gives one term: the product of what the operations
 * along the path have as derivatives, summed over the indices that they sum over. The entry that is read has an index
 * of its own at each place; where it is an index of the statement's value both must agree, where it is one that is
 * summed over, one term of that sum is left. */
#include "derive/entries_scope.h"

#include <limits.h>
#include <string.h>

enum { FACTORS = 24, SUMS = 24 };

/* One term while the path goes down. */
typedef struct path {
    const sp_math *above[FACTORS], *below[FACTORS];
    size_t aboves, belows;
    unsigned sum[SUMS];
    size_t sums;
    bool minus;
} path;

typedef struct walk {
    const sp_reading *r;
    sp_entry_scope w;
    bool *contains;   /* [node]: a path leads through it */
    size_t wanted, seen; /* the number of the path that is written; of those met so far */
    unsigned own[SP_MAX_ORDER];   /* the indices of the entry that is read */
    unsigned value[SP_MAX_ORDER]; /* those of the statement's value */
    path found;
    unsigned at[SP_MAX_ORDER];    /* the indices with which it is read there */
    bool done, full;
} walk;

static const sp_program *program_of(const sp_reading *r)
{
    return r->naming->program;
}

static int root_of(const sp_reading *r)
{
    return program_of(r)->statement[r->by].node;
}

/* Whether the derivative of an operation by its k-th operand is 0, or none is known. */
static bool has_no_slope(const sp_node *n, int k)
{
    return (n->op == SP_OP_APPLY && k == 1) || sp_applies(n, SP_ELEMENTARY_STEP);
}

/* How many paths lead from a node to what is read; what has a name of its own is not looked into. */
static size_t count_paths(const sp_reading *r, int node, bool *contains, size_t *work)
{
    const sp_node *n = &program_of(r)->node[node];
    const int known = r->naming->statement_of[node];
    if (node == r->node)
        return 1;
    if ((node != root_of(r) && known >= 0 && (size_t)known < r->by) || ++*work > SP_MAX_ENTRIES)
        return 0;
    size_t count = 0;
    for (int k = 0; k < 2; k++)
        if (n->operand[k] >= 0 && !has_no_slope(n, k))
            count += count_paths(r, n->operand[k], contains, work);
    contains[node] = count > 0;
    return count;
}

size_t sp_readings(const sp_reading *r)
{
    size_t work = 0;
    bool *contains = SP_NEW_ARRAY(r->naming->pool, bool, program_of(r)->nodes);
    if (root_of(r) == r->node)
        return 0; /* another name of the same value */
    const size_t count = count_paths(r, root_of(r), contains, &work);
    return work > SP_MAX_ENTRIES ? SP_MAX_READINGS + 1 : count;
}

static void descend(walk *t, int node, const unsigned *index, const path *p);

static path times(walk *t, path p, const sp_math *factor)
{
    if (p.aboves < FACTORS)
        p.above[p.aboves++] = factor;
    else
        t->full = true;
    return p;
}

static path divided(walk *t, path p, const sp_math *by)
{
    if (p.belows < FACTORS)
        p.below[p.belows++] = by;
    else
        t->full = true;
    return p;
}

static path negative(path p)
{
    p.minus = !p.minus;
    return p;
}

static path summed(walk *t, path p, unsigned index)
{
    if (p.sums < SUMS)
        p.sum[p.sums++] = index;
    else
        t->full = true;
    return p;
}

/* Goes on into the k-th operand, the other one (where there is one) standing beside it if `beside`. */
static void into(walk *t, const sp_node *n, int k, const unsigned *index, path p, bool beside)
{
    unsigned inner[SP_MAX_ORDER], own[SP_MAX_ORDER], other[SP_MAX_ORDER];
    if (n->operand[k] != t->r->node && !t->contains[n->operand[k]])
        return;
    sp_entry_none_summed(inner);
    sp_entry_operand(&t->w, n, k, index, inner, own);
    if (beside) {
        sp_entry_operand(&t->w, n, 1 - k, index, inner, other);
        p = times(t, p, sp_entry_math(&t->w, n->operand[1 - k], other));
    }
    for (unsigned i = 0; i < SP_MAX_ORDER; i++)
        if (inner[i] != UINT_MAX)
            p = summed(t, p, inner[i]);
    descend(t, n->operand[k], own, &p);
}

/* f'(x), of elementary functions by what they compute themselves: exp' is exp. */
static path slope_of(walk *t, const sp_node *n, int node, const unsigned *index, path p)
{
    sp_pool *pool = t->w.pool;
    const sp_math *two = sp_math_count(pool, 2), *self;
    switch ((sp_elementary)n->function) {
    case SP_ELEMENTARY_EXP:
        return times(t, p, sp_entry_math(&t->w, node, index));
    case SP_ELEMENTARY_LOG:
        return divided(t, p, sp_entry_of_operand(&t->w, n, 0, index));
    case SP_ELEMENTARY_SQRT:
        p = divided(t, p, two);
        return divided(t, p, sp_entry_math(&t->w, node, index));
    case SP_ELEMENTARY_RSQRT:
        self = sp_entry_math(&t->w, node, index);
        p = times(t, divided(t, p, two), sp_math_of(pool, SP_MATH_POWER, self, sp_math_count(pool, 3), NULL));
        return negative(p);
    case SP_ELEMENTARY_TANH:
        self = sp_entry_math(&t->w, node, index);
        return times(t, p, sp_math_add(pool, sp_math_count(pool, 1),
                                       sp_math_of(pool, SP_MATH_POWER, self, two, NULL), true));
    default:
        break;
    }
    const sp_math *b = n->operand[1] >= 0 ? sp_entry_of_operand(&t->w, n, 1, index) : NULL;
    return times(t, p, sp_math_of(pool, SP_MATH_APPLY,
                                  sp_function_math(pool, program_of(t->r)->of, n->function, true),
                                  sp_entry_of_operand(&t->w, n, 0, index), b));
}

/* d s[k] / d a[l] = s[k] ([k = l] - s[l]) for s = softmax(a) */
static void into_softmax(walk *t, const sp_node *n, int node, const unsigned *index, path p)
{
    sp_pool *pool = t->w.pool;
    unsigned all[SP_MAX_ORDER];
    memcpy(all, index, n->layout.order * sizeof *all);
    all[n->place] = sp_entry_index(&t->w, &n->layout.part[n->place]);
    const sp_math *same = sp_math_of(pool, SP_MATH_CONDITION,
                                     sp_math_equals(pool, sp_entry_leaf(&t->w, index[n->place]),
                                                    sp_entry_leaf(&t->w, all[n->place])), NULL, NULL);
    p = times(t, p, sp_entry_math(&t->w, node, index));
    p = times(t, p, sp_math_add(pool, same, sp_entry_math(&t->w, node, all), true));
    p = summed(t, p, all[n->place]);
    into(t, n, 0, all, p, false);
}

/* d log(sum exp(a)) / d a[l] = exp(a[l]) / sum exp(a) */
static void into_logsumexp(walk *t, const sp_node *n, const unsigned *index, path p)
{
    sp_pool *pool = t->w.pool;
    unsigned inner[SP_MAX_ORDER], own[SP_MAX_ORDER];
    const sp_math *side[2];
    for (unsigned k = 0; k < 2; k++) { /* the denominator first: its index is closed then */
        sp_entry_none_summed(inner);
        sp_entry_operand(&t->w, n, 0, index, inner, own);
        side[k] = sp_math_of(pool, SP_MATH_APPLY, sp_math_word(pool, "exp"),
                             sp_entry_math(&t->w, n->operand[0], own), NULL);
        if (k == 0) {
            const sp_math *item[2] = {side[0], sp_entry_leaf(&t->w, inner[0])};
            side[0] = sp_math_list(pool, SP_MATH_BIG, "sum", item, 2);
        }
    }
    p = times(t, p, sp_math_of(pool, SP_MATH_FRACTION, side[1], side[0], NULL));
    p = summed(t, p, inner[0]);
    descend(t, n->operand[0], own, &p);
}

static void into_quotient(walk *t, const sp_node *n, int node, const unsigned *index, path p)
{
    const bool above = n->operand[0] == t->r->node || t->contains[n->operand[0]];
    const bool below = n->operand[1] == t->r->node || t->contains[n->operand[1]];
    const path by = divided(t, p, sp_entry_of_operand(&t->w, n, 1, index));
    if (above)
        into(t, n, 0, index, by, false);
    if (below) /* -(a/b) / b */
        into(t, n, 1, index, negative(times(t, by, sp_entry_math(&t->w, node, index))), false);
}

static void descend(walk *t, int node, const unsigned *index, const path *p)
{
    const sp_node *n = &program_of(t->r)->node[node];
    if (t->done || t->full)
        return;
    if (node == t->r->node) {
        if (t->seen++ != t->wanted)
            return;
        t->found = *p;
        memcpy(t->at, index, n->layout.order * sizeof *t->at);
        t->done = true;
        return;
    }
    switch (n->op) {
    case SP_OP_ADD:
    case SP_OP_SUB:
        into(t, n, 0, index, *p, false);
        into(t, n, 1, index, n->op == SP_OP_SUB ? negative(*p) : *p, false);
        return;
    case SP_OP_MUL:
    case SP_OP_PRODUCT:
    case SP_OP_DOT:
        into(t, n, 0, index, *p, true);
        into(t, n, 1, index, *p, true);
        return;
    case SP_OP_DIV:
        into_quotient(t, n, node, index, *p);
        return;
    case SP_OP_NEG:
        into(t, n, 0, index, negative(*p), false);
        return;
    case SP_OP_APPLY:
        into(t, n, 0, index, slope_of(t, n, node, index, *p), false);
        return;
    case SP_OP_SOFTMAX:
        into_softmax(t, n, node, index, *p);
        return;
    case SP_OP_LOGSUMEXP:
        into_logsumexp(t, n, index, *p);
        return;
    default: /* TRANSPOSE, RENAME, SUM: networks have no others */
        into(t, n, 0, index, *p, false);
        return;
    }
}

/* ---- terms ---- */

static walk walk_of(const sp_reading *r, size_t wanted)
{
    walk t = {.r = r, .wanted = wanted};
    size_t work = 0;
    const sp_layout *own = &program_of(r)->node[r->node].layout;
    const sp_layout *value = &program_of(r)->node[root_of(r)].layout;
    t.w = sp_entry_scope_of(r->naming, r->by + 1); /* the statement's own value has its name */
    t.w.started = true;
    t.contains = SP_NEW_ARRAY(t.w.pool, bool, program_of(r)->nodes);
    (void)count_paths(r, root_of(r), t.contains, &work);
    sp_entry_indices(&t.w, own, t.own);
    sp_entry_indices(&t.w, value, t.value);
    return t;
}

static bool is_among(const unsigned *list, size_t count, unsigned index)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == index)
            return true;
    return false;
}

static void drop(path *p, unsigned index)
{
    for (size_t i = 0; i < p->sums; i++)
        if (p->sum[i] == index)
            p->sum[i] = p->sum[--p->sums];
}

/* The product under the sums that are left; condition, outer: before it, NULL where there is none. */
static const sp_math *term(walk *t, const sp_math *const *before, size_t befores)
{
    sp_pool *pool = t->w.pool;
    path *p = &t->found;
    const sp_math *item[2 * SP_MAX_ORDER + FACTORS + 1], *under[SUMS + SP_MAX_ORDER + 1];
    size_t items = 0, unders = 1;
    for (size_t i = 0; i < befores; i++)
        item[items++] = before[i];
    for (size_t i = 0; i < p->aboves; i++)
        item[items++] = p->above[i];
    const sp_math *product = items ? sp_math_list(pool, SP_MATH_PRODUCT, NULL, item, items) : sp_math_count(pool, 1);
    if (p->belows)
        product = sp_math_of(pool, SP_MATH_FRACTION, product,
                             sp_math_list(pool, SP_MATH_PRODUCT, NULL, p->below, p->belows), NULL);
    under[0] = product;
    for (size_t i = 0; i < p->sums; i++)
        under[unders++] = sp_entry_leaf(&t->w, p->sum[i]);
    return unders == 1 ? product : sp_math_list(pool, SP_MATH_BIG, "sum", under, unders);
}

/* One path as a term. whole: summed over the statement's value times dL by it; else the derivative of its value. */
static const sp_math *term_of(const sp_reading *r, size_t wanted, bool whole, bool *minus, bool *brackets)
{
    walk t = walk_of(r, wanted);
    sp_pool *pool = t.w.pool;
    const sp_layout *own = &program_of(r)->node[r->node].layout;
    const sp_layout *value = &program_of(r)->node[root_of(r)].layout;
    const path none = {0};
    const sp_math *before[SP_MAX_ORDER + 1];
    size_t befores = 0;
    bool bound[SP_MAX_ORDER] = {false};
    descend(&t, root_of(r), t.value, &none);
    if (!t.done)
        return sp_math_leaf(pool, SP_MATH_DOTS, NULL);
    for (unsigned p = 0; p < own->order; p++) {
        if (!is_among(t.value, value->order, t.at[p])) { /* of a sum one term is left */
            t.w.index[t.at[p]].leaf->text = t.w.index[t.own[p]].leaf->text;
            drop(&t.found, t.at[p]);
            continue;
        }
        for (unsigned k = 0; k < value->order; k++)
            bound[k] = bound[k] || t.value[k] == t.at[p];
        if (whole) {
            t.w.index[t.at[p]].leaf->text = t.w.index[t.own[p]].leaf->text;
            continue;
        }
        *brackets = true;
        before[befores++] = sp_math_of(pool, SP_MATH_CONDITION,
                                       sp_math_equals(pool, sp_entry_leaf(&t.w, t.at[p]),
                                                      sp_entry_leaf(&t.w, t.own[p])), NULL, NULL);
    }
    if (whole && r->slope)
        before[befores++] = sp_entry_of(&t.w, sp_name_math(pool, program_of(r)->of, r->slope), t.value, value->order);
    for (unsigned k = 0; whole && k < value->order; k++)
        if (!bound[k])
            t.found = summed(&t, t.found, t.value[k]);
    *minus = t.found.minus;
    return term(&t, before, befores);
}

static const sp_math *added(sp_pool *pool, const sp_math *sum, const sp_math *next, bool minus)
{
    if (!sum)
        return minus ? sp_math_negative(pool, next) : next;
    return sp_math_add(pool, sum, next, minus);
}

static const sp_math *value_entry(const sp_reading *r, sp_entry_scope *w, const unsigned *index)
{
    const char *name = program_of(r)->statement[r->by].name;
    return sp_entry_of(w, sp_name_math(w->pool, program_of(r)->of, name), index,
                       program_of(r)->node[root_of(r)].layout.order);
}

static const sp_math *own_entry(const sp_reading *r, sp_entry_scope *w, const unsigned *index)
{
    return sp_entry_of(w, sp_name_math(w->pool, program_of(r)->of, r->name), index,
                       program_of(r)->node[r->node].layout.order);
}

static const sp_math *slope(sp_pool *pool, const sp_math *of, const sp_math *by)
{
    return sp_math_of(pool, SP_MATH_SLOPE, of, by, NULL);
}

const sp_math *sp_chain_rule(const sp_reading *reader, size_t count)
{
    const sp_math *sum = NULL, *left = NULL;
    sp_pool *pool = reader->naming->pool;
    const sp_math *loss = sp_math_symbol(pool, "L");
    for (size_t i = 0; i < count; i++) {
        const sp_reading *r = &reader[i];
        walk t = walk_of(r, 0);
        const sp_math *own = own_entry(r, &t.w, t.own), *value = value_entry(r, &t.w, t.value);
        const sp_math *local = slope(pool, value, own);
        left = left ? left : slope(pool, loss, own);
        if (r->slope)
            local = sp_math_of(pool, SP_MATH_PRODUCT, slope(pool, loss, value), local, NULL);
        const sp_layout *layout = &program_of(r)->node[root_of(r)].layout;
        const sp_math *under[SP_MAX_ORDER + 1] = {local};
        for (unsigned k = 0; k < layout->order; k++)
            under[k + 1] = sp_entry_leaf(&t.w, t.value[k]);
        if (layout->order)
            local = sp_math_list(pool, SP_MATH_BIG, "sum", under, layout->order + 1U);
        sum = added(pool, sum, local, false);
    }
    return sp_math_equals(pool, left, sum);
}

const sp_math *sp_local_derivative(const sp_reading *r, bool *brackets)
{
    walk t = walk_of(r, 0);
    const sp_math *sum = NULL;
    bool minus = false;
    *brackets = false;
    const size_t count = sp_readings(r);
    for (size_t i = 0; i < count; i++) {
        const sp_math *next = term_of(r, i, false, &minus, brackets);
        sum = added(t.w.pool, sum, next, minus);
    }
    return sp_math_equals(t.w.pool,
                          slope(t.w.pool, value_entry(r, &t.w, t.value), own_entry(r, &t.w, t.own)), sum);
}

const sp_math *sp_chain_result(const sp_reading *reader, size_t count)
{
    const sp_math *sum = NULL;
    sp_pool *pool = reader->naming->pool;
    bool minus = false, brackets = false;
    walk t = walk_of(reader, 0);
    for (size_t i = 0; i < count; i++) {
        const size_t terms = sp_readings(&reader[i]);
        for (size_t k = 0; k < terms; k++) {
            const sp_math *next = term_of(&reader[i], k, true, &minus, &brackets);
            sum = added(pool, sum, next, minus);
        }
    }
    return sp_math_equals(pool, slope(pool, sp_math_symbol(pool, "L"), own_entry(reader, &t.w, t.own)), sum);
}
