#include "algebra_rewrite.h"

#include <math.h>
#include <stdlib.h>

const sp_part tree_part_of_k = {.dim = SP_DIM_DH, .axes = 1, .axis = {0}};

static sp_sort sort_of(tree_sort s)
{
    return s == SORT_N ? sp_sort_of_dim(SP_DIM_N) : s == SORT_K ? sp_sort_of_dim(SP_DIM_DH) : sp_sort_of_axis(0);
}

static tree_sort sort_back(sp_sort s)
{
    return s == sort_of(SORT_N) ? SORT_N : s == sort_of(SORT_K) ? SORT_K : SORT_RANK;
}

sp_variable tree_free_variable(int number)
{
    return number == 0   ? sp_variable_place(0, SP_DIM_N)
           : number == 1 ? sp_variable_place(1, SP_DIM_DH)
                         : sp_variable_rank(0);
}

/* ---- building ---- */

typedef struct building {
    sp_algebra *in;
    const forest *f;
    sp_variable variable[TREE_VARIABLES];
} building;

static const sp_expression *build(building *b, const tree *a);

static sp_coordinate coordinate(building *b, int v)
{
    return b->f->sort[v] == SORT_K ? sp_owner(b->in, &tree_part_of_k, b->variable[v])
                                   : sp_coordinate_of(b->variable[v]);
}

static const sp_expression *condition(building *b, const tree *a)
{
    if (b->f->sort[a->v] == b->f->sort[a->w] && b->f->sort[a->v] != SORT_RANK && !a->n)
        return sp_same_index(b->in, b->variable[a->v], b->variable[a->w]);
    return sp_same_rank(b->in, coordinate(b, a->v), coordinate(b, a->w));
}

static const sp_expression *bind(building *b, const tree *a)
{
    sp_variable before = b->variable[a->v];
    b->variable[a->v] = sp_fresh(b->in, sort_of(b->f->sort[a->v]));
    const sp_expression *e, *c;
    if (a->kind == TREE_SUM) {
        e = sp_sum_over(b->in, build(b, a->a), &b->variable[a->v], 1);
    } else {
        c = a->a ? condition(b, a->a) : sp_integer(b->in, 1);
        e = sp_max_over(b->in, build(b, a->b), c, &b->variable[a->v], 1);
    }
    b->variable[a->v] = before;
    return e;
}

static const sp_expression *build(building *b, const tree *a)
{
    static const sp_symbol symbol[] = {[TREE_EXP] = SP_SYMBOL_EXP, [TREE_LOG] = SP_SYMBOL_LOG,
                                       [TREE_SQRT] = SP_SYMBOL_SQRT, [TREE_RSQRT] = SP_SYMBOL_RSQRT,
                                       [TREE_SIGMA] = SP_SYMBOL_SIGMA};
    sp_algebra *in = b->in;
    if (a->kind == TREE_SUM || a->kind == TREE_MAXIMUM)
        return bind(b, a);
    sp_variable index[2] = {a->v < 0 ? 0 : b->variable[a->v], a->w < 0 ? 0 : b->variable[a->w]};
    const sp_expression *x = a->a ? build(b, a->a) : NULL, *y = a->b ? build(b, a->b) : NULL;
    switch (a->kind) {
    case TREE_NUMBER: return sp_number(in, (sp_rational){a->n, a->d});
    case TREE_SIZE: return sp_size(in, sort_of(b->f->sort[a->v]));
    case TREE_ENTRY: return sp_entry(in, a->of, (size_t)(a->v >= 0) + (a->w >= 0), index);
    case TREE_HOLDS: return condition(b, a);
    case TREE_ADD: return sp_add(in, x, y);
    case TREE_SUBTRACT: return sp_subtract(in, x, y);
    case TREE_MULTIPLY: return sp_multiply(in, x, y);
    case TREE_DIVIDE: return sp_divide(in, x, y);
    case TREE_LARGER: return sp_max_of(in, x, y);
    default: return sp_apply(in, symbol[a->kind], x, NULL);
    }
}

const sp_expression *tree_build(sp_algebra *in, const forest *f, const tree *a)
{
    building b = {.in = in, .f = f};
    for (int v = 0; v < FREE_VARIABLES; v++)
        b.variable[v] = tree_free_variable(v);
    return build(&b, a);
}

/* ---- reading ---- */

typedef struct reading {
    tree_world *w;
    sp_variable variable[256];
    unsigned at[256];
    size_t count;
    long double *scale;
} reading;

static unsigned index_at(const reading *r, sp_variable v)
{
    for (size_t i = r->count; i-- > 0;)
        if (r->variable[i] == v)
            return r->at[i];
    abort(); /* a variable that nothing binds */
}

static long double read_expression(reading *r, const sp_expression *e);

static unsigned extent(const reading *r, sp_sort s) { return r->w->extent[sort_back(s)]; }

static int64_t read_coordinate(const reading *r, const sp_coordinate *c)
{
    int64_t base = c->kind == SP_COORDINATE_CONSTANT ? 0 : index_at(r, c->variable), ranks = r->w->extent[SORT_RANK];
    if (c->kind == SP_COORDINATE_OWNER)
        base = r->w->owner[base];
    return ((base + c->offset) % ranks + ranks) % ranks;
}

/* Values with how often they are there. */
typedef struct multiset {
    long double value[4096], times[4096];
    size_t count;
} multiset;

static long double read_maximum(reading *r, const sp_expression *values);

