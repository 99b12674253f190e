/* Canonical names of summed variables.
 *
 * Terms are equal up to the names of their summed variables exactly if the graphs of their factors
 * are isomorphic. As in graph canonicalisation: colours from what a variable occurs in are refined
 * until they are stable; where several variables keep one colour each of them is tried first; of
 * all orders that come out, the one with the smallest list of factors is taken. Names are by
 * height, so a name bound outside of a function is never bound again inside of it. */
#include "algebra/algebra.h"

#include <stdlib.h>
#include <string.h>

typedef struct naming {
    sp_algebra *in;
    const sp_work *w;
    unsigned height, orders;
    bool shape; /* variables count by their sort only */
    sp_power best[SP_MAX_PROOF_FACTORS];
    sp_variable best_summed[SP_MAX_PROOF_SUMMED];
    bool found;
} naming;

typedef struct colours {
    uint64_t of[SP_MAX_PROOF_SUMMED];
} colours;

/* Hashes take any number as its bits: they only tell apart, and equal ones are tried as equal.
 *
 * Everything below must be the same for two names of one expression: inner summed variables count
 * by their sort only, unordered things are added. */
static uint64_t hash_variable(const naming *n, const colours *c, size_t marked, sp_variable v)
{
    if (n->shape)
        return sp_mix(13, sp_variable_sort(v));
    for (size_t i = 0; i < n->w->summations; i++)
        if (n->w->summed[i] == v)
            return i == marked ? 5 : sp_mix(11, c->of[i]);
    if (sp_variable_kind(v) == SP_VARIABLE_SUMMED && sp_variable_height(v) < n->height)
        return sp_mix(13, sp_variable_sort(v));
    return sp_mix(17, v);
}

static uint64_t hash_base(const naming *n, const colours *c, size_t marked,
                          const sp_coordinate *at)
{
    uint64_t h = sp_mix(19, (uint64_t)at->kind << 8 | at->axis);
    if (at->kind == SP_COORDINATE_CONSTANT)
        return h;
    return sp_mix(sp_mix(h, at->part), hash_variable(n, c, marked, at->variable));
}

static uint64_t hash_expression(const naming *n, const colours *c, size_t marked,
                                const sp_expression *e);

static uint64_t hash_factor(const naming *n, const colours *c, size_t marked, const sp_factor *f)
{
    uint64_t h = sp_mix(23, f->kind), d;
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK:
        d = (uint64_t)((int64_t)f->is.rank.right.offset - f->is.rank.left.offset);
        return h + sp_mix(hash_base(n, c, marked, &f->is.rank.left), d) +
               sp_mix(hash_base(n, c, marked, &f->is.rank.right), (uint64_t)0 - d);
    case SP_FACTOR_SAME_INDEX:
        return h + hash_variable(n, c, marked, f->is.index.left) +
               hash_variable(n, c, marked, f->is.index.right);
    case SP_FACTOR_DIVIDES:
    case SP_FACTOR_NUMBER:
        return f->hash;
    case SP_FACTOR_ENTRY:
        h = sp_mix(h, f->is.entry.of);
        for (size_t i = 0; i < f->is.entry.indices; i++)
            h = sp_mix(h, hash_variable(n, c, marked, f->is.entry.index[i]));
        return h;
    case SP_FACTOR_APPLY:
        h = sp_mix(h, f->is.apply.symbol);
        for (size_t i = 0; i < 2 && f->is.apply.argument[i]; i++)
            h = sp_mix(h, hash_expression(n, c, marked, f->is.apply.argument[i]));
        return h;
    case SP_FACTOR_INVERSE:
        return sp_mix(h, hash_expression(n, c, marked, f->is.inverse));
    }
    return h;
}

static uint64_t hash_expression(const naming *n, const colours *c, size_t marked,
                                const sp_expression *e)
{
    uint64_t sum = 29;
    for (size_t t = 0; t < e->terms; t++) {
        const sp_monomial *m = e->term[t].monomial;
        uint64_t h = sp_mix((uint64_t)e->term[t].coefficient.n,
                            (uint64_t)e->term[t].coefficient.d), product = 0;
        for (size_t s = 0; s < SP_SORTS; s++)
            h = m->size[s] ? sp_mix(sp_mix(h, s), (uint64_t)m->size[s]) : h;
        for (size_t i = 0; i < m->factors; i++)
            product += sp_mix(hash_factor(n, c, marked, m->factor[i].factor),
                              (uint64_t)m->factor[i].power);
        sum += sp_mix(sp_mix(h, product), m->summations);
    }
    return sum;
}

uint64_t sp_factor_shape(const sp_factor *f)
{
    naming n = {.shape = true};
    return hash_factor(&n, NULL, 0, f);
}

uint64_t sp_monomial_shape(const sp_monomial *m)
{
    uint64_t product = m->summations;
    for (size_t i = 0; i < m->factors; i++)
        product += sp_mix(sp_factor_shape(m->factor[i].factor), (uint64_t)m->factor[i].power);
    return sp_mix(41, product);
}

static size_t distinct(const colours *c, size_t count)
{
    size_t result = 0;
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = c->of[i] == c->of[j];
        result += !seen;
    }
    return result;
}

static void refine(const naming *n, colours *c)
{
    size_t count = n->w->summations, before = distinct(c, count);
    while (before < count) {
        colours next = {{0}};
        for (size_t i = 0; i < count; i++) {
            uint64_t sum = 0;
            for (size_t f = 0; f < n->w->factors; f++) {
                const sp_factor *factor = n->w->factor[f].factor;
                if (sp_variable_in(factor->variable, factor->variables, n->w->summed[i]))
                    sum += sp_mix(hash_factor(n, c, i, factor), (uint64_t)n->w->factor[f].power);
            }
            next.of[i] = sp_mix(c->of[i], sum);
        }
        *c = next;
        size_t after = distinct(c, count);
        if (after == before)
            return;
        before = after;
    }
}

static int compare_powers(const void *a, const void *b)
{
    return sp_factor_compare(((const sp_power *)a)->factor, ((const sp_power *)b)->factor);
}

static int compare_lists(const sp_power *a, const sp_power *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int order = compare_powers(&a[i], &b[i]);
        if (order == 0 && a[i].power != b[i].power)
            order = a[i].power < b[i].power ? -1 : 1;
        if (order != 0)
            return order;
    }
    return 0;
}

/* All colours differ: one order. */
static void name_in_order(naming *n, const colours *c)
{
    const sp_work *w = n->w;
    if (++n->orders > SP_MAX_PROOF_ORDERS)
        sp_algebra_give_up(n->in, SP_PROOF_LIMIT_ORDERS);
    sp_substitution with;
    sp_substitution_start(&with);
    sp_variable summed[SP_MAX_PROOF_SUMMED];
    for (size_t i = 0; i < w->summations; i++) {
        sp_sort sort = sp_variable_sort(w->summed[i]);
        unsigned place = 0;
        for (size_t j = 0; j < w->summations; j++) {
            sp_sort other = sp_variable_sort(w->summed[j]);
            place += other < sort || (other == sort && c->of[j] < c->of[i]);
        }
        summed[place] = sp_variable_make(SP_VARIABLE_SUMMED, sort, n->height << 12 | place);
        if (w->summed[i] != summed[place])
            sp_substitute_variable(n->in, &with, w->summed[i], summed[place]);
    }
    sp_power list[SP_MAX_PROOF_FACTORS];
    for (size_t i = 0; i < w->factors; i++) {
        const sp_factor *f = w->factor[i].factor;
        if (sp_substitution_concerns(&with, f->variable, f->variables))
            f = sp_lone_factor(sp_substitute_factor(n->in, &with, f));
        if (!f)
            sp_algebra_fault(n->in);
        list[i] = (sp_power){f, w->factor[i].power};
    }
    qsort(list, w->factors, sizeof *list, compare_powers);
    if (n->found && compare_lists(list, n->best, w->factors) >= 0)
        return;
    n->found = true;
    memcpy(n->best, list, w->factors * sizeof *list);
    memcpy(n->best_summed, summed, w->summations * sizeof *summed);
}

static void try_orders(naming *n, const colours *c)
{
    size_t count = n->w->summations;
    uint64_t tied = 0;
    bool found = false; /* the smallest colour that several variables have */
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (c->of[i] == c->of[j] && (!found || c->of[i] < tied)) {
                found = true;
                tied = c->of[i];
            }
    if (!found) {
        name_in_order(n, c);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (c->of[i] == tied) {
            colours next = *c;
            next.of[i] = sp_mix(31, next.of[i]);
            refine(n, &next);
            try_orders(n, &next);
        }
}

const sp_monomial *sp_work_name(sp_algebra *in, sp_work *w)
{
    naming n;
    n.in = in;
    n.w = w;
    n.height = n.orders = 0;
    n.found = n.shape = false;
    for (size_t i = 0; i < w->factors; i++)
        if (w->factor[i].factor->height > n.height)
            n.height = w->factor[i].factor->height;
    if (w->summations == 0) {
        memcpy(n.best, w->factor, w->factors * sizeof *n.best);
        if (w->factors > 1)
            qsort(n.best, w->factors, sizeof *n.best, compare_powers);
    } else {
        colours c = {{0}};
        for (size_t i = 0; i < w->summations; i++)
            c.of[i] = sp_variable_sort(w->summed[i]);
        refine(&n, &c);
        try_orders(&n, &c);
    }
    sp_monomial m = {.factor = n.best, .factors = w->factors,
                     .summed = n.best_summed, .summations = w->summations};
    for (size_t s = 0; s < SP_SORTS; s++) {
        if (w->size[s] > SP_MAX_PROOF_POWER || w->size[s] < -SP_MAX_PROOF_POWER)
            sp_algebra_give_up(in, SP_PROOF_LIMIT_POWER);
        m.size[s] = (int16_t)w->size[s]; /* just checked */
    }
    return sp_monomial_intern(in, &m);
}