static long double read_factor(reading *r, const sp_factor *f)
{
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK: return read_coordinate(r, &f->is.rank.left) == read_coordinate(r, &f->is.rank.right);
    case SP_FACTOR_SAME_INDEX: return index_at(r, f->is.index.left) == index_at(r, f->is.index.right);
    case SP_FACTOR_DIVIDES: return f->is.divides.divisor % (int64_t)r->w->extent[SORT_RANK] == 0;
    case SP_FACTOR_ENTRY:
        return r->w->data[f->is.entry.of][f->is.entry.indices > 0 ? index_at(r, f->is.entry.index[0]) : 0]
                         [f->is.entry.indices > 1 ? index_at(r, f->is.entry.index[1]) : 0];
    case SP_FACTOR_INVERSE: {
        long double x = read_expression(r, f->is.inverse);
        return x == 0 ? 0 : 1 / x;
    }
    case SP_FACTOR_NUMBER: return (long double)f->is.number.value;
    case SP_FACTOR_APPLY: break;
    }
    if (f->is.apply.symbol == SP_SYMBOL_MAXIMUM)
        return read_maximum(r, f->is.apply.argument[0]);
    long double x = read_expression(r, f->is.apply.argument[0]);
    switch (f->is.apply.symbol) {
    case SP_SYMBOL_EXP: return expl(x);
    /* f(x) less [c] f(x), where c holds, is 0 whatever f(x) is */
    case SP_SYMBOL_LOG: return x == 0 ? 0 : logl(fabsl(x));
    case SP_SYMBOL_SQRT: return sqrtl(fabsl(x));
    case SP_SYMBOL_SIGMA: return tree_sigma(x);
    default: abort();
    }
}

static long double read_product(reading *r, const sp_monomial *m)
{
    long double product = 1, exponent = 0; /* exponents are added: one of them alone may be out of range */
    for (size_t i = 0; i < m->factors; i++) /* conditions are first: what does not hold is not looked at */
        if (m->factor[i].factor->kind < SP_FACTOR_ENTRY && read_factor(r, m->factor[i].factor) == 0)
            return 0;
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        if (f->kind == SP_FACTOR_APPLY && f->is.apply.symbol == SP_SYMBOL_EXP)
            exponent += m->factor[i].power * read_expression(r, f->is.apply.argument[0]);
        else if (f->kind >= SP_FACTOR_ENTRY)
            product *= powl(read_factor(r, f), m->factor[i].power);
    }
    return product * expl(exponent);
}

static void add_values(reading *r, const sp_term *term, size_t summed, multiset *to)
{
    const sp_monomial *m = term->monomial;
    if (summed < m->summations) {
        size_t place = r->count++;
        r->variable[place] = m->summed[summed];
        for (r->at[place] = 0; r->at[place] < extent(r, sp_variable_sort(m->summed[summed])); r->at[place]++)
            add_values(r, term, summed + 1, to);
        r->count--;
        return;
    }
    const sp_factor *member = NULL;
    for (size_t i = 0; i < m->factors; i++)
        if (m->factor[i].factor->kind >= SP_FACTOR_ENTRY)
            member = m->factor[i].factor;
        else if (read_factor(r, m->factor[i].factor) == 0)
            return;
    long double value = read_expression(r, member->is.apply.argument[0]);
    long double times = (long double)term->coefficient.n / term->coefficient.d;
    for (sp_sort s = 0; s < SP_SORTS; s++)
        if (m->size[s])
            times *= powl(extent(r, s), m->size[s]);
    for (size_t i = 0; i < to->count; i++)
        if (fabsl(to->value[i] - value) <= 1e-11L * (1 + fabsl(value))) {
            to->times[i] += times;
            return;
        }
    if (to->count == 4096)
        abort();
    to->value[to->count] = value;
    to->times[to->count++] = times;
}

static long double read_maximum(reading *r, const sp_expression *values)
{
    multiset *all = calloc(1, sizeof *all);
    long double result = -HUGE_VALL;
    for (size_t t = 0; t < values->terms; t++)
        add_values(r, &values->term[t], 0, all);
    for (size_t i = 0; i < all->count; i++)
        if (all->times[i] > 1e-9L)
            result = fmaxl(result, all->value[i]);
    free(all);
    return result;
}

static long double read_sum(reading *r, const sp_monomial *m, size_t summed)
{
    if (summed == m->summations)
        return read_product(r, m);
    long double sum = 0;
    size_t place = r->count++;
    r->variable[place] = m->summed[summed];
    for (r->at[place] = 0; r->at[place] < extent(r, sp_variable_sort(m->summed[summed])); r->at[place]++) {
        long double one = read_sum(r, m, summed + 1);
        *r->scale = fmaxl(*r->scale, fabsl(one));
        sum += one;
    }
    r->count--;
    return sum;
}

static long double read_expression(reading *r, const sp_expression *e)
{
    long double sum = 0;
    for (size_t t = 0; t < e->terms; t++) {
        long double one = (long double)e->term[t].coefficient.n / e->term[t].coefficient.d;
        for (sp_sort s = 0; s < SP_SORTS; s++)
            if (e->term[t].monomial->size[s])
                one *= powl(extent(r, s), e->term[t].monomial->size[s]);
        one *= read_sum(r, e->term[t].monomial, 0);
        *r->scale = fmaxl(*r->scale, fabsl(one));
        sum += one;
    }
    return sum;
}

long double form_value(tree_world *w, const sp_expression *e, long double *scale)
{
    reading r = {.w = w, .scale = scale};
    for (int v = 0; v < FREE_VARIABLES; v++) {
        r.variable[r.count] = tree_free_variable(v);
        r.at[r.count++] = w->free[v];
    }
    return read_expression(&r, e);
}
